package authz

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// path is one way on which somebody's right is decided.
type path struct {
	name    string
	q       Question
	tries   bool // a refusal by the policy is in the trail
	begins  bool // a call follows
	several bool
	others  bool // somebody else than the asker reads the refusal
	old     bool // the asker acted long ago
}

// paths are all of them, for one person and one command.
func paths(person string) (confirm, approve []path) {
	r := op.Request{Origin: op.Origin{PersonTeam: "T0",
		Address: op.Address{Person: person, Channel: "C0SHOW", At: noon}}}
	plan := op.Plan{Target: news}
	talk := op.Plan{Target: op.Target{Kind: "caster", ID: "c2", Name: "Evening Talk"}}
	o := op.Operation{
		ID: "o1", Verb: restart.Verb, Effect: restart.Effect, Requester: person, DecidedBy: person, Team: "T0",
		Channel:  "C0SHOW",
		Plan:     plan,
		Decision: op.Decision{Allowed: true, Confirm: op.ConfirmSelf},
	}
	own := op.Click{Origin: op.Origin{PersonTeam: "T0", Address: op.Address{Person: person, Channel: "C0SHOW", At: noon}}}
	form := r
	form.Form = true
	home := Uses(r, restart)
	home.Outside = true
	confirm = []path{
		{name: "button, picker, help", q: Uses(r, restart)},
		{name: "picker of the bot's own page", q: home},
		{name: "question, form", q: Tries(r, restart), tries: true},
		{name: "ask", q: Asks(r, restart, plan), tries: true, begins: true},
		{name: "confirm", q: Confirms(o, restart, own), tries: true, begins: true},
		{name: "settle", q: Settles(o, own), tries: true},
		{name: "send", q: Sends(o, restart, noon), tries: true, begins: true, others: true, old: true},
	}
	confirm = append(confirm, path{name: "what a form asks", q: Asks(form, restart, plan), tries: true, begins: true})
	all := o
	all.Plan = op.Plan{Parts: []op.Part{{Plan: plan}, {Plan: talk}}} // the lock of each counts at its own call
	confirm = append(confirm, path{
		name: "confirm several", q: Confirms(all, restart, own), tries: true, begins: true, several: true,
	})
	o.Decision = op.Decision{Allowed: true, Confirm: op.ConfirmOther, Approvers: []string{"U0KEN"}, Rule: "policy.yml:6"}
	o.DecidedBy = "U0KEN"
	ken := op.Click{Origin: op.Origin{PersonTeam: "T0", Address: op.Address{Person: "U0KEN", Channel: "C0SHOW", At: noon}}}
	approve = []path{
		{name: "approve", q: Approves(o, restart, ken), tries: true, begins: true, others: true, old: true},
		{name: "send what was approved", q: Sends(o, restart, noon), tries: true, begins: true, others: true, old: true},
	}
	return confirm, approve
}

// cases are what may be wrong, and what is then said, by which line, on every path.
var cases = []struct {
	name, person string
	town         func(*town)
	ground       Ground
	rule, title  string
}{
	{name: "all is well", person: "U0ANA"},
	{name: "not in the channel", person: "U0ANA",
		town:   func(w *town) { w.rooms = []string{"C0OTHER"} },
		ground: Away, title: "You are not in that channel, so nothing was done."},
	{name: "a guest", person: "U0ANA",
		town:   func(w *town) { w.person = op.Person{Guest: true} },
		ground: Denied, rule: "policy.yml:6", title: "You can't use caster.restart"},
	{name: "of another organisation", person: "U0ANA",
		town:   func(w *town) { w.person = op.Person{External: true} },
		ground: Denied, rule: "policy.yml:6", title: "You can't use caster.restart"},
	{name: "a shared channel", person: "U0ANA",
		town:   func(w *town) { w.channel = op.Channel{External: true, Member: true} },
		ground: Denied, rule: "policy.yml:6", title: "You can't use caster.restart"},
	{name: "an archived channel", person: "U0ANA",
		town:   func(w *town) { w.channel = op.Channel{Archived: true, Member: true} },
		ground: Denied, title: "This channel is archived"},
	{name: "no rule", person: "U0BO", ground: Denied, title: "You can't use caster.restart"},
	{name: "a deactivated account", person: "U0ANA",
		town:   func(w *town) { w.person = op.Person{Deleted: true} },
		ground: Denied, title: "This account is deactivated"},
	{name: "stale facts about the person", person: "U0ANA",
		town:   func(w *town) { w.person = op.Person{Stale: true} },
		ground: Denied, title: "Your rights cannot be checked now"},
	{name: "stale facts about the channel", person: "U0ANA",
		town:   func(w *town) { w.channel = op.Channel{Stale: true, Member: true} },
		ground: Denied, title: "This channel cannot be checked now"},
	{name: "no facts", person: "U0ANA",
		town:   func(w *town) { w.silent = true },
		ground: Unknown, title: "Your rights cannot be checked now"},
	{name: "the bot is not in the channel", person: "U0ANA",
		town:   func(w *town) { w.channel = op.Channel{ID: "C0SHOW"} },
		ground: NotMember, rule: "policy.yml:6", title: "casterbot is not in this channel"},
	{name: "locked by somebody", person: "U0ANA",
		town:   func(w *town) { w.lock = op.Lock{Version: 1, Holder: "U0MIO", Target: news} },
		ground: Locked, rule: "policy.yml:6", title: "Evening News is locked by @U0MIO"},
}

