package engine

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// wordy is a stage whose plans say more than a card has room for, and keeps the lines of what people are told.
func wordy(t *testing.T) (*stage, *[]string) {
	s := newStage(t)
	s.seen = "one"
	told := &[]string{}
	s.tellAll = func(a op.Answer) {
		*told = nil
		for _, l := range a.Lines {
			*told = append(*told, l.Plain())
		}
	}
	s.more = []op.Line{op.L("two"), op.L("three"), op.L("four")}
	return s, told
}

// TestDetails: whoever may look, or may answer the card, is told in private what the card has no room for: before the
// click and after it, after a restart too, out of what was stored.
func TestDetails(t *testing.T) {
	s, told := wordy(t)
	s.with(func() { s.forbid[ken], s.confirm = true, op.ConfirmOther })
	o := s.asked("caster restart c1")
	want := []string{"three", "four"}
	looked := len(s.plans)
	check := func(when, person string, allowed bool) {
		t.Helper()
		*told = nil
		s.click(person, o, op.ActionDetails)
		if got := slices.Equal(*told, want); got != allowed {
			t.Errorf("%s: %s is told %q", when, person, *told)
		}
	}
	check("waiting", bo, true)
	s.with(func() { s.forbid[bo] = true })
	check("waiting", bo, false)
	s.with(func() { delete(s.forbid, ken); s.forbid["caster.list"] = true })
	check("an approver who may not look", ken, true)
	check("somebody who may do neither", bo, false)
	s.with(func() { clear(s.forbid) })
	s.restart()
	check("after a restart", bo, true)
	if len(s.plans) != looked {
		t.Error("it was looked at for the details")
	}
	s.click(ken, o, op.ActionApprove)
	s.want(o, op.Succeeded, 1)
	check("when it is done", ana, true)
	s.want(o, op.Succeeded, 1)
}

// TestDetailsOfAPage: on the bot's own page they are told whatever version it shows, to who is in the channel.
func TestDetailsOfAPage(t *testing.T) {
	s, told := wordy(t)
	o := s.asked("caster restart c1")
	c := s.press(ana, o, op.ActionDetails)
	c.FromHome, c.Version = true, o.Version+7
	press := func() {
		t.Helper()
		*told = nil
		c.Key = op.NewID()
		accepted, err := s.e.Press(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		s.do(accepted)
	}
	if press(); len(*told) != 2 {
		t.Errorf("told %q", *told)
	}
	s.with(func() { s.rooms = map[string][]string{} })
	if press(); len(*told) != 1 || !strings.Contains(s.told[len(s.told)-1], "You are not in that channel") {
		t.Errorf("who is not there is told %q", *told)
	}
}

// TestDetailsAfterACrash: a press that was taken is answered by the process after.
func TestDetailsAfterACrash(t *testing.T) {
	s, told := wordy(t)
	o := s.asked("caster restart c1")
	if _, err := s.e.Press(context.Background(), s.press(bo, o, op.ActionDetails)); err != nil {
		t.Fatal(err)
	}
	s.restart()
	if len(*told) != 2 {
		t.Errorf("told %q", *told)
	}
	s.advance(time.Second)
	s.want(o, op.Pending, 0)
}
