package commands

import (
	"context"
	"errors"
	"testing"
	"time"

	"casterbot/internal/op"
)

func (d *fakeRecords) Board(_ context.Context, channel string) (op.Board, error) {
	if d.board.Version == 0 {
		return op.Board{Channel: channel}, d.fail
	}
	return d.board, d.fail
}

func (d *fakeRecords) PutBoard(_ context.Context, board op.Board, by string) (op.Board, bool, error) {
	if d.fail != nil || board.Version != d.board.Version {
		return d.board, false, d.fail
	}
	board.Version++
	d.board, d.asked = board, by
	return board, true, nil
}

func TestBoardOnAndOff(t *testing.T) {
	d := &fakeRecords{}
	for _, step := range []struct {
		text, title, says, refusal string
		on                         bool
	}{
		{text: "caster board off", refusal: "no on-air board"},
		{text: "caster board ON", title: "Put up", says: "is on", on: true},
		{text: "caster board on", refusal: "already; it was put up by @U0ANA", on: true},
		{text: "caster board off", title: "Take down", says: "is off"},
		{text: "caster board sideways", refusal: "Say /caster board on"},
	} {
		plan, outcome, err := d.run(t, "U0ANA", step.text)
		if step.refusal != "" {
			wantHas(t, words(refused(t, err).Answer), step.refusal)
			continue
		}
		if err != nil || outcome.State != op.Succeeded {
			t.Fatalf("%s: %+v, %v", step.text, outcome, err)
		}
		wantHas(t, plan.Title.Plain()+outcome.Text.Plain(), step.title, step.says)
		if d.board.On() != step.on || d.board.Channel != "C0SHOW" || d.asked != "U0ANA" {
			t.Errorf("%s: %+v, asked by %s", step.text, d.board, d.asked)
		}
		c, _ := typed(t, d, "U0ANA", step.text)
		if seen, err := c.Verify(t.Context(), op.Attempt{Plan: plan}); err != nil || !seen.Happened {
			t.Errorf("%s: %+v, %v", step.text, seen, err)
		}
	}
}

// The card of a board says when the board is not as it claims any more, by whatever made it so.
func TestBoardCardsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		word  string
		board op.Board
		over  string
		again bool
	}{
		"on":                          {"on", op.Board{Version: 1}, "", true},
		"on, then to be taken down":   {"on", op.Board{Version: 2, Off: true}, "Ended: the board was taken down.", false},
		"on, then gone":               {"on", op.Board{}, "Ended: the board was taken down.", false},
		"off":                         {"off", op.Board{}, "", true},
		"off, and drawn a last time":  {"off", op.Board{Version: 2, Off: true}, "", true},
		"off, then put up once again": {"off", op.Board{Version: 3}, "Ended: the board was put up again.", false},
	} {
		d := &fakeRecords{board: c.board}
		command, _ := Table(newFake(), d, func() time.Time { return noon.Add(time.Hour) }).Find("caster board {switch}")
		if command.Follow == nil {
			t.Fatal("the card of a board is not followed")
		}
		a := op.Attempt{Plan: op.Plan{Args: op.Args{"switch": c.word, "channel": "C0SHOW"}}, Sent: noon}
		f, err := command.Follow(t.Context(), a)
		if err != nil || f.Over.Plain() != c.over || f.Again.IsZero() == c.again {
			t.Errorf("%s: %q, again %s, %v", name, f.Over.Plain(), f.Again, err)
		}
		if d.fail = errors.New("the disk is full"); c.again {
			if _, err := command.Follow(t.Context(), a); err == nil {
				t.Errorf("%s: what cannot be read ends nothing", name)
			}
		}
	}
}

func TestBoardUnwritten(t *testing.T) {
	d := &fakeRecords{}
	plan, _, err := d.run(t, "U0ANA", "caster board on")
	if err != nil {
		t.Fatal(err)
	}
	d.fail = errors.New("the disk is full")
	c, _ := typed(t, d, "U0ANA", "caster board on")
	if o := c.Apply(t.Context(), plan, "", permitted); o.State != op.Unknown {
		t.Errorf("%+v", o)
	}
}