// TestEveryPathSaysTheSame: whatever is wrong is refused on every path, with the same words and by the same line.
func TestEveryPathSaysTheSame(t *testing.T) {
	for _, c := range cases {
		confirm, approve := paths(c.person)
		for _, p := range append(confirm, approve...) {
			w := newTown(c.town)
			confirm := "self"
			if p.q.hasSecond() {
				confirm = bySecond
			}
			v, err := w.judge(t, confirm).Check(t.Context(), p.q)
			ground, title := c.ground, c.title
			locks, comes := p.begins && !p.several, p.q.Outside || p.old
			if !p.begins && ground == NotMember || !locks && ground == Locked || !comes && ground == Away {
				ground, title = Allowed, ""
			}
			if p.others && (ground == Denied || ground == Away || ground == Unknown || ground == NotMember) {
				title = "It cannot be confirmed that @" + c.person + " may still do this here"
			}
			if v.Ground != ground || ground == Allowed != (err == nil) || ground != Away && c.rule != "" && v.Rule != c.rule {
				t.Errorf("%s, %s: %q by %q, %v", c.name, p.name, v.Ground, v.Rule, err)
			}
			if said := words(err); !strings.HasPrefix(said, title) {
				t.Errorf("%s, %s: says %s, want %s", c.name, p.name, said, title)
			}
			if noted := len(w.denied) == 1; noted != (ground == Denied && p.tries) {
				t.Errorf("%s, %s: in the trail %v", c.name, p.name, w.denied)
			}
		}
	}
}

// words are the first line of a refusal.
func words(err error) string {
	refusal := &op.Refusal{}
	if !errors.As(err, &refusal) {
		return ""
	}
	return refusal.Answer.Title.Plain()
}

// TestExplainersSayTheSame: what is at hand, why, and the list of buttons rest on the same decision.
func TestExplainersSayTheSame(t *testing.T) {
	for _, c := range cases {
		w := newTown(c.town)
		j := w.judge(t, "self")
		r := op.Request{Origin: op.Origin{PersonTeam: "T0", Address: op.Address{Person: c.person, Channel: "C0SHOW"}}}
		v, _ := j.Check(t.Context(), Uses(r, restart))
		if at, known := j.AtHand(Uses(r, restart)); known == w.silent || known && !reflect.DeepEqual(at, v) {
			t.Errorf("%s: at hand %+v, looked up %+v", c.name, at, v)
		}
		button := op.Answer{Next: []op.Next{{Label: "Restart", Text: "caster restart c1"}}}
		if left := j.Offered(t.Context(), r, button).Next; len(left) == 1 != v.Allowed {
			t.Errorf("%s: offered %v, %+v", c.name, left, v)
		}
		if w.silent {
			continue
		}
		d, steps, err := j.Why(t.Context(), w.be(c.person), "", "C0SHOW", restart, op.Target{})
		if err != nil || !reflect.DeepEqual(d, v.Decision) {
			t.Errorf("%s: why says %+v, %v, decided was %+v", c.name, d, err, v.Decision)
		}
		if v.Allowed && !strings.HasPrefix(steps[len(steps)-1].Plain(), v.Rule) {
			t.Errorf("%s: %s decides, and the last line read is %s", c.name, v.Rule, plain(steps))
		}
		who := plain(j.Who(w.be(c.person), "C0SHOW", restart, op.Target{}))
		if v.Allowed && !strings.HasPrefix(who, v.Rule) {
			t.Errorf("%s: %s allows it, and who may is %s", c.name, v.Rule, who)
		}
	}
}

