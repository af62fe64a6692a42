package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/store"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAskConfirmDone(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	s.want(o, op.Pending, 0)
	if told := s.click(ana, o, op.ActionConfirm); told != "" {
		t.Errorf("told %q", told)
	}
	s.want(o, op.Succeeded, 1)
	now := s.get(o)
	if !now.Outcome.Checked || now.Outcome.Evidence.Plain() != "it runs" || now.DecidedBy != ana || now.Sent.IsZero() {
		t.Errorf("%+v", now)
	}
	if last := s.shown[len(s.shown)-1]; last.State != op.Succeeded || !last.Outcome.Checked || now.Shown != now.Version {
		t.Errorf("the card shows %s, version %d of %d", last.State, now.Shown, now.Version)
	}
	var names []string
	events, _ := s.store.Events(context.Background(), o.ID)
	for _, event := range events {
		names = append(names, event.Name)
	}
	if got := strings.Join(names, " "); got != "received confirmed sent answered reconciled" {
		t.Error(got)
	}
}

func TestManyClicksOneCall(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			accepted, err := s.e.Press(context.Background(), s.press(ana, o, op.ActionConfirm))
			if err != nil {
				t.Error(err)
				return
			}
			accepted.Work(context.Background())
		})
	}
	all.Wait()
	s.settle()
	s.want(o, op.Succeeded, 1)
	if len(s.told) != 49 || !strings.HasPrefix(s.told[0], "Already confirmed by you") {
		t.Errorf("%d were told, first %q", len(s.told), s.told[0])
	}
}

func TestSameRequestTwice(t *testing.T) {
	s := newStage(t)
	r := op.Request{Key: "trigger-1", Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()}),
		Text: "caster restart c1"}
	s.request(r)
	if again := s.request(r); again.Work != nil || again.Reply != nil {
		t.Error("a repeated envelope is worked on")
	}
	list, _ := s.store.List(context.Background(), store.Query{})
	if len(list) != 1 {
		t.Errorf("%d operations", len(list))
	}
}

func TestWhoMayPress(t *testing.T) {
	for name, c := range map[string]struct {
		confirm op.Confirm
		person  string
		act     op.Action
		state   op.State
		told    string
	}{
		"a colleague confirms":         {op.ConfirmSelf, bo, op.ActionConfirm, op.Pending, "Only @U0ANA"},
		"a colleague cancels":          {op.ConfirmSelf, bo, op.ActionCancel, op.Pending, "Only @U0ANA"},
		"a colleague approves":         {op.ConfirmSelf, ken, op.ActionApprove, op.Pending, "policy has changed"},
		"the asker cancels":            {op.ConfirmSelf, ana, op.ActionCancel, op.Cancelled, ""},
		"the asker approves":           {op.ConfirmOther, ana, op.ActionApprove, op.Pending, "not an approver"},
		"the asker confirms instead":   {op.ConfirmOther, ana, op.ActionConfirm, op.Pending, "needs an approval"},
		"somebody approves":            {op.ConfirmOther, bo, op.ActionApprove, op.Pending, "not an approver"},
		"an approver approves":         {op.ConfirmOther, ken, op.ActionApprove, op.Succeeded, ""},
		"an approver declines":         {op.ConfirmOther, ken, op.ActionDecline, op.Cancelled, ""},
		"somebody declines":            {op.ConfirmOther, bo, op.ActionDecline, op.Pending, "not an approver"},
		"a button that does not exist": {op.ConfirmSelf, ana, "explode", op.Pending, "button is not known"},
		"it happened, too early":       {op.ConfirmSelf, ana, op.ActionHappened, op.Pending, "waits for a confirmation"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.confirm = c.confirm
			o := s.asked("caster restart c1")
			told := s.click(c.person, o, c.act)
			if s.state(o) != c.state || !strings.Contains(told, c.told) || (c.told == "") != (told == "") {
				t.Errorf("%s, told %q", s.state(o), told)
			}
			if c.state != op.Succeeded && len(s.applied) != 0 {
				t.Error("a call was made")
			}
		})
	}
}

