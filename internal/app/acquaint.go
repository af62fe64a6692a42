package app

import (
	"context"
	"time"

	"casterbot/internal/sleep"
)

// acquaintEvery is how often it is looked whether those who may act in an emergency are known.
const acquaintEvery = 10 * time.Minute

// acquaint keeps known, until ctx ends, whom the policy names for emergencies.
func (a *App) acquaint(ctx context.Context) {
	for {
		a.acquaintOnce(ctx)
		if sleep.For(ctx, acquaintEvery) != nil {
			return
		}
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
