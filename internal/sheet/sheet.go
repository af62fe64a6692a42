// Package sheet writes tables as CSV that a spreadsheet opens and runs nothing of: a field that it would take for a
// formula gets an apostrophe in front of it, which it shows as text.
//
// It knows neither what the tables are about nor where they go. Standard library only.
package sheet

import (
	"encoding/csv"
	"io"
	"strings"
)

// Writer writes the rows of one table.
type Writer struct{ csv *csv.Writer }

// New makes one. Whoever writes to w has to call Flush at the end.
func New(w io.Writer) *Writer {
	table := csv.NewWriter(w)
	table.UseCRLF = true // as RFC 4180 has it
	return &Writer{table}
}

// Row writes one row.
func (w *Writer) Row(fields ...string) error {
	safe := make([]string, len(fields))
	for i, field := range fields {
		safe[i] = Safe(field)
	}
	return w.csv.Write(safe)
}

// Flush writes what waits.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// begins are the characters with which a formula begins, their full-width forms that some spreadsheets take for the
// same, and those that a spreadsheet skips before it looks. A field that begins with an apostrophe gets one more, so
// that taking one away gives what was there.
const begins = "=+-@\t\r\n'＝＋－＠"

// Safe gives a field as a spreadsheet shows it. What stands behind spaces counts as the beginning.
func Safe(field string) string {
	first := strings.TrimLeft(field, " \u00a0\ufeff")
	if first != "" && strings.ContainsRune(begins, []rune(first)[0]) {
		return "'" + field
	}
	return field
}
