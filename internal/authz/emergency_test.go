package authz

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/internal/op"
)

// emergency is a command that nothing of what is known stops.
var emergency = func() op.Command {
	slate := restart
	slate.Urgent = true
	return slate
}()

// toldBefore is a town in which Slack has told nothing for a while.
func toldBefore(ago time.Duration, change func(*Remembered)) *town {
	return newTown(func(w *town) {
		w.away = true
		w.told = Remembered{Asked: noon.Add(-ago), Rooms: []string{"C0SHOW"}, RoomsAsked: noon.Add(-ago)}
		w.told.Channel.Member = true
		if change != nil {
			change(&w.told)
		}
	})
}

// emergencies are the paths of one, from the asking to the call, confirmed in each way.
func emergencies(person string) map[string]struct {
	policy string
	ask    func(op.Command) Question
} {
	plan := op.Plan{Target: news}
	typed := clickBy(person, "T0")
	form, home := op.Request{Form: true, Origin: typed.Origin}, typed
	home.FromHome = true
	card := op.Operation{ID: "o1", Verb: restart.Verb, Effect: restart.Effect, Requester: person, Team: "T0",
		Channel: "C0SHOW", Plan: plan, Created: noon.Add(-2 * time.Minute), DecidedBy: person, Confirmed: noon,
		Decision: op.Decision{Allowed: true, Confirm: op.ConfirmSelf}}
	approved := card
	approved.DecidedBy = "U0KEN"
	approved.Decision = op.Decision{Allowed: true, Confirm: op.ConfirmOther, Approvers: []string{"U0KEN"}}
	return map[string]struct {
		policy string
		ask    func(op.Command) Question
	}{
		"typed":          {"none", func(c op.Command) Question { return Asks(op.Request{Origin: typed.Origin}, c, plan) }},
		"a form":         {"none", func(c op.Command) Question { return Asks(form, c, plan) }},
		"confirmed":      {"self", func(c op.Command) Question { return Confirms(card, c, typed) }},
		"the bot's page": {"self", func(c op.Command) Question { return Confirms(card, c, home) }},
		"approved":       {bySecond, func(c op.Command) Question { return Approves(approved, c, clickBy("U0KEN", "T0")) }},
		"sent":           {bySecond, func(c op.Command) Question { return Sends(approved, c, noon) }},
	}
}

// TestAnEmergencyGoesByWhatWasKnown: when Slack has told nothing for longer than a minute, what it told last within a
// shift counts for an emergency on every path, and the verdict says from when that is. Nothing else gets through by it,
// and neither does an emergency of somebody who had no right then.
func TestAnEmergencyGoesByWhatWasKnown(t *testing.T) {
	for name, c := range map[string]struct {
		person string
		ago    time.Duration
		told   func(*Remembered)
		want   Ground
	}{
		"known two hours ago":         {"U0ANA", 2 * time.Hour, nil, Allowed},
		"known yesterday":             {"U0ANA", rememberedFor, nil, Unknown},
		"known from the future":       {"U0ANA", -time.Minute, nil, Unknown},
		"never known":                 {"U0ANA", 0, func(r *Remembered) { r.Asked = time.Time{} }, Unknown},
		"seen deactivated":            {"U0ANA", time.Hour, func(r *Remembered) { r.Person.Deleted = true }, Denied},
		"seen as a guest":             {"U0ANA", time.Hour, func(r *Remembered) { r.Person.Guest = true }, Denied},
		"of another organisation":     {"U0ANA", time.Hour, func(r *Remembered) { r.Person.External = true }, Denied},
		"the channel was shared then": {"U0ANA", time.Hour, func(r *Remembered) { r.Channel.External = true }, Denied},
		"by the policy without right": {"U0BO", time.Hour, nil, Denied},
	} {
		for path, p := range emergencies(c.person) {
			w := toldBefore(c.ago, c.told)
			v, err := w.judge(t, p.policy).Check(t.Context(), p.ask(emergency))
			if v.Ground != c.want || (err == nil) != (c.want == Allowed) {
				t.Errorf("%s, %s: %q, %v", name, path, v.Ground, err)
			}
			if err == nil && !v.AsOf.Equal(noon.Add(-c.ago)) {
				t.Errorf("%s, %s: it goes by what was known at %s", name, path, v.AsOf)
			}
			if v, err := w.judge(t, p.policy).Check(t.Context(), p.ask(restart)); v.Ground != Unknown || err == nil {
				t.Errorf("%s, %s: something else gets %q, %v", name, path, v.Ground, err)
			}
		}
	}
}

