package directory

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"

	"github.com/slack-go/slack"
)

func newTestDirectory(w *slackworld.World, groups ...string) (*Directory, *slackworld.Clock) {
	c := &slackworld.Clock{}
	w.Config.Now = c.Now
	d := New(w.Config, func() []string { return groups })
	d.SetTeam("T0SHOW")
	return d, c
}

func TestPeople(t *testing.T) {
	w := slackworld.New(t)
	w.SetUser("U0PIA", func(u *fakeslack.User) { u.Deleted = true })
	w.SetUser("U0MIO", func(u *fakeslack.User) { u.IsWorkflowBot = true })
	d, _ := newTestDirectory(w, "S0CREW", "S0LEADS")
	at := map[string]struct{ zone, locale string }{
		"U0ANA": {"Europe/Berlin", "en-GB"}, "U0KEN": {"America/New_York", "en-US"}, "U0GUS": {"Europe/Berlin", "en-GB"},
		"U0OUT": {"Europe/Berlin", ""}, "U0PIA": {"Europe/Berlin", "en-GB"}, "U0MIO": {"Europe/Berlin", "en-GB"},
	}
	for _, c := range []struct {
		id, team string
		want     op.Person
	}{
		{"U0ANA", "T0SHOW", op.Person{ID: "U0ANA", Team: "T0SHOW", Groups: []string{"S0CREW"}}},
		{"U0KEN", "", op.Person{ID: "U0KEN", Team: "T0SHOW", Groups: []string{"S0LEADS"}}},
		{"U0GUS", "T0SHOW", op.Person{ID: "U0GUS", Team: "T0SHOW", Guest: true}},
		{"U0OUT", "T0OTHER", op.Person{ID: "U0OUT", Team: "T0OTHER", External: true}},
		{"U0ANA", "T0OTHER", op.Person{ID: "U0ANA", Team: "T0SHOW", External: true, Groups: []string{"S0CREW"}}},
		{"U0PIA", "T0SHOW", op.Person{ID: "U0PIA", Team: "T0SHOW", Deleted: true}},
		{"U0MIO", "T0SHOW", op.Person{ID: "U0MIO", Team: "T0SHOW", Bot: true, Groups: []string{"S0LEADS"}}},
		{"U0BOT", "T0SHOW", op.Person{ID: "U0BOT", Team: "T0SHOW", Bot: true}},
	} {
		c.want.Zone, c.want.Locale = at[c.id].zone, at[c.id].locale
		got, err := d.Person(context.Background(), c.id, c.team, time.Time{})
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s of %s: %+v, want %+v (%v)", c.id, c.team, got, c.want, err)
		}
	}
	if _, err := d.Person(context.Background(), "U0NOBODY", "T0SHOW", time.Time{}); err == nil {
		t.Error("somebody unknown is known")
	}
}

// TestStrangersEvenBeforeTheBotKnowsItsTeam: as long as the team is not known, payload and look-up must agree.
func TestStrangersEvenBeforeTheBotKnowsItsTeam(t *testing.T) {
	d := &Directory{}
	if !d.of(op.Person{Team: "T0OTHER"}, "T0SHOW").External || d.of(op.Person{Team: "T0SHOW"}, "T0SHOW").External {
		t.Error("the teams are not compared")
	}
	d.SetTeam("T0SHOW")
	if !d.of(op.Person{Team: "T0OTHER"}, "T0OTHER").External {
		t.Error("somebody of another team is no stranger")
	}
}

func TestChannels(t *testing.T) {
	w := slackworld.New(t)
	w.AddChannel("C0SECRET", "secret", true, "U0ANA")
	d, clock := newTestDirectory(w)
	for _, c := range []struct {
		id   string
		want op.Channel
	}{
		{"C0SHOW", op.Channel{ID: "C0SHOW", Name: "show-control", Member: true}},
		{"C0EXT", op.Channel{ID: "C0EXT", Name: "partner-desk", External: true, Member: true}},
		{"C0NOBOT", op.Channel{ID: "C0NOBOT", Name: "crew-lounge"}},
		{"D0ALONE", op.Channel{ID: "D0ALONE", External: true, Hidden: true}},
		{"C0SECRET", op.Channel{ID: "C0SECRET", External: true, Hidden: true}},
	} {
		got, err := d.Channel(context.Background(), c.id, time.Time{})
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, want %+v (%v)", c.id, got, c.want, err)
		}
	}
	if err := w.Archive("C0SHOW"); err != nil {
		t.Fatal(err)
	}
	clock.Advance(goodFor)
	if got, _ := d.Channel(context.Background(), "C0SHOW", time.Time{}); !got.Archived {
		t.Errorf("archived: %+v", got)
	}
	if err := w.AddBot("C0SECRET"); err != nil {
		t.Fatal(err)
	}
	if got, _ := d.Channel(context.Background(), "C0SECRET", time.Time{}); !got.Member {
		t.Errorf("that a channel was not found is remembered: %+v", got)
	}
	for _, c := range w.Log(0) {
		if c.Method == "conversations.list" {
			t.Error("all channels were listed")
		}
	}
}

// answers gives the same answer to every call.
type answers string

func (a answers) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader(string(a)))}, nil
}

// TestGroupMessages: whoever is shown a direct message is in it, though Slack does not say so of the bot.
func TestGroupMessages(t *testing.T) {
	for said, want := range map[string]bool{`"is_mpim":true`: true, `"is_im":true`: true, `"is_member":true`: true,
		`"is_private":true`: false} {
		client := &http.Client{Transport: answers(`{"ok":true,"channel":{"id":"G0CREW","name":"mpdm-ana--bo-1",` +
			said + `}}`)}
		d := New(webapi.Config{APIURL: "http://127.0.0.1/api/", HTTP: client, Now: time.Now}, func() []string { return nil })
		if got, err := d.Channel(t.Context(), "G0CREW", time.Time{}); err != nil || got.Member != want {
			t.Errorf("%s: %+v, %v", said, got, err)
		}
	}
}

