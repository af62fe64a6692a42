package app

import (
	"context"
	"time"

	"casterbot/internal/sleep"
)

// It is looked every so often whether those who may act in an emergency are known; a start has more urgent questions.
const (
	acquaintEvery = 10 * time.Minute
	acquaintAfter = 30 * time.Second
)

// acquaint keeps known, until ctx ends, whom the policy names for emergencies.
func (a *App) acquaint(ctx context.Context) {
	for wait := acquaintAfter; sleep.For(ctx, wait) == nil; wait = acquaintEvery {
		a.acquaintOnce(ctx)
	}
}

func (a *App) acquaintOnce(ctx context.Context) {
	for _, c := range shape().Commands {
		if c.Urgent {
			who, channels := a.Policy.Current().Named(c.Verb)
			a.people.Acquaint(ctx, who, channels)
		}
	}
}
