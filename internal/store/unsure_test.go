package store

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"casterbot/internal/op"
)

var errCut = errors.New("connection cut")

// cuts are the ways in which a COMMIT can answer with an error.
var cuts = map[string]struct {
	took bool
	end  func(*sql.Tx) error
}{
	"after it took effect": {true, func(tx *sql.Tx) error { return errors.Join(tx.Commit(), errCut) }},
	"before it did":        {false, func(tx *sql.Tx) error { return errors.Join(tx.Rollback(), errCut) }},
}

// cut lets one COMMIT end in an error.
func (s *Store) cut(end func(*sql.Tx) error) {
	s.commit = func(tx *sql.Tx) error {
		s.commit = (*sql.Tx).Commit
		return end(tx)
	}
}

func TestTheMarkDecidesAfterAnError(t *testing.T) { everywhere(t, testTheMarkDecidesAfterAnError) }

func testTheMarkDecidesAfterAnError(t *testing.T, e engine) {
	for name, c := range cuts {
		s, _ := e.fresh(t)
		check := func(what string, err error, version, want int64) {
			t.Helper()
			if (err == nil) != c.took || err != nil && !errors.Is(err, errCut) {
				t.Errorf("%s, cut %s: %v", what, name, err)
			}
			if c.took && version != want {
				t.Errorf("%s, cut %s: version %d, want %d", what, name, version, want)
			}
		}
		s.cut(c.end)
		made, err := s.Create(t.Context(), sample(1), received())
		check("create", err, made.Version, 1)

		o := bring(t, s, sample(2), op.Queued)
		s.cut(c.end)
		ran, err := s.Move(t.Context(),
			Move{ID: o.ID, From: op.Queued, To: op.Running, Send: true, Event: op.Event{Name: op.EventSent}})
		check("move", err, ran.Version, 3)

		o = bring(t, s, sample(3), op.Unknown)
		s.cut(c.end)
		err = s.Note(t.Context(), o.ID, Note{Look: true}, op.Event{Name: op.EventReconciled})
		now, _ := s.Get(t.Context(), o.ID)
		check("note", err, now.Version, 5)

		s.cut(c.end)
		check("record", s.Record(t.Context(), op.Event{Name: op.EventDenied}), 0, 0)
	}
}

func TestDoneAndMovedOnIsLost(t *testing.T) { everywhere(t, testDoneAndMovedOnIsLost) }

func testDoneAndMovedOnIsLost(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	o := bring(t, s, sample(1), op.Queued)
	s.cut(func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE operations SET state = 'unknown', version = version + 1 WHERE id = $1", o.ID)
		return errors.Join(err, tx.Commit(), errCut)
	})
	now, err := s.Move(t.Context(), Move{ID: o.ID, From: op.Queued, To: op.Running, Event: op.Event{Name: op.EventSent}})
	if !errors.Is(err, ErrLost) || now.State != op.Unknown {
		t.Errorf("%s, %v", now.State, err)
	}
}

func TestLosersAreNotTakenForWinners(t *testing.T) { everywhere(t, testLosersAreNotTakenForWinners) }

func testLosersAreNotTakenForWinners(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	o := create(t, s, sample(1))
	move(t, s, Move{ID: o.ID, From: op.Pending, To: op.Queued, By: "U0KEN"})
	s.cut(cuts["before it did"].end)
	now, err := s.Move(t.Context(), Move{ID: o.ID, From: op.Queued, To: op.Running, Event: op.Event{Name: op.EventSent}})
	if err == nil || errors.Is(err, ErrLost) || now.ID != "" {
		t.Errorf("%+v, %v", now, err)
	}
}

func TestAStoreThatCannotBeAskedSaysSo(t *testing.T) {
	everywhere(t, testAStoreThatCannotBeAskedSaysSo)
}

