package authz

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/internal/op"
)

// TestWhoHasToBeThere: whoever is counted on has to be in the channel. Slack vouches for a minute for those who acted
// there themselves; of others, and of what stays open when its person is removed, it is asked.
func TestWhoHasToBeThere(t *testing.T) {
	const (
		ana, ken          = "U0ANA", "U0KEN"
		self, other, none = op.ConfirmSelf, op.ConfirmOther, op.ConfirmNone
		hour, wait, soon  = time.Hour, 2 * time.Minute, 30 * time.Second
	)
	at := func(ago time.Duration) time.Time { return noon.Add(-ago) }
	from := func(person string, home bool) op.Click {
		return op.Click{Origin: op.Origin{PersonTeam: "T0",
			Address: op.Address{Person: person, Channel: "C0SHOW", At: noon, FromHome: home}}}
	}
	card := func(confirm op.Confirm, asked, answered time.Duration, by string) op.Operation {
		return op.Operation{ID: "o1", Verb: restart.Verb, Effect: restart.Effect, Requester: ana, DecidedBy: by, Team: "T0",
			Channel: "C0SHOW", Plan: op.Plan{Target: news}, Created: at(asked), Confirmed: at(answered),
			Decision: op.Decision{Allowed: true, Confirm: confirm, Approvers: []string{ken}}}
	}
	a, k, atHome, kAtHome := from(ana, false), from(ken, false), from(ana, true), from(ken, true)
	r := op.Request{Origin: a.Origin}
	form, home := r, r
	form.Form, home.FromHome = true, true
	before := r
	before.At = at(wait)
	late := a
	late.At = at(wait)
	for name, c := range map[string]struct {
		policy string
		q      Question
		who    string // has to be there
	}{
		"typed":                         {"self", Asks(r, restart, op.Plan{Target: news}), ""},
		"typed, and judged late":        {"self", Asks(before, restart, op.Plan{Target: news}), ana},
		"an answer that is owed":        {"self", Tries(before, restart), ana},
		"what is only shown":            {"self", Uses(before, restart), ""},
		"settled, and judged late":      {"self", Settles(card(self, hour, 0, ""), late), ana},
		"a form":                        {"self", Asks(form, restart, op.Plan{Target: news}), ana},
		"a field of a form":             {"self", Tries(form, restart), ana},
		"the bot's page":                {"self", Asks(home, restart, op.Plan{Target: news}), ana},
		"the asker confirms":            {"self", Confirms(card(self, hour, 0, ""), restart, a), ""},
		"on the bot's page":             {"self", Confirms(card(self, 0, 0, ""), restart, atHome), ana},
		"approved at once":              {bySecond, Approves(card(other, soon, 0, ""), restart, k), ""},
		"approved later":                {bySecond, Approves(card(other, wait, 0, ""), restart, k), ana},
		"approved on the bot's page":    {bySecond, Approves(card(other, 0, 0, ""), restart, kAtHome), ken},
		"declined on the bot's page":    {bySecond, Declines(card(other, 0, 0, ""), kAtHome), ken},
		"declined later":                {bySecond, Declines(card(other, hour, 0, ""), k), ""},
		"cancelled on the bot's page":   {"self", Declines(card(self, 0, 0, ""), atHome), ana},
		"settled on the bot's page":     {"self", Settles(card(self, hour, 0, ""), atHome), ana},
		"settled":                       {"self", Settles(card(self, hour, 0, ""), a), ""},
		"sent at once":                  {"self", Sends(card(self, hour, 0, ana), restart, noon), ""},
		"sent after a wait":             {"self", Sends(card(self, hour, wait, ana), restart, noon), ana},
		"sent what was approved":        {bySecond, Sends(card(other, hour, 0, ken), restart, noon), ana},
		"sent what was long approved":   {bySecond, Sends(card(other, 0, wait, ken), restart, noon), ken},
		"sent what needs no answer":     {"none", Sends(card(none, soon, soon, ana), restart, noon), ""},
		"sent what needed none, a wait": {"none", Sends(card(none, wait, wait, ana), restart, noon), ana},
	} {
		for _, gone := range []string{"", ana, ken} {
			w := newTown(func(w *town) { w.gone = gone })
			v, err := w.judge(t, c.policy).Check(t.Context(), c.q)
			if refused := gone != "" && gone == c.who; refused != (err != nil) || refused && v.Ground != Away {
				t.Errorf("%s, without %q: %q, %v", name, gone, v.Ground, err)
			}
		}
	}
}