// Who was in the channel when Slack was asked last counts as there, and nobody else.
func TestAnEmergencyOfSomebodyWhoWasThere(t *testing.T) {
	for name, told := range map[string]func(*Remembered){
		"elsewhere":         func(r *Remembered) { r.Rooms = []string{"C0OTHER"} },
		"that is not known": func(r *Remembered) { r.Rooms, r.RoomsAsked = nil, time.Time{} },
		"long ago":          func(r *Remembered) { r.RoomsAsked = noon.Add(-rememberedFor) },
	} {
		for _, path := range []string{"a form", "the bot's page"} {
			p := emergencies("U0ANA")[path]
			v, err := toldBefore(time.Hour, told).judge(t, p.policy).Check(t.Context(), p.ask(emergency))
			if v.Ground != Unknown || err == nil {
				t.Errorf("%s, %s: %q, %v", name, path, v.Ground, err)
			}
		}
	}
}

// A private channel that the bot was thrown out of, and that Slack shows to it no more, is the one that it was.
func TestAnEmergencyOfAChannelThatIsNotShownAnyMore(t *testing.T) {
	p := emergencies("U0ANA")["typed"]
	for known, want := range map[bool]Ground{true: Allowed, false: Denied} {
		w := toldBefore(time.Hour, nil)
		w.away, w.busy, w.unpeeked = false, false, true
		w.channel = op.Channel{External: true, Hidden: true}
		if !known {
			w.told = Remembered{}
		}
		v, err := w.judge(t, p.policy).Check(t.Context(), p.ask(emergency))
		if v.Ground != want || (err == nil) != known || v.AsOf.IsZero() == known {
			t.Errorf("known %t: %q as of %s, %v", known, v.Ground, v.AsOf, err)
		}
		if v, err := w.judge(t, p.policy).Check(t.Context(), p.ask(restart)); v.Ground != Denied || err == nil {
			t.Errorf("something else: %q, %v", v.Ground, err)
		}
	}
}

// What Slack tells now counts before what it told then, and nobody calls that old.
func TestAnEmergencyAsksFirst(t *testing.T) {
	for path, p := range emergencies("U0ANA") {
		for name, change := range map[string]func(*town){
			"all is well": func(w *town) { w.away = false },
			"busy":        func(w *town) { w.away, w.busy = false, true },
		} {
			w := toldBefore(time.Hour, func(r *Remembered) { r.Person.Deleted = true })
			change(w)
			if v, err := w.judge(t, p.policy).Check(t.Context(), p.ask(emergency)); err != nil || !v.AsOf.IsZero() {
				t.Errorf("%s, %s: %v, as of %s", path, name, err, v.AsOf)
			}
		}
	}
}

// TestWhatIsRememberedIsNotWaitedFor: where Slack hangs, an emergency waits a moment at each step, for all that is
// asked there together; who is not known at all is waited for.
func TestWhatIsRememberedIsNotWaitedFor(t *testing.T) {
	for path, p := range emergencies("U0ANA") {
		for _, known := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				w, began := toldBefore(time.Hour, nil), time.Now()
				w.hangs = true
				if !known {
					w.told = Remembered{}
				}
				_, err := w.judge(t, p.policy).Check(t.Context(), p.ask(emergency))
				if took := time.Since(began); (err == nil) != known || known != (took == freshWithin) {
					t.Errorf("%s, known %t: %v after %s", path, known, err, took)
				}
				if refusal := (&op.Refusal{}); !known && !errors.As(err, &refusal) {
					t.Errorf("%s: %v", path, err)
				}
			})
		}
	}
}

// Whoever confirms their own emergency from another workspace of the organisation is known by what was told before, and
// somebody of another organisation too.
func TestAnEmergencyConfirmedFromASiblingWorkspace(t *testing.T) {
	card := op.Operation{ID: "o1", Verb: restart.Verb, Effect: restart.Effect, Requester: "U0ANA", Team: "T0",
		Channel: "C0SHOW", Plan: op.Plan{Target: news}, Created: noon,
		Decision: op.Decision{Allowed: true, Confirm: op.ConfirmSelf}}
	for team, want := range map[string]Ground{"T0SIBLING": Allowed, "T0OTHER": Answerer} {
		w := toldBefore(time.Hour, nil)
		w.strange = "T0OTHER"
		v, err := w.judge(t, "self").Check(t.Context(), Confirms(card, emergency, clickBy("U0ANA", team)))
		if v.Ground != want || (err == nil) != (want == Allowed) {
			t.Errorf("%s: %q, %v", team, v.Ground, err)
		}
	}
}
