package sheet

import (
	"encoding/csv"
	"strings"
	"testing"
)

// Whatever stands in a field, a spreadsheet finds no formula, and one apostrophe less gives what was there.
func TestNothingIsAFormula(t *testing.T) {
	fields := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\ufeff=1", "'quoted",
		"＝1", "＋1", "－1", "＠x", "Evening, \"News\"", "two\nlines", "", " ", "2026-11-28", "a=b", "main"}
	var b strings.Builder
	w := New(&b)
	if err := w.Row(fields...); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(strings.NewReader(b.String())).Read()
	if err != nil {
		t.Fatal(err)
	}
	for i, field := range got {
		first := strings.TrimLeft(field, " \u00a0\ufeff\t\r\n")
		if first != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) {
			t.Errorf("%q is a formula", field)
		}
		want := strings.ReplaceAll(fields[i], "\r", "") // a reader of CSV drops those at ends of lines
		if strings.TrimPrefix(strings.ReplaceAll(field, "\r", ""), "'") != want && field != want {
			t.Errorf("%q became %q", fields[i], field)
		}
	}
	for _, plain := range []string{"", " ", "2026-11-28", "a=b", "main"} {
		if Safe(plain) != plain {
			t.Errorf("%q became %q", plain, Safe(plain))
		}
	}
}
