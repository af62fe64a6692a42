package asrun

import (
	"io"
	"time"

	"casterbot/internal/sheet"
)

// Table writes rows as CSV, with times in one zone.
type Table struct {
	out  *sheet.Writer
	zone *time.Location
}

// NewTable begins one: its first row says where it is from and how exact its times are, the second names the columns.
func NewTable(w io.Writer, q Question, zone *time.Location) (*Table, error) {
	t := &Table{out: sheet.New(w), zone: zone}
	const form = "2006-01-02 15:04:05 -07:00"
	where, from, to := "all channels", "the beginning", "now"
	if q.Channel != "" {
		where = "channel " + q.Channel
	}
	if !q.From.IsZero() {
		from = q.From.In(zone).Format(form)
	}
	if !q.To.IsZero() {
		to = q.To.In(zone).Format(form)
	}
	err := t.out.Row("casterbot as-run log, " + where + ", sent from " + from + " to " + to + ". Times by the clock " +
		"of the bot's database, in the zone " + zone.String() + ", exact to a second and not to a frame. Only what was " +
		"done through casterbot.")
	if err != nil {
		return nil, err
	}
	return t, t.out.Row(columns...)
}

// Write writes a row.
func (t *Table) Write(r Row) error { return t.out.Row(r.fields(t.zone)...) }

// Close writes what waits.
func (t *Table) Close() error { return t.out.Flush() }
