package browse

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/cache"
	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// How long lists of what can be picked serve, and how long one waits for a new one. The last leaves room for the way
// back inside Slack's three seconds.
const (
	listFor     = 30*time.Second + 1 // thirty seconds serve
	staleFor    = 30*time.Minute + 1
	listWithin  = 2 * time.Second
	wrongWithin = time.Second
	lookWithin  = 20 * time.Second
	maxLists    = 1000
)

// errSlow: a list is being read and did not come in time.
var errSlow = errors.New("the list did not come in time")

// optionKey is what a list is of. The policy's hash is part of it: no list outlives the policy that it was made under.
type optionKey struct{ kind, channel, under, policy string }

// optionList is a list of what can be picked, as it was at one moment.
type optionList = cache.Answer[[]op.Option]

// optionCache keeps lists of what can be picked, so that a picker is answered out of memory.
type optionCache = cache.Cache[optionKey, []op.Option]

func newOptionCache(c Config) *optionCache {
	return cache.New[optionKey, []op.Option](cache.Config{
		Now: c.Now, Good: listFor, Stale: staleFor, Within: lookWithin, Most: maxLists, Run: c.Spawn,
	})
}

// list gives what can be picked: out of memory, else by a look for which it waits until ctx ends or 2 s are over,
// else as it was seen last. The look itself goes on after that, for the next who asks.
func (b *Browser) list(ctx context.Context, key optionKey,
	look func(context.Context) ([]op.Option, error)) (optionList, error) {
	wait, cancel := context.WithTimeout(ctx, listWithin)
	defer cancel()
	l, err := b.cache.Get(wait, key, time.Time{}, func(ctx context.Context, key optionKey) ([]op.Option, error) {
		return look(quota.With(ctx, quota.Caller{Class: quota.Suggested, Person: key.channel}))
	})
	if err != nil && (wait.Err() != nil || errors.Is(err, cache.ErrNoAnswer)) {
		err = errSlow
	}
	return l, err
}

// Expire makes every list an old one: something was changed, and whoever looks next shall see it.
func (b *Browser) Expire() { b.cache.Expire() }
