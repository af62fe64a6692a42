package commands

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"casterbot/internal/asrun"
	"casterbot/internal/civiltime"
	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

// fakeDesk keeps one lock and answers the rest from its fields.
type fakeRecords struct {
	past      op.Past
	unwritten error
	lock      op.Lock
	board     op.Board
	fail      error
	mu        sync.Mutex // holds stands: lists look at several at once
	stands    map[op.Condition]op.Standing
	unsettled map[string]op.Operation // by the id of their target
	care      op.Care
	read      atomic.Int64 // how often the bot's own changes were read
	list      []op.Operation
	more      bool
	asked     string // the last question, in short
	allowed   bool
	steps     []op.Line
	who       []op.Line
}

func (d *fakeRecords) TakeCare(_ context.Context, channel, alert, person string, now time.Time) (op.Care, error) {
	switch {
	case alert != d.care.Alert || channel != d.care.Channel:
		return op.Care{}, d.fail
	case d.care.By == "":
		d.care.By, d.care.Since = person, now
	}
	return d.care, d.fail
}

func (d *fakeRecords) Standings(context.Context) (op.Standings, error) {
	d.read.Add(1)
	return func(_ op.Target, x op.Condition) op.Standing {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.stands[x]
	}, d.fail
}

func (d *fakeRecords) Saw(_ context.Context, _ op.Target, x op.Condition, seen op.Seen) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	own := d.stands[x]
	own.Later = seen
	d.stands[x] = own
	return d.fail
}

func (d *fakeRecords) Unsettled(context.Context) (func(op.Target) []op.Operation, error) {
	return func(t op.Target) []op.Operation {
		if o, ok := d.unsettled[t.ID]; ok {
			return []op.Operation{o}
		}
		return nil
	}, d.fail
}

func (d *fakeRecords) Lock(context.Context, op.Target) (op.Lock, error) { return d.lock, d.fail }

func (d *fakeRecords) RanOut(_ context.Context, _ op.Target, until time.Time) (bool, error) {
	return d.lock.Until.Equal(until), d.fail
}

func (d *fakeRecords) Locks(context.Context) ([]op.Lock, error) {
	if !d.lock.Held() {
		return nil, d.fail
	}
	return []op.Lock{d.lock}, d.fail
}

func (d *fakeRecords) Hold(_ context.Context, lock op.Lock) (op.Lock, bool, error) {
	if d.fail != nil || lock.Version != d.lock.Version {
		return d.lock, false, d.fail
	}
	lock.Version++
	d.lock = lock
	return lock, true, nil
}

func (d *fakeRecords) Release(_ context.Context, lock op.Lock, by, why string) (op.Lock, bool, error) {
	if d.fail != nil || lock.Version != d.lock.Version {
		return d.lock, false, d.fail
	}
	d.asked, d.lock = by+" "+why, op.Lock{}
	return op.Lock{}, true, nil
}

func (d *fakeRecords) History(_ context.Context, p op.Past) ([]op.Operation, bool, error) {
	d.asked, d.past = p.Target.ID+p.Channel, p
	return d.list, d.more, d.fail
}

func (d *fakeRecords) AsRun(_ context.Context, channel string, from, to time.Time) ([]asrun.Row, error) {
	d.past = op.Past{Channel: channel, From: from, To: to}
	var rows []asrun.Row
	for _, o := range d.list {
		rows = append(rows, asrun.Row{Operation: o, Status: asrun.Aired,
			Evidence: []asrun.Evidence{asrun.Answer, asrun.Observed}})
	}
	return rows, d.fail
}

func (d *fakeRecords) Exported(_ context.Context, by op.Person, channel string, detail map[string]string) error {
	d.asked = by.ID + channel + detail["file"]
	return d.unwritten
}

func (d *fakeRecords) Why(_ context.Context, reader op.Person, person, channel string, c op.Command,
	target op.Target) (op.Decision, []op.Line, error) {
	d.asked = strings.Join([]string{person, channel, c.Verb, string(c.Effect), target.Key()}, " ")
	why := []op.Line{op.L("You can't."), op.L("policy.yml:9 allows it elsewhere.")}
	if d.allowed {
		why = nil
	}
	return op.Decision{Allowed: d.allowed, Rule: "policy.yml:14", Confirm: op.ConfirmOther,
		Approvers: []string{"S0LEADS", "U0KEN"}, Why: why}, d.steps, d.fail
}

