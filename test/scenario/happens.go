package scenario

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/internal/sandbox/scenarios"
)

// happening is something that befalls the world, in words.
type happening struct {
	words *regexp.Regexp
	do    func(p *play, m []string) error
}

// says makes a happening out of a sentence with places: (.+) for words, (\d+) for numbers.
func says(words string, do func(p *play, m []string) error) happening {
	return happening{regexp.MustCompile("^" + words + "$"), do}
}

// spoils is a happening that spoils the next changing call of the cloud.
func spoils(words string, kind fakelive.Kind) happening {
	return says(words, func(p *play, _ []string) error { return p.spoil(fakelive.Fault{Kind: kind}) })
}

// happenings are what a story can say after world>, beside what happens in the sandbox's scenarios too.
var happenings = []happening{
	spoils("the API applies but does not answer", fakelive.ResetAfter),
	spoils("the API is cut off before it applies", fakelive.ResetBefore),
	spoils("the API applies and stays silent", fakelive.SilentAfter),
	spoils("the API stays silent and does nothing", fakelive.SilentBefore),
	spoils("the API applies but answers with a web page", fakelive.HTML),
	spoils("the API answers with a web page and does nothing", fakelive.HTMLBefore),
	spoils("the API applies but answers \\{\\}", fakelive.Empty),
	spoils("the API applies but answers half", fakelive.HalfJSON),
	spoils("the API answers 500", fakelive.Status),
	spoils("the API applies but answers 500", fakelive.StatusAfter),
	spoils("the API copies but answers 408", fakelive.TimeoutCopy),
	says(`the API applies but does not answer (\d+) times`, func(p *play, m []string) error {
		return p.spoil(fakelive.Fault{Kind: fakelive.ResetAfter, Times: number(m[1])})
	}),
	says(`the API answers 500 (\d+) times`, func(p *play, m []string) error {
		return p.spoil(fakelive.Fault{Kind: fakelive.Status, Times: number(m[1])})
	}),
	says(`the API throttles (\d+) times`, func(p *play, m []string) error {
		return p.spoil(fakelive.Fault{Kind: fakelive.Throttle, Times: number(m[1])})
	}),
	says(`the API refuses with (\S+)`, func(p *play, m []string) error {
		return p.spoil(fakelive.Fault{Kind: fakelive.Refuse, Code: m[1]})
	}),
	says(`(Describe\w+) answers 500`, func(p *play, m []string) error {
		_, err := p.world.Live.Inject(fakelive.Fault{Action: m[1], Kind: fakelive.Status, Times: -1})
		return err
	}),
	says(`the app is given (\S+)`, func(p *play, m []string) error {
		p.world.Slack.Grant(m[1])
		return nil
	}),
	says(`STS stays silent`, func(p *play, _ []string) error {
		_, err := p.world.Live.Inject(fakelive.Fault{Action: "AssumeRole", Kind: fakelive.SilentBefore, Times: -1})
		return err
	}),
	says(`every call is answered with a web page`, func(p *play, _ []string) error {
		_, err := p.world.Live.Inject(fakelive.Fault{Kind: fakelive.HTMLBefore, Times: -1})
		return err
	}),

	says(`another console restarts (.+)`, func(p *play, m []string) error {
		return p.studio(m[1], func(s *fakelive.Studio) {
			s.Started, s.Urgent = p.world.Clock.Now(), false
			s.Modified = s.Started
		})
	}),
	says(`another console takes (.+) of (.+)`, func(p *play, m []string) error {
		return p.studio(m[2], func(s *fakelive.Studio) { take(s, m[1]) })
	}),
	says(`another console gives (.+) of (.+) another picture`, func(p *play, m []string) error {
		return p.studio(m[2], func(s *fakelive.Studio) { repaint(s, m[1]) })
	}),
	says(`another console renames (.+) to (.+)`, func(p *play, m []string) error {
		return p.studio(m[1], func(s *fakelive.Studio) { s.Name = strings.ReplaceAll(m[2], `\u202e`, "\u202e") })
	}),
	says(`(.+) goes to its standby picture by itself`, func(p *play, m []string) error {
		return p.studio(m[1], func(s *fakelive.Studio) { s.AutoStandby, s.Urgent = true, true })
	}),
	says(`another console (opens|closes) (.+) of (.+)`, func(p *play, m []string) error {
		return p.studio(m[3], func(s *fakelive.Studio) {
			for i := range s.Scenes {
				if s.Scenes[i].Name == m[2] {
					s.Scenes[i].Open = m[1] == "opens"
				}
			}
		})
	}),
	says(`(\d+) cameras go live`, func(p *play, m []string) error {
		p.world.Live.AddStreams("show", "cam", number(m[1]))
		return nil
	}),
	says(`(\d+) studios called (.+) go on air`, func(p *play, m []string) error {
		p.world.Live.AddStudios(m[2], number(m[1]))
		return nil
	}),

	says(`slack refuses (posts|edits) with 429 once`, func(p *play, m []string) error {
		method := map[string]string{"posts": "chat.postMessage", "edits": "chat.update"}[m[1]]
		p.world.Slack.Fail(method, fakeslack.Fault{RetryAfter: time.Second, Times: 1})
		return nil
	}),
	says(`slack refuses the blocks of a card (once|twice)`, func(p *play, m []string) error {
		times := map[string]int{"once": 1, "twice": 2}[m[1]]
		p.world.Slack.Fail("chat.postMessage", fakeslack.Fault{Error: "invalid_blocks", Times: times})
		return nil
	}),
	says(`slack refuses pins`, func(p *play, _ []string) error {
		p.world.Slack.Fail("pins.add", fakeslack.Fault{Error: "missing_scope"})
		return nil
	}),
	says(`slack does not tell who (people are|is in a group)`, func(p *play, m []string) error {
		method := map[string]string{"people are": "users.info", "is in a group": "usergroups.list"}[m[1]]
		p.world.Slack.Fail(method, fakeslack.Fault{Status: 500})
		return nil
	}),
	says(`slack tells again who (people are|is in a group)`, func(p *play, m []string) error {
		p.world.Slack.Fail(map[string]string{"people are": "users.info", "is in a group": "usergroups.list"}[m[1]],
			fakeslack.Fault{})
		return nil
	}),
	says(`(\w+) (joins|leaves) the (\w+)`, (*play).membership),
	says(`(\w+) is deactivated`, func(p *play, m []string) error {
		return p.change(m[1], func(u *fakeslack.User) { u.Deleted = true })
	}),
	says(`(\w+) becomes a guest`, func(p *play, m []string) error {
		return p.change(m[1], func(u *fakeslack.User) { u.IsRestricted = true })
	}),
	says(`(\w+) (speaks|lives in) (\S+)`, func(p *play, m []string) error {
		return p.change(m[1], func(u *fakeslack.User) {
			if m[2] == "speaks" {
				u.Locale = m[3]
				return
			}
			u.TZ = m[3]
		})
	}),
	says(`(\w+) takes the pin off (#\S+)`, func(p *play, m []string) error {
		user, channel, err := p.place(m[1], m[2])
		if err != nil {
			return err
		}
		pin, err := p.pin(user, channel)
		if err != nil {
			return err
		}
		return p.world.Slack.Unpin(user, channel, pin.TS)
	}),
	says(`casterbot is removed from (#\S+)`, func(p *play, m []string) error {
		return p.channelDo(m[1], p.world.Slack.RemoveBot)
	}),
	says(`(\w+) is thrown out of (#\S+)`, func(p *play, m []string) error {
		user, channel, err := p.place(m[1], m[2])
		if err != nil {
			return err
		}
		return p.world.Slack.SetMember(channel, user, false)
	}),
	says(`casterbot is invited to (#\S+)`, func(p *play, m []string) error {
		return p.channelDo(m[1], p.world.Slack.AddBot)
	}),
	says(`(#\S+) is archived`, func(p *play, m []string) error { return p.channelDo(m[1], p.world.Slack.Archive) }),
	says(`(#\S+) is shared with a partner`, func(p *play, m []string) error {
		return p.channelDo(m[1], p.world.Slack.Share)
	}),
	says(`(#\S+) is renamed to (\S+)`, func(p *play, m []string) error {
		return p.channelDo(m[1], func(id string) error { return p.world.Slack.Rename(id, m[2]) })
	}),
	says(`a new channel (\S+) with (\w+) and casterbot`, func(p *play, m []string) error {
		u, err := p.person(m[2])
		if err == nil {
			p.world.Slack.AddChannel("C0NEW", m[1], false, u.ID, fakeslack.BotUser)
		}
		return err
	}),
}

