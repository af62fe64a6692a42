package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// kindLock marks the memos that are locks; the key of one is that of its target.
const kindLock = "lock"

// LockBook keeps who holds which target.
type LockBook struct{ store *store.Store }

// NewLockBook gives the locks that are kept in a store.
func NewLockBook(s *store.Store) LockBook { return LockBook{store: s} }

// Lock gives the lock of a target; one that is not held when there is none.
func (b LockBook) Lock(ctx context.Context, target op.Target) (op.Lock, error) {
	if target.Key() == "" {
		return op.Lock{}, nil
	}
	m, err := b.store.Memo(ctx, keyOf(target))
	if errors.Is(err, store.ErrNotFound) {
		return op.Lock{}, nil
	}
	if err != nil {
		return op.Lock{}, err
	}
	return lockOf(m)
}

// Locks gives every lock that is held.
func (b LockBook) Locks(ctx context.Context) ([]op.Lock, error) {
	return every(ctx, b.store, kindLock, lockOf)
}

// Hold takes a lock: a new one at version 0, else in place of the version that it names. It gives the lock that stands there
// now, and whether it is this one.
func (b LockBook) Hold(ctx context.Context, lock op.Lock) (op.Lock, bool, error) {
	body, err := json.Marshal(lock)
	if err != nil {
		return op.Lock{}, false, fmt.Errorf("keep a lock: %w", err)
	}
	m := store.Memo{Key: keyOf(lock.Target), Kind: kindLock, Body: string(body), Version: lock.Version, Ends: lock.Until}
	m, err = b.store.PutMemo(ctx, m, event(op.EventLocked, lock, lock.Holder, lock.Why))
	return settled(m, err, lockOf, op.Lock{})
}

// Release ends a lock at the version that is named; by is who does, why is empty when it is given back by its holder. It gives
// the lock that stands there instead if that has another version, and whether it is gone.
func (b LockBook) Release(ctx context.Context, lock op.Lock, by, why string) (op.Lock, bool, error) {
	name := op.EventUnlocked
	if by != lock.Holder {
		name = op.EventBroken
	}
	err := b.store.DropMemo(ctx, keyOf(lock.Target), lock.Version, event(name, lock, by, why))
	if !errors.Is(err, store.ErrLost) {
		return op.Lock{}, err == nil, err
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

func lockOf(m store.Memo) (op.Lock, error) {
	var lock op.Lock
	if err := decode(m, &lock); err != nil {
		return op.Lock{}, err
	}
	lock.Version, lock.Until = m.Version, m.Ends
	return lock, nil
}
