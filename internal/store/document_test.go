package store

import (
	"errors"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"
)

var locked = op.Event{Name: "locked", Actor: "U0ANA"}

func putDocument(t *testing.T, s *Store, m Document) Document {
	t.Helper()
	made, err := s.PutDocument(t.Context(), m, op.Event{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestADocumentIsChangedByItsVersion(t *testing.T) {
	everywhere(t, testADocumentIsChangedByItsVersion)
}

func testADocumentIsChangedByItsVersion(t *testing.T, e engine) {
	s, c := e.fresh(t)
	ends := c.Now().Add(time.Hour)
	one, err := s.PutDocument(t.Context(), Document{Key: "lock/a", Kind: "lock", Body: "one", Ends: ends}, locked)
	if err != nil || one.Version != 1 || one.Body != "one" || !one.Ends.Equal(ends) || !one.At.Equal(c.Now()) {
		t.Fatalf("%+v, %v", one, err)
	}
	events, err := s.Recent(t.Context(), 5)
	if err != nil || len(events) != 1 || events[0].Name != "locked" || events[0].Actor != "U0ANA" {
		t.Errorf("%+v, %v", events, err)
	}
	if held, err := s.PutDocument(t.Context(), Document{Key: "lock/a", Kind: "lock", Body: "two"}, locked); !errors.Is(err,
		ErrLost) || held != one {
		t.Errorf("a second new one: %+v, %v", held, err)
	}
	two := putDocument(t, s, Document{Key: "lock/a", Kind: "lock", Body: "two", Version: 1})
	if two.Version != 2 || !two.Ends.IsZero() {
		t.Errorf("%+v", two)
	}
	for _, version := range []int64{1, 3} {
		if held, err := s.PutDocument(t.Context(), Document{Key: "lock/a", Kind: "lock", Version: version},
			locked); !errors.Is(err, ErrLost) || held != two {
			t.Errorf("at version %d: %+v, %v", version, held, err)
		}
		if err := s.DropDocument(t.Context(), "lock/a", version, locked); !errors.Is(err, ErrLost) {
			t.Errorf("drop at version %d: %v", version, err)
		}
	}
	if events, _ := s.Recent(t.Context(), 5); len(events) != 1 {
		t.Errorf("the trail has what did not happen: %+v", events)
	}
	if err := s.DropDocument(t.Context(), "lock/a", 2, op.Event{Name: "unlocked"}); err != nil {
		t.Error(err)
	}
	if _, err := s.Document(t.Context(), "lock/a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("after the drop: %v", err)
	}
	if again := putDocument(t, s, Document{Key: "lock/a", Kind: "lock"}); again.Version <= 2 {
		t.Errorf("a version comes twice: %+v", again)
	}
	if _, err := s.PutDocument(t.Context(), Document{Key: "", Kind: "lock"}, locked); !errors.Is(err, ErrIncomplete) {
		t.Errorf("without a key: %v", err)
	}
}

func TestADocumentEndsByTheStoresClock(t *testing.T) {
	everywhere(t, testADocumentEndsByTheStoresClock)
}

func testADocumentEndsByTheStoresClock(t *testing.T, e engine) {
	s, c := e.fresh(t)
	one := putDocument(t, s, Document{Key: "a", Kind: "lease", Ends: c.Now().Add(time.Minute)})
	putDocument(t, s, Document{Key: "b", Kind: "lease"})
	putDocument(t, s, Document{Key: "c", Kind: "other"})
	keys := func() (keys string) {
		all, err := s.Documents(t.Context(), "lease")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			keys += m.Key
		}
		return keys
	}
	if got := keys(); got != "ab" {
		t.Errorf("before: %q", got)
	}
	c.pass(time.Minute)
	if got := keys(); got != "b" {
		t.Errorf("after: %q", got)
	}
	if _, err := s.PutDocument(t.Context(),
		Document{Key: "a", Kind: "lease", Version: one.Version, Ends: c.Now().Add(time.Hour)},
		op.Event{}); !errors.Is(err, ErrLost) {
		t.Errorf("what has ended was made longer: %v", err)
	}
	if two := putDocument(t, s, Document{Key: "a", Kind: "lease"}); two.Version != 2 {
		t.Errorf("the next one: %+v", two)
	}
}

func TestOneOfManyGetsTheDocument(t *testing.T) { everywhere(t, testOneOfManyGetsTheDocument) }

func testOneOfManyGetsTheDocument(t *testing.T, e engine) {
	s, c := e.fresh(t)
	putDocument(t, s, Document{Key: "ended", Kind: "lease", Ends: c.Now()})
	for _, key := range []string{"new", "ended"} {
		var wait sync.WaitGroup
		won := make(chan int64, 8)
		for range 8 {
			wait.Go(func() {
				m, err := s.PutDocument(t.Context(), Document{Key: key, Kind: "lease"}, locked)
				if err == nil {
					won <- m.Version
				} else if !errors.Is(err, ErrLost) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if len(won) != 1 {
			t.Errorf("%s: %d have it", key, len(won))
		}
	}
}

func TestTheMarkOfADocumentDecidesAfterAnError(t *testing.T) {
	everywhere(t, testTheMarkOfADocumentDecidesAfterAnError)
}

func testTheMarkOfADocumentDecidesAfterAnError(t *testing.T, e engine) {
	for name, cut := range cuts {
		s, _ := e.fresh(t)
		check := func(what string, err error) {
			t.Helper()
			if (err == nil) != cut.took || err != nil && !errors.Is(err, errCut) {
				t.Errorf("%s, cut %s: %v", what, name, err)
			}
		}
		s.cut(cut.end)
		m, err := s.PutDocument(t.Context(), Document{Key: "a", Kind: "lock"}, locked)
		check("put", err)
		if cut.took && m.Version != 1 {
			t.Errorf("%+v", m)
		}
		putDocument(t, s, Document{Key: "b", Kind: "lock"})
		s.cut(cut.end)
		_, err = s.PutDocument(t.Context(), Document{Key: "b", Kind: "lock", Version: 1}, op.Event{})
		check("put over", err)
		c := putDocument(t, s, Document{Key: "c", Kind: "lock"})
		s.cut(cut.end)
		check("drop", s.DropDocument(t.Context(), "c", c.Version, locked))
	}
}

func TestPruneForgetsWhatHasEnded(t *testing.T) { everywhere(t, testPruneForgetsWhatHasEnded) }

func testPruneForgetsWhatHasEnded(t *testing.T, e engine) {
	s, c := e.fresh(t)
	putDocument(t, s, Document{Key: "ended", Kind: "lock", Ends: c.Now().Add(time.Minute)})
	putDocument(t, s, Document{Key: "stays", Kind: "lock"})
	c.pass(48 * time.Hour)
	if err := s.Prune(t.Context(), c.Now().Add(-25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	var left string
	if err := s.reader.QueryRow("SELECT key FROM memos").Scan(&left); err != nil || left != "stays" {
		t.Errorf("%q, %v", left, err)
	}
}