func clickBy(person, team string) op.Click {
	return op.Click{Origin: op.Origin{PersonTeam: team,
		Address: op.Address{Person: person, Channel: "C0SHOW", At: noon}}}
}

// TestDirectMessagesAreNoRooms: Slack does not list them among the channels of somebody.
func TestDirectMessagesAreNoRooms(t *testing.T) {
	r := op.Request{Form: true, Origin: clickBy("U0ANA", "T0").Origin}
	for _, direct := range []bool{true, false} {
		w := newTown(func(w *town) { w.rooms, w.channel.Direct = nil, direct })
		if _, err := w.judge(t, "self").Check(t.Context(), Tries(r, restart)); (err == nil) != direct {
			t.Errorf("direct %t: %v", direct, err)
		}
	}
}

// TestWhoeverClicksIsJudgedByIDAndTeam: somebody of another team with the asker's id is not the asker, on any path;
// somebody of another workspace of the same organisation is.
func TestWhoeverClicksIsJudgedByIDAndTeam(t *testing.T) {
	own := op.Operation{ID: "o1", Verb: restart.Verb, Effect: restart.Effect, Requester: "U0ANA", Team: "T0",
		Channel: "C0SHOW", Plan: op.Plan{Target: news}, Created: noon,
		Decision: op.Decision{Allowed: true, Confirm: op.ConfirmSelf}}
	others := own
	others.Decision = op.Decision{Allowed: true, Confirm: op.ConfirmOther, Approvers: []string{"U0KEN"}}
	for team, want := range map[string]Ground{"T0": Allowed, "": Allowed, "T0SIBLING": Allowed, "T0OTHER": Answerer} {
		click := clickBy("U0ANA", team)
		for name, c := range map[string]struct {
			policy string
			q      Question
		}{
			"confirm":                              {"self", Confirms(own, restart, click)},
			"call off":                             {"self", Declines(own, click)},
			"call off what somebody else approves": {bySecond, Declines(others, click)},
		} {
			w := newTown(func(w *town) { w.strange = "T0OTHER" })
			if v, err := w.judge(t, c.policy).Check(t.Context(), c.q); v.Ground != want || (err == nil) != (want == Allowed) {
				t.Errorf("%s of %q: %q, %v", name, team, v.Ground, err)
			}
		}
		w := newTown(func(w *town) { w.strange = "T0OTHER" })
		for name, q := range map[string]Question{"ask": Asks(op.Request{Origin: click.Origin}, restart, own.Plan),
			"settle": Settles(own, click)} {
			if _, err := w.judge(t, "self").Check(t.Context(), q); (err == nil) != (want == Allowed) {
				t.Errorf("%s of %q: %v", name, team, err)
			}
		}
	}
	w := newTown(func(w *town) { w.silent = true })
	v, err := w.judge(t, "self").Check(t.Context(), Declines(own, clickBy("U0ANA", "T0OTHER")))
	if err == nil || v.Ground != Answerer {
		t.Errorf("while Slack is silent: %q, %v", v.Ground, err)
	}
}

