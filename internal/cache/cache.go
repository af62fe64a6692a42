// Package cache keeps answers to questions that cost something, each by its key.
//
// What it keeps true:
//   - an answer counts from the moment at which it was asked for, not from when it came: what has changed since is not
//     in it;
//   - no answer is older than Good, nor from before the moment that the caller names, unless it is marked as stale, and
//     then it is not older than Stale;
//   - several who want to know the same at once share one question, and whoever gives up takes it away from nobody;
//   - what was forgotten or expired is not brought back by a question that was asked before;
//   - errors are not kept, and no more than Most answers are.
//
// It knows nothing of what is asked.
package cache

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrNoAnswer is what those who wait for a question get when asking it panics.
var ErrNoAnswer = errors.New("the question has no answer")

// Ask asks the question of a key.
type Ask[K comparable, V any] func(context.Context, K) (V, error)

// Config says how long answers serve.
type Config struct {
	Now    func() time.Time
	Good   time.Duration // so old an answer serves
	Renew  time.Duration // what is still in use when it is so old is asked for behind the caller's back; 0: never
	Stale  time.Duration // so old it serves, marked, when there is no better one
	Within time.Duration // a question takes no longer
	Most   int           // answers at once

	// Gone reports an error that is an answer: there is nothing by this key, and nothing older serves in its place. nil:
	// none is.
	Gone func(error) bool
	// Run lets a question be asked in the background; nil: in a goroutine that outlives the caller's context.
	Run func(func(context.Context))
}

// Answer is what is known by a key.
type Answer[V any] struct {
	Value V
	Asked time.Time // when the question was asked
	Stale bool      // it is old, or something has changed since, and there is no better one
}

// Cache keeps answers.
type Cache[K comparable, V any] struct {
	config  Config
	mu      sync.Mutex
	answers map[K]kept[V]
	open    map[K]*question[V]
}

type kept[V any] struct {
	Answer[V]
	renewed bool // a new one has been asked for
}

type question[V any] struct {
	Answer[V]
	err  error
	done chan struct{}
}

// New makes a cache.
func New[K comparable, V any](c Config) *Cache[K, V] {
	return &Cache[K, V]{config: c, answers: map[K]kept[V]{}, open: map[K]*question[V]{}}
}

// Peek gives an answer that is at hand, still good, and was asked for after since, without waiting for anybody. When
// since is zero, one that will soon be too old is asked for anew, once, so that what is in use stays at hand; ask may
// be nil.
func (c *Cache[K, V]) Peek(key K, since time.Time, ask Ask[K, V]) (Answer[V], bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.answers[key]
	if !ok || a.Stale || !c.younger(a.Asked, c.config.Good) || !since.IsZero() && !a.Asked.After(since) {
		return Answer[V]{}, false
	}
	if ask != nil && since.IsZero() && c.due(key, a) {
		a.renewed = true
		c.answers[key] = a
		c.begin(context.Background(), key, ask)
	}
	return a.Answer, true
}

func (c *Cache[K, V]) due(key K, a kept[V]) bool {
	return c.config.Renew > 0 && !a.renewed && c.open[key] == nil && !c.younger(a.Asked, c.config.Renew)
}

// younger also refuses what is from the future: the clock was moved.
func (c *Cache[K, V]) younger(at time.Time, most time.Duration) bool {
	age := c.config.Now().Sub(at)
	return age >= 0 && age < most
}

// Last gives an answer of any age.
func (c *Cache[K, V]) Last(key K) (Answer[V], bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.answers[key]
	return a.Answer, ok
}

// Get gives an answer that is good and was asked for after since; it waits for it until ctx ends. When that fails an
// older one comes back, marked as stale, unless the error says that there is nothing by this key.
func (c *Cache[K, V]) Get(ctx context.Context, key K, since time.Time, ask Ask[K, V]) (Answer[V], error) {
	if a, ok := c.Peek(key, since, ask); ok {
		return a, nil
	}
	a, err := c.fetch(ctx, key, since, ask)
	if err == nil {
		return a, nil
	}
	if c.config.Gone != nil && c.config.Gone(err) {
		c.Forget(key)
		return a, err
	}
	if old, ok := c.Last(key); ok && c.younger(old.Asked, c.config.Stale) {
		old.Stale = true
		return old, nil
	}
	return a, err
}

// fetch asks, or waits for the answer to the same question, if that was asked after since.
func (c *Cache[K, V]) fetch(ctx context.Context, key K, since time.Time, ask Ask[K, V]) (Answer[V], error) {
	c.mu.Lock()
	q := c.open[key]
	if q == nil || !q.Asked.After(since) {
		q = c.begin(ctx, key, ask)
	}
	c.mu.Unlock()
	select {
	case <-q.done:
		return q.Answer, q.err
	case <-ctx.Done():
		return Answer[V]{}, ctx.Err()
	}
}

// begin asks a question in the background. The caller holds mu.
func (c *Cache[K, V]) begin(ctx context.Context, key K, ask Ask[K, V]) *question[V] {
	q := &question[V]{Answer: Answer[V]{Asked: c.config.Now()}, err: ErrNoAnswer, done: make(chan struct{})}
	c.open[key] = q
	work := func(ctx context.Context) {
		defer c.end(key, q)
		ctx, cancel := context.WithTimeout(ctx, c.config.Within)
		defer cancel()
		q.Value, q.err = ask(ctx, key)
	}
	if c.config.Run != nil {
		c.config.Run(work)
	} else {
		go work(context.WithoutCancel(ctx))
	}
	return q
}

// end hands the answer to those who wait. It is kept unless it was forgotten or asked for again in the meantime.
func (c *Cache[K, V]) end(key K, q *question[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(q.done)
	if c.open[key] != q {
		return
	}
	delete(c.open, key)
	if q.err != nil {
		return
	}
	c.keep(key, kept[V]{Answer: q.Answer})
}

// Forget drops what is known by a key: it has changed.
func (c *Cache[K, V]) Forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.answers, key)
	delete(c.open, key)
}

// Learn keeps what is told by a key unasked, as a stale answer: whoever asks next asks anew. news is given what is
// known, and says no to what changes nothing, as it is older.
func (c *Cache[K, V]) Learn(key K, news func(old V) (V, bool)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := news(c.answers[key].Value)
	if !ok {
		return
	}
	delete(c.open, key)
	c.keep(key, kept[V]{Answer: Answer[V]{Value: value, Asked: c.config.Now(), Stale: true}})
}

// Expect gives what keeps a value by a key, as a stale answer of now, once it is told: unless the key is forgotten
// until then, or expected anew. It is for a cache that asks nothing itself.
func (c *Cache[K, V]) Expect(key K) (keep func(V)) {
	q := &question[V]{Answer: Answer[V]{Asked: c.config.Now(), Stale: true}}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[key] = q
	return func(value V) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.open[key] == q {
			delete(c.open, key)
			q.Value = value
			c.keep(key, kept[V]{Answer: q.Answer})
		}
	}
}

// keep takes an answer in; when there are too many, the others go. The caller holds mu.
func (c *Cache[K, V]) keep(key K, a kept[V]) {
	if _, known := c.answers[key]; !known && len(c.answers) >= c.config.Most {
		clear(c.answers)
	}
	c.answers[key] = a
}

// Expire makes every answer a stale one: something has changed, and whoever asks next shall see it.
func (c *Cache[K, V]) Expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, a := range c.answers {
		a.Stale = true
		c.answers[key] = a
	}
	clear(c.open)
}
