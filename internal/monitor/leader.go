package monitor

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

const (
	leaderKey  = "lease/watch"
	leaseFor   = 15 * time.Second // then another replica may take over
	leaseRenew = 5 * time.Second
)

// leader says which replica looks. It is a document that ends by the store's clock unless its holder renews it. A
// database that belongs to one process needs none.
type leader struct {
	store   *store.Store
	now     func() time.Time
	replica string
	alone   bool
	version int64 // of the document, while it is ours
	renewed time.Time
}

// hold takes or renews the lease and reports whether it is ours.
func (l *leader) hold(ctx context.Context) bool {
	now := l.now()
	if l.alone || l.version > 0 && now.Before(l.renewed.Add(leaseRenew)) {
		return true
	}
	for range 2 { // ours may have ended: then it is free for whoever comes first
		m, err := l.store.PutDocument(ctx, store.Document{
			Key: leaderKey, Kind: "lease", Body: l.replica, Version: l.version, Ends: now.Add(leaseFor),
		}, op.Event{})
		if err == nil {
			l.version, l.renewed = m.Version, now
			return true
		}
		if !errors.Is(err, store.ErrLost) || l.version == 0 {
			return false
		}
		l.version = 0
	}
	return false
}

// release lets another replica take over at once.
func (l *leader) release(ctx context.Context) {
	if l.version > 0 {
		_ = l.store.DropDocument(ctx, leaderKey, l.version, op.Event{}) // it ends by itself too
	}
}