// The record has by which entry of the policy's line whoever acts counts, not by which the asker does.
func TestTheRoleIsThatOfWhoeverActs(t *testing.T) {
	for name, c := range map[string]struct {
		confirm op.Confirm
		person  string
		act     op.Action
		event   string
		role    string
	}{
		"the asker confirms":   {op.ConfirmSelf, ana, op.ActionConfirm, op.EventConfirmed, "asker " + ana},
		"an approver approves": {op.ConfirmOther, ken, op.ActionApprove, op.EventApproved, "approver " + ken},
		"an approver declines": {op.ConfirmOther, ken, op.ActionDecline, op.EventVetoed, "approver " + ken},
		"somebody closes it":   {op.ConfirmSelf, bo, op.ActionHappened, op.EventClosed, "asker " + bo},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.confirm = c.confirm
			var o op.Operation
			if c.act == op.ActionHappened {
				o = s.unknown("caster restart c1")
			} else {
				o = s.asked("caster restart c1")
			}
			s.click(c.person, o, c.act)
			events, err := s.store.Events(t.Context(), o.ID)
			if err != nil {
				t.Fatal(err)
			}
			roles := map[string]string{}
			for _, e := range events {
				roles[e.Name] = e.Detail[op.DetailRole]
			}
			if roles[c.event] != c.role || roles[op.EventReceived] != "asker "+ana || roles[op.EventAnswered] != "" {
				t.Errorf("%v", roles)
			}
		})
	}
}

func TestRightsAreCheckedAtEveryStep(t *testing.T) {
	for name, c := range map[string]struct {
		revoke func(*stage)
		state  op.State
	}{
		"the asker at the click":    {func(s *stage) { s.forbid[ana] = true }, op.Pending},
		"the approver at the click": {func(s *stage) { s.forbid[ken] = true }, op.Pending},
		"nobody can be looked up":   {func(s *stage) { s.deaf = true }, op.Pending},
		"another confirmation":      {func(s *stage) { s.confirm = op.ConfirmSelf }, op.Pending},
		"the asker at the send":     {func(s *stage) { s.revokeAtSend(ana) }, op.Failed},
		"the approver at the send":  {func(s *stage) { s.revokeAtSend(ken) }, op.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.confirm = op.ConfirmOther
			o := s.asked("caster restart c1")
			s.with(func() { c.revoke(s) })
			told := s.click(ken, o, op.ActionApprove)
			s.want(o, c.state, 0)
			if c.state == op.Pending && told == "" {
				t.Error("nobody was told")
			}
		})
	}
}

// revokeAtSend takes a right away between the click and the send: when the engine plans for the second time.
func (s *stage) revokeAtSend(person string) {
	s.e.table.Commands[0].Plan = func(ctx context.Context, call op.Call) (op.Plan, error) {
		s.with(func() { s.forbid[person] = true })
		return s.plan(ctx, call)
	}
}

func TestDeniedAtOnce(t *testing.T) {
	s := newStage(t)
	s.forbid[bo] = true
	accepted := s.typed(bo, "caster restart c1")
	if accepted.Reply == nil || accepted.Reply.Mark != op.MarkDenied {
		t.Fatalf("%+v", accepted)
	}
	events, _ := s.store.Recent(context.Background(), 10)
	if len(events) != 1 || events[0].Name != op.EventDenied || events[0].Actor != bo {
		t.Errorf("%+v", events)
	}
}

func TestChangedSinceAsked(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	s.with(func() { s.seen = "on air" })
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Failed, 0)
	if text := s.get(o).Outcome.Text.Plain(); !strings.Contains(text, "changed since you asked") ||
		!strings.Contains(text, "it is on air") {
		t.Error(text)
	}
}

// TestThePlanBeforeTheCall: a plan is told what was confirmed at the moment before the call, and nothing at a question.
func TestThePlanBeforeTheCall(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 1)
	if len(s.plans) != 2 || s.plans[0].Confirmed != nil || s.plans[1].Confirmed == nil ||
		s.plans[1].Confirmed.Fingerprint != o.Plan.Fingerprint {
		t.Errorf("plans %+v", s.plans)
	}
}

func TestRefusedAtTheSecondLook(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	s.with(func() { s.planErr = op.Refuse(op.L("The studio is idle.")) })
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Failed, 0)
}

