package monitor

import (
	"context"
	"errors"
	"slices"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/records"
	"casterbot/internal/tally"
)

const (
	editApart  = 10 * time.Second // between two edits of a board
	stampAfter = 5 * time.Minute  // the time on it is brought up to date even when nothing has changed
	maxRows    = 30
)

// draw brings the boards up to date.
func (w *Monitor) draw(ctx context.Context, s snapshot, j *round) error {
	if len(j.boards) == 0 {
		return nil
	}
	locks, err := w.locks.Locks(ctx)
	if err != nil {
		return err
	}
	own, err := w.Changes.Read(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, b := range j.boards {
		scope, _ := w.Policy.Scope(b.Channel)
		may := w.mayTell(ctx, j, b.Channel)
		switch {
		case b.Off:
			errs = append(errs, w.takeDown(ctx, b, op.L("The on-air board was taken down at ", op.At(w.Now()), " by ",
				op.Who(b.By), ".")))
		case may == forbidden:
			errs = append(errs, w.takeDown(ctx, b, op.L("The on-air board was taken down at ", op.At(w.Now()),
				": casterbot may not show it in this channel any more.")))
		case may == allowed:
			errs = append(errs, w.drawOne(ctx, s, b, boardAnswer(s, scope, locks, own)))
		}
	}
	return errors.Join(errs...)
}

// drawOne posts or edits one board, when it has changed or its time is old. Whoever writes down first that the board is
// about to be edited does it.
func (w *Monitor) drawOne(ctx context.Context, s snapshot, b op.Board, a op.Answer) error {
	says, age := digest(a), s.at.Sub(b.Edited)
	same := says == b.Says && age < stampAfter
	if b.Message != "" && (same || age < editApart) || b.Message == "" && age < standIn {
		return nil
	}
	before := b
	b.Says, b.Edited = says, s.at
	b, mine, err := w.boards.PutBoard(ctx, b, "")
	if err != nil || !mine {
		return err
	}
	a.Note = op.L("updated ", op.At(s.at), pinNote(b))
	message, err := w.Chat.Redraw(ctx, b.Channel, b.Message, a)
	switch {
	case errors.Is(err, notify.ErrGone):
		w.Log.Info("a board was deleted: it is off", "channel", b.Channel)
		return w.boards.DropBoard(ctx, b)
	case err != nil:
		if b.Says = before.Says; errors.Is(err, notify.ErrNotInChannel) {
			b.Edited = s.at.Add(muteFor)
		}
		_, _, undone := w.boards.PutBoard(ctx, b, "")
		return errors.Join(err, undone)
	case b.Message != "":
		return nil
	}
	b.Message = message
	if err := w.Chat.Pin(ctx, b.Channel, message); err != nil {
		w.Log.Warn("a board cannot be pinned; it goes on without", "channel", b.Channel, "error", err)
		b.Pinless, b.Says = true, "" // it says so with the next edit
	}
	b.Pinned = !b.Pinless
	_, _, err = w.boards.PutBoard(ctx, b, "")
	return err
}

func pinNote(b op.Board) op.Line {
	if !b.Pinless {
		return nil
	}
	return op.L(" · Slack did not let me pin this: my app lacks the right pins:write, or the channel is full of pins.")
}

// resumeBoard has the board of a channel drawn with the next turn.
func (w *Monitor) resumeBoard(ctx context.Context, channel string) error {
	b, err := w.boards.Board(ctx, channel)
	if err != nil || !b.On() {
		return err
	}
	b.Edited, b.Says = time.Time{}, ""
	_, _, err = w.boards.PutBoard(ctx, b, "")
	return err
}

// takeDown says on a board that it is off, and forgets it.
func (w *Monitor) takeDown(ctx context.Context, b op.Board, why op.Line) error {
	if b.Message != "" {
		_, err := w.Chat.Put(ctx, b.Channel, b.Message, op.Answer{
			Mark: op.MarkNeutral, Title: why,
		})
		if err != nil && !errors.Is(err, notify.ErrGone) && !errors.Is(err, notify.ErrNotInChannel) {
			return err
		}
		if b.Pinned {
			if err := w.Chat.Unpin(ctx, b.Channel, b.Message); err != nil {
				w.Log.Info("a board cannot be unpinned", "channel", b.Channel, "error", err)
			}
		}
	}
	return w.boards.DropBoard(ctx, b)
}

// boardAnswer is what a board shows, but for the time.
func boardAnswer(s snapshot, scope op.Scope, locks []op.Lock, own records.History) op.Answer {
	a := op.Answer{}
	lit, all := 0, 0
	if s.studios == nil {
		a.Lines = append(a.Lines, op.L("The studios could not be looked at."))
	}
	for _, onAir := range []bool{true, false} {
		for _, c := range s.sorted() {
			if c.OnAir != onAir || !scope.Studio(c.ID, c.Name) {
				continue
			}
			if all++; onAir {
				lit++
			}
			if len(a.Items) < maxRows {
				a.Items = append(a.Items, studioRow(s, c, locks, own))
			}
		}
	}
	a.Title = op.L(op.Strong("On air"), ": ", op.N(lit), " of ", op.N(all), " studios")
	for _, stream := range shown(scope) {
		if item, ok := streamRow(s, stream, own); ok && len(a.Items) < maxRows {
			a.Items = append(a.Items, item)
		}
	}
	return a
}

func studioRow(s snapshot, c live.Caster, locks []op.Lock, own records.History) op.Item {
	item := op.Item{Mark: op.MarkIdle, Title: op.L(op.B(c.Name)), Facts: []op.Line{op.L("idle")}}
	if c.OnAir {
		item.Mark, item.Facts = op.MarkProgram, append([]op.Line{op.L("on air")}, scenesOf(s, c)...)
		if !c.Started.IsZero() {
			item.Facts[0] = op.L("on air since ", op.At(c.Started))
		}
		standing := own.Standing(op.Target{Kind: "caster", ID: c.ID}, op.StandbyShown)
		if standby := tally.Standby(c, s.scenes[c.ID], standing); len(standby) > 0 {
			item.Facts = slices.Insert(item.Facts, 0, standby)
		}
	}
	for _, l := range locks {
		if l.Target.ID == c.ID {
			item.Facts = append(item.Facts, op.L("🔒 ", op.Who(l.Holder), " until ", op.At(l.Until)))
		}
	}
	return item
}

// scenesOf says which scenes are on PROGRAM and open as PREVIEW.
func scenesOf(s snapshot, c live.Caster) []op.Line {
	all, seen := s.scenes[c.ID]
	if !seen {
		return []op.Line{op.L("its scenes could not be looked at")}
	}
	var facts []op.Line
	for _, scene := range all {
		switch {
		case scene.Program:
			facts = append(facts, op.L("PROGRAM ", op.B(scene.Name)))
		case scene.Open:
			facts = append(facts, op.L("🟢 PREVIEW ", op.B(scene.Name)))
		}
	}
	return facts
}

// streamRow shows a stream that is live; false for one that is not.
func streamRow(s snapshot, stream named, own records.History) (op.Item, bool) {
	on, seen := s.live(stream.of)
	if on == nil && seen {
		return op.Item{}, false
	}
	item := op.Item{Mark: op.MarkNeutral, Title: op.L(op.B(stream.alias))}
	if !seen {
		item.Mark, item.Facts = op.MarkUnknown, []op.Line{op.L("could not be looked at")}
		return item, true
	}
	item.Facts = []op.Line{op.L("live since ", op.At(on.Since))}
	if _, seen := s.material[stream.of]; !seen {
		item.Facts = append(item.Facts, op.L("its recordings could not be looked at"))
		return item, true
	}
	r := recordingOf(s, stream.of, own)
	if fact := r.Fact(); len(fact) > 0 {
		item.Mark, item.Facts = r.Mark(true), append(item.Facts, fact)
	}
	return item, true
}

// recordingOf is how the recording of a stream stands.
func recordingOf(s snapshot, stream live.Stream, own records.History) tally.Recording {
	t := op.Target{Kind: "stream", ID: stream.String()}
	r := tally.Recording{At: s.at, Own: own.Standing(t, op.IsRecorded), Paused: own.Standing(t, op.IsPaused)}
	if m := s.material[stream]; !m.From.IsZero() {
		r.Phase, r.Content = tally.PhaseOf([]live.Content{m}, nil, s.at)
	}
	return r
}