// freshFor is how old facts may be when a call leaves; the engine says so.
const freshFor = 5 * time.Second

// TestAges: facts are asked for once a minute, at once when fresh ones are wanted, and serve for an hour when Slack is
// down.
func TestAges(t *testing.T) {
	w := slackworld.New(t)
	d, clock := newTestDirectory(w, "S0CREW")
	look := func(fresh bool) (op.Person, error) {
		since := time.Time{}
		if fresh {
			since = clock.Now().Add(-freshFor)
		}
		return d.Person(context.Background(), "U0ANA", "T0SHOW", since)
	}
	asked := func() int { return len(w.Calls("users.info")) }
	steps := []struct {
		name    string
		do      func()
		fresh   bool
		asked   int
		stale   bool
		refused bool
		groups  int
	}{
		{"first", func() {}, false, 1, false, false, 1},
		{"again", func() {}, false, 1, false, false, 1},
		{"fresh", func() { clock.Advance(freshFor - 1) }, true, 1, false, false, 1},
		{"fresh after five seconds", func() { clock.Advance(1) }, true, 2, false, false, 1},
		{"before it is renewed", func() { clock.Advance(renewAt - 1) }, false, 2, false, false, 1},
		{"a minute", func() { clock.Advance(goodFor - renewAt + 1); w.SetGroup("S0CREW", nil) }, false, 3, false, false, 0},
		{"forgotten", func() { d.Forget("U0ANA") }, false, 4, false, false, 0},
		{"down", func() { clock.Advance(goodFor); w.Fail("users.info", fakeslack.Fault{Status: 500}) }, false,
			5, true, false, 0},
		{"down and fresh", func() {}, true, 6, true, false, 0},
		{"down for an hour", func() { clock.Advance(staleFor) }, false, 7, false, true, 0},
		{"up", func() { w.Fail("users.info", fakeslack.Fault{}) }, false, 8, false, false, 0},
		{"groups down", func() { clock.Advance(goodFor); w.Fail("usergroups.list", fakeslack.Fault{Status: 500}) }, false,
			9, true, false, 0},
		{"groups down for an hour", func() { clock.Advance(staleFor) }, false, 10, false, true, 0},
	}
	for _, s := range steps {
		s.do()
		p, err := look(s.fresh)
		if (err != nil) != s.refused || p.Stale != s.stale || len(p.Groups) != s.groups {
			t.Errorf("%s: %+v, %v", s.name, p, err)
		}
		if asked() != s.asked {
			t.Errorf("%s: asked %d times, want %d", s.name, asked(), s.asked)
		}
	}
}

func TestGlance(t *testing.T) {
	w := slackworld.New(t)
	d, clock := newTestDirectory(w, "S0CREW")
	see := func() bool {
		before := len(w.Log(0))
		p, c, ok := d.Peek("U0ANA", "T0SHOW", "C0SHOW", time.Time{})
		if len(w.Log(0)) != before {
			t.Error("a glance asked Slack")
		}
		if ok && (len(p.Groups) != 1 || c.Name != "show-control") {
			t.Errorf("a glance saw %+v %+v", p, c)
		}
		return ok
	}
	if see() {
		t.Error("a glance sees what nobody looked up")
	}
	if _, err := d.Person(context.Background(), "U0ANA", "T0SHOW", time.Time{}); err != nil || see() {
		t.Error("a glance sees without the channel")
	}
	if _, err := d.Channel(context.Background(), "C0SHOW", time.Time{}); err != nil || !see() {
		t.Error("a glance does not see")
	}
	d.Forget("S0CREW")
	if see() {
		t.Error("a glance sees without the group")
	}
	if _, err := d.Person(context.Background(), "U0ANA", "T0SHOW", time.Time{}); err != nil || !see() {
		t.Error("a glance does not see again")
	}
	clock.Advance(goodFor)
	if see() {
		t.Error("a glance sees old facts")
	}
	clock.Advance(-2 * goodFor)
	if see() {
		t.Error("a glance sees facts of the future")
	}
}

// In an Enterprise Grid whoever is in the bot's workspace too belongs to it, whichever of their workspaces, or the
// organisation, a payload names; whoever is not stays a stranger.
func TestGrid(t *testing.T) {
	d := &Directory{}
	d.SetTeam("T0SHOW")
	grid := teamsOf(slack.EnterpriseUser{EnterpriseID: "E0ORG", Teams: []string{"T0NEWS", "T0SHOW"}})
	for _, c := range []struct {
		team, payload string
		teams         []string
		external      bool
	}{
		{"T0NEWS", "T0NEWS", grid, false}, {"T0NEWS", "E0ORG", grid, false}, {"T0SHOW", "T0SHOW", grid, false},
		{"T0NEWS", "T0ELSE", grid, true}, {"T0NEWS", "T0SHOW", nil, true}, {"T0SHOW", "T0NEWS", nil, true},
		{"T0NEWS", "T0NEWS", teamsOf(slack.EnterpriseUser{EnterpriseID: "E0ORG", Teams: []string{"T0NEWS"}}), true},
		{"T0SHOW", "", teamsOf(slack.EnterpriseUser{}), false},
	} {
		if p := d.of(op.Person{ID: "U1", Team: c.team, Teams: c.teams}, c.payload); p.External != c.external {
			t.Errorf("%+v: external %v", c, p.External)
		}
	}
}