func TestExpiry(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	s.with(func() { s.now = s.now.Add(5*time.Minute + time.Second) })
	if told := s.click(ana, o, op.ActionConfirm); !strings.Contains(told, "expired") {
		t.Errorf("told %q", told)
	}
	s.want(o, op.Pending, 0)
	s.advance(0)
	s.want(o, op.Expired, 0)
	s.advance(365 * 24 * time.Hour)
	if told := s.click(ana, o, op.ActionConfirm); !strings.Contains(told, "expired") {
		t.Errorf("told %q", told)
	}
	s.want(o, op.Expired, 0)
	s.click(bo, o, op.ActionAgain)
	list, _ := s.store.List(context.Background(), store.Query{States: []op.State{op.Pending}})
	if len(list) != 1 || list[0].Requester != bo || list[0].ID == o.ID {
		t.Errorf("asking again gave %+v", list)
	}
}

func TestOutcomes(t *testing.T) {
	for name, c := range map[string]struct {
		apply func(int) op.Outcome
		state op.State
	}{
		"refused":  {func(int) op.Outcome { return op.Outcome{State: op.Failed, Text: op.L("no"), Code: "Idle"} }, op.Failed},
		"wordless": {func(int) op.Outcome { return op.Outcome{State: op.Failed} }, op.Failed},
		"silent":   {func(int) op.Outcome { return op.Outcome{State: op.Unknown} }, op.Unknown},
		"panics":   {func(int) op.Outcome { panic("boom") }, op.Unknown},
		"nonsense": {func(int) op.Outcome { return op.Outcome{State: op.Expired} }, op.Unknown},
		"nothing":  {func(int) op.Outcome { return op.Outcome{} }, op.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.apply = c.apply
			o := s.asked("caster restart c1")
			s.click(ana, o, op.ActionConfirm)
			s.want(o, c.state, 1)
			if out := s.get(o).Outcome; out.NothingChanged != (name == "wordless") {
				t.Errorf("that nothing was changed is left to the card: %v", out.NothingChanged)
			}
		})
	}
}

func TestNotSeenIsSaid(t *testing.T) {
	s := newStage(t)
	looks := 0
	s.verify = func() (op.Evidence, error) { looks++; return op.Evidence{Seen: op.L("still idle")}, nil }
	o := s.asked("caster restart c1")
	s.click(ana, o, op.ActionConfirm)
	s.want(o, op.Succeeded, 1)
	if out := s.get(o).Outcome; out.Checked || out.Evidence.Plain() != "still idle" || looks != len(looksAfterAnswer) {
		t.Errorf("%+v after %d looks", out, looks)
	}
}

func TestBusyTargetWaits(t *testing.T) {
	s := newStage(t)
	first, second := s.asked("caster restart c1"), s.asked("caster restart c1")
	gate := make(chan struct{})
	s.with(func() { s.blocking = gate })
	for _, o := range []op.Operation{first, second} {
		accepted, err := s.e.Press(context.Background(), s.press(ana, o, op.ActionConfirm))
		if err != nil {
			t.Fatal(err)
		}
		accepted.Work(context.Background())
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		running, _ := s.store.List(context.Background(), store.Query{States: []op.State{op.Running}})
		if len(running) > 1 {
			t.Fatal("two run at once")
		}
		if len(running) == 1 {
			break
		}
	}
	close(gate)
	s.settle()
	s.want(first, op.Succeeded, 2)
	s.want(second, op.Succeeded, 2)
}

func TestForeignButton(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	for name, change := range map[string]func(*op.Click){
		"another message": func(c *op.Click) { c.Message = "other" },
		"another channel": func(c *op.Click) { c.Channel = "C9" },
		"another team":    func(c *op.Click) { c.Team = "T9" },
		"no such card":    func(c *op.Click) { c.Operation = op.NewID() },
		"cut off":         func(c *op.Click) { c.Operation = c.Operation[:6] },
	} {
		click := s.press(ana, o, op.ActionConfirm)
		change(&click)
		accepted, err := s.e.Press(context.Background(), click)
		if err != nil || accepted.Reply == nil || accepted.Reply.Mark != op.MarkFailed {
			t.Errorf("%s: %v %+v", name, err, accepted.Reply)
		}
		s.do(accepted)
	}
	s.want(o, op.Pending, 0)
}

