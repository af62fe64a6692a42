package audit

import (
	"context"
	"database/sql"
	"fmt"
)

// Opened is an entry as casterbot can read it: with what names somebody, unless that was taken out.
type Opened struct {
	Entry
	Person Person
	Erased bool
}

// Read gives the entries from one number to before another, in their order, as far as the database has them.
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
		entry, person := part(l.n, l.event)
		all = append(all, Opened{Entry: entry, Person: person, Erased: l.who != ""})
		return nil
	}, selectLeaves+` WHERE l.n >= $1 AND l.n < $2 ORDER BY l.n`, from, to)
	return all, err
}

// Size gives how many entries the log has.
func Size(ctx context.Context, db querier) (n int64, err error) {
	_, err = one(ctx, db, `SELECT COALESCE(MAX(n), -1) + 1 FROM audit_leaves`, nil, &n)
	return n, err
}

// Sealed reports whether the newest event has a seal: then whoever adds one needs the key.
func Sealed(ctx context.Context, db querier) (bool, error) {
	seal := ""
	_, err := one(ctx, db, `SELECT seal FROM events ORDER BY seq DESC LIMIT 1`, nil, &seal)
	return seal != "", err
}
