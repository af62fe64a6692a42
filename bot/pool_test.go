package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/bot/directory"
	"casterbot/bot/payload"
	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"
)

func TestPoolIsBounded(t *testing.T) {
	p := newPool(context.Background(), 1, 2, &atomic.Int64{})
	began, release := make(chan struct{}), make(chan struct{})
	block := func(context.Context) { began <- struct{}{}; <-release }
	if !p.offer(block) {
		t.Fatal("an empty pool refuses")
	}
	<-began
	for range 2 {
		if !p.offer(func(context.Context) {}) {
			t.Fatal("the queue refuses")
		}
	}
	if p.offer(func(context.Context) {}) {
		t.Error("a full queue takes more")
	}
	close(release)
	p.drain(context.Background())
}

// TestPoolDrains: work that takes too long finds its context ended.
func TestPoolDrains(t *testing.T) {
	p := newPool(context.Background(), 1, 1, &atomic.Int64{})
	var cut error
	p.offer(func(ctx context.Context) {
		<-ctx.Done()
		cut = ctx.Err()
	})
	p.cancel()
	p.drain(context.Background())
	if !errors.Is(cut, context.Canceled) {
		t.Errorf("the work ended with %v", cut)
	}
}

// TestPoolAfterItsEnd: what work offers while the pool is drained is still done, what comes later is refused, and work
// that heeds nothing is left behind together with what waits behind it.
func TestPoolAfterItsEnd(t *testing.T) {
	var count atomic.Int64
	p := newPool(context.Background(), 1, 4, &count)
	began, release, last := make(chan struct{}), make(chan struct{}), make(chan struct{})
	p.offer(func(context.Context) {
		close(began)
		<-release
		if !p.offer(func(context.Context) { close(last) }) {
			t.Error("work under way may offer nothing more")
			close(last)
		}
	})
	<-began
	drained := make(chan struct{})
	go func() {
		p.drain(context.Background())
		close(drained)
	}()
	close(release)
	<-last
	<-drained
	if p.offer(func(context.Context) {}) || count.Load() != 0 {
		t.Errorf("a drained pool takes work; %d pieces are open", count.Load())
	}
	stuck, free := newPool(context.Background(), 1, 4, &count), make(chan struct{})
	stuck.offer(func(context.Context) { <-free })
	stuck.offer(func(context.Context) { t.Error("queued work was begun after the end") })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	stuck.drain(ctx)
	if stuck.offer(func(context.Context) {}) || stuck.ctx.Err() == nil {
		t.Error("a pool that was given up takes work, or its work does not know")
	}
	close(free)
	stuck.hands.Wait()
}

// TestFullQueue: a channel has so many places and no more. What finds none is dropped, and then the acknowledgement
// says so; other channels, clicks and later commands have theirs.
func TestFullQueue(t *testing.T) {
	w := NewWorld(t)
	w.AddChannel("C0NEXT", "next", false, fakeslack.BotUser, "U0BO")
	release := make(chan struct{})
	var begun, dropped, pressed atomic.Int32
	w.engine.accept = func(context.Context, op.Request) (engine.Accepted, error) {
		return engine.Accepted{
			Work: func(context.Context) { begun.Add(1); <-release },
			Drop: func(context.Context) { dropped.Add(1) },
		}, nil
	}
	w.engine.press = func(context.Context, op.Click) (engine.Accepted, error) {
		return engine.Accepted{Work: func(context.Context) { pressed.Add(1) }}, nil
	}
	b := w.start()
	for range perChannel {
		if ack := w.Types("U0ANA", "C0SHOW", "/caster list"); ack.Payload != nil {
			t.Fatalf("a command that finds a place is answered with %s", ack.Payload)
		}
	}
	ack := w.Types("U0ANA", "C0SHOW", "/caster list")
	if !strings.Contains(string(ack.Payload), "The queue is full, nothing was done.") || dropped.Load() != 1 {
		t.Errorf("one too many is answered with %s, and %d are dropped", ack.Payload, dropped.Load())
	}
	if ack := w.Types("U0BO", "C0NEXT", "/caster list"); ack.Payload != nil {
		t.Errorf("another channel is answered with %s", ack.Payload)
	}
	w.Acknowledged(w.Click("U0ANA", "C0SHOW", w.card(slackworld.Operation(op.Pending)), fakeslack.Press{Action: "op:confirm"}))
	w.Until("a click finds a place", func() bool { return pressed.Load() == 1 })
	close(release)
	w.Until("the others are done", func() bool { return begun.Load() == perChannel+1 && b.Underway() == 0 })
	ack = w.Types("U0ANA", "C0SHOW", "/caster list")
	b.places.mu.Lock()
	defer b.places.mu.Unlock()
	if ack.Payload != nil || len(b.places.taken) > 1 {
		t.Errorf("when the work is done, the next one is answered with %s", ack.Payload)
	}
}