func (d *fakeRecords) Who(op.Person, string, op.Command, op.Target) []op.Line { return d.who }

func (d *fakeRecords) Bound(_ context.Context, c op.Command, target op.Target, person string) (op.Lock, bool) {
	return d.lock, d.fail == nil && c.Effect != op.Read && !c.PastLock && d.lock.Binds(person, target)
}

// ownWords are the verbs that never call the cloud.
var ownWords = []string{"caster.lock", "caster.unlock", "caster.break", "caster.ask", "caster.board"}

// desked is a table over a fake cloud and a fake desk.
func withRecords(d *fakeRecords) op.Table {
	return Table(newFake(), d, func() time.Time { return noon })
}

func typed(t *testing.T, d *fakeRecords, person, text string) (op.Command, op.Call) {
	t.Helper()
	p, err := grammar.Parse(withRecords(d), text)
	if err != nil || len(p.Missing) > 0 {
		t.Fatalf("%s: %v %v", text, p.Missing, err)
	}
	return telling(t, p.Command),
		op.Call{Args: p.Args, Scope: evening(), Person: op.Person{ID: person, Zone: "Europe/Berlin"}}
}

// run plans, plans again by the canonical arguments, and applies, as the engine does.
func (d *fakeRecords) run(t *testing.T, person, text string) (op.Plan, op.Outcome, error) {
	t.Helper()
	c, call := typed(t, d, person, text)
	plan, err := c.Plan(t.Context(), call)
	if err != nil {
		return plan, op.Outcome{}, err
	}
	call.Args = plan.Args
	again, err := c.Plan(t.Context(), call)
	if err != nil || again.Fingerprint != plan.Fingerprint {
		t.Fatalf("%s: another plan the second time: %v\n%s\n%s", text, err, facts(plan), facts(again))
	}
	if p, err := grammar.Parse(withRecords(d), grammar.Format(c.Usage, plan.Args)); err != nil || len(p.Missing) > 0 {
		t.Errorf("%s: cannot be typed again: %v %v", grammar.Format(c.Usage, plan.Args), p.Missing, err)
	}
	return plan, c.Apply(t.Context(), plan, "token", permitted), nil
}

func TestLockAndUnlock(t *testing.T) {
	d := &fakeRecords{}
	plan, o, err := d.run(t, "U0ANA", `caster lock Evening News until 22:00 election night`)
	if err != nil || o.State != op.Succeeded || d.lock.Holder != "U0ANA" || !d.lock.Until.Equal(noon.Add(9*time.Hour)) ||
		d.lock.Why != "election night" {
		t.Fatalf("%+v, %v, %+v", o, err, d.lock)
	}
	if got := plan.Title.Plain() + "\n" + facts(plan); !strings.Contains(got, "22:00 CET (21:00 UTC)") ||
		!strings.Contains(got, "Reason: election night") {
		t.Error(got)
	}
	c, call := typed(t, d, "U0ANA", "caster lock Evening News")
	seen, err := c.Verify(t.Context(), op.Attempt{Plan: plan})
	if err != nil || !seen.Happened || seen.Seen.Plain() != "The lock stands." {
		t.Errorf("%+v, %v", seen, err)
	}
	call.Args = plan.Args
	if _, err := c.Plan(t.Context(), call); !refused(t, err).Already {
		t.Errorf("the same lock again: %v", err)
	}
	if _, o, err = d.run(t, "U0ANA", `caster lock Evening News for 2h`); err != nil ||
		!d.lock.Until.Equal(noon.Add(2*time.Hour)) || d.lock.Version != 2 {
		t.Errorf("kept for another time: %+v, %v, %+v", o, err, d.lock)
	}
	plan, o, err = d.run(t, "U0ANA", `caster unlock Evening News`)
	if err != nil || o.State != op.Succeeded || d.lock.Held() {
		t.Errorf("%+v, %v", o, err)
	}
	c, _ = typed(t, d, "U0ANA", "caster unlock Evening News")
	if seen, err := c.Verify(t.Context(), op.Attempt{Plan: plan}); err != nil || !seen.Happened ||
		seen.Seen.Plain() != "It is not locked." {
		t.Errorf("%+v, %v", seen, err)
	}
	if _, _, err := d.run(t, "U0ANA", `caster unlock Evening News`); !refused(t, err).Already {
		t.Errorf("unlocked twice: %v", err)
	}
}

