package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Page gives what replicas have written down about an operation of the cloud, its version (0: nothing yet), and the
// time of the database. The store does not read it.
func (s *Store) Page(ctx context.Context, operation string) (page string, version int64, now time.Time, err error) {
	const selectPage = `SELECT COALESCE(MAX(page), ''), COALESCE(MAX(version), 0), {clock} FROM quotas WHERE operation = $1`
	var micros int64
	query := strings.ReplaceAll(selectPage, "{clock}", strings.ReplaceAll(s.dialect.clock, "$5", "$2"))
	err = s.writer.QueryRowContext(ctx, query, operation, s.given()).Scan(&page, &version, &micros)
	return page, version, time.UnixMicro(micros), wrap(err, "read the quota of %s", operation)
}

// SetPage writes a page in place of a version, and reports whether that was still there. After an error it may have
// been written, or may yet be, as long as nobody else writes one.
func (s *Store) SetPage(ctx context.Context, operation, page string, version int64) (bool, error) {
	query := `UPDATE quotas SET page = $2, version = $3 + 1 WHERE operation = $1 AND version = $3`
	if version == 0 {
		query = `INSERT INTO quotas (operation, page, version) VALUES ($1, $2, $3 + 1) ON CONFLICT (operation) DO NOTHING`
	}
	result, err := s.writer.ExecContext(ctx, query, operation, page, version)
	if err != nil {
		return false, fmt.Errorf("write the quota of %s: %w", operation, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// ErrNoTurn says that a turn would come too late. It is not used up.
var ErrNoTurn = errors.New("no turn in time")

// Reserve takes the next turn of a family of calls and gives the time to wait for it. All who share the database
// together get at most burst turns at once and so many a second after that. A turn that would come later than within is
// not taken: ErrNoTurn. After any other error the turn may be used up.
func (s *Store) Reserve(ctx context.Context, family string, perSecond float64, burst int,
	within time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	// One row for each family of calls holds the time in microseconds at which an idle account would be reached again
	// (GCRA). $2 is the time that one call takes, $3 the time that may be saved up, $4 the longest wait, $5 the clock
	// unless the database's own counts.
	const reserveTurn = `INSERT INTO paces (family, free) VALUES ($1, {clock} + $2)
		ON CONFLICT (family) DO UPDATE SET
			free = CASE WHEN paces.free > {clock} THEN paces.free ELSE {clock} END + $2
		WHERE paces.free - $3 - {clock} <= $4
		RETURNING free - $2 - $3 - {clock}`
	each := int64(math.Ceil(float64(time.Second.Microseconds()) / perSecond))
	var wait int64
	query := strings.ReplaceAll(reserveTurn, "{clock}", s.dialect.clock)
	err := s.writer.QueryRowContext(ctx, query, family, each, int64(burst-1)*each, within.Microseconds(),
		s.given()).Scan(&wait)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNoTurn
	}
	if err != nil {
		return 0, fmt.Errorf("reserve a turn of %s: %w", family, err)
	}
	return max(0, time.Duration(wait)*time.Microsecond), nil
}

// given is the time in microseconds when the clock is not the database's.
func (s *Store) given() any {
	if s.clock != nil {
		return nil
	}
	return s.now().UnixMicro()
}
