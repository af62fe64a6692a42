package app

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"casterbot/internal/config"
	"casterbot/internal/store"
	"casterbot/test/pgtest"
)

// The program has limits; only a world whose time stands still has none.
func TestTheProgramHasLimits(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite::memory:", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	still := func(context.Context, time.Duration) bool { return true }
	if openQuota(config.Config{}, db, "one", still, slog.New(slog.DiscardHandler), nil) != nil {
		t.Error("a story waits for limits")
	}
	q := openQuota(config.Config{QuotaShare: 10}, db, "one", nil, slog.New(slog.DiscardHandler), nil)
	defer q.Close()
	if p, err := q.Reserve(t.Context(), "RestartCaster", 0); err != nil || p == nil {
		t.Fatalf("%v, %v", p, err)
	}
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := q.Reserve(short, "RestartCaster", 0); err == nil {
		t.Error("the share of the settings is not kept")
	}
}

// Only where this process sees every change may a look serve that has been answered already: another replica may have
// changed since what it shows.
func TestLooksServeWhereEveryChangeIsSeen(t *testing.T) {
	server := &pgtest.Shared{}
	t.Cleanup(func() { _ = server.Close() })
	still := func(context.Context, time.Duration) bool { return true }
	for address, want := range map[string]time.Duration{"sqlite::memory:": looksServe, server.Address(t): 0} {
		db, err := store.Open(t.Context(), address, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if got := freshLooks(db, nil); got != want {
			t.Errorf("%s: %s", address, got)
		}
		if got := freshLooks(db, still); got != 0 {
			t.Errorf("%s in a story: %s", address, got)
		}
	}
}
