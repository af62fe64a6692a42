package store

import (
	"path/filepath"
	"testing"

	"casterbot/internal/op"
)

// While a bot has a database open an event can be added to it, which it finds; where there is no database, none is
// made.
func TestAdd(t *testing.T) { everywhere(t, testAdd) }

func testAdd(t *testing.T, e engine) {
	address := e.address(t)
	s, err := Open(t.Context(), address, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		seal := func(op.Event) string { return "sealed" }
		if err := Add(t.Context(), address, Options{Seal: seal}, op.Event{Name: op.EventExported}); err != nil {
			t.Fatal(err)
		}
		if err := s.Record(t.Context(), op.Event{Name: op.EventBoard}); err != nil {
			t.Fatal(err)
		}
	}
	events, err := s.Recent(t.Context(), 4)
	if err != nil || len(events) != 4 || events[1].Name != op.EventExported || events[1].Seal != "sealed" ||
		events[3].Name != op.EventExported || events[1].At.IsZero() {
		t.Errorf("%v %+v", err, events)
	}
	none := filepath.Join(t.TempDir(), "none.db")
	if err := Add(t.Context(), "sqlite:"+none, Options{}, op.Event{Name: op.EventExported}); err == nil {
		t.Error("a database was made")
	}
}
