package store

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"casterbot/internal/op"
)

// run tries to make an operation the running one of its target.
func run(t *testing.T, s *Store, id string) error {
	_, err := s.Move(t.Context(),
		Move{ID: id, From: op.Queued, To: op.Running, Fresh: true, Send: true, Event: op.Event{Name: op.EventSent}})
	return err
}

// shared is a sample on the target that all of them have.
func shared(n int) op.Operation {
	o := sample(n)
	o.Plan.Target = sample(0).Plan.Target
	return o
}

func confirm(t *testing.T, s *Store, id string) error {
	_, err := s.Move(t.Context(), Move{ID: id, From: op.Pending, To: op.Queued, Event: op.Event{Name: op.EventConfirmed}})
	return err
}

// inTurn runs operations of one target in an order, and demands that at each moment only the first of those left may.
func inTurn(t *testing.T, s *Store, ids []string) {
	t.Helper()
	for i, id := range ids {
		for _, later := range slices.Backward(ids[i+1:]) {
			if err := run(t, s, later); !errors.Is(err, ErrTargetBusy) {
				t.Fatalf("number %d runs before number %d: %v", slices.Index(ids, later), i, err)
			}
		}
		for n, id := range ids[i:] {
			if ahead, err := s.Ahead(t.Context(), id); err != nil || ahead != n {
				t.Fatalf("%d before number %d, %v; %d have run", ahead, i+n, err, i)
			}
		}
		if err := run(t, s, id); err != nil {
			t.Fatalf("number %d at its turn: %v", i, err)
		}
		if i+1 < len(ids) {
			if err := run(t, s, ids[i+1]); !errors.Is(err, ErrTargetBusy) {
				t.Fatalf("two run: %v", err)
			}
		}
		move(t, s, Move{ID: id, From: op.Running, To: op.Unknown})
	}
}

// The clock stands, and the order in which they were asked is another one.
func TestFirstConfirmedFirstRun(t *testing.T) { everywhere(t, testFirstConfirmedFirstRun) }

func testFirstConfirmedFirstRun(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	var asked, confirmed []string
	for n := range 4 {
		asked = append(asked, create(t, s, shared(n)).ID)
	}
	for _, n := range []int{2, 0, -1, 3, 1} {
		if n < 0 { // where nobody has to confirm
			o := shared(9)
			o.State = op.Queued
			confirmed = append(confirmed, create(t, s, o).ID)
			continue
		}
		if err := confirm(t, s, asked[n]); err != nil {
			t.Fatal(err)
		}
		confirmed = append(confirmed, asked[n])
	}
	inTurn(t, s, confirmed)
	next := create(t, s, shared(10)).ID // what is unknown is in nobody's way, and nobody starts again at the first turn
	if err := errors.Join(confirm(t, s, next), run(t, s, next)); err != nil {
		t.Error(err)
	}
}

// At one moment, and after all before have ended, what is sent later has the greater turn.
func TestTurnsGrowForEver(t *testing.T) { everywhere(t, testTurnsGrowForEver) }

func testTurnsGrowForEver(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	var last op.Operation
	for n := range 6 {
		o := shared(n)
		if n%3 == 2 {
			o = sample(n)
		}
		o = bring(t, s, o, op.Succeeded)
		if o.Turn <= last.Turn || n > 0 && !o.Sent.Equal(last.Sent) {
			t.Errorf("number %d has turn %d at %v after turn %d at %v", n, o.Turn, o.Sent, last.Turn, last.Sent)
		}
		last = o
	}
}

// Many are confirmed at one moment, over two replicas: they run in the order that the trail has.
func TestTurnsOverReplicas(t *testing.T) {
	r, _ := replicas(t, 2)
	var ids []string
	for n := range 12 {
		ids = append(ids, create(t, r[0], shared(n)).ID)
	}
	together(len(ids), func(i int) {
		if err := confirm(t, r[i%2], ids[i]); err != nil {
			t.Error(err)
		}
	})
	seq := map[string]int64{}
	for _, id := range ids {
		events, err := r[0].Events(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		seq[id] = events[len(events)-1].Seq
	}
	slices.SortFunc(ids, func(a, b string) int { return int(seq[a] - seq[b]) })
	inTurn(t, r[1], ids)
}

func TestTheExpiredBlockNobody(t *testing.T) { everywhere(t, testTheExpiredBlockNobody) }

func testTheExpiredBlockNobody(t *testing.T, e engine) {
	s, c := e.fresh(t)
	first, second := create(t, s, shared(1)), create(t, s, shared(2))
	move(t, s, Move{ID: first.ID, From: op.Pending, To: op.Queued, Expires: c.Now().Add(30 * time.Second)})
	move(t, s, Move{ID: second.ID, From: op.Pending, To: op.Queued, Expires: c.Now().Add(time.Hour)})
	if err := run(t, s, second.ID); !errors.Is(err, ErrTargetBusy) {
		t.Errorf("the second runs first: %v", err)
	}
	c.pass(30 * time.Second)
	if err := run(t, s, first.ID); !errors.Is(err, ErrLost) {
		t.Errorf("the first runs though its time is over: %v", err)
	}
	if n, err := s.Ahead(t.Context(), second.ID); err != nil || n != 0 {
		t.Errorf("%d before the second, %v", n, err)
	}
	if err := run(t, s, second.ID); err != nil {
		t.Errorf("the second: %v", err)
	}
}

func TestCreateSettlesAndIsRefusedWithoutARow(t *testing.T) {
	everywhere(t, testCreateSettlesAndIsRefusedWithoutARow)
}

func testCreateSettlesAndIsRefusedWithoutARow(t *testing.T, e engine) {
	s, _ := e.fresh(t)
	receive(t, s, "click-1")
	made, err := s.Create(t.Context(), sample(1), received(), "click-1")
	if err != nil {
		t.Fatal(err)
	}
	if left, err := s.Unsettled(t.Context(), 10); err != nil || len(left) > 0 {
		t.Errorf("left in the inbox: %v, %v", left, err)
	}
	if held, err := s.ByKey(t.Context(), sample(1).Key); err != nil || held.ID != made.ID {
		t.Errorf("by its key: %s, %v", held.ID, err)
	}
	for n, row := range []string{"click-1", "click-2"} { // one that is worked off, and one that never came
		held, err := s.Create(t.Context(), sample(n+2), received(), row)
		if !errors.Is(err, ErrExists) || held.ID != "" {
			t.Errorf("%s: %s, %v", row, held.ID, err)
		}
		if _, err := s.ByKey(t.Context(), "key-"+strconv.Itoa(n+2)); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: the operation is there: %v", row, err)
		}
	}
}
