package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// longScripts go on for a long time.
var longScripts = []script{
	{name: "long", play: long,
		shows: "half an hour of work with random faults of Slack and of the cloud: goroutines, descriptors and memory stay flat"},
}

// long: F42. -for says how long it goes on.
func long(ctx context.Context, r *run) error {
	lasts := pick(r, 2*time.Minute, 30*time.Minute)
	if r.lasts > 0 {
		lasts = r.lasts
	}
	g, err := r.rig(ctx, 24, testbed.Config{})
	if err != nil {
		return err
	}
	s := &soak{rig: g, dice: rand.New(rand.NewPCG(42, 1)), told: map[string]int{}}
	stopFaults := meanwhile(4*time.Second, func(int) { s.trouble() })
	stopClicks := meanwhile(time.Second, func(int) { s.clicks() })
	stopSamples := meanwhile(max(time.Second, lasts/360), func(int) { s.sample() })
	shots, err := s.work(lasts)
	stopFaults()
	stopClicks()
	s.calm()
	stopSamples()
	if err != nil {
		return err
	}
	g.say("%d commands, %d of them not acknowledged while no socket was open, %d clicks, faults: %v", len(shots),
		len(lost(shots)), s.clicked, s.told)
	s.flat(lasts)
	g.opened(g.began)
	g.stop(g.p)
	return g.judge(ctx, g.w, g.w.SQLite())
}

// soak is a long run: what people do, what goes wrong, and what is measured meanwhile.
type soak struct {
	*rig
	dice    *rand.Rand // of the goroutine that makes trouble
	told    map[string]int
	clicked int
	samples []sample
}

// work types two commands a second.
func (s *soak) work(lasts time.Duration) ([]shot, error) {
	return s.fire(2, lasts, func(n int) (string, string, string) {
		text := menu[n%len(menu)]
		if text == `/caster copy "Evening News" "Evening Copy"` {
			text = fmt.Sprintf(`/caster copy "Evening News" "Evening %d"`, n)
		}
		return crew[n%len(crew)], s.channels[n*7%len(s.channels)], text
	})
}

// clicks presses what waits: the asker confirms, or calls it off; what is unknown is settled by a look at the cloud.
func (s *soak) clicks() {
	for _, c := range s.w.Newest() {
		m := asker.FindStringSubmatch(c.Text)
		if c.Face != "🟡" || m == nil || s.ctx.Err() != nil {
			continue
		}
		act := "confirm"
		if c.Ref[5]%4 == 0 {
			act = "cancel"
		}
		if _, err := s.press(m[1], c, act); err != nil {
			continue // the card has changed meanwhile
		}
		if s.clicked++; s.clicked%3 == 0 {
			return
		}
	}
}

// trouble lets one thing go wrong.
func (s *soak) trouble() {
	all := []struct {
		name string
		do   func()
	}{
		{"a warning", func() { s.refresh(0) }},
		{"a refresh", func() { s.refresh(1) }},
		{"a cut", func() { s.w.Slack.Disconnect(s.w.Slack.Sockets()[0], "") }},
		{"429", func() { s.fail(fakeslack.Fault{RetryAfter: 2 * time.Second, Times: 3}) }},
		{"503", func() { s.fail(fakeslack.Fault{Status: 503, Times: 3}) }},
		{"Slack is silent", func() { s.fail(fakeslack.Fault{Silent: true, Times: 1}) }},
		{"Slack is away", func() { s.gone(3 * time.Second) }},
		{"throttling", func() { s.spoil(fakelive.Fault{Kind: fakelive.Throttle, Times: 3}) }},
		{"the cloud answers 500", func() { s.spoil(fakelive.Fault{Kind: fakelive.Status, Times: 2}) }},
		{"the cloud answers late", func() {
			s.spoil(fakelive.Fault{Kind: fakelive.SlowAnswer, Delay: 3 * time.Second, Times: 2})
		}},
		{"the cloud acts and breaks off", func() { s.spoil(fakelive.Fault{Kind: fakelive.ResetAfter, Times: 2}) }},
		{"the cloud answers a web page", func() { s.spoil(fakelive.Fault{Kind: fakelive.HTML, Times: 2}) }},
		{"the policy is written anew", func() {
			_ = s.w.SetPolicy(testbed.Rights("U0ANA, U0BO, U0KEN, U0MIO", s.channels...))
		}},
	}
	if len(s.w.Slack.Sockets()) == 0 {
		return
	}
	one := all[s.dice.IntN(len(all))]
	s.told[one.name]++
	one.do()
}

func (s *soak) fail(f fakeslack.Fault) {
	methods := []string{"chat.postMessage", "chat.update", "chat.postEphemeral", "response_url", "users.info",
		"conversations.info"}
	s.w.Slack.Fail(methods[s.dice.IntN(len(methods))], f)
}

// spoil lets something go wrong at the cloud; a fault that it does not take is a mistake in the table.
func (s *soak) spoil(f fakelive.Fault) {
	if _, err := s.w.Live.Inject(f); err != nil {
		s.breaks("%v", err)
	}
}

// gone is a short outage.
func (s *soak) gone(d time.Duration) {
	s.tap.shut.Store(true)
	s.w.Slack.Disconnect("", "")
	time.Sleep(d)
	s.tap.shut.Store(false)
}

// calm ends every fault and waits until nothing is under way.
func (s *soak) calm() {
	s.w.Live.ClearFaults()
	for _, method := range []string{"chat.postMessage", "chat.update", "chat.postEphemeral", "response_url", "users.info",
		"conversations.info"} {
		s.w.Slack.Fail(method, fakeslack.Fault{})
	}
	last, since := s.w.Seen(), time.Now()
	until(s.ctx, 6*time.Minute, func() bool {
		if now := s.w.Seen(); now != last || s.working() {
			last, since = now, time.Now()
		}
		return time.Since(since) > 10*time.Second
	})
}

func (s *soak) working() bool {
	for _, c := range s.w.Newest() {
		if c.Face == "⏳" {
			return true
		}
	}
	return false
}
