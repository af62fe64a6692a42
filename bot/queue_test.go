package bot

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/bot/directory"
	"casterbot/bot/messages"
	"casterbot/bot/socket"
	"casterbot/bot/webapi"
	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"
)

// TestClicksPassSlowReads: however many slow looks are under way, a confirmation does not stand behind them.
func TestClicksPassSlowReads(t *testing.T) {
	w := NewWorld(t)
	release, confirmed := make(chan struct{}), make(chan op.Action, 1)
	defer close(release)
	var slow atomic.Int32
	w.engine.accept = func(context.Context, op.Request) (engine.Accepted, error) {
		return engine.Accepted{Work: func(context.Context) { slow.Add(1); <-release }}, nil
	}
	w.engine.press = func(_ context.Context, c op.Click) (engine.Accepted, error) {
		if c.Action == op.ActionLook {
			return engine.Accepted{Work: func(context.Context) { slow.Add(1); <-release }}, nil
		}
		return engine.Accepted{Work: func(context.Context) { confirmed <- c.Action }}, nil
	}
	w.start()
	doubtful := w.card(slackworld.Operation(op.Unknown))
	for range clickWorkers {
		w.Acknowledged(w.Click("U0ANA", "C0SHOW", doubtful, fakeslack.Press{Action: "op:look"}))
	}
	for range workWorkers {
		w.Types("U0ANA", "C0SHOW", "/caster list")
	}
	w.Until("all hands are busy", func() bool { return slow.Load() == workWorkers })
	w.Acknowledged(w.Click("U0ANA", "C0SHOW", w.card(slackworld.Operation(op.Pending)), fakeslack.Press{Action: "op:confirm"}))
	w.Until("the confirmation is done", func() bool { return len(confirmed) == 1 })
}

// TestAnEmergencyPassesSlowReads: neither slow looks nor how much one channel has asked for stand before an emergency.
func TestAnEmergencyPassesSlowReads(t *testing.T) {
	w := NewWorld(t)
	release, done := make(chan struct{}), make(chan struct{})
	defer close(release)
	var taken atomic.Int32
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		if r.Text == "caster standby" {
			return engine.Accepted{Urgent: true, Work: func(context.Context) { close(done) }}, nil
		}
		taken.Add(1)
		return engine.Accepted{Work: func(context.Context) { <-release }}, nil
	}
	w.start()
	for range perChannel {
		w.Types("U0ANA", "C0SHOW", "/caster list")
	}
	w.Until("the channel has all that it may", func() bool { return taken.Load() == perChannel })
	w.Types("U0ANA", "C0SHOW", "/caster standby")
	w.Until("the emergency is done", func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	})
}

// acknowledges reports whether an acknowledgement was tried: the link has no connection for it.
func acknowledges(do func()) (tried bool) {
	defer func() { tried = recover() != nil }()
	do()
	return
}

// TestNotTaken: what finds no place is not acknowledged.
func TestNotTaken(t *testing.T) {
	d := &dispatcher{intake: newPool(context.Background(), 0, 0, &atomic.Int64{}), log: quiet}
	l := &socket.Link{}
	l.Pending.Add(1)
	if acknowledges(func() { d.take(socket.Envelope{Link: l, Id: "e"}) }) || l.Pending.Load() != 0 {
		t.Errorf("it was acknowledged, or still counts: %d", l.Pending.Load())
	}
}

// TestWaitedTooLong: an envelope's time runs from its arrival, not from when somebody looks at it. One that Slack has
// given up on is neither acknowledged nor taken, nor remembered as taken; a command that has waited for long is
// acknowledged and not taken.
func TestWaitedTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left []time.Duration
		e := &script{accept: func(ctx context.Context, _ op.Request) (engine.Accepted, error) {
			end, _ := ctx.Deadline()
			left = append(left, time.Until(end))
			return engine.Accepted{}, nil
		}}
		d := &dispatcher{engine: whole(e), log: quiet, now: time.Now}
		d.who.Store(&me)
		for _, waited := range []time.Duration{socket.AcceptWithin, time.Second, hurryAfter + time.Millisecond} {
			came := socket.Envelope{Link: &socket.Link{}, Id: "e", Kind: "slash_commands", Payload: []byte(slackworld.Slash),
				At: time.Now()}
			time.Sleep(waited)
			d.seen = newDedupe(time.Now)
			if tried := acknowledges(func() {
				d.handle(t.Context(), delivery{Envelope: came})
			}); tried != (waited < socket.AcceptWithin) {
				t.Errorf("after %s: acknowledged %v", waited, tried)
			}
		}
		if len(left) != 1 || left[0] != socket.AcceptWithin-time.Second {
			t.Errorf("the engine had %v, want once what was left of %s", left, socket.AcceptWithin)
		}
	})
}

