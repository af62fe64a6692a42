package monitor

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/records"
)

const (
	editApart  = 10 * time.Second // between two edits of a board
	stampAfter = 5 * time.Minute  // the time on it is brought up to date even when nothing has changed
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
	w.shown = ownDoings{due: w.Now().Add(editApart), are: doings(own, locks)}
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
			errs = append(errs, w.drawOne(ctx, s, b, boardView{s, scope, locks, own}.answer()))
		}
	}
	return errors.Join(errs...)
}

// ownDoings are what the bot itself did, as the boards show it.
type ownDoings struct {
	due time.Time // when it is asked next whether they are still so
	are string
}

// doings is another one when an operation of the bot's own, or a lock, is not as it was.
func doings(own records.History, locks []op.Lock) string {
	var all []any
	for _, o := range own {
		if o.State != op.Running { // nothing is shown of that
			all = append(all, o.ID, string(o.State), len(o.Seen))
		}
	}
	for _, l := range locks {
		all = append(all, l.Target.Key(), l.Version)
	}
	return op.Fingerprint(all...)
}

// didSomething reports that something of the bot's own has changed since the boards were drawn, at most once in as long
// as lies between two edits.
func (w *Monitor) didSomething(ctx context.Context) bool {
	if !isDue(w.shown.due, w.Now(), editApart) {
		return false
	}
	locks, err := w.locks.Locks(ctx)
	own, unread := w.Changes.Read(ctx)
	if err != nil || unread != nil || doings(own, locks) == w.shown.are {
		return false
	}
	w.shown.due = w.Now().Add(editApart)
	return true
}

// drawOne posts or edits one board, when it has changed or its time is old. Whoever writes down first that the board is
// about to be edited does it.
func (w *Monitor) drawOne(ctx context.Context, s snapshot, b op.Board, a op.Answer) error {
	says := digest(a)
	early := func(d time.Duration) bool { return !isDue(b.Edited.Add(d), s.at, muteFor+d) }
	same := says == b.Says && early(stampAfter)
	if b.Message != "" && (same || early(editApart)) || b.Message == "" && early(standIn) {
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
	return op.L(" · Slack did not let casterbot pin this: its app lacks the scope pins:write, or the channel is full of pins.")
}

// resumeBoard has the board of a channel drawn, or taken down, with the next turn.
func (w *Monitor) resumeBoard(ctx context.Context, channel string) error {
	b, err := w.boards.Board(ctx, channel)
	if err != nil || b.Version == 0 {
		return err
	}
	b.Edited, b.Says = time.Time{}, ""
	_, _, err = w.boards.PutBoard(ctx, b, "")
	return err
}

// takeDown says on a board that it is off, and forgets it. In a channel of the policy that cannot be written to it is
// tried again: what stands there would stand for ever.
func (w *Monitor) takeDown(ctx context.Context, b op.Board, why op.Line) error {
	if !isDue(b.Edited, w.Now(), muteFor) {
		return nil
	}
	if b.Message == "" {
		return w.boards.DropBoard(ctx, b)
	}
	_, err := w.Chat.Put(ctx, b.Channel, b.Message, op.Answer{Mark: op.MarkNeutral, Title: why})
	_, named := w.Policy.Scope(b.Channel)
	switch {
	case errors.Is(err, notify.ErrNotInChannel) && named:
		b.Edited = w.Now().Add(muteFor)
		_, _, err = w.boards.PutBoard(ctx, b, "")
		return err
	case err != nil && !errors.Is(err, notify.ErrGone) && !errors.Is(err, notify.ErrNotInChannel):
		return err
	}
	if b.Pinned {
		if err := w.Chat.Unpin(ctx, b.Channel, b.Message); err != nil {
			w.Log.Info("a board cannot be unpinned", "channel", b.Channel, "error", err)
		}
	}
	return w.boards.DropBoard(ctx, b)
}
