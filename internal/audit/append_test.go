package audit

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"

	"golang.org/x/mod/sumdb/tlog"
)

// Every event is a leaf, numbered without a gap, of a tree that the library makes of the same leaves.
func TestEveryEventIsALeaf(t *testing.T) { everywhere(t, testEveryEventIsALeaf) }

func testEveryEventIsALeaf(t *testing.T, address string) {
	w := newWorld(t, address)
	w.denied(30)
	w.asked(1)
	w.step()
	w.asked(2)
	w.step()
	w.step()
	list := w.all()
	if len(list) != 34 {
		t.Fatalf("%d leaves of 34 events", len(list))
	}
	for i, l := range list {
		if l.n != int64(i) || l.missing || l.number != int64(i+1) {
			t.Errorf("leaf %d: number %d, event %d", i, l.n, l.number)
		}
	}
	tree := treeOf(t.Context(), w.db.Reader())
	root, err := tree.root(34)
	if err != nil || root != grown(t, list) {
		t.Errorf("another root, %v", err)
	}
	for n, l := range list { // each can be shown to be in it
		proof, err := tlog.ProveRecord(34, int64(n), tree)
		if err != nil {
			t.Fatal(err)
		}
		if hash, _ := l.hash(); tlog.CheckRecord(proof, 34, root, int64(n), hash) != nil {
			t.Errorf("leaf %d is not in the tree", n)
		}
	}
}

// An entry tells what the record is for, and names nobody.
func TestWhatAnEntryTells(t *testing.T) {
	w := newWorld(t, "sqlite::memory:")
	w.asked(1)
	w.step()
	entry, person, err := w.all()[1].texts()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"n":1,"at":"2026-03-01T12:00:00.000Z","event":"approved","operation":"`,
		`"channel":"C0SHOW"`, `"verb":"caster.restart"`, `"target":"caster/c1"`, `"params":"`, `"rule":"policy.yml:14"`,
		`"policy":"hash"`, `"state":"queued"`, `"replica":"one"`, `"version":"v1"`, `"who":"`} {
		if !strings.Contains(string(entry), want) {
			t.Errorf("no %s in %s", want, entry)
		}
	}
	for _, want := range []string{`"person":"U0BEN"`, `"team":"T0SHOW"`, `"role":"operators"`, `"seal":"`} {
		if !strings.Contains(string(person), want) || strings.Contains(string(entry), want) {
			t.Errorf("%s: entry %s, person %s", want, entry, person)
		}
	}
}

// What becomes of an event in the format of today stays so: old leaves are checked by it.
func TestTheFormatStays(t *testing.T) {
	l := leaf{n: 7, format: 1, salt: "salt", whoSalt: "pepper", event: op.Event{At: time.UnixMilli(1764500000123),
		Name: op.EventSent, Operation: "op1", Channel: "C0SHOW", Actor: "U0ANA", Team: "T0SHOW", Seal: "seal",
		Detail: map[string]string{"verb": "caster.stop", "pastLockOf": "U0BEN", "why": "rehearsal <1>"}}}
	entry, person, err := l.texts()
	const want = `{"n":7,"at":"2025-11-30T10:53:20.123Z","event":"sent","operation":"op1","channel":"C0SHOW",` +
		`"detail":{"verb":"caster.stop"},"who":"a6"}`
	const who = `{"person":"U0ANA","team":"T0SHOW","detail":{"pastLockOf":"U0BEN","why":"rehearsal \u003c1\u003e"},"seal":"seal"}`
	got := string(entry)
	if i := strings.Index(got, `"who":"`); i > 0 {
		got = got[:i+9] + `"}`
	}
	if err != nil || string(person) != who || len(got) != len(want) || got[:len(got)-4] != want[:len(want)-4] {
		t.Errorf("%s %s, %v", entry, person, err)
	}
	if hash, err := l.hash(); err != nil || hash.String() != "HzGqrsf9m+mrL85vPe1F9L3SjZ8NCsXJzKX0zU/1Dcw=" {
		t.Errorf("%s, %v", hash, err)
	}
	l.format = 2
	if _, err := l.hash(); err == nil {
		t.Error("a format that nobody knows")
	}
}