// TestNoPlaceAnywhere: a full pool refuses like a full channel, and the place in the channel is given back; a denial is
// told all the same.
func TestNoPlaceAnywhere(t *testing.T) {
	d := &dispatcher{log: quiet, work: newPool(context.Background(), 0, 0, &atomic.Int64{})}
	to := op.Address{Person: "U0ANA", Channel: "C0SHOW"}
	work := func(context.Context) { t.Error("it was done") }
	if d.reserve(d.work, to, work, nil) || len(d.places.taken) != 0 {
		t.Errorf("it is queued, or keeps its place: %v", d.places.taken)
	}
	no := op.Answer{Title: op.L("No.")}
	if a := d.rejectBusy(to, engine.Accepted{Work: work}); a.Work != nil ||
		a.Reply.Title.Plain() != queueFull().Title.Plain() {
		t.Errorf("it is answered with %+v", a)
	}
	if a := d.rejectBusy(to, engine.Accepted{Work: work, Reply: &no}); a.Work != nil || a.Reply != &no {
		t.Errorf("a denial is answered with %+v", a)
	}
	d.work.drain(context.Background())
}

// TestWorkAfterTheAcknowledgement: work that has its place does not begin before the acknowledgement is out.
func TestWorkAfterTheAcknowledgement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &dispatcher{log: quiet, work: newPool(context.Background(), 1, 1, &atomic.Int64{})}
		acked, began := make(chan struct{}), false
		d.reserve(d.work, op.Address{}, func(context.Context) { began = true }, acked)
		synctest.Wait()
		if began {
			t.Error("it began before")
		}
		close(acked)
		synctest.Wait()
		if !began {
			t.Error("it did not begin")
		}
		d.work.drain(context.Background())
	})
}

func TestDedupe(t *testing.T) {
	clock := &slackworld.Clock{}
	d := newDedupe(clock.Now)
	first := func(key string) bool {
		e := delivery{}
		is := d.meet(key, &e)
		d.decided(e.inflight, true)
		if is != fresh && is != again {
			t.Errorf("%s is %v", key, is)
		}
		return is == fresh
	}
	steps := []struct {
		after time.Duration
		key   string
		want  bool
	}{
		{0, "a", true}, {0, "a", false}, {10 * time.Minute, "a", false}, {4*time.Minute + 59*time.Second, "a", false},
		{time.Second, "b", true},
		{0, "a", false}, {rememberFor - 1, "b", false}, {1, "a", true}, {3 * rememberFor, "b", true},
	}
	for i, s := range steps {
		clock.Advance(s.after)
		if got := first(s.key); got != s.want {
			t.Errorf("step %d: first(%s) = %v", i, s.key, got)
		}
	}
	d.forget("b")
	if !first("b") {
		t.Error("a forgotten key is remembered")
	}
	for i := range 5 * maxKeys / 2 {
		first(fmt.Sprint(i))
	}
	if n := len(d.young) + len(d.old); n > 2*maxKeys {
		t.Errorf("%d keys are remembered", n)
	}
	if first(fmt.Sprint(5*maxKeys/2 - 1)) {
		t.Error("the last key of a flood is forgotten")
	}
}

// TestScopes: missing scopes are named in the log.
func TestScopes(t *testing.T) {
	w := NewWorld(t, func(c *fakeslack.Config) {
		c.Scopes = []string{"commands", "chat:write", "users:read", "channels:read", "groups:read", "im:write"}
	})
	w.engine.accept = replying("fine")
	w.start()
	if !strings.Contains(w.Book.String(), `missing="usergroups:read app_mentions:read pins:write"`) {
		t.Errorf("the log does not name the missing scopes:\n%s", w.Book)
	}
}

// What becomes of cards in a channel that the bot can write to again is the engine's to say.
func TestBackInAChannel(t *testing.T) {
	w := NewWorld(t)
	back := make(chan string, 1)
	e := &script{returned: func(channel string) { back <- channel }}
	d := &dispatcher{engine: whole(e), dir: directory.New(w.Config, func() []string { return nil }),
		log: slog.New(slog.DiscardHandler)}
	d.forms = newPool(t.Context(), 1, 1, &d.busy)
	defer d.forms.drain(context.Background())
	d.housekeeping(payload.Event{Back: "C1", Forget: []string{"C1"}})
	if got := <-back; got != "C1" {
		t.Errorf("back in %q", got)
	}
}

type listener struct {
	*script
	told chan string
}

func (l listener) Reply(_ context.Context, to op.Address, a op.Answer) {
	l.told <- to.Person + " " + to.Channel + ": " + a.Title.Plain()
}

// Whoever edits a message to say a command is told in private that it is not carried out.
func TestAnEditedMentionIsAnswered(t *testing.T) {
	e := listener{&script{}, make(chan string, 1)}
	d := &dispatcher{engine: Engine{Operations: e, Browser: e, Notifier: e}, log: slog.New(slog.DiscardHandler),
		dir: directory.New(NewWorld(t).Config, func() []string { return nil })}
	d.replies = newPool(t.Context(), 1, 1, &d.busy)
	defer d.replies.drain(context.Background())
	a, err := me.Decode("events_api", "e", json.RawMessage(`{"team_id":"T0SHOW","event_id":"Ev1","event":{
		"type":"app_mention","user":"U0ANA","channel":"C0SHOW","text":"<@U0BOT> caster list","ts":"1.1",
		"edited":{"user":"U0ANA","ts":"2.0"}}}`), time.Now())
	if err != nil || a.Request != nil {
		t.Fatalf("%+v, %v", a, err)
	}
	d.housekeeping(a)
	if got, want := <-e.told, "U0ANA C0SHOW: What a message says after it was edited is not carried out."; got != want {
		t.Errorf("told %q", got)
	}
}
