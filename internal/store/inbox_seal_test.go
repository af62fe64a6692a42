package store

import (
	"testing"

	"casterbot/internal/op"
)

// What stands in the inbox is known as this program's own only as it came.
func TestWhoWroteTheInbox(t *testing.T) { everywhere(t, testWhoWroteTheInbox) }

func testWhoWroteTheInbox(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	s.seal = func(e op.Event) string { return e.Name + " " + e.Operation + " " + e.Detail["body"] + e.At.String() }
	receive(t, s, "a")
	rows, err := s.Unsettled(t.Context(), 10)
	if err != nil || len(rows) != 1 || !s.Wrote(rows[0]) {
		t.Fatalf("%+v, %v", rows, err)
	}
	for name, change := range map[string]func(r *Received){
		"key":  func(r *Received) { r.Key = "b" },
		"kind": func(r *Received) { r.Kind = "click" },
		"body": func(r *Received) { r.Body = []byte("{}") },
		"time": func(r *Received) { r.At = r.At.Add(1e9) },
		"seal": func(r *Received) { r.Seal = "" },
	} {
		r := rows[0]
		if change(&r); s.Wrote(r) {
			t.Errorf("its %s may be another one", name)
		}
	}
	s.seal = func(op.Event) string { return "" }
	if r := rows[0]; !s.Wrote(r) || !s.Wrote(Received{Key: "b"}) {
		t.Error("without a key it has to be believed")
	}
}
