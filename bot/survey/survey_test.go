package survey

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"

	"github.com/slack-go/slack"
)

func survey(w *slackworld.World) *Survey {
	return New(w.Config.APIURL, slackworld.AppToken, slackworld.BotToken)
}

// TestSurvey: what a workspace has, without bots, strangers to the bot and people who have left.
func TestSurvey(t *testing.T) {
	w := slackworld.New(t)
	w.SetUser("U0BO", func(u *fakeslack.User) { u.Deleted = true })
	s, ctx := survey(w), t.Context()
	bot, err := s.Bot(ctx)
	if err != nil || bot.Name != "casterbot" || bot.TeamName != "Show Workspace" || bot.App != "A0CASTER" {
		t.Errorf("%+v %v", bot, err)
	}
	if err := s.App(ctx); err != nil || len(w.Sockets()) > 0 {
		t.Errorf("%v, sockets %v", err, w.Sockets())
	}
	channels, err := s.Channels(ctx)
	names := strings.Join(op.Each(channels, func(c Channel) string { return c.Name }), " ")
	if err != nil || names != "audit-log morning-show partner-desk random show-control" || !channels[2].Shared {
		t.Errorf("%+v %v", channels, err)
	}
	groups, err := s.Groups(ctx)
	if err != nil || len(groups) != 2 || groups[0] != (Group{ID: "S0CREW", Handle: "crew", Name: "Crew", People: 3}) {
		t.Errorf("%+v %v", groups, err)
	}
	people, err := s.People(ctx)
	names = strings.Join(op.Each(people, func(p Person) string { return p.Handle }), " ")
	if err != nil || names != "ana gus ken lin mio olu pia" || !people[1].Guest || !people[5].External {
		t.Errorf("%s %+v %v", names, people, err)
	}
}

// TestEveryPage: what does not stand on the first page of a list is there as well.
func TestEveryPage(t *testing.T) {
	w := slackworld.New(t)
	for i := range perPage {
		name := fmt.Sprintf("more-%04d", i)
		w.SetUser("U"+name, func(u *fakeslack.User) { u.Name = name })
		w.AddChannel("C"+name, name, false, fakeslack.BotUser)
	}
	s := survey(w)
	people, err := s.People(t.Context())
	if err != nil || len(people) <= perPage {
		t.Errorf("%d people, %v", len(people), err)
	}
	channels, err := s.Channels(t.Context())
	if err != nil || len(channels) <= perPage {
		t.Errorf("%d channels, %v", len(channels), err)
	}
}

// TestSlackWantsToBeLeftAlone: then it is, and asked again.
func TestSlackWantsToBeLeftAlone(t *testing.T) {
	w := slackworld.New(t)
	w.Fail("users.conversations", fakeslack.Fault{RetryAfter: time.Second, Times: 1})
	if channels, err := survey(w).Channels(t.Context()); err != nil || len(channels) != 5 {
		t.Errorf("%v %v", channels, err)
	}
}

// TestSlackIsNeverAtLeisure: what was not listed is not taken for what is not there.
func TestSlackIsNeverAtLeisure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := pages(t.Context(), func() (bool, error) { return false, &slack.RateLimitedError{RetryAfter: time.Second} })
		if err == nil || !strings.Contains(err.Error(), "rate limit") {
			t.Error(err)
		}
	})
}

// TestAPlanWithoutGroups: the free plan of Slack has no user groups, and is no fault.
func TestAPlanWithoutGroups(t *testing.T) {
	w := slackworld.New(t)
	w.Fail("usergroups.list", fakeslack.Fault{Error: "paid_teams_only"})
	if groups, err := survey(w).Groups(t.Context()); err != nil || len(groups) != 0 {
		t.Errorf("%v %v", groups, err)
	}
}

// TestErrorsHaveNoSecret: what is wrong is said in words, whatever a token was.
func TestErrorsHaveNoSecret(t *testing.T) {
	w := slackworld.New(t)
	for _, c := range []struct {
		address, want string
	}{
		{w.Config.APIURL, "is not a valid token"},
		{"http://127.0.0.1:1/api/", "no answer from Slack"},
		{w.Server.URL + "/nowhere/", "404"},
	} {
		s := New(c.address, "xapp-canary-of-nobody", "xoxb-canary-of-nobody")
		_, err := s.Bot(t.Context())
		for _, err := range []error{err, s.App(t.Context())} {
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("%s: %v", c.address, err)
			}
		}
	}
}
