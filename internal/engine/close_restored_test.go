package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// putBack is the process ended and the database replaced by a backup that was made at this moment.
func (s *stage) putBack() {
	s.t.Helper()
	s.close()
	s.open()
	if err := CloseRestored(context.Background(), s.store); err != nil {
		s.t.Fatal(err)
	}
	s.restart()
}

// Whatever was open in a backup: nothing of it is sent by itself or by a click on its old card, and no look at the
// world of now settles it.
func TestNothingActsOutOfABackup(t *testing.T) {
	for name, c := range map[string]struct {
		command string
		way     []op.State
		want    op.State
		says    string
	}{
		"pending": {"caster restart c1", nil, op.Expired, "What became of it afterwards is not known"},
		"queued": {"caster restart c1", []op.State{op.Queued}, op.Expired,
			"What became of it afterwards is not known"},
		"running": {"caster restart c1", []op.State{op.Queued, op.Running}, op.Unknown,
			"under way when the backup was made"},
		"unknown": {"caster restart c1", []op.State{op.Queued, op.Running, op.Unknown}, op.Unknown, ""},
		"running, with token": {"caster copy c1 New", []op.State{op.Queued, op.Running}, op.Unknown,
			"under way when the backup was made"},
		"unknown, with token":  {"caster copy c1 New", []op.State{op.Queued, op.Running, op.Unknown}, op.Unknown, ""},
		"done before, with it": {"caster restart c1", []op.State{op.Queued, op.Running, op.Succeeded}, op.Succeeded, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			happened := !strings.Contains(c.command, "copy") // the token of a copy would prove it
			s.with(func() {
				s.verify = func() (op.Evidence, error) { return op.Evidence{Happened: happened, Seen: op.L("on air")}, nil }
			})
			o := s.asked(c.command)
			s.force(o, c.way...)
			s.putBack()
			s.want(o, c.want, 0)
			for _, act := range []op.Action{op.ActionConfirm, op.ActionLook} {
				s.click(ana, o, act)
			}
			for range 5 {
				s.advance(time.Minute)
			}
			s.want(o, c.want, 0)
			if got := s.get(o); c.says != "" && !strings.Contains(got.Outcome.Text.Plain(), c.says) {
				t.Error(got.Outcome.Text.Plain())
			}
			if shown := s.shown[len(s.shown)-1]; shown.State != c.want {
				t.Errorf("the card shows %s", shown.State)
			}
		})
	}
}

// What had only arrived when the backup was made is not worked off either.
func TestWhatHadArrivedIsDropped(t *testing.T) {
	s := newStage(t)
	o := s.asked("caster restart c1")
	r := op.Request{Key: "late", Origin: ofTeam(op.Address{Channel: "C0", Person: ana, At: s.clock()}),
		Text: "caster restart c1"}
	for _, take := range []func() (Accepted, error){
		func() (Accepted, error) { return s.e.Accept(context.Background(), r) },
		func() (Accepted, error) { return s.e.Press(context.Background(), s.press(ana, o, op.ActionConfirm)) },
	} {
		if _, err := take(); err != nil {
			t.Fatal(err)
		}
	}
	s.putBack()
	s.want(o, op.Expired, 0)
	if all, err := s.store.Unsettled(context.Background(), 10); err != nil || len(all) > 0 || len(s.applied) > 0 {
		t.Errorf("%v, %v, %v", all, err, s.applied)
	}
	if len(s.told) > 0 {
		t.Error(s.told)
	}
}

// Of several that were open in a backup each ends like one, and none is offered again: it may have been done since.
func TestSeveralOutOfABackup(t *testing.T) {
	s := newStage(t)
	o := s.begun("caster start c1 c2")
	s.putBack()
	s.advance(time.Minute)
	s.wantStates(o, op.Failed, "expired expired", 0)
	for _, n := range s.get(o).Outcome.Next {
		t.Errorf("%s is offered: %s", n.Label, n.Text)
	}
	for _, m := range s.membersOf(o) {
		if !strings.Contains(m.Outcome.Text.Plain(), "What became of it afterwards is not known") {
			t.Errorf("it says %s", m.Outcome.Text.Plain())
		}
	}
}