func TestLocksOfOthersStay(t *testing.T) {
	others := op.Lock{Holder: "U0BO", Until: noon.Add(time.Hour), Why: "mine", Version: 7}
	for _, text := range []string{"caster lock Evening News", "caster unlock Evening News"} {
		d := &fakeRecords{}
		c, call := typed(t, d, "U0ANA", text)
		d.lock = op.Lock{Holder: "U0ANA", Until: noon.Add(2 * time.Hour), Version: 6}
		plan, err := c.Plan(t.Context(), call)
		if err != nil {
			t.Fatal(err)
		}
		d.lock = others
		if o := c.Apply(t.Context(), plan, "", permitted); o.State != op.Failed || d.lock != others {
			t.Errorf("%s: %+v, %+v", text, o, d.lock)
		}
		if seen, err := c.Verify(t.Context(), op.Attempt{Plan: plan}); err != nil ||
			seen.Happened && text == "caster lock Evening News" {
			t.Errorf("%s: %+v, %v", text, seen, err)
		}
		d.lock = others
		if again, err := c.Plan(t.Context(), call); err != nil || again.Fingerprint == plan.Fingerprint {
			t.Errorf("%s: another lock is the same plan, %v", text, err)
		}
	}
	d := &fakeRecords{lock: op.Lock{Holder: "U0ANA", Until: noon.Add(2 * time.Hour), Version: 6}}
	c, call := typed(t, d, "U0ANA", "caster unlock Evening News")
	plan, err := c.Plan(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	d.lock.Version = 7 // taken anew since the card was drawn
	if o := c.Apply(t.Context(), plan, "", permitted); o.State != op.Failed || !d.lock.Held() {
		t.Errorf("%+v", o)
	}
	d = &fakeRecords{lock: others} // whatever the engine lets through, nobody unlocks what is not theirs
	if _, o, err := d.run(t, "U0ANA", "caster unlock Evening News"); err != nil || o.State != op.Failed || !d.lock.Held() {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestBreakGlass(t *testing.T) {
	d := &fakeRecords{lock: op.Lock{Holder: "U0BO", Until: noon.Add(time.Hour), Why: "election", Version: 3}}
	plan, o, err := d.run(t, "U0ANA", `caster break "Evening News" Bo is on a train`)
	if err != nil || o.State != op.Succeeded || d.lock.Held() || d.asked != "U0ANA Bo is on a train" {
		t.Fatalf("%+v, %v, %q", o, err, d.asked)
	}
	for _, want := range []string{"@U0BO", "Bo is on a train"} {
		if !strings.Contains(plan.Title.Plain()+facts(plan), want) || !strings.Contains(o.Text.Plain(), want) {
			t.Errorf("no %q in %s / %s", want, facts(plan), o.Text.Plain())
		}
	}
	if _, _, err := d.run(t, "U0ANA", `caster break "Evening News" again`); !refused(t, err).Already {
		t.Errorf("broken twice: %v", err)
	}
	d.lock = op.Lock{Holder: "U0ANA", Version: 4}
	if _, _, err := d.run(t, "U0ANA", `caster break "Evening News" mine`); !strings.Contains(refused(t, err).Error(),
		"locked Evening News yourself") {
		t.Errorf("one's own: %v", err)
	}
	d.lock.Holder = "U0BO"
	for _, why := range []string{"   ", strings.Repeat("x", maxWhy+1)} {
		c, call := typed(t, d, "U0ANA", `caster break "Evening News" x`)
		call.Args["why"] = why
		if _, err := c.Plan(t.Context(), call); refused(t, err).Field != "why" {
			t.Errorf("reason of %d: %v", len(why), err)
		}
	}
}

func TestAskTheHolder(t *testing.T) {
	d := &fakeRecords{lock: op.Lock{Holder: "U0BO", Until: noon.Add(time.Hour), Version: 3}}
	plan, o, err := d.run(t, "U0ANA", `caster ask "Evening News" Restart studio Evening News`)
	if err != nil || o.State != op.Succeeded || d.lock.Version != 3 {
		t.Fatalf("%+v, %v", o, err)
	}
	if !strings.HasPrefix(plan.Title.Plain(), "@U0BO, @U0ANA asks") ||
		!o.Calls || !strings.Contains(o.Text.Plain(), "“Restart studio Evening News”") {
		t.Errorf("%s / %s", plan.Title.Plain(), o.Text.Plain())
	}
}

func TestADeskThatCannotWrite(t *testing.T) {
	for text, holder := range map[string]string{
		"caster lock Evening News": "", "caster unlock Evening News": "U0ANA", `caster break "Evening News" fire`: "U0BO",
	} {
		d := &fakeRecords{lock: op.Lock{Holder: holder, Until: noon.Add(2 * time.Hour)}}
		if holder != "" {
			d.lock.Version = 1
		}
		c, call := typed(t, d, "U0ANA", text)
		plan, err := c.Plan(t.Context(), call)
		if err != nil {
			t.Fatal(err)
		}
		d.fail = errors.New("no disk")
		if o := c.Apply(t.Context(), plan, "", permitted); o.State != op.Unknown && text != "caster unlock Evening News" {
			t.Errorf("%s: %+v", text, o)
		}
		if _, err := c.Plan(t.Context(), call); !errors.Is(err, d.fail) {
			t.Errorf("%s: planned with %v", text, err)
		}
	}
}

func TestWhyAsksAboutTheRightThing(t *testing.T) {
	d := &fakeRecords{steps: []op.Line{op.L("policy.yml:14 is for leads.")}, who: []op.Line{op.L("policy.yml:9: leads.")}}
	for text, want := range map[string]string{
		`caster why restart Evening News`:          "U0ANA C0SHOW caster.restart onair caster/" + newsID,
		`caster why restart`:                       "U0ANA C0SHOW caster.restart onair ",
		`caster why record stop main for <@U0BO>`:  "U0BO C0SHOW record.stop change stream/" + mainPath,
		`caster why scene start "Evening News"`:    "U0ANA C0SHOW caster.scene.start preview caster/" + newsID,
		`caster why caster.list Evening News`:      "U0ANA C0SHOW caster.list read ",
		`caster why cancel_delay main for <@U0BO>`: "U0BO C0SHOW record.finish change stream/" + mainPath,
	} {
		c, call := typed(t, d, "U0ANA", text)
		if _, err := c.Read(t.Context(), call); err != nil || d.asked != want {
			t.Errorf("%s: %q, %v", text, d.asked, err)
		}
	}
	for text, want := range map[string]string{
		"caster why dance": "There is no command dance.", "caster why restart Evening Nows": "There is no studio",
		"caster who record stop x/y/z": "no stream",
	} {
		c, call := typed(t, d, "U0ANA", text)
		if _, err := c.Read(t.Context(), call); !strings.Contains(refused(t, err).Error(), want) ||
			refused(t, err).Field != "" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestWhySaysWhy(t *testing.T) {
	d := &fakeRecords{steps: []op.Line{op.L("policy.yml:14 is for leads.")}, who: []op.Line{op.L("policy.yml:9: leads.")}}
	read := func(text string) string {
		c, call := typed(t, d, "U0ANA", text)
		a, err := c.Read(t.Context(), call)
		if err != nil {
			t.Fatal(err)
		}
		return words(a)
	}
	holds := func(got string, want, not []string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("no %q in\n%s", w, got)
			}
		}
		for _, w := range not {
			if strings.Contains(got, w) {
				t.Errorf("%q in\n%s", w, got)
			}
		}
	}
	holds(read("caster why restart Evening News"),
		[]string{"@U0ANA may not use caster.restart on Evening News here.", "policy.yml:14",
			"policy.yml:9 allows it elsewhere."}, []string{"You can't", "locked", "is for leads"})
	holds(read("caster why restart Evening News for <@U0BO>"),
		[]string{"@U0BO may not", "policy.yml:9: leads.", "allows it elsewhere"}, []string{"You can't"})
	d.allowed, d.lock = true, op.Lock{Holder: "U0BO", Until: noon.Add(time.Hour), Version: 1}
	holds(read("caster why restart Evening News"), []string{"@U0ANA may use",
		"Another person approves it: @S0LEADS, @U0KEN.", "policy.yml:14 is for leads.", "Now it is locked by @U0BO"}, nil)
	holds(read("caster why restart Evening News for <@U0BO>"), []string{"@U0BO may use"}, []string{"locked"})
	holds(read("caster who restart Evening News"),
		[]string{"Who may use caster.restart on Evening News", "policy.yml:9: leads.", "locked by @U0BO"}, nil)
	d.who = nil
	holds(read("caster who restart"), []string{"Nobody: no rule of the policy allows it."}, nil)
}

func TestHistoryShowsOnlyTheChannels(t *testing.T) {
	operation := func(id, name string, state op.State) op.Operation {
		return op.Operation{
			ID: id + "0000000", State: state, Requester: "U0ANA", DecidedBy: "U0KEN", Channel: "C0SHOW", Card: "1.2",
			Created: noon,
			Plan:    op.Plan{Title: op.L("Restart ", op.B(name)), Target: op.Target{Kind: "caster", ID: id, Name: name}},
			Outcome: &op.Outcome{Code: "Incorrect.Idle"},
		}
	}
	d := &fakeRecords{more: true, list: []op.Operation{
		operation("aaaa", "Evening News", op.Unknown), operation("bbbb", "Morning Show", op.Succeeded),
		operation("cccc", "Evening Talk", op.Cancelled),
		{ID: "dddd", Plan: op.Plan{Title: op.L("Stop"), Target: op.Target{Kind: "stream", ID: "live.example.com/other/x"}}},
		{ID: "eeee", Plan: op.Plan{Title: op.L("Stop 2 studios"),
			Parts: []op.Part{{Plan: op.Plan{Target: op.Target{Kind: "caster", ID: "x", Name: "Morning Show"}}}}}},
	}}
	c, call := typed(t, d, "U0ANA", "caster history")
	a, err := c.Read(t.Context(), call)
	got := words(a)
	if err != nil || len(a.Items) != 2 || d.asked != "C0SHOW" {
		t.Fatalf("%s, %v, asked %s", got, err, d.asked)
	}
	for _, want := range []string{"not known whether it happened", "confirmed by @U0KEN", "cancelled by @U0KEN",
		"Incorrect.Idle", "op AAAA00"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if mark := a.Items[0].Facts[len(a.Items[0].Facts)-1][0]; mark.Message != "1.2" || mark.Channel != "C0SHOW" {
		t.Errorf("no link to the card: %+v", mark)
	}
	c, call = typed(t, d, "U0ANA", "caster history Evening News")
	d.list, d.more = nil, false
	if a, err := c.Read(t.Context(), call); err != nil || d.asked != newsID+"C0SHOW" ||
		a.Title.Plain() != "Nothing was asked for Evening News yet." {
		t.Errorf("%s, %v, asked %s", a.Title.Plain(), err, d.asked)
	}
}

func TestShowAndListTellOfLocks(t *testing.T) {
	d := &fakeRecords{lock: op.Lock{Holder: "U0BO", Until: noon.Add(time.Hour), Why: "election", Version: 1}}
	for _, channel := range []string{"C0SHOW", "C0OTHER", "C0SHOW", "C0SHOW", "C0SHOW"} {
		d.list = append(d.list,
			op.Operation{ID: "abcdef0", Channel: channel, State: op.Succeeded, Plan: op.Plan{Title: op.L("Done before")}})
	}
	read := func(text string) string {
		c, call := typed(t, d, "U0ANA", text)
		a, err := c.Read(t.Context(), call)
		if err != nil {
			t.Fatal(err)
		}
		return words(a)
	}
	if got := read("caster list Evening News"); !strings.Contains(got,
		"🔒 locked by @U0BO until 2027-03-09 13:00:00 UTC: election") {
		t.Error(got)
	}
	if got := read("caster show Evening News"); !strings.Contains(got, "🔒 locked by @U0BO") ||
		strings.Count(got, "Done before") != 3 {
		t.Error(got)
	}
	d.fail = errors.New("no disk")
	if got := read("caster show Evening News"); !strings.Contains(got, "whether it is locked could not be read") ||
		strings.Contains(got, "Done before") {
		t.Error(got)
	}
}

// Only a lock that was there until its end has run out; of any other its end by a command says.
func TestALockRunsOut(t *testing.T) {
	until := noon.Add(-time.Minute)
	for name, c := range map[string]struct {
		last op.Lock
		fail error
		over bool
	}{
		"it was there until then": {last: op.Lock{Until: until}, over: true},
		"it was given back":       {last: op.Lock{Until: until.Add(-time.Hour)}},
		"it cannot be told":       {last: op.Lock{Until: until}, fail: errors.New("the disk is full")},
	} {
		d := &fakeRecords{lock: c.last, fail: c.fail}
		lock, _ := typed(t, d, "U0ANA", "caster lock Evening News")
		plan := op.Plan{Args: op.Args{"until": until.Format(civiltime.WholeMoment)}}
		f, err := lock.Follow(t.Context(), op.Attempt{Plan: plan})
		if len(f.Over) > 0 != c.over || !errors.Is(err, c.fail) {
			t.Errorf("%s: %q, %v", name, f.Over.Plain(), err)
		}
	}
}