// TestWhoMayApproveMayDecline: by the policy now, and not by that of the card.
func TestWhoMayApproveMayDecline(t *testing.T) {
	o := op.Operation{ID: "o1", Verb: restart.Verb, Effect: restart.Effect, Requester: "U0ANA", Team: "T0",
		Channel: "C0SHOW", Plan: op.Plan{Target: news}, Created: noon,
		Decision: op.Decision{Allowed: true, Confirm: op.ConfirmOther, Approvers: []string{"U0MIO"}}}
	for name, c := range map[string]struct {
		policy, asker, clicker string
		town                   func(*town)
		ground                 Ground
	}{
		"an approver since":           {bySecond, "U0ANA", "U0KEN", nil, Allowed},
		"a former approver":           {bySecond, "U0ANA", "U0MIO", nil, Second},
		"the asker":                   {bySecond, "U0ANA", "U0ANA", nil, Allowed},
		"the asker without the right": {bySecond, "U0BO", "U0BO", nil, Allowed},
		"nobody has to approve now":   {"self", "U0ANA", "U0KEN", nil, Changed},
		"the asker has lost the right, an approver of the card": {bySecond, "U0BO", "U0MIO", nil, Allowed},
		"the asker has lost the right, an approver of others":   {bySecond, "U0BO", "U0KEN", nil, Second},
	} {
		for _, atHand := range []bool{false, true} {
			w := newTown(c.town)
			w.near = atHand
			asked := o
			asked.Requester = c.asker
			v, err := w.judge(t, c.policy).Check(t.Context(), Declines(asked, clickBy(c.clicker, "T0")))
			if v.Ground != c.ground || (err == nil) != (c.ground == Allowed) {
				t.Errorf("%s, at hand %t: %q, %v", name, atHand, v.Ground, err)
			}
		}
	}
}

// TestAnEmergencyNeedsLess: fresh facts where there are some, else those of the last minute; and nobody but the asker
// to see it. Without the right it is refused like anything.
func TestAnEmergencyNeedsLess(t *testing.T) {
	slate := restart
	slate.Urgent = true
	o := op.Operation{ID: "o1", Verb: restart.Verb, Effect: restart.Effect, Requester: "U0ANA", DecidedBy: "U0ANA",
		Team: "T0", Channel: "C0SHOW", Plan: op.Plan{Target: news}, Created: noon,
		Decision: op.Decision{Allowed: true, Confirm: op.ConfirmNone}}
	for name, c := range map[string]struct {
		town          func(*town)
		asker         string
		urgent, other Ground
	}{
		"all is well":          {nil, "U0ANA", Allowed, Allowed},
		"Slack is busy":        {func(w *town) { w.busy = true }, "U0ANA", Allowed, Denied},
		"Slack is silent":      {func(w *town) { w.silent = true }, "U0ANA", Unknown, Unknown},
		"the bot is not there": {func(w *town) { w.channel = op.Channel{} }, "U0ANA", Allowed, NotMember},
		"without the right":    {nil, "U0BO", Denied, Denied},
		"busy, not the right":  {func(w *town) { w.busy = true }, "U0BO", Denied, Denied},
	} {
		for _, x := range []struct {
			command op.Command
			want    Ground
		}{{slate, c.urgent}, {restart, c.other}} {
			w := newTown(c.town)
			sent := o
			sent.Requester, sent.DecidedBy = c.asker, c.asker
			v, err := w.judge(t, "none").Check(t.Context(), Sends(sent, x.command, noon))
			if v.Ground != x.want || (err == nil) != (x.want == Allowed) {
				t.Errorf("%s, urgent %t: %q, %v", name, x.command.Urgent, v.Ground, err)
			}
		}
	}
}

