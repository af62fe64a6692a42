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
	var micros int64
	query := strings.ReplaceAll(selectPage, "{clock}", strings.ReplaceAll(s.dialect.clock, "$5", "$2"))
	err = s.writer.QueryRowContext(ctx, query, operation, s.given()).Scan(&page, &version, &micros)
	return page, version, time.UnixMicro(micros), wrap(err, "read the quota of %s", operation)
}

// SetPage writes a page in place of a version, and reports whether that was still there. After an error it may have
// been written, or may yet be, as long as nobody else writes one.
func (s *Store) SetPage(ctx context.Context, operation, page string, version int64) (bool, error) {
	query := updatePage
	if version == 0 {
		query = insertPage
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
