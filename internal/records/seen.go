package records

import (
	"context"
	"errors"
	"maps"
	"slices"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// kindSeen is the kind of the documents that say what a look has shown of something that the bot did: one for each
// condition of a target. All processes share them, so what one has seen all say.
const kindSeen = "seen"

// kept is such a document.
type kept struct {
	op.Seen
	Condition op.Condition `json:"condition"`

	version int64
}

func keptSeen(s *store.Store) store.Collection[kept] {
	return store.Collection[kept]{Store: s, Kind: kindSeen, Lenient: true,
		Filled: func(v *kept, d store.Document) { v.version = d.Version }}
}

// Saw keeps what a look has shown of a condition. Of one operation what was seen first counts.
func (l *Changes) Saw(ctx context.Context, target op.Target, x op.Condition, seen op.Seen) error {
	key := kindSeen + "/" + string(x) + "/" + target.Key()
	old, err := l.seen.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if err != nil || old.Op == seen.Op || seen.Op == "" {
		return err
	}
	_, _, err = l.seen.Put(ctx, key, kept{Seen: seen, Condition: x}, old.version, l.store.Now().Add(StandsFor),
		op.Event{})
	return err
}

// attach brings the history up to date with what was seen.
func (l *Changes) attach(ctx context.Context) error {
	all, err := l.seen.List(ctx)
	if err != nil {
		return err
	}
	seen := map[string]map[op.Condition]op.Seen{}
	for _, s := range all {
		if seen[s.Op] == nil {
			seen[s.Op] = map[op.Condition]op.Seen{}
		}
		seen[s.Op][s.Condition] = s.Seen
	}
	shared := true // others hold the history from before
	for i, c := range l.history {
		if maps.Equal(c.Seen, seen[c.ID]) {
			continue
		}
		if shared {
			l.history, shared = slices.Clone(l.history), false
		}
		l.history[i].Seen = seen[c.ID]
	}
	return nil
}