// Two replicas append at the same time while others write: no leaf twice, none left out, and of each writer in order.
func TestOneReplicaAppendsAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, server.Address(t))
	other, theirs := w.replica("two")
	ctx, stop := context.WithCancel(t.Context())
	var logs, writers sync.WaitGroup
	for _, l := range []*Log{w.log, theirs} {
		logs.Go(func() {
			for ctx.Err() == nil {
				if _, err := l.appendBatch(ctx, false); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				if err := l.release(context.WithoutCancel(ctx)); err != nil { // so that they take turns
					t.Error(err)
				}
			}
		})
	}
	const each = 60
	for i, db := range []*store.Store{w.db, other, w.db, other} {
		writers.Go(func() {
			for n := range each {
				err := db.Record(t.Context(), op.Event{Name: op.EventBoard, Actor: fmt.Sprintf("U0W%d", i),
					Detail: map[string]string{"number": fmt.Sprintf("%03d", n)}})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	stop()
	logs.Wait()
	w.step()
	list, last, by := w.all(), map[string]string{}, map[string]bool{}
	for i, l := range list {
		if n := l.event.Detail["number"]; l.n != int64(i) || n <= last[l.event.Actor] && n != "000" {
			t.Errorf("leaf %d: %s of %s after %s", i, n, l.event.Actor, last[l.event.Actor])
		}
		last[l.event.Actor], by[l.event.Detail["replica"]] = l.event.Detail["number"], true
	}
	if root, err := treeOf(t.Context(), w.db.Reader()).root(4 * each); len(list) != 4*each || err != nil ||
		root != grown(t, list) || len(by) != 2 {
		t.Errorf("%d leaves, %v", len(list), err)
	}
}

// The log stays with the replica that has appended last; another one takes it when that is silent.
func TestTheLease(t *testing.T) {
	t.Parallel()
	w := newWorld(t, server.Address(t))
	_, theirs := w.replica("two")
	w.denied(1)
	w.step()
	w.denied(1)
	if err := theirs.Step(t.Context()); err != nil || len(w.all()) != 1 {
		t.Errorf("%v, %d leaves", err, len(w.all()))
	}
	w.clock.pass(lease)
	if err := theirs.Step(t.Context()); err != nil || len(w.all()) != 2 {
		t.Errorf("%v, %d leaves", err, len(w.all()))
	}
	w.denied(1)
	if err := theirs.Close(t.Context()); err != nil || len(w.all()) != 3 {
		t.Errorf("%v, %d leaves", err, len(w.all()))
	}
	w.denied(1)
	if w.step(); len(w.all()) != 4 {
		t.Error("the log is not given back")
	}
}

// An event whose transaction ends late, after events with greater numbers are leaves, becomes one all the same.
func TestALateCommitIsNotLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, server.Address(t))
	late, begun, goOn := make(chan error), make(chan bool), make(chan bool)
	go func() {
		late <- w.db.Change(context.WithoutCancel(t.Context()), func(x store.Tx) error {
			_, err := x.Exec(`INSERT INTO events (at, name, actor, team, channel, detail, mark)
				VALUES ($1, 'late', '', '', '', '{}', 'm')`, x.Now().UnixMilli())
			close(begun)
			<-goOn
			return err
		})
	}()
	<-begun
	w.denied(3)
	w.step()
	close(goOn)
	if err := <-late; err != nil {
		t.Fatal(err)
	}
	w.step()
	if list := w.all(); len(list) != 4 || list[3].event.Name != "late" || list[3].number != 1 {
		t.Errorf("%+v", list)
	}
}

// What is behind is worked off in batches, and then it is not read again.
func TestALongBacklog(t *testing.T) { everywhere(t, testALongBacklog) }

func testALongBacklog(t *testing.T, address string) {
	w := newWorld(t, address)
	w.tamper(`WITH RECURSIVE n(i) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $2)
		INSERT INTO events (at, name, actor, team, channel, detail, mark)
		SELECT $3 + i, 'board', 'U0ANA', 'T0', 'C0SHOW', '{}', 'm' FROM n`, 1, 3*batch+7,
		w.clock.Now().Add(-time.Hour).UnixMilli())
	w.step()
	h, err := readHead(t.Context(), w.db.Reader())
	if list := w.all(); err != nil || len(list) != 3*batch+7 || h.size != int64(len(list)) || h.low != h.size {
		t.Errorf("%d leaves, %+v, %v", len(list), h, err)
	}
	w.denied(5)
	w.step()
	if h, err := readHead(t.Context(), w.db.Reader()); err != nil || h.size != 3*batch+12 || h.low != 3*batch+7 {
		t.Errorf("%+v, %v", h, err) // they are young
	}
}

// The row that counts denials changes within its minute; it is a leaf when that is over, with the count that stays.
func TestCountedDenialsAreALeafWhenTheyAreDone(t *testing.T) { everywhere(t, testCountedDenials) }

func testCountedDenials(t *testing.T, address string) {
	w := newWorld(t, address)
	flood := func(n int) {
		for range n {
			w.record(op.Event{Name: op.EventDenied, Actor: "U0EVE", Channel: "C0SHOW"})
		}
	}
	flood(50)
	w.step()
	flood(50)
	w.step()
	if n := len(w.all()); n != 20 {
		t.Errorf("%d leaves within the minute", n)
	}
	w.clock.pass(time.Minute)
	w.denied(1)
	w.step()
	if n := len(w.all()); n != 21 {
		t.Errorf("%d leaves at its end", n)
	}
	w.clock.pass(countedBy)
	w.step()
	list := w.all()
	if len(list) != 22 || list[21].event.Detail[store.Count] != "80" || !IsSealed(w.key.Verifier(), list[21].event) {
		t.Errorf("%+v", list[len(list)-1])
	}
}

// A checkpoint is due a minute after the last one when something has happened, and after a hundred leaves.
func TestWhenACheckpointIsMade(t *testing.T) { everywhere(t, testWhenACheckpointIsMade) }

func testWhenACheckpointIsMade(t *testing.T, address string) {
	w := newWorld(t, address)
	w.step()
	for _, round := range []struct {
		denied int
		pass   time.Duration
		want   int64
	}{
		{2, 0, 2}, {3, 0, 2}, {0, 59 * time.Second, 2}, {0, time.Second, 5}, {0, time.Hour, 5}, {1, 0, 6}, {99, 0, 6},
		{1, 0, 106}, {0, time.Hour, 106},
	} {
		w.clock.pass(round.pass)
		w.denied(round.denied)
		w.step()
		if c := w.last(); c.Size != round.want || c.Root != grown(t, w.all()[:c.Size]) {
			t.Errorf("%+v: a checkpoint of %d", round, c.Size)
		}
	}
	w.denied(1)
	if err := w.log.Close(t.Context()); err != nil || w.last().Size != 107 {
		t.Errorf("%d at the end, %v", w.last().Size, err)
	}
}