func TestStoreThatCannotWrite(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	_ = s.store.Close()
	r := op.Request{Key: "k", Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()}),
		Text: "caster restart c1"}
	if _, err := s.e.Accept(context.Background(), r); err == nil {
		t.Error("a change was taken without a log")
	}
	if _, err := s.e.Press(context.Background(), s.press(ana, o, op.ActionConfirm)); err == nil {
		t.Error("a click was taken without a log")
	}
	if a := s.typed(ana, "caster list"); a.Work == nil || s.told[len(s.told)-1] != "two studios" {
		t.Errorf("reads should go on: %q", s.told)
	}
	if len(s.applied) != 0 {
		t.Error("a call was made without a log")
	}
}

func TestCardsAreOwed(t *testing.T) {
	s := newStage(t)
	s.showErr = []error{fmt.Errorf("429: %w", notify.ErrBusy)}
	o := s.asked("caster restart c1")
	if len(s.shown) != 0 || s.get(o).Shown != 0 {
		t.Fatal("shown in spite of the error")
	}
	for deadline := time.Now().Add(time.Minute); s.get(o).Card == "" && time.Now().Before(deadline); s.advance(0) {
		time.Sleep(20 * time.Millisecond) // it rests in real time
	}
	if now := s.get(o); now.Shown != now.Version || now.Card == "" {
		t.Fatalf("card %q shows %d of %d", now.Card, now.Shown, now.Version)
	}
	s.with(func() { s.showErr = []error{notify.ErrGone} })
	s.click(ana, o, op.ActionCancel)
	if last := s.shown[len(s.shown)-1]; last.Card != "" || last.State != op.Cancelled {
		t.Errorf("a deleted card is not posted anew: %+v", last)
	}
}

func TestNotInChannel(t *testing.T) {
	s := newStage(t)
	s.absent = true
	s.typed(ana, "caster restart c1")
	list, _ := s.store.List(context.Background(), store.Query{})
	if len(list) != 0 || len(s.told) != 1 || !strings.Contains(s.told[0], "not in this channel") {
		t.Errorf("%d operations, told %q", len(list), s.told)
	}
	var said op.Answer
	s.with(func() { s.absent, s.showErr = false, []error{notify.ErrNotInChannel} })
	s.tellAll = func(a op.Answer) { said = a }
	o := s.asked("caster restart c1")
	if now := s.get(o); now.Shown != now.Version || len(s.told) != 2 || len(said.Lines) != 1 ||
		!strings.Contains(said.Lines[0].Plain(), "/invite @casterbot") {
		t.Errorf("shown %d of %d, told %q, %v", now.Shown, now.Version, s.told, said.Lines)
	}
}

func TestDefaultsAndForms(t *testing.T) {
	s := newStage(t)
	if o := s.asked("caster restart"); o.Plan.Args["caster"] != "c1" {
		t.Errorf("%v", o.Plan.Args)
	}
	accepted := s.typed(ana, "caster restart ?")
	if accepted.Form == nil {
		t.Fatal("no form for a question mark")
	}
	accepted = s.typed(ana, "caster copy")
	form, err := s.e.browse.Fill(context.Background(),
		op.Request{Origin: op.Origin{Address: op.Address{Person: ana, Channel: "C0"}}}, *accepted.Form)
	if err != nil || len(form.Fields) != 2 || form.Fields[0].Value != "c1" ||
		form.Fields[0].Chosen[0].Label != "Evening News · on air" || form.Fields[1].Max != 64 {
		t.Fatalf("%v %+v", err, form)
	}
	form.Fields[1].Value = "Evening News 47"
	if text := s.e.browse.Submitted(form); text != `caster copy c1 "Evening News 47"` {
		t.Error(text)
	}
	s.with(func() { s.forbid["caster.copy"] = true })
	if form, _ := s.e.browse.Fill(context.Background(),
		op.Request{Origin: op.Origin{Address: op.Address{Person: ana, Channel: "C0"}}},
		*accepted.Form); form.Problem.Plain() != "not allowed" {
		t.Errorf("%+v", form)
	}
}

