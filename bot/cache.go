package bot

import (
	"context"
	"errors"
	"sync"
	"time"
)

// How long facts are good, and how long they serve when nobody answers.
const (
	goodFor   = time.Minute
	renewAt   = 45 * time.Second // what is still in use by then is asked for again
	staleFor  = time.Hour
	askWithin = 5 * time.Second
	maxFacts  = 10000
)

// cache keeps facts by id. Several callers who want the same fact at once share one question; errors are not kept.
type cache[T any] struct {
	now func() time.Time
	ask func(context.Context, string) (T, error)

	mu     sync.Mutex
	facts  map[string]fact[T]
	flying map[string]*question[T]
}

type fact[T any] struct {
	value   T
	at      time.Time
	renewed bool // a new one has been asked for
}

type question[T any] struct {
	at    time.Time // when it was asked
	done  chan struct{}
	value T
	err   error
}

func newCache[T any](now func() time.Time, ask func(context.Context, string) (T, error)) *cache[T] {
	return &cache[T]{now: now, ask: ask, facts: map[string]fact[T]{}, flying: map[string]*question[T]{}}
}

// glance gives a fact that is at hand and still good. One that will soon be too old is asked for behind the caller's back,
// once, so that what is in use stays at hand.
func (c *cache[T]) glance(id string) (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.facts[id]
	if !ok || !c.good(f) {
		return f.value, false
	}
	if !f.renewed && c.flying[id] == nil && c.now().Sub(f.at) >= renewAt {
		f.renewed = true
		c.facts[id] = f
		c.begin(context.Background(), id)
	}
	return f.value, true
}

// seen gives a fact of any age.
func (c *cache[T]) seen(id string) (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.facts[id]
	return f.value, ok
}

// good also refuses facts from the future: the clock was moved.
func (c *cache[T]) good(f fact[T]) bool {
	age := c.now().Sub(f.at)
	return age >= 0 && age < goodFor
}

// have gives a fact that is good and was asked for after since.
func (c *cache[T]) have(id string, since time.Time) (T, bool) {
	if since.IsZero() {
		return c.glance(id)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.facts[id]
	return f.value, ok && c.good(f) && f.at.After(since)
}

// get gives a fact of at most a minute ago that was asked for after since. When the question fails, or Slack wants to be left
// alone, an older fact comes back with stale set, unless Slack answered that there is nothing by this id.
func (c *cache[T]) get(ctx context.Context, id string, since time.Time) (value T, stale bool, err error) {
	if value, ok := c.have(id, since); ok {
		return value, false, nil
	}
	value, err = c.fetch(ctx, id, since)
	switch {
	case err == nil:
		return value, false, nil
	case errors.Is(err, errAbsent):
		c.forget(id)
		return value, false, nil
	case gone[code(err)]:
		c.forget(id)
		return value, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.facts[id]; ok && c.now().Sub(f.at) < staleFor {
		return f.value, true, nil
	}
	return value, false, err
}

// gone are the answers that mean: no such thing.
var gone = map[string]bool{"user_not_found": true, "user_not_visible": true, "users_not_found": true}

// fetch asks, or waits for the answer to the same question, if that was asked after since.
func (c *cache[T]) fetch(ctx context.Context, id string, since time.Time) (T, error) {
	c.mu.Lock()
	q := c.flying[id]
	if q == nil || !q.at.After(since) {
		q = c.begin(context.WithoutCancel(ctx), id)
	}
	c.mu.Unlock()
	select {
	case <-q.done:
		return q.value, q.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// begin asks a question in the background. The caller holds mu.
func (c *cache[T]) begin(ctx context.Context, id string) *question[T] {
	q := &question[T]{at: c.now(), done: make(chan struct{})}
	c.flying[id] = q
	go c.answer(ctx, id, q)
	return q
}

// answer asks, and keeps what was said unless the fact was forgotten or asked for again in the meantime.
func (c *cache[T]) answer(ctx context.Context, id string, q *question[T]) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	q.value, q.err = c.ask(ctx, id)
	c.mu.Lock()
	if c.flying[id] == q {
		delete(c.flying, id)
		if q.err == nil {
			c.keep(id, fact[T]{value: q.value, at: q.at})
		}
	}
	c.mu.Unlock()
	close(q.done)
}

func (c *cache[T]) keep(id string, f fact[T]) {
	if len(c.facts) >= maxFacts {
		clear(c.facts)
	}
	c.facts[id] = f
}

func (c *cache[T]) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.facts, id)
	delete(c.flying, id)
}
