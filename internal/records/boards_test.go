package records

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"casterbot/internal/op"
)

func TestBoards(t *testing.T) {
	w := newWorld(t)
	woken := 0
	w.OnBoard(func() { woken++ })
	board, err := w.Board(t.Context(), "C0SHOW")
	if err != nil || board.On() || board.Channel != "C0SHOW" {
		t.Fatalf("%+v, %v", board, err)
	}
	board.By = "U0ANA"
	up, done, err := w.PutBoard(t.Context(), board, "U0ANA")
	if err != nil || !done || !up.On() || woken != 1 {
		t.Fatalf("%+v, %v, %v, woken %d", up, done, err, woken)
	}
	if stands, done, err := w.PutBoard(t.Context(), board, "U0BO"); err != nil || done || stands != up {
		t.Errorf("a second new one: %+v, %v, %v", stands, done, err)
	}
	up.Message = "17.1"
	drawn, done, err := w.PutBoard(t.Context(), up, "")
	if err != nil || !done || woken != 1 {
		t.Fatalf("drawing wakes nobody: %v, %v, %d", done, err, woken)
	}
	drawn.Off = true
	off, _, err := w.PutBoard(t.Context(), drawn, "U0BO")
	if err != nil || off.On() {
		t.Fatalf("%+v, %v", off, err)
	}
	if all, err := w.Boards(t.Context()); err != nil || len(all) != 1 || all[0] != off {
		t.Errorf("%+v, %v", all, err)
	}
	if err := w.DropBoard(t.Context(), drawn); err != nil { // an older version: nothing happens
		t.Error(err)
	}
	if err := w.DropBoard(t.Context(), off); err != nil {
		t.Error(err)
	}
	if all, err := w.Boards(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("left: %+v, %v", all, err)
	}
	events, err := w.store.Recent(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var trail []string
	for _, e := range events {
		trail = append(trail, e.Name+" "+e.Detail["switch"]+" "+e.Actor)
	}
	if got := strings.Join(trail, ", "); got != "board off U0BO, board on U0ANA" {
		t.Errorf("the trail: %s", got)
	}
}

// Of many who put up a board at once one does.
func TestOneBoard(t *testing.T) {
	w := newWorld(t)
	var all sync.WaitGroup
	var won atomic.Int64
	for n := range 8 {
		all.Go(func() {
			if _, done, err := w.PutBoard(t.Context(), op.Board{Channel: "C0SHOW"}, fmt.Sprint("U", n)); err != nil {
				t.Error(err)
			} else if done {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d won", won.Load())
	}
}