// TestAnEmergencyMakesDo: while Slack tells nothing fresh, what it told within the last minute of who is in the
// channel, and of who approves, does for an emergency, and for nothing else.
func TestAnEmergencyMakesDo(t *testing.T) {
	slate := restart
	slate.Urgent = true
	approved := op.Operation{ID: "o1", Verb: restart.Verb, Effect: restart.Effect, Requester: "U0ANA", Team: "T0",
		Channel: "C0SHOW", Plan: op.Plan{Target: news}, Created: noon.Add(-2 * time.Minute), DecidedBy: "U0KEN",
		Confirmed: noon,
		Decision:  op.Decision{Allowed: true, Confirm: op.ConfirmOther, Approvers: []string{"U0KEN"}}}
	own := approved
	own.DecidedBy, own.Decision = "U0ANA", op.Decision{Allowed: true, Confirm: op.ConfirmSelf}
	home := clickBy("U0ANA", "T0")
	home.FromHome = true
	form := op.Request{Form: true, Origin: clickBy("U0ANA", "T0").Origin}
	for name, c := range map[string]struct {
		policy string
		q      func(op.Command) Question
		other  Ground
	}{
		"a form":         {"none", func(c op.Command) Question { return Asks(form, c, own.Plan) }, Unknown},
		"the bot's page": {"self", func(c op.Command) Question { return Confirms(own, c, home) }, Denied},
		"approved later": {bySecond, func(c op.Command) Question { return Approves(approved, c, clickBy("U0KEN", "T0")) },
			Denied},
		"sent": {bySecond, func(c op.Command) Question { return Sends(approved, c, noon) }, Denied},
	} {
		for command, want := range map[*op.Command]Ground{&slate: Allowed, &restart: c.other} {
			w := newTown(func(w *town) { w.busy = true })
			v, err := w.judge(t, c.policy).Check(t.Context(), c.q(*command))
			if v.Ground != want || (err == nil) != (want == Allowed) {
				t.Errorf("%s, urgent %t: %q, %v", name, command.Urgent, v.Ground, err)
			}
		}
		for gone, ground := range map[string]Ground{"U0ANA": Away, "U0KEN": Allowed} {
			w := newTown(func(w *town) { w.busy, w.gone = true, gone })
			if v, err := w.judge(t, c.policy).Check(t.Context(), c.q(slate)); v.Ground != ground {
				t.Errorf("%s, without %s: %q, %v", name, gone, v.Ground, err)
			}
		}
	}
}

