package bot

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/engine"
	"casterbot/internal/op"
)

// TestCopiesWaitForTheFirst: Slack may bring the same envelope again, on another socket, while the first one is not durable yet.
// The copy is not acknowledged before the first one is; it is not taken, and holds up nobody.
func TestCopiesWaitForTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		durable, accepted := make(chan struct{}), 0
		e := &script{accept: func(context.Context, op.Request) (engine.Accepted, error) {
			accepted++
			<-durable // a slow disk
			return engine.Accepted{}, nil
		}}
		d := &dispatcher{engine: e, log: webapi.Config{}.Filled().Log, now: time.Now, seen: newDedupe(time.Now)}
		d.who.Store(&me)
		links := []*link{{}, {}}
		comes := func(on *link) bool {
			on.pending.Add(1)
			return acknowledges(func() {
				d.handle(t.Context(), delivery{envelope: envelope{link: on, id: "e", kind: "slash_commands", payload: []byte(slashSample), at: time.Now()}})
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
		if got := links[1].pending.Load(); got != maxCopies || accepted != 1 {
			t.Errorf("%d copies wait, %d are taken", got, accepted)
		}
		close(durable)
		if !<-ended {
			t.Error("the first is not acknowledged")
		}
	})
}

func numbered(id string) delivery { return delivery{envelope: envelope{id: id}} }

// TestCopiesShareTheFate: what becomes of the first envelope becomes of its copies.
func TestCopiesShareTheFate(t *testing.T) {
	for _, taken := range []bool{true, false} {
		d := newDedupe(time.Now)
		one, two, three := numbered("1"), numbered("2"), numbered("3")
		if d.meet("k", &one) != fresh || d.meet("k", &two) != waits || one.fate == nil || two.fate != nil {
			t.Fatal(one, two)
		}
		if copies := d.decided(one.fate, taken); len(copies) != 1 || copies[0].id != "2" {
			t.Errorf("taken %v: %v have waited", taken, copies)
		}
		if is := d.meet("k", &three); (is == again) != taken || (is == fresh) == taken {
			t.Errorf("taken %v: the next one is %v", taken, is)
		}
		if more := d.decided(one.fate, taken); len(more) > 0 {
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
	d := &dispatcher{engine: e, log: webapi.Config{}.Filled().Log, now: time.Now, seen: newDedupe(time.Now)}
	d.who.Store(&me)
	d.front = newPool(t.Context(), 0, 1, &d.busy)
	first, l := delivery{}, &link{}
	came := delivery{envelope: envelope{link: l, id: "e", kind: "slash_commands", payload: []byte(slashSample), at: time.Now()}}
	a, err := d.decode(came)
	if err != nil || d.seen.meet(a.key, &first) != fresh {
		t.Fatal(a, err)
	}
	for range 2 {
		l.pending.Add(1)
		d.handle(t.Context(), came)
	}
	if len(taken) > 0 || l.pending.Load() != 2 {
		t.Errorf("%d wait, taken %v", l.pending.Load(), taken)
	}
	d.abandon(first) // there is a place for one
	if l.pending.Load() != 1 || len(d.front.queue) != 1 {
		t.Fatalf("%d wait still, %d are to be taken", l.pending.Load(), len(d.front.queue))
	}
	again := <-d.front.queue
	if !acknowledges(func() { again(t.Context()) }) || len(taken) != 1 || taken[0] != a.key || l.pending.Load() != 0 {
		t.Errorf("taken %v, %d wait", taken, l.pending.Load())
	}
}

// TestCopiesAreAcknowledgedAlike: with the first one, on their own sockets, and with its answer: whichever Slack reads first has it.
func TestCopiesAreAcknowledgedAlike(t *testing.T) {
	w := newWorld(t)
	durable, in := make(chan struct{}), make(chan struct{}, 9)
	w.engine.accept = func(ctx context.Context, r op.Request) (engine.Accepted, error) {
		in <- struct{}{}
		<-durable
		return replying("fine")(ctx, r)
	}
	b := w.start()
	var links []*link
	for len(links) < 2 {
		l := b.sockets.spare(nil)
		if len(links) == 1 {
			l = b.sockets.spare(links[0])
		}
		links = append(links, l)
	}
	for i, l := range links {
		l.pending.Add(1)
		b.take(envelope{link: l, id: "e", kind: "slash_commands", payload: []byte(slashSample)})
		if i == 0 {
			<-in
		}
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
	answer := func(l *link) string {
		l.acked.mu.Lock()
		defer l.acked.mu.Unlock()
		for _, a := range l.acked.last {
			return fmt.Sprint(a.id, a.payload)
		}
		return ""
	}
	w.Until("both are acknowledged", func() bool { return answer(links[0]) != "" && answer(links[1]) != "" })
	if one, two := answer(links[0]), answer(links[1]); one != two || len(one) < 10 {
		t.Errorf("acknowledged with %q and %q", one, two)
	}
	w.Until("nothing is pending", func() bool { return links[0].pending.Load() == 0 && links[1].pending.Load() == 0 })
	if len(in) > 0 {
		t.Error("both are taken")
	}
}
