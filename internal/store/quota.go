package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Page gives what replicas have written down about an operation of the cloud, its version (0: nothing yet), and the time of the
// database. The store does not read it.
func (s *Store) Page(ctx context.Context, operation string) (page string, version int64, now time.Time, err error) {
	var micros int64
	query := strings.ReplaceAll(selectPage, "{clock}", strings.ReplaceAll(s.dialect.clock, "$5", "$2"))
	err = s.writer.QueryRowContext(ctx, query, operation, s.given()).Scan(&page, &version, &micros)
	if err != nil {
		return "", 0, time.Time{}, fmt.Errorf("read the quota of %s: %w", operation, err)
	}
	return page, version, time.UnixMicro(micros), nil
}

// SetPage writes a page in place of a version, and reports whether that was still there. After an error it may have been written,
// or may yet be, as long as nobody else writes one.
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