func TestHelpListsWhatIsAllowed(t *testing.T) {
	s := newStage(t)
	s.forbid["caster.copy"] = true
	help := s.typed(ana, "caster").Reply
	text := ""
	for _, item := range help.Items {
		text += item.Title.Plain() + "\n"
	}
	if text != "/caster restart <studio>\n/caster list\n/caster start <studio…>\n" {
		t.Errorf("%q", text)
	}
	s.with(func() { s.deaf = true })
	s.typed(ana, "caster")
	if last := s.told[len(s.told)-1]; !strings.Contains(last, "rights cannot be checked") {
		t.Error(last)
	}
}

func TestLateRequest(t *testing.T) {
	s := newStage(t)
	s.request(op.Request{Key: "late",
		Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock().Add(-3 * time.Minute)}),
		Text:   "caster restart c1"})
	list, _ := s.store.List(context.Background(), store.Query{})
	if len(list) != 0 || !strings.Contains(s.told[0], "too late") {
		t.Errorf("%d operations, told %q", len(list), s.told)
	}
}

func TestInternalErrorHidesItself(t *testing.T) {
	s := newStage(t)
	s.planErr = errors.New("dial https://host/?AccessKeyId=canary")
	s.typed(ana, "caster restart c1")
	if !strings.Contains(s.told[0], "Internal error, reference op-") || strings.Contains(s.told[0], "canary") {
		t.Error(s.told[0])
	}
}

// An address for playback is written down only for somebody who may see it, when they ask and still when it is there.
func TestPlaybackAddressNeedsTheRightAtTheEnd(t *testing.T) {
	for _, c := range []struct{ asking, answered, shown bool }{{true, true, true}, {true, false, false},
		{false, true, false}} {
		s := newStage(t)
		s.urls = c.asking
		o := s.asked("caster restart c1")
		s.apply = func(int) op.Outcome {
			s.with(func() { s.urls = c.answered })
			return op.Outcome{State: op.Succeeded, Text: op.L("open"), Play: "rtmp://play.example/caster/x"}
		}
		s.click(ana, o, op.ActionConfirm)
		if play := s.get(o).Outcome.Play; (play != "") != c.shown {
			t.Errorf("%+v: %q", c, play)
		}
	}
}

// A button of an older state of a card stands for what it said then, or for nothing.
func TestAnOldButtonIsNoOther(t *testing.T) {
	write, pause := op.Next{Label: "Write it now", Text: "record finish main"},
		op.Next{Label: "Pause", Text: "record stop main"}
	o := op.Operation{Outcome: &op.Outcome{Next: []op.Next{pause}}}
	if text, ok := followUp(o, op.Click{Action: op.ActionNext, Next: pause.ID()}); !ok || text != pause.Text {
		t.Errorf("the button of now: %q, %v", text, ok)
	}
	if text, ok := followUp(o, op.Click{Action: op.ActionNext, Next: write.ID()}); ok {
		t.Errorf("the button of before: %q", text)
	}
	s := newStage(t)
	done := s.asked("caster restart c1")
	s.click(ana, done, op.ActionConfirm)
	c := s.press(ana, s.get(done), op.ActionNext)
	c.Next = write.ID()
	a, err := s.e.Press(context.Background(), c)
	if err != nil || a.Reply == nil || a.Work != nil ||
		!strings.Contains(a.Reply.Title.Plain(), "older state of the card") {
		t.Errorf("%+v, %v", a, err)
	}
}

// What was asked for by a command that this version does not have is not done, by no click and by no crash.
func TestACommandThatIsNoLongerKnown(t *testing.T) {
	s := newStage(t)
	known := s.asked("caster restart c1")
	made := func(key string, state op.State) op.Operation {
		o := op.Operation{Key: key, State: state, Command: "caster vanish {caster}", Verb: "caster.vanish",
			Channel: known.Channel, Team: known.Team, Requester: ana, Plan: known.Plan, Decision: known.Decision,
			Expires: s.clock().Add(time.Minute)}
		o, err := s.store.Create(t.Context(), o, op.Event{Name: op.EventReceived})
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	asked := made("asked", op.Pending)
	if said := s.click(ana, asked, op.ActionConfirm); !strings.Contains(said, "no longer known") {
		t.Errorf("the click was answered %q", said)
	}
	s.want(asked, op.Pending, 0)
	confirmed := made("confirmed", op.Queued)
	s.e.execute(t.Context(), confirmed.ID)
	s.want(confirmed, op.Failed, 0)
}
