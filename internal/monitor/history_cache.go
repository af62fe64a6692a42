package monitor

import (
	"context"
	"slices"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

const (
	pageSize = 100         // operations that are read at once
	overlap  = time.Minute // what is read again: a write takes its time, and a look may come in between
)

// history cache keeps the history from one turn to the next, so that a busy day is read once and not every 15 seconds.
// What is read anew is all that can have changed: an operation that has been given to the network changes as long as it
// has not ended, and what has ended stays as it is. The store's own moments are compared, never those of two clocks.
// Every process keeps its own and fills it from the store, so it holds the same after a restart and in every replica.
type historyCache struct {
	commands map[string]*op.Command // those that change their target in the cloud, by verb
	history  history
	since    time.Time // what was asked for before this is left out
	upTo     time.Time // the last end that was read
}

func newHistoryCache(table op.Table) historyCache {
	l := historyCache{commands: map[string]*op.Command{}}
	for _, c := range table.Commands {
		if c.Changes() {
			l.commands[c.Verb] = &c
		}
	}
	return l
}

// read brings the history up to date, without those that were asked for before since, and gives how many operations
// were read.
func (l *historyCache) read(ctx context.Context, s *store.Store, since time.Time) (n int, err error) {
	if since.Before(l.since) { // a clock was set back: what was left out counts again
		*l = historyCache{commands: l.commands}
	}
	l.since = since
	from := since
	if now := s.Now(); l.upTo.After(now) { // likewise
		l.upTo = now
	}
	if again := l.upTo.Add(-overlap); again.After(from) {
		from = again
	}
	for limit := pageSize; ; {
		all, err := s.List(ctx, store.Query{ActedSince: from, Since: since, Limit: limit})
		if err != nil {
			return n, err
		}
		n += len(all)
		for _, o := range all {
			if by := l.commands[o.Verb]; by != nil {
				l.history.put(o, by)
			}
			if o.Ended.After(l.upTo) {
				l.upTo = o.Ended
			}
		}
		if len(all) < limit {
			break
		}
		if next := all[len(all)-1].Ended; next.After(from) {
			from = next
		} else { // so many at one moment, or not over
			limit *= 2
		}
	}
	l.history = slices.DeleteFunc(l.history, func(o ownChange) bool { return o.Created.Before(since) })
	return n, nil
}