func (p *play) happens(m []string) error {
	for _, h := range happenings {
		if words := h.words.FindStringSubmatch(m[1]); words != nil {
			return h.do(p, words)
		}
	}
	return scenarios.Happen(p.world.Slack, p.world.Live, m[1])
}

func number(text string) int {
	n, _ := strconv.Atoi(text) // the pattern has let digits through only
	return n
}

// spoil orders the fault for whichever call comes next that changes something; looks go on. A fault that was not met
// stays ordered for its own call.
func (p *play) spoil(f fakelive.Fault) error {
	if err := p.wasMet(); err != nil {
		return err
	}
	p.world.Live.ClearFaults()
	for _, a := range live.Actions() {
		if !a.Write || f.Kind == fakelive.TimeoutCopy && a.Name != "CopyCaster" {
			continue
		}
		f.Action = a.Name
		if _, err := p.world.Live.Inject(f); err != nil {
			return err
		}
	}
	p.ordered = p.waiting()
	return nil
}

// waiting is how often what was ordered may still strike.
func (p *play) waiting() (times int) {
	for _, f := range p.world.Live.Faults() {
		times += max(0, f.Times)
	}
	return times
}

// wasMet reports a fault that was ordered and spoiled nothing: the story tells of something else than it seems to.
func (p *play) wasMet() error {
	if p.ordered > 0 && p.waiting() == p.ordered {
		return errors.New("no call has met the fault that was ordered before")
	}
	p.ordered = 0
	return nil
}

func (p *play) change(name string, change func(*fakeslack.User)) error {
	u, err := p.person(name)
	if err == nil {
		p.world.Slack.SetUser(u.ID, change)
	}
	return err
}

func (p *play) channelDo(name string, do func(id string) error) error {
	id, err := p.channel(name)
	if err != nil {
		return err
	}
	return do(id)
}

// membership puts somebody into a user group or takes them out: ana leaves the crew.
func (p *play) membership(m []string) error {
	u, err := p.person(m[1])
	if err != nil {
		return err
	}
	for _, g := range p.see.screen().Groups {
		if g.Handle != m[3] {
			continue
		}
		members := []string{}
		for _, id := range g.Users {
			if id != u.ID {
				members = append(members, id)
			}
		}
		if m[2] == "joins" {
			members = append(members, u.ID)
		}
		p.world.Slack.SetGroup(g.ID, members)
		return nil
	}
	return fmt.Errorf("no group is called %s", m[3])
}
