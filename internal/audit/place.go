package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/store"

	"golang.org/x/mod/sumdb/tlog"
)

// Place is somewhere this process cannot change a checkpoint afterwards, or not unseen.
type Place interface {
	Name() string // the same after a restart
	// Bring brings a checkpoint there, and gives signatures of others that the checkpoint has from then on. It may be
	// called again with the same one.
	Bring(ctx context.Context, o Outgoing) (signatures string, err error)
}

// ErrNowhere says that there is no such place at the moment, which is no failure.
var ErrNowhere = errors.New("there is no such place")

// ErrForked says that what is there is of another log: this one was set back, or changed.
var ErrForked = errors.New("this log does not go on from the last checkpoint there: it was restored from a backup, or changed")

// Outgoing is a checkpoint on its way, with what others want to see of it.
type Outgoing struct {
	Checkpoint
	Known  int64 // the size of the last one that the place has, as far as this log knows
	RootAt func(size int64) (tlog.Hash, error)
	Prove  func(from int64) (tlog.TreeProof, error) // that nothing was changed since a size
}

// delivery is a place with what happened there.
type delivery struct {
	Place
	again  time.Time // not before
	failed int
}

// How long one try may take, and how long it is waited after one that failed.
const (
	bringWithin = 10 * time.Second
	bringAgain  = 10 * time.Second
	bringLatest = 5 * time.Minute
)

// deliver brings the newest checkpoint to the places that do not have it, when the log is this replica's.
func (l *Log) deliver(ctx context.Context) error {
	db := l.Store.Reader()
	h, err := readHead(ctx, db)
	if err != nil || h.holder != l.Store.Replica() {
		return err
	}
	last, err := lastCheckpoint(ctx, db)
	if err != nil || last.size == 0 {
		return err
	}
	for _, p := range l.places {
		if err := l.bring(ctx, p, last); err != nil {
			return err
		}
	}
	return nil
}

// bring tries one place, unless it has failed a moment ago.
func (l *Log) bring(ctx context.Context, p *delivery, last stored) error {
	var known int64
	if _, err := one(ctx, l.Store.Reader(), `SELECT size FROM audit_outside WHERE place = $1`, []any{p.Name()},
		&known); err != nil {
		return err
	}
	if known >= last.size || time.Now().Before(p.again) {
		return nil
	}
	c, err := ParseCheckpoint(last.note, l.Key.Verifier())
	if err != nil {
		return err
	}
	signatures, err := l.try(ctx, p, c, known)
	if errors.Is(err, ErrNowhere) {
		return nil
	}
	if err != nil {
		p.failed++
		p.again = time.Now().Add(min(bringAgain<<min(p.failed-1, 5), bringLatest))
		return fmt.Errorf("the checkpoint of %d entries does not get to the %s: %w", last.size, p.Name(), err)
	}
	p.failed, p.again = 0, time.Time{}
	return l.brought(ctx, p.Name(), last, signatures)
}

func (l *Log) try(ctx context.Context, p *delivery, c Checkpoint, known int64) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, bringWithin)
	defer cancel()
	t := treeOf(ctx, l.Store.Reader())
	return p.Bring(ctx, Outgoing{Checkpoint: c, Known: known, RootAt: t.root,
		Prove: func(from int64) (tlog.TreeProof, error) {
			if from == 0 || from == c.Size {
				return nil, nil
			}
			return tlog.ProveTree(c.Size, from, t)
		}})
}

// brought writes down which checkpoint a place has, of when it is, and who else has signed it there.
func (l *Log) brought(ctx context.Context, place string, c stored, signatures string) error {
	const note = `INSERT INTO audit_outside (place, size, at) VALUES ($1, $2, $3)
		ON CONFLICT (place) DO UPDATE SET size = excluded.size, at = excluded.at`
	const sign = `UPDATE audit_checkpoints SET note = note || $2 WHERE size = $1 AND note NOT LIKE '%' || $2`
	return l.Store.Change(ctx, func(x store.Tx) error {
		if signatures != "" {
			if _, err := x.Exec(sign, c.size, signatures); err != nil {
				return err
			}
		}
		_, err := x.Exec(note, place, c.size, c.at.UnixMilli())
		return err
	})
}
