package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/live"
	"casterbot/internal/store"
)

// turns gives the limiter's turns out of a store that several processes share; one process counts its own.
func turns(db *store.Store, wait pause) live.Reserve {
	switch {
	case wait != nil: // nothing waits in real time, and the cloud of a test has no limits
		return func(context.Context, string, float64, int, time.Duration) (time.Duration, bool, error) {
			return 0, true, nil
		}
	case db.Exclusive():
		return nil
	}
	return func(ctx context.Context, family string, perSecond float64, burst int, within time.Duration) (time.Duration, bool, error) {
		wait, err := db.Reserve(ctx, family, perSecond, burst, within)
		if errors.Is(err, store.ErrNoTurn) {
			return 0, false, nil
		}
		return wait, true, err
	}
}

// channelTurns gives the turns of what is written to Slack, which all processes share. While the database cannot be asked each keeps to
// its own.
func channelTurns(db *store.Store, log *slog.Logger) webapi.Reserve {
	return func(ctx context.Context, budget string, perSecond float64, burst int, within time.Duration) (time.Duration, bool) {
		wait, err := db.Reserve(ctx, budget, perSecond, burst, within)
		if err != nil && !errors.Is(err, store.ErrNoTurn) {
			log.Warn("the turn of a message that all replicas share cannot be asked for", "error", err)
			return 0, true
		}
		return wait, err == nil
	}
}