// TestOneDeadline: whatever is stuck where, everything together ends 25 s after the signal; the work learns of it
// before that, so that it can still tell.
func TestOneDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &Bot{dispatcher: &dispatcher{log: quiet}}
		b.openPools(t.Context())
		start, told := time.Now(), make(chan time.Duration, 5)
		stuck := make(chan struct{})
		for _, p := range []*pool{b.intake, b.clicks, b.work, b.forms, b.replies} {
			p.offer(func(ctx context.Context) { <-stuck })
			p.offer(func(ctx context.Context) {
				<-ctx.Done()
				told <- time.Since(start)
			})
		}
		deadline, cancel := context.WithTimeout(t.Context(), finishWithin)
		defer cancel()
		b.finish(deadline)
		if took := time.Since(start); took != finishWithin {
			t.Errorf("it took %s, want %s", took, finishWithin)
		}
		for range 5 {
			if after := <-told; after+messages.LastWords > finishWithin {
				t.Errorf("work learned after %s that it is over", after)
			}
		}
		close(stuck)
	})
}

// TestStopWhileSlackIsDown: a bot that is told to stop before it has reached Slack stops, and that is no error.
func TestStopWhileSlackIsDown(t *testing.T) {
	w := NewWorld(t)
	w.Fail("auth.test", fakeslack.Fault{Status: 503})
	b := New(w.Config, whole(w.engine), messages.New(w.Config), directory.New(w.Config, func() []string { return nil }))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	w.Until("it tries", func() bool { return len(w.Calls("auth.test")) > 0 })
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
}

// An answer to something that was acknowledged finds another pool when its own has no place.
func TestAnAnswerFindsAPlace(t *testing.T) {
	d := &dispatcher{log: slog.New(slog.DiscardHandler)}
	full := newPool(t.Context(), 0, 0, &d.busy)
	d.replies, d.forms, d.clicks = full, full, newPool(t.Context(), 1, 1, &d.busy)
	d.work = full
	told := make(chan struct{})
	d.goReply(d.replies, op.Address{Person: "U0ANA"}, func(context.Context) { close(told) })
	<-told
	d.clicks.drain(t.Context())
	full.drain(t.Context())
}

// TestFates: whoever measures hears what becomes of an envelope, and after how long.
func TestFates(t *testing.T) {
	w := slackworld.New(t)
	config := w.Config.Filled()
	fates := make(chan webapi.Fate, 4)
	config.Fate = func(kind string, f webapi.Fate, after time.Duration) {
		if kind != "slash_commands" || after < 0 || after > time.Minute {
			t.Errorf("%s, %s", kind, after)
		}
		fates <- f
	}
	came := make(chan socket.Envelope, 1)
	sockets := socket.NewSockets(config, func(e socket.Envelope) { came <- e })
	ctx, hangUp := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- sockets.Run(ctx) }()
	w.Until("the sockets are up", func() bool { return sockets.Health().Sockets == 2 })
	if oldest := sockets.Health().Oldest; oldest <= 0 || oldest > time.Minute {
		t.Errorf("the oldest socket is up for %s", oldest)
	}
	sent, err := w.Type("U0ANA", "C0SHOW", "/caster list", "")
	if err != nil {
		t.Fatal(err)
	}
	e := <-came
	d := &dispatcher{intake: newPool(t.Context(), 0, 0, &atomic.Int64{}), log: quiet}
	e.Expect()
	d.take(e)
	late := delivery{Envelope: e}
	late.At = time.Now().Add(-socket.AcceptWithin)
	e.Expect()
	d.handle(t.Context(), late)
	e.At = time.Now()
	d.write(delivery{Envelope: e}, nil)
	e.Done()
	for _, want := range []webapi.Fate{webapi.Crowded, webapi.Late, webapi.Acknowledged} {
		if got := <-fates; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	w.Acknowledged(sent, nil)
	hangUp()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
