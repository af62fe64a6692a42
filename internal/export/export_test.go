package export

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/op"
)

// written is what a format makes of entries.
func written(t *testing.T, format string, all ...Record) string {
	t.Helper()
	var b strings.Builder
	w, err := New(format, &b)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What goes in as JSON Lines comes out of them.
func TestLines(t *testing.T) {
	all := sample()
	lines := strings.Split(strings.TrimSuffix(written(t, "jsonl", all...), "\n"), "\n")
	if len(lines) != len(all) {
		t.Fatalf("%d lines of %d entries", len(lines), len(all))
	}
	for i, line := range lines {
		var e Record
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Event != all[i].Event ||
			e.Detail[op.DetailVerb] != all[i].Detail[op.DetailVerb] {
			t.Errorf("%v: %s", err, line)
		}
	}
}

// Whatever somebody typed, a spreadsheet finds a text there; and a table without entries has its head.
func TestTableRunsNothing(t *testing.T) {
	e := Record{N: 7, At: "2026-11-28T20:14:06Z", Event: op.EventBroken, Operation: "8f2k5zabc", Channel: "C0SHOW",
		Person: "U0ANA", Team: "T0SHOW", Detail: map[string]string{}}
	for i, name := range details {
		e.Detail[name] = string("=+-@"[i%4]) + `HYPERLINK("https://example.com")`
	}
	e.Detail["holder"] = "U0KEN"
	rows, err := csv.NewReader(strings.NewReader(written(t, "csv", e))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatal(err, rows)
	}
	for i, name := range details {
		if field := rows[1][8+i]; rows[0][8+i] != name || field != "'"+e.Detail[name] {
			t.Errorf("%s is %q", rows[0][8+i], field)
		}
	}
	if got := rows[1]; got[0] != "7" || got[4] != "8F2K5Z" || got[len(got)-1] != "holder=U0KEN" {
		t.Errorf("%v", got)
	}
	if head := written(t, "csv"); strings.Count(head, "\r\n") != 1 || !strings.HasPrefix(head, "n,at,event") {
		t.Errorf("%q", head)
	}
}

// Each filter leaves out what is not asked for; a person is found as who did it and as whom it names.
func TestFilter(t *testing.T) {
	at := time.Date(2026, 11, 28, 18, 0, 0, 0, time.UTC)
	e := RecordOf(audit.Opened{Entry: audit.Entry{At: "2026-11-28T18:00:00.500Z", Event: op.EventSent, Channel: "C0SHOW",
		Detail: map[string]string{op.DetailVerb: "caster.scene.start"}},
		Person: audit.Person{Person: "U0ANA", Detail: map[string]string{"holder": "U0KEN"}}})
	for _, test := range []struct {
		Filter
		want bool
	}{
		{Filter{}, true}, {Filter{Since: at}, true}, {Filter{Since: at.Add(time.Second)}, false},
		{Filter{Until: at}, false}, {Filter{Until: at.Add(time.Second)}, true},
		{Filter{Channel: "C0SHOW"}, true}, {Filter{Channel: "C0RAND"}, false},
		{Filter{Person: "U0ANA"}, true}, {Filter{Person: "U0KEN"}, true}, {Filter{Person: "U0BO"}, false},
		{Filter{Verb: "caster.*"}, true}, {Filter{Verb: "caster.scene.start"}, true}, {Filter{Verb: "record.*"}, false},
	} {
		if got := test.Wants(e); got != test.want {
			t.Errorf("%+v: %v", test.Filter, got)
		}
	}
	for _, wrong := range []Filter{{Verb: "caster.["}, {Since: at, Until: at}} {
		if wrong.Check() == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
	if d := (Filter{Since: at, Person: "U0ANA"}).Detail("csv"); len(d) != 3 || d["since"] != "2026-11-28T18:00:00Z" {
		t.Errorf("%v", d)
	}
	if _, err := New("xml", nil); err == nil {
		t.Error("xml is taken")
	}
}
