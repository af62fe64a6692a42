package export

import (
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"casterbot/internal/audit"
	"casterbot/internal/op"
	"casterbot/internal/sheet"
)

// details are what of an entry's detail has a column of its own, in their order.
var details = []string{op.DetailVerb, op.DetailTarget, op.DetailOutcome, op.DetailCode, op.DetailRequest,
	op.DetailState, op.DetailAttempt, op.DetailRule, op.DetailRole, "why", op.DetailPolicy, op.DetailParams,
	"replica", "version"}

// table is a table for spreadsheets.
type table struct {
	*sheet.Writer
	begun bool
}

func newTable(w io.Writer) Writer { return &table{Writer: sheet.New(w)} }

// Write implements Writer.
func (t *table) Write(e Record) error {
	if err := t.head(); err != nil {
		return err
	}
	person := e.Person
	if e.Erased {
		person = audit.Erased
	}
	row := []string{strconv.FormatInt(e.N, 10), e.At, e.Event, e.Operation, op.Ref(e.Operation), e.Channel, person, e.Team}
	for _, name := range details {
		row = append(row, e.Detail[name])
	}
	return t.Row(append(row, others(e.Detail))...)
}

func (t *table) head() error {
	if t.begun {
		return nil
	}
	t.begun = true
	row := append([]string{"n", "at", "event", "operation", "reference", "channel", "person", "team"}, details...)
	return t.Row(append(row, "more")...)
}

// others are the details without a column.
func others(detail map[string]string) string {
	var more []string
	for _, name := range slices.Sorted(maps.Keys(detail)) {
		if !slices.Contains(details, name) {
			more = append(more, name+"="+detail[name])
		}
	}
	return strings.Join(more, "; ")
}

// Close implements Writer. A table without entries has its head.
func (t *table) Close() error {
	if err := t.head(); err != nil {
		return err
	}
	return t.Flush()
}
