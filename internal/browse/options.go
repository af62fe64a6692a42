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
	wait, cancel := b.within(ctx, listWithin)
	defer cancel()
	l, err := b.cache.Get(wait, key, time.Time{}, func(ctx context.Context, key optionKey) ([]op.Option, error) {
		return look(quota.With(ctx, quota.Caller{Class: quota.Suggested, Person: key.channel}))
	})
	if err != nil && (wait.Err() != nil || errors.Is(err, cache.ErrNoAnswer)) {
		err = errSlow
	}
	return l, err
}

// names gives the list by which typed words are read. Whether a studio is on air does not matter to that, so that a
// list that only such a change has made old serves as long as others do; nobody waits for a look at it.
func (b *Browser) names(ctx context.Context, channel string, d op.Decision, kind op.Kind) (optionList, error) {
	l, ok := b.cache.Last(optionKey{kind: kind.Name, channel: channel, policy: d.Policy})
	age := b.now().Sub(l.Asked)
	if ok && age >= 0 && age < listFor && l.Asked.UnixNano() > b.named.Load() {
		return l, nil
	}
	return b.options(ctx, channel, d, kind, nil)
}

// Expire makes every list an old one: something was changed, and whoever looks next shall see it.
func (b *Browser) Expire(changed op.Target) {
	if changed.NewName != "" {
		b.named.Store(b.now().UnixNano())
	}
	b.cache.Expire()
}