func testAStoreThatCannotBeAskedSaysSo(t *testing.T, e engine) {
	s := open(t, e.address(t), newClock())
	s.patience = time.Second
	o := bring(t, s, sample(1), op.Queued)
	s.cut(cuts["after it took effect"].end)
	if err := s.reader.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Move(t.Context(), Move{ID: o.ID, From: op.Queued, To: op.Running, Event: op.Event{Name: op.EventSent}})
	if !errors.Is(err, errCut) {
		t.Errorf("got %v", err)
	}
	s.cut(cuts["after it took effect"].end)
	if _, err := s.Receive(t.Context(), "a", "command", nil); !errors.Is(err, errCut) {
		t.Errorf("got %v", err)
	}
}

func TestWhatHasBegunIsFinished(t *testing.T) { everywhere(t, testWhatHasBegunIsFinished) }

func testWhatHasBegunIsFinished(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	o := create(t, s, sample(1))
	ctx, cancel := context.WithCancel(t.Context())
	s.cut(func(tx *sql.Tx) error {
		cancel()
		return tx.Commit()
	})
	now, err := s.Move(ctx, Move{ID: o.ID, From: op.Pending, To: op.Queued, Event: op.Event{Name: op.EventConfirmed}})
	if err != nil || now.State != op.Queued {
		t.Errorf("%s, %v", now.State, err)
	}
}

func TestATransactionOwnsTheFileFromItsBeginning(t *testing.T) {
	s := open(t, file(t), newClock())
	other, err := sql.Open("sqlite", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("PRAGMA busy_timeout=0"); err != nil {
		t.Fatal(err)
	}
	err = s.write(t.Context(), func(tx *transaction) error {
		if _, err := other.ExecContext(tx.ctx, setProbe, "other", 1); err == nil {
			t.Error("another connection wrote in the middle")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// When nobody can be asked after a COMMIT without an answer, the error says that it may have taken effect.
func TestWhatNobodyCanBeAskedAboutIsUnsure(t *testing.T) {
	everywhere(t, testWhatNobodyCanBeAskedAboutIsUnsure)
}

func testWhatNobodyCanBeAskedAboutIsUnsure(t *testing.T, e engine) {
	for name, do := range map[string]func(*Store) error{
		"create": func(s *Store) error { _, err := s.Create(t.Context(), sample(1), received()); return err },
		"document": func(s *Store) error {
			_, err := s.PutDocument(t.Context(), Document{Key: "k", Kind: "test"}, op.Event{})
			return err
		},
		"receive": func(s *Store) error { _, err := s.Receive(t.Context(), "k", "command", nil); return err },
	} {
		for _, blind := range []bool{true, false} {
			s, _ := e.fresh(t)
			s.patience = time.Second
			s.cut(func(tx *sql.Tx) error {
				if blind {
					return errors.Join(tx.Commit(), s.reader.Close(), errCut)
				}
				return errors.Join(tx.Rollback(), errCut)
			})
			if err := do(s); !errors.Is(err, ErrUnwritten) || !errors.Is(err, errCut) || errors.Is(err, ErrUnsure) != blind {
				t.Errorf("%s, nobody can be asked: %t: %v", name, blind, err)
			}
		}
	}
}

// Whoever goes away before the writing begins may say that nothing was done; in the middle of it nobody may.
func TestWhoGoesAwayInTheMiddleIsUnsure(t *testing.T) {
	s, _ := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan struct{})
	s.cut(func(tx *sql.Tx) error {
		cancel()
		<-left
		return tx.Commit()
	})
	if _, err := s.Receive(ctx, "a", "command", nil); !errors.Is(err, ErrUnsure) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(left)
	for known := 0; known == 0 || len(unsettled(t, s)) > 0; { // it is taken back
		if err := s.reader.QueryRow("SELECT COUNT(*) FROM inbox").Scan(&known); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
}

// TestWhereTimeIsNotRealAWriteGetsItsTurn however long it waits: a busy machine is no database that is away.
func TestWhereTimeIsNotRealAWriteGetsItsTurn(t *testing.T) {
	for patient, want := range map[bool]time.Duration{true: time.Minute, false: patience} {
		s, err := Open(t.Context(), file(t), Options{Patient: patient})
		if err != nil {
			t.Fatal(err)
		}
		if s.patience != want {
			t.Errorf("patient %v: %s, want %s", patient, s.patience, want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
