package audit

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"casterbot/internal/op"
)

// Opened is an entry as casterbot can read it: with what names somebody, unless that was taken out.
type Opened struct {
	Entry
	Person Person
	Erased bool
}

func openedOf(l leaf) Opened {
	entry, person := part(l.n, l.event)
	return Opened{Entry: entry, Person: person, Erased: l.who != ""}
}

// Extent says which entries the database has: from one to before another. Those before are in the archive.
func Extent(ctx context.Context, db querier) (from, to int64, err error) {
	if from, err = archived(ctx, db); err != nil {
		return 0, 0, err
	}
	to = from
	_, err = one(ctx, db, `SELECT MAX(n) + 1 FROM audit_leaves HAVING MAX(n) >= $1`, []any{from}, &to)
	return from, to, err
}

// Read gives the entries from one number to before another, in their order. All of them have to be there.
func Read(ctx context.Context, db querier, from, to int64) ([]Opened, error) {
	var all []Opened
	err := each(ctx, db, func(rows *sql.Rows) error {
		l, err := scanLeaf(rows)
		if err != nil {
			return err
		}
		if l.missing {
			return fmt.Errorf("entry %d has lost its event: casterbot audit verify says more", l.n)
		}
		all = append(all, openedOf(l))
		return nil
	}, selectLeaves+` WHERE l.n >= $1 AND l.n < $2 ORDER BY l.n`, from, to)
	if err == nil && int64(len(all)) != to-from {
		err = fmt.Errorf("of the entries %d to %d there are %d: if some were moved to the archive just now, do it again; else "+
			"casterbot audit verify says more", from, to-1, len(all))
	}
	return all, err
}

// ReadArchived gives the entries of an archive from one number to before another: whole tiles.
func ReadArchived(dir string, from, to int64) ([]Opened, error) {
	var all []Opened
	for tile := from / tileWidth; tile < to/tileWidth; tile++ {
		list, err := readTile(dir, tile)
		if err != nil {
			return nil, fmt.Errorf("the archive %s: %w", dir, err)
		}
		for _, l := range list {
			all = append(all, openedOf(l))
		}
	}
	return all, nil
}

// Settled gives by operation the events of an archive that say to which state it came by an answer or a look, and of
// them no more than that. What happened long before a time is left out.
func Settled(ctx context.Context, db querier, archive string, since time.Time) (map[string][]op.Event, error) {
	m, err := movedTo(ctx, db, archive)
	if err != nil {
		return nil, err
	}
	all, names := map[string][]op.Event{}, []string{op.EventAnswered, op.EventReconciled}
	details := map[string]map[string]string{} // of all that came to the same state
	words := []string{`"event":"` + names[0] + `"`, `"event":"` + names[1] + `"`}
	err = m.search(ctx, m.backward, words, func(list []leaf) bool {
		for _, l := range list {
			if i := slices.Index(names, l.event.Name); i >= 0 {
				state := l.event.Detail[op.DetailState]
				if details[state] == nil {
					details[state] = map[string]string{op.DetailState: state}
				}
				all[l.event.Operation] = append(all[l.event.Operation], op.Event{Name: names[i], Detail: details[state]})
			}
		}
		return list[tileWidth-1].event.At.Before(since.Add(-time.Hour))
	})
	return all, err
}

// PerTile is how many entries are moved to an archive together.
const PerTile = tileWidth

// Sealed reports whether the newest event has a seal: then whoever adds one needs the key.
func Sealed(ctx context.Context, db querier) (bool, error) {
	seal := ""
	_, err := one(ctx, db, `SELECT seal FROM events ORDER BY seq DESC LIMIT 1`, nil, &seal)
	return seal != "", err
}
