package records

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// kindLock is the kind of the documents that are locks; the key of one is that of its target.
const kindLock = "lock"

// LockBook keeps who holds which target.
type LockBook struct{ kept store.Collection[op.Lock] }

// NewLockBook gives the locks that are kept in a store.
func NewLockBook(s *store.Store) LockBook {
	filled := func(l *op.Lock, d store.Document) { l.Version, l.Until = d.Version, d.Ends }
	return LockBook{store.Collection[op.Lock]{Store: s, Kind: kindLock, Filled: filled}}
}

// Lock gives the lock of a target; one that is not held when there is none.
func (b LockBook) Lock(ctx context.Context, target op.Target) (op.Lock, error) {
	if target.Key() == "" {
		return op.Lock{}, nil
	}
	lock, err := b.kept.Get(ctx, keyOf(target))
	if errors.Is(err, store.ErrNotFound) {
		return op.Lock{}, nil
	}
	return lock, err
}

// RanOut reports whether the last lock of a target was there until a moment, and neither given back nor broken before.
func (b LockBook) RanOut(ctx context.Context, target op.Target, until time.Time) (bool, error) {
	last, err := b.kept.Store.LastDocument(ctx, keyOf(target))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && last.Ends.Equal(until), err
}

// Locks gives every lock that is held.
func (b LockBook) Locks(ctx context.Context) ([]op.Lock, error) { return b.kept.List(ctx) }

// Hold takes a lock: a new one at version 0, else in place of the version that it names. It gives the lock that stands
// there now, and whether it is this one.
func (b LockBook) Hold(ctx context.Context, lock op.Lock) (op.Lock, bool, error) {
	e := event(op.EventLocked, lock, lock.Holder, lock.Why)
	return b.kept.Put(ctx, keyOf(lock.Target), lock, lock.Version, lock.Until, e)
}

// Release ends a lock at the version that is named; by is who does, why is empty when it is given back by its holder.
// It gives the lock that stands there instead if that has another version, and whether it is gone.
func (b LockBook) Release(ctx context.Context, lock op.Lock, by, why string) (op.Lock, bool, error) {
	name := op.EventUnlocked
	if by != lock.Holder {
		name = op.EventBroken
	}
	gone, err := b.kept.Drop(ctx, keyOf(lock.Target), lock.Version, event(name, lock, by, why))
	if gone || err != nil {
		return op.Lock{}, gone, err
	}
	now, err := b.Lock(ctx, lock.Target)
	return now, !now.Held() && err == nil, err
}

func keyOf(target op.Target) string { return kindLock + "/" + target.Key() }

func event(name string, lock op.Lock, actor, why string) op.Event {
	return op.Event{Name: name, Actor: actor, Channel: lock.Channel, Detail: map[string]string{
		"target": lock.Target.Key(), "holder": lock.Holder, "until": lock.Until.UTC().Format("2006-01-02T15:04Z"), "why": why,
	}}
}
