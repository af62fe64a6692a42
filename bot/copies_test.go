package bot

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/bot/socket"
	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/test/slackworld"
)

// TestCopiesWaitForTheFirst: Slack may bring the same envelope again, on another socket, while the first one is not
// durable yet. The copy is not acknowledged before the first one is; it is not taken, and holds up nobody.
func TestCopiesWaitForTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		durable, accepted := make(chan struct{}), 0
		e := &script{accept: func(context.Context, op.Request) (engine.Accepted, error) {
			accepted++
			<-durable // a slow disk
			return engine.Accepted{}, nil
		}}
		d := &dispatcher{engine: whole(e), log: quiet, now: time.Now, seen: newDedupe(time.Now)}
		d.who.Store(&me)
		links := []*socket.Link{{}, {}}
		comes := func(on *socket.Link) bool {
			on.Pending.Add(1)
			return acknowledges(func() {
				d.handle(t.Context(),
					delivery{Envelope: socket.Envelope{Link: on, Id: "e", Kind: "slash_commands", Payload: []byte(slackworld.Slash),
						At: time.Now()}})
			})
		}
		ended := make(chan bool)
		go func() { ended <- comes(links[0]) }()
		synctest.Wait()
		for i := range maxCopies + 2 {
			if comes(links[1]) {
				t.Fatalf("copy %d is acknowledged, while nothing is durable", i)
			}
		}
		if got := links[1].Pending.Load(); got != maxCopies || accepted != 1 {
			t.Errorf("%d copies wait, %d are taken", got, accepted)
		}
		close(durable)
		if !<-ended {
			t.Error("the first is not acknowledged")
		}
	})
}

func numbered(id string) delivery { return delivery{Envelope: socket.Envelope{Id: id}} }

// TestCopiesShareTheFate: what becomes of the first envelope becomes of its copies.
func TestCopiesShareTheFate(t *testing.T) {
	for _, taken := range []bool{true, false} {
		d := newDedupe(time.Now)
		one, two, three := numbered("1"), numbered("2"), numbered("3")
		if d.meet("k", &one) != fresh || d.meet("k", &two) != waits || one.inflight == nil || two.inflight != nil {
			t.Fatal(one, two)
		}
		if copies := d.decided(one.inflight, taken); len(copies) != 1 || copies[0].Id != "2" {
			t.Errorf("taken %v: %v have waited", taken, copies)
		}
		if is := d.meet("k", &three); (is == again) != taken || (is == fresh) == taken {
			t.Errorf("taken %v: the next one is %v", taken, is)
		}
		if more := d.decided(one.inflight, taken); len(more) > 0 {
			t.Errorf("taken %v: %v have waited twice", taken, more)
		}
		if is := d.meet("k", &two); !taken && is != waits {
			t.Errorf("what was decided before decides again: %v", is)
		}
	}
}

// TestACopyIsTakenInstead: when the first one had to be left unacknowledged, its copy is taken in its place.
func TestACopyIsTakenInstead(t *testing.T) {
	var taken []string
	e := &script{accept: func(_ context.Context, r op.Request) (engine.Accepted, error) {
		taken = append(taken, r.Key)
		return engine.Accepted{}, nil
	}}
	d := &dispatcher{engine: whole(e), log: quiet, now: time.Now, seen: newDedupe(time.Now)}
	d.who.Store(&me)
	d.intake = newPool(t.Context(), 0, 1, &d.busy)
	first, l := delivery{}, &socket.Link{}
	came := delivery{Envelope: socket.Envelope{Link: l, Id: "e", Kind: "slash_commands", Payload: []byte(slackworld.Slash),
		At: time.Now()}}
	a, err := me.Decode(came.Kind, came.Id, came.Payload, time.Now())
	if err != nil || d.seen.meet(a.Key, &first) != fresh {
		t.Fatal(a, err)
	}
	for range 2 {
		l.Pending.Add(1)
		d.handle(t.Context(), came)
	}
	if len(taken) > 0 || l.Pending.Load() != 2 {
		t.Errorf("%d wait, taken %v", l.Pending.Load(), taken)
	}
	d.abandon(first) // there is a place for one
	if l.Pending.Load() != 1 || len(d.intake.queue) != 1 {
		t.Fatalf("%d wait still, %d are to be taken", l.Pending.Load(), len(d.intake.queue))
	}
	again := <-d.intake.queue
	if !acknowledges(func() { again(t.Context()) }) || len(taken) != 1 || taken[0] != a.Key || l.Pending.Load() != 0 {
		t.Errorf("taken %v, %d wait", taken, l.Pending.Load())
	}
}

// TestCopiesAreAcknowledgedAlike: with the first one, on their own sockets, and with its answer: whichever Slack reads
// first has it.
func TestCopiesAreAcknowledgedAlike(t *testing.T) {
	w := NewWorld(t)
	durable, in := make(chan struct{}), make(chan struct{}, 9)
	w.engine.accept = func(ctx context.Context, r op.Request) (engine.Accepted, error) {
		in <- struct{}{}
		<-durable
		return replying("fine")(ctx, r)
	}
	b := w.start()
	first, err := w.Type("U0ANA", "C0SHOW", "/caster x", "")
	if err != nil {
		t.Fatal(err)
	}
	<-in
	second, err := w.Replay(first.Envelope, true)
	if err != nil {
		t.Fatal(err)
	}
	w.Until("the copy waits", func() bool {
		b.seen.mu.Lock()
		defer b.seen.mu.Unlock()
		for _, f := range b.seen.young {
			if f != nil && len(f.copies) == 1 {
				return true
			}
		}
		return false
	})
	close(durable)
	one, two := w.Acknowledged(first, nil), w.Acknowledged(second, nil)
	if string(one.Payload) != string(two.Payload) || !strings.Contains(string(one.Payload), "fine") {
		t.Errorf("acknowledged with %s and %s", one.Payload, two.Payload)
	}
	if len(in) > 0 {
		t.Error("both are taken")
	}
}
