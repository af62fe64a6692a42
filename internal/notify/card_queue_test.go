package notify

import (
	"errors"
	"testing"
	"time"

	"casterbot/internal/op"
)

// A busy channel is tried again soon, however often; what fails otherwise is left alone for longer and longer, up to a
// limit.
func TestRestOfACard(t *testing.T) {
	lost := errors.New("lost")
	busy := errors.Join(ErrBusy, errors.New("the channel is free again in 6s"))
	for _, c := range []struct {
		failures []error
		want     time.Duration
	}{
		{[]error{busy}, ShortestBackoff},
		{[]error{busy, busy, busy, busy}, ShortestBackoff},
		{[]error{lost}, ShortestBackoff},
		{[]error{lost, lost, lost}, 4 * ShortestBackoff},
		{[]error{lost, lost, busy}, 2 * ShortestBackoff},
		{[]error{lost, lost, lost, lost, lost, lost, lost}, LongestBackoff},
	} {
		w := &cardQueue{}
		w.init()
		for _, err := range c.failures {
			w.later["o"] = backoff{last: w.later["o"].last} // time passes
			if !w.begin("o") || w.end("o", err) {
				t.Fatalf("%v: it is not tried again after a rest", c.failures)
			}
		}
		if got := w.later["o"].last; got != c.want || w.begin("o") {
			t.Errorf("after %v it rests for %s, not %s", c.failures, got, c.want)
		}
	}
}

// A card that waits for its turn is behind, also when another way to it gave no answer; one that waits for the chat to
// come back is not.
func TestBehindButForTheChat(t *testing.T) {
	for n, err := range []error{ErrNoAnswer, errors.Join(ErrBusy, ErrNoAnswer)} {
		w := &cardQueue{}
		w.init()
		if !w.begin("o") || w.end("o", err) || w.behind() != n {
			t.Errorf("after %v %d cards are behind", err, w.behind())
		}
	}
}

// What another replica has sent is left to it until it has been behind for a whole sweep.
func TestStaleCards(t *testing.T) {
	w := &cardQueue{}
	w.init()
	look := func(version int64) bool {
		o := op.Operation{ID: "o", Version: version}
		return w.stale([]op.Operation{o})(o)
	}
	if look(1) || !look(1) || look(2) || !look(2) {
		t.Error("a card is stale when it was as far behind a sweep before")
	}
}

// What is remembered of who was told what does not grow for ever, and nobody is told of a state twice.
func TestToldIsForgotten(t *testing.T) {
	var b notifiedStates
	now := time.Unix(1000, 0)
	for _, step := range []struct {
		id    string
		state op.State
		over  bool
		after time.Duration
		first bool
	}{
		{"a", op.Pending, false, 0, true}, {"a", op.Pending, false, time.Minute, false},
		{"a", op.Succeeded, false, time.Minute, true}, {"a", op.Succeeded, false, time.Hour, false},
		{"a", op.Succeeded, true, time.Hour, true}, {"a", op.Succeeded, true, time.Hour, false},
		{"a", op.Succeeded, false, time.Minute, false}, {"b", op.Failed, false, remembered, true},
	} {
		o := op.Operation{ID: step.id, State: step.state, Outcome: &op.Outcome{}}
		if step.over {
			o.Outcome.Over = op.L("Ended.")
		}
		if now = now.Add(step.after); b.first(o, now) != step.first {
			t.Errorf("%s %s: first %v", step.id, step.state, !step.first)
		}
	}
	if b.forget("b"); len(b.last) != 0 {
		t.Errorf("left: %v", b.last)
	}
}

// What came of an operation later is news although its state is the same, once.
func TestWhatCameIsNews(t *testing.T) {
	var b notifiedStates
	o := op.Operation{ID: "a", State: op.Succeeded, Outcome: &op.Outcome{}}
	for _, step := range []struct {
		after op.Line
		first bool
	}{{nil, true}, {nil, false}, {op.L("Its file."), true}, {op.L("Its file."), false}} {
		if o.Outcome.After = step.after; b.first(o, time.Unix(1000, 0)) != step.first {
			t.Errorf("%q: first %v", step.after.Plain(), !step.first)
		}
	}
}