// TestSecondPerson: whoever may not approve may neither approve nor decline, is not waited for, and stops what they
// have approved.
func TestSecondPerson(t *testing.T) {
	for name, second := range map[string]op.Person{
		"": {}, "guest": {Guest: true}, "outsider": {External: true}, "stale": {Stale: true}, "bot": {Bot: true},
	} {
		w := newTown(func(w *town) { w.second = second })
		j := w.judge(t, bySecond)
		_, approve := paths("U0ANA")
		o := *approve[0].q.card
		decline := Declines(o,
			op.Click{Origin: op.Origin{PersonTeam: "T0", Address: op.Address{Person: "U0KEN", Channel: "C0SHOW", At: noon}}})
		for _, q := range []Question{approve[0].q, approve[1].q, decline} {
			if v, err := j.Check(t.Context(), q); (err == nil) != (name == "") || err != nil && v.Ground != Second {
				t.Errorf("%s, %d: %q, %v", name, q.answer, v.Ground, err)
			}
		}
		if j.Awaits(o, w.be("U0KEN")) != (name == "") || j.Awaits(o, w.be("U0ANA")) {
			t.Errorf("%s: awaited", name)
		}
	}
}

// TestOnlyTheRightAnswer: a card is answered by whom it asks, in the way that the policy asks for now.
func TestOnlyTheRightAnswer(t *testing.T) {
	w := newTown(nil)
	confirm, approve := paths("U0ANA")
	own, others := *confirm[4].q.card, *approve[0].q.card
	unapproved := others
	unapproved.DecidedBy = ""
	ana, ken := op.Click{Origin: op.Origin{Address: op.Address{Person: "U0ANA", At: noon}}},
		op.Click{Origin: op.Origin{Address: op.Address{Person: "U0KEN", At: noon}}}
	for name, c := range map[string]struct {
		policy string
		q      Question
		ground Ground
	}{
		"somebody else confirms":       {"self", Confirms(own, restart, ken), Answerer},
		"somebody else declines":       {"self", Declines(own, ken), Answerer},
		"the asker declines":           {"self", Declines(own, ana), Allowed},
		"confirmed, not approved":      {bySecond, Confirms(others, restart, ana), Answerer},
		"approved, not confirmed":      {"self", Approves(own, restart, ken), Answerer},
		"one's own":                    {bySecond, Approves(others, restart, ana), Second},
		"now needs an approval":        {bySecond, Confirms(own, restart, ana), Changed},
		"now needs no approval":        {"self", Approves(others, restart, ken), Changed},
		"now needs nothing":            {"none", Confirms(own, restart, ana), Allowed},
		"was sent for an approval":     {"self", Sends(others, restart, noon), Changed},
		"was sent without":             {bySecond, Sends(own, restart, noon), Changed},
		"was sent, approved by nobody": {bySecond, Sends(unapproved, restart, noon), Second},
		"was sent as the policy was":   {"self", Sends(own, restart, noon), Allowed},
	} {
		v, err := w.judge(t, c.policy).Check(t.Context(), c.q)
		if v.Ground != c.ground || (err == nil) != (c.ground == Allowed) {
			t.Errorf("%s: %q, %v", name, v.Ground, err)
		}
	}
}

// TestAges: how fresh facts have to be is part of every question.
func TestAges(t *testing.T) {
	confirm, approve := paths("U0ANA")
	click, send := noon.Add(-2*time.Second), noon.Add(-5*time.Second)
	want := map[string]time.Time{
		"confirm": click, "confirm several": click, "settle": click, "approve": click,
		"send": send, "send what was approved": send,
	}
	for _, p := range append(confirm, approve...) {
		w := newTown(nil)
		_, _ = w.judge(t, "self").Check(t.Context(), p.q)
		for _, since := range w.since {
			if since != want[p.name] {
				t.Errorf("%s: facts since %s will do, want %s", p.name, since, want[p.name])
			}
		}
		if len(w.since) == 0 {
			t.Errorf("%s: nobody is looked up", p.name)
		}
	}
}
