package audit

import (
	"database/sql"
	"errors"
	"regexp"
	"strings"
	"testing"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// What is no leaf yet is found without reading the leaves that were made before.
func TestPendingReadsNoOldLeaves(t *testing.T) { everywhere(t, testPendingReadsNoOldLeaves) }

func testPendingReadsNoOldLeaves(t *testing.T, address string) {
	const numbers = `WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $1) `
	w := newWorld(t, address)
	err := w.db.Change(t.Context(), func(x store.Tx) error {
		_, err := x.Exec(numbers+`INSERT INTO events (at, name, actor, team, channel, detail, mark)
			SELECT i, $2, '', '', '', '{}', '' FROM n`, 6000, op.EventDenied)
		_, failed := x.Exec(numbers+`INSERT INTO audit_leaves (n, event, format, salt, who, who_salt, hashes)
			SELECT i - 1, i, 1, '', '', '', '' FROM n`, 3000)
		return errors.Join(err, failed)
	})
	if err != nil {
		t.Fatal(err)
	}
	explain, scan := "EXPLAIN QUERY PLAN ", regexp.MustCompile(`SEARCH l USING .*\(event[=>]`)
	if strings.HasPrefix(address, "postgres") {
		if _, err := w.db.Reader().ExecContext(t.Context(), "ANALYZE events, audit_leaves"); err != nil {
			t.Fatal(err)
		}
		explain, scan = "EXPLAIN ", regexp.MustCompile(`audit_leaves l .*\n\s*Index Cond: \(.*event [=>]`)
	}
	var plan []string
	err = each(t.Context(), w.db.Reader(), func(rows *sql.Rows) error {
		columns, err := rows.Columns()
		into := make([]any, len(columns))
		for i := range into {
			into[i] = new(any)
		}
		if err == nil {
			err = rows.Scan(into...)
		}
		step, _ := (*into[len(into)-1].(*any)).(string)
		plan = append(plan, step)
		return err
	}, explain+`SELECT `+eventColumns+pending+` ORDER BY e.seq LIMIT $3`, 3000, countsUntil(w.clock.Now()), batch)
	if text := strings.Join(plan, "\n"); err != nil || !scan.MatchString(text) {
		t.Errorf("%v\n%s", err, text)
	}
}
