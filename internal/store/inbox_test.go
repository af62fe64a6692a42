package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"casterbot/internal/op"
)

func receive(t testing.TB, s *Store, key string) bool {
	t.Helper()
	fresh, err := s.Receive(t.Context(), key, "command", []byte(`{"text":"`+key+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

func unsettled(t testing.TB, s *Store) []string {
	t.Helper()
	rows, err := s.Unsettled(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{}
	for _, r := range rows {
		keys = append(keys, r.Key)
	}
	return keys
}

func TestReceiveKnowsItsKeys(t *testing.T) { everywhere(t, testReceiveKnowsItsKeys) }

func testReceiveKnowsItsKeys(t *testing.T, e engine) {
	s, c := e.fresh(t)
	if !receive(t, s, "b") || receive(t, s, "b") {
		t.Error("the key b")
	}
	c.pass(time.Second)
	receive(t, s, "a")
	rows, err := s.Unsettled(t.Context(), 1)
	want := []Received{{Key: "b", Kind: "command", Body: []byte(`{"text":"b"}`), At: newClock().Now()}}
	if err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("%+v, %v", rows, err)
	}
	if err := s.Done(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	if receive(t, s, "b") {
		t.Error("a settled key is known")
	}
	if got := unsettled(t, s); !reflect.DeepEqual(got, []string{"a"}) {
		t.Errorf("%v", got)
	}
	if err := s.Done(t.Context(), "nobody"); err != nil {
		t.Error(err)
	}
	if _, err := s.Receive(t.Context(), "", "command", nil); !errors.Is(err, ErrIncomplete) {
		t.Errorf("without key: %v", err)
	}
}

func TestSettledBodiesAreForgotten(t *testing.T) { everywhere(t, testSettledBodiesAreForgotten) }

func testSettledBodiesAreForgotten(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	receive(t, s, "a")
	if err := s.Done(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	var body string
	if err := s.reader.QueryRow("SELECT body FROM inbox").Scan(&body); err != nil || body != "" {
		t.Errorf("%q, %v", body, err)
	}
}

func TestCreateSettlesInTheSameTransaction(t *testing.T) {
	everywhere(t, testCreateSettlesInTheSameTransaction)
}

func testCreateSettlesInTheSameTransaction(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	receive(t, s, "key-1")
	receive(t, s, "key-2")
	cut := s.commit
	s.commit = func(tx *sql.Tx) error { return errors.Join(tx.Rollback(), errors.New("cut")) }
	if _, err := s.Create(t.Context(), sample(1), received()); err == nil {
		t.Error("created without a commit")
	}
	s.commit = cut
	if got := unsettled(t, s); len(got) != 2 {
		t.Errorf("unsettled %v", got)
	}
	create(t, s, sample(1))
	if got := unsettled(t, s); !reflect.DeepEqual(got, []string{"key-2"}) {
		t.Errorf("unsettled %v", got)
	}
}

func TestPruneKeepsADayAndWhatIsOpen(t *testing.T) { everywhere(t, testPruneKeepsADayAndWhatIsOpen) }

func testPruneKeepsADayAndWhatIsOpen(t *testing.T, e engine) {
	s, c := e.fresh(t)
	for _, key := range []string{"old settled", "old open"} {
		receive(t, s, key)
	}
	c.pass(time.Hour)
	receive(t, s, "young settled")
	for _, key := range []string{"old settled", "young settled"} {
		if err := s.Done(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	c.pass(23*time.Hour + time.Minute)
	if err := s.Prune(t.Context(), c.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for key, known := range map[string]bool{"old settled": false, "old open": true, "young settled": true} {
		if receive(t, s, key) == known {
			t.Errorf("%s: known should be %v", key, known)
		}
	}
}

func TestWhatWaitsGoesInOneTransaction(t *testing.T) {
	s := open(t, file(t), newClock())
	commits := 0
	end := s.commit
	s.commit = func(tx *sql.Tx) error { commits++; return end(tx) }
	conn, err := s.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const n = 100
	results := make(chan error, n)
	for i := range n {
		go func() {
			_, err := s.Receive(t.Context(), fmt.Sprint(i), "command", nil)
			results <- err
		}()
	}
	for len(s.inbox.waiting) < n-1 {
		time.Sleep(time.Millisecond)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	for range n {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if got := len(unsettled(t, s)); got != n || commits != 1 {
		t.Errorf("%d rows in %d transactions", got, commits)
	}
}

func TestReceiveWhoseCommitFails(t *testing.T) { everywhere(t, testReceiveWhoseCommitFails) }

func testReceiveWhoseCommitFails(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	receive(t, s, "known")
	cut := errors.New("cut")
	for _, c := range []struct {
		name, key string
		took      bool
		fresh     bool
		err       error
	}{
		{"took effect", "a", true, true, nil},
		{"took no effect", "b", false, false, cut},
		{"known before", "known", false, false, nil},
	} {
		s.commit = func(tx *sql.Tx) error {
			if c.took {
				return errors.Join(tx.Commit(), cut)
			}
			return errors.Join(tx.Rollback(), cut)
		}
		fresh, err := s.Receive(t.Context(), c.key, "command", nil)
		if fresh != c.fresh || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v", c.name, fresh, err)
		}
	}
}

func TestReceiveEndsWithItsCallerAndWithTheStore(t *testing.T) {
	s, _ := fresh(t)
	conn, err := s.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := s.Receive(ctx, "a", "command", nil)
		gone <- err
	}()
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Receive(t.Context(), "b", "command", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestKeysOfOperationsStay(t *testing.T) { everywhere(t, testKeysOfOperationsStay) }

func testKeysOfOperationsStay(t *testing.T, e engine) {
	s, c := e.fresh(t)
	receive(t, s, "key-1")
	create(t, s, sample(1))
	c.pass(48 * time.Hour)
	if err := s.Prune(t.Context(), c.Now()); err != nil {
		t.Fatal(err)
	}
	if !receive(t, s, "key-1") {
		t.Error("pruned")
	}
	if _, err := s.Create(t.Context(), sample(1), op.Event{Name: op.EventReceived}); !errors.Is(err, ErrExists) {
		t.Errorf("got %v", err)
	}
}