// What is said unasked is said where the policy names the channel and nobody else reads along; what Slack does not tell
// is neither.
func TestWhereThingsAreToldUnasked(t *testing.T) {
	for name, c := range map[string]struct {
		channel string
		change  func(*town)
		policy  func(string) string
		want    bool
	}{
		"a channel of the crew": {"C0SHOW", nil, nil, true},
		"one that is not named": {"C0OTHER", nil, nil, false},
		"archived":              {"C0SHOW", func(w *town) { w.channel.Archived = true }, nil, false},
		"shared, with a grant for others": {"C0SHOW", func(w *town) { w.channel.External = true }, nil,
			true},
		"shared": {"C0SHOW", func(w *town) { w.channel.External = true },
			func(s string) string { return strings.ReplaceAll(s, "external: true", "external: false") }, false},
	} {
		text := strings.ReplaceAll(crew, "CONFIRM", "self")
		if c.policy != nil {
			text = c.policy(text)
		}
		j := newTown(c.change).judgeBy(t, text)
		if got, err := j.Tells(t.Context(), c.channel); err != nil || got != c.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	hidden := newTown(func(w *town) { w.channel.External, w.channel.Hidden = true, true })
	if got, err := hidden.judgeBy(t, strings.ReplaceAll(crew, "CONFIRM", "self")).Tells(t.Context(), "C0SHOW"); got ||
		err == nil {
		t.Errorf("one that the bot does not see: %v, %v", got, err)
	}
}

// TestAnEmergencyDoesNotWaitForSlack: where Slack takes its time, at each step an emergency waits a moment for fresh
// facts, and nothing else goes by those of the last minute.
func TestAnEmergencyDoesNotWaitForSlack(t *testing.T) {
	slate := restart
	slate.Urgent = true
	o := op.Operation{ID: "o1", Verb: restart.Verb, Effect: restart.Effect, Requester: "U0ANA", Team: "T0",
		Channel: "C0SHOW", Plan: op.Plan{Target: news}, Created: noon.Add(-2 * time.Minute), DecidedBy: "U0KEN",
		Confirmed: noon.Add(-2 * time.Minute),
		Decision:  op.Decision{Allowed: true, Confirm: op.ConfirmOther, Approvers: []string{"U0KEN"}}}
	for command, want := range map[*op.Command]Ground{&slate: Allowed, &restart: Denied} {
		for name, q := range map[string]Question{
			"at the click": Approves(o, *command, clickBy("U0KEN", "T0")), "at the call": Sends(o, *command, noon),
		} {
			synctest.Test(t, func(t *testing.T) {
				w, began := newTown(func(w *town) { w.slow = true }), time.Now()
				v, err := w.judge(t, bySecond).Check(t.Context(), q)
				if v.Ground != want || (err == nil) != (want == Allowed) {
					t.Errorf("%s, urgent %t: %q, %v", name, command.Urgent, v.Ground, err)
				}
				if took := time.Since(began); command.Urgent && took > 3*freshWithin {
					t.Errorf("%s: it took %s", name, took)
				}
			})
		}
	}
}

// Whoever asked hears alone what became of it where its card cannot be: not once they have lost the right, or left.
func TestWhoHearsAlone(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*town)
		asked  time.Duration
		want   bool
	}{
		"as before":             {nil, time.Hour, true},
		"archived":              {func(w *town) { w.channel.Archived = true }, time.Hour, true},
		"the channel is hidden": {func(w *town) { w.channel.Hidden, w.channel.External = true, true }, time.Hour, true},
		"without the right":     {func(w *town) { w.person.Deleted = true }, time.Hour, false},
		"out of the channel":    {func(w *town) { w.gone = "U0ANA" }, time.Hour, false},
		"out of it, just asked": {func(w *town) { w.gone = "U0ANA" }, time.Second, true},
	} {
		o := op.Operation{Verb: restart.Verb, Effect: restart.Effect, Requester: "U0ANA", Team: "T0", Channel: "C0SHOW",
			Plan: op.Plan{Target: news}, Created: noon.Add(-c.asked)}
		j := newTown(c.change).judge(t, "self")
		if got, err := j.Hears(t.Context(), o); err != nil || got != c.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// Who was sent away is reached nowhere: only who is in a channel that may touch what it is about, by its name of now.
func TestWhoIsReached(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*town)
		target op.Target
		want   bool
	}{
		"in a channel of the studio":           {nil, news, true},
		"in none":                              {func(w *town) { w.gone = "U0ANA" }, news, false},
		"in one that the policy does not know": {func(w *town) { w.rooms = []string{"C0ELSE"} }, news, false},
		"in one of other studios":              {nil, op.Target{Kind: "caster", ID: "c9", Name: "Morning Show"}, false},
		"deactivated":                          {func(w *town) { w.person.Deleted = true }, news, false},
	} {
		o := op.Operation{Channel: "C0SHOW", Plan: op.Plan{Target: c.target}}
		j := newTown(c.change).judge(t, "self")
		if got, err := j.Reaches(t.Context(), o, "U0ANA"); err != nil || got != c.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, open := range []bool{true, false} {
		partner := newTown(func(w *town) { w.person.External = true })
		j := partner.judgeBy(t, strings.NewReplacer("CONFIRM", "self", "external: true", fmt.Sprintf("external: %t", open)).
			Replace(crew))
		if got, err := j.Reaches(t.Context(), op.Operation{Plan: op.Plan{Target: news}}, "U0ANA"); err != nil || got != open {
			t.Errorf("of another organisation, to which the channel is open %t: %v, %v", open, got, err)
		}
	}
	silent := newTown(func(w *town) { w.silent = true }).judge(t, "self")
	if got, err := silent.Reaches(t.Context(), op.Operation{Plan: op.Plan{Target: news}}, "U0ANA"); err == nil || got {
		t.Errorf("Slack does not tell, and it is %v", got)
	}
}
