package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"casterbot/internal/engine"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"

	"github.com/slack-go/slack"
	"golang.org/x/time/rate"
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

// TestPoolAfterItsEnd: what work offers while the pool is drained is still done, what comes later is refused, and work that
// heeds nothing is left behind together with what waits behind it.
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

// TestFullQueue: a command whose work finds no place is answered, and nothing of it is done.
func TestFullQueue(t *testing.T) {
	w := newWorld(t)
	began, release := make(chan struct{}, 1), make(chan struct{})
	ran := make(chan string, 10)
	w.engine.accept = func(_ context.Context, r op.Request) (engine.Accepted, error) {
		return engine.Accepted{Work: func(context.Context) {
			began <- struct{}{}
			<-release
			ran <- r.Person
		}}, nil
	}
	d := &dispatcher{engine: w.engine, chat: NewChat(w.config), log: w.config.filled().Log, seen: newDedupe(time.Now), drawn: newDrawn()}
	d.quick, d.work = newPool(context.Background(), 1, 8, &atomic.Int64{}), newPool(context.Background(), 1, 0, &atomic.Int64{})
	for d.work.offer(func(context.Context) { began <- struct{}{}; <-release }) == false {
		time.Sleep(time.Millisecond)
	}
	<-began
	var dropped atomic.Bool
	d.later(d.work, op.Address{Person: "U0ANA", Channel: "C0SHOW"}, engine.Accepted{
		Work: func(context.Context) { ran <- "U0ANA" },
		Drop: func(context.Context) {
			dropped.Store(true)
			if w.reads("U0ANA", "C0SHOW", "The queue is full") {
				t.Error("she is told before the work is dropped")
			}
		},
	})
	if !dropped.Load() {
		t.Error("the work is not dropped")
	}
	d.later(d.work, op.Address{Person: "U0BO", Channel: "C0SHOW"}, engine.Accepted{Work: func(context.Context) { ran <- "U0BO" }})
	w.until("she is told", func() bool { return w.reads("U0ANA", "C0SHOW", "The queue is full, nothing was done.") })
	close(release)
	d.work.drain(context.Background())
	d.quick.drain(context.Background())
	if len(ran) != 0 {
		t.Error("the refused work was done")
	}
}

func TestDedupe(t *testing.T) {
	clock := &watch{}
	d := newDedupe(clock.now)
	steps := []struct {
		after time.Duration
		key   string
		want  bool
	}{
		{0, "a", true}, {0, "a", false}, {10 * time.Minute, "a", false}, {4*time.Minute + 59*time.Second, "a", false}, {time.Second, "b", true},
		{0, "a", false}, {rememberFor - 1, "b", false}, {1, "a", true}, {3 * rememberFor, "b", true},
	}
	for i, s := range steps {
		clock.advance(s.after)
		if got := d.first(s.key); got != s.want {
			t.Errorf("step %d: first(%s) = %v", i, s.key, got)
		}
	}
	d.forget("b")
	if !d.first("b") {
		t.Error("a forgotten key is remembered")
	}
	for i := range 5 * maxKeys / 2 {
		d.first(fmt.Sprint(i))
	}
	if n := len(d.young) + len(d.old); n > 2*maxKeys {
		t.Errorf("%d keys are remembered", n)
	}
	if d.first(fmt.Sprint(5*maxKeys/2 - 1)) {
		t.Error("the last key of a flood is forgotten")
	}
}

func TestFatal(t *testing.T) {
	for name := range fatalCodes {
		for _, err := range []error{errors.New(name), slack.SlackErrorResponse{Err: name}, fmt.Errorf("wrapped: %w", slack.SlackErrorResponse{Err: name})} {
			f, ok := errors.AsType[*Fatal](fatal(err))
			if !ok || f.Code != name || !strings.Contains(f.Error(), "SLACK_APP_TOKEN") || strings.Contains(f.Error(), "%!") {
				t.Errorf("%s: %v", name, fatal(err))
			}
		}
	}
	if err := fatal(slack.StatusCodeError{Code: 404}); err == nil || !strings.Contains(err.Error(), "SLACK_API_URL") {
		t.Errorf("404: %v", err)
	}
	for _, err := range []error{nil, errors.New("internal_error"), &slack.RateLimitedError{}, slack.StatusCodeError{Code: 503}, &url.Error{Op: "Post", URL: "x", Err: errDisk}} {
		if f := fatal(err); f != nil {
			t.Errorf("%v is fatal: %v", err, f)
		}
	}
	if err := fatalOr(&url.Error{Op: "Post", URL: "https://x?ticket=canary", Err: errDisk}); strings.Contains(err.Error(), "canary") || !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
}

// TestSocketModeOff: when Slack closes every socket right after its hello, Run gives up with a plain error, if none has ever
// lasted; after that it goes on trying.
func TestSocketModeOff(t *testing.T) {
	s := &sockets{log: Config{}.filled().Log}
	for i := range manyBrief {
		if err := s.lived(0); (err != nil) != (i == manyBrief-1) {
			t.Fatalf("brief socket %d: %v", i, err)
		}
	}
	_ = s.lived(time.Hour)
	for range 5 * manyBrief {
		if err := s.lived(0); err != nil {
			t.Fatalf("after a socket that lasted: %v", err)
		}
	}
}

func TestOpeningsArePaced(t *testing.T) {
	w := newWorld(t)
	p := &paced{next: w.config.HTTP.Transport, limit: rate.NewLimiter(0, 2)}
	post := func(path string) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := p.RoundTrip(r)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	for i := range 3 {
		if err := post("/api/apps.connections.open"); (err != nil) != (i == 2) {
			t.Errorf("opening %d: %v", i, err)
		}
	}
	if err := post("/api/api.test"); err != nil {
		t.Errorf("another call waits too: %v", err)
	}
}

// TestScopes: missing scopes are named in the log.
func TestScopes(t *testing.T) {
	w := newWorld(t, func(c *fakeslack.Config) {
		c.Scopes = []string{"commands", "chat:write", "users:read", "channels:read", "groups:read", "im:write"}
	})
	w.engine.accept = replying("fine")
	w.start()
	if !strings.Contains(w.log.String(), `missing="usergroups:read app_mentions:read"`) {
		t.Errorf("the log does not name the missing scopes:\n%s", w.log)
	}
}
