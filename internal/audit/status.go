package audit

import (
	"context"
	"database/sql"
	"time"
)

// Status is how far the log is, and how much of it stands elsewhere.
type Status struct {
	Entries int64
	Moved   int64     // entries that are in the archive
	Waiting int64     // events that are no entries yet
	Signed  int64     // the size of the last checkpoint
	At      time.Time // of that
	Outside []Outside
}

// Outside is the last checkpoint that has come to a place.
type Outside struct {
	Place string
	Size  int64
	At    time.Time // when it was made
}

// mostWaiting is how far it is counted: after an upgrade all that ever was may wait.
const mostWaiting = 10000

// Status reads how things stand.
func (l *Log) Status(ctx context.Context) (Status, error) {
	return ReadStatus(ctx, l.Store.Reader(), l.Store.Now())
}

// ReadStatus is Status for somebody who looks at a database.
func ReadStatus(ctx context.Context, db querier, now time.Time) (Status, error) {
	h, err := readHead(ctx, db)
	if err != nil {
		return Status{}, err
	}
	s := Status{Entries: h.size}
	if s.Moved, err = archived(ctx, db); err != nil {
		return s, err
	}
	last, err := lastCheckpoint(ctx, db)
	if err != nil {
		return s, err
	}
	if s.Signed = last.size; last.size > 0 {
		s.At = last.at
	}
	const many = `SELECT COUNT(*) FROM (SELECT e.seq` + pending + ` LIMIT $3) waiting`
	_, err = one(ctx, db, many, []any{h.low, countsUntil(now), mostWaiting}, &s.Waiting)
	if err != nil {
		return s, err
	}
	err = each(ctx, db, func(rows *sql.Rows) error {
		var o Outside
		var at int64
		err := rows.Scan(&o.Place, &o.Size, &at)
		o.At = instant(at)
		s.Outside = append(s.Outside, o)
		return err
	}, `SELECT place, size, at FROM audit_outside WHERE size > $1 ORDER BY place`, 0)
	return s, err
}
