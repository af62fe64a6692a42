package app

import (
	"context"
	"slices"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/quota"
	"casterbot/internal/sleep"
)

// It is looked every so often whether those who may act in an emergency are known, and the studios that it would be
// about; a start has more urgent questions.
const (
	acquaintEvery = 10 * time.Minute
	acquaintAfter = 30 * time.Second
)

// acquaint keeps known, until ctx ends, whom the policy names for emergencies, and their studios on air.
func (a *App) acquaint(ctx context.Context) {
	for wait := acquaintAfter; sleep.For(ctx, wait) == nil; wait = acquaintEvery {
		a.acquaintOnce(ctx)
	}
}

func (a *App) acquaintOnce(ctx context.Context) {
	current := a.Policy.Current()
	for _, c := range shape().Commands {
		if !c.Urgent {
			continue
		}
		who, channels := current.Named(c.Verb)
		a.people.Acquaint(ctx, who, channels)
		a.studios.Acquaint(quota.With(ctx, quota.Caller{Class: quota.Background}), func(c live.Caster) bool {
			return slices.ContainsFunc(channels, func(id string) bool {
				scope, known := current.Scope(id)
				return known && scope.Studio(c.ID, c.Name)
			})
		})
	}
}
