package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// maxOpens is how many sockets may be asked for in any minute.
const maxOpens = 20

// opened holds the opens since a moment against the promise.
func (g *rig) opened(since time.Time) {
	n, _ := testbed.Busiest(g.tap.opens(since), time.Minute)
	g.say("at most %d sockets were asked for in a minute", n)
	g.holds(n <= maxOpens, "P11: %d sockets were asked for within a minute", n)
}

// meanwhile repeats something until the function that it gives is called.
func meanwhile(every time.Duration, do func(n int)) (stop func()) {
	done := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			case <-tick.C:
				do(n)
			}
		}
	})
	return sync.OnceFunc(func() {
		close(done)
		work.Wait()
	})
}

// refresh ends sockets as Slack does: one with a warning, one at once, both with a warning.
func (g *rig) refresh(n int) {
	ids := g.w.Slack.Sockets()
	if len(ids) == 0 {
		return
	}
	switch n % 3 {
	case 0:
		g.w.Slack.Disconnect(ids[0], "warning")
	case 1:
		g.w.Slack.Disconnect(ids[0], "refresh_requested")
	case 2:
		g.w.Slack.Disconnect("", "warning")
	}
}

// slackRefresh: F9.
func slackRefresh(ctx context.Context, r *run) error {
	grace := pick(r, 500*time.Millisecond, 2*time.Second)
	g, err := r.rig(ctx, 8, testbed.Config{Slack: fakeslack.Config{Grace: grace}})
	if err != nil {
		return err
	}
	began := time.Now()
	every, lasts := pick(r, 1700*time.Millisecond, 5*time.Second), pick(r, 7*time.Second, 2*time.Minute)
	stop := meanwhile(every, g.refresh)
	shots, err := g.fire(20, lasts, func(n int) (string, string, string) {
		text := "/caster help"
		if n%10 == 0 {
			text = "/record start main"
		}
		return crew[n/10/len(g.channels)%len(crew)], g.channels[n/10%len(g.channels)], text
	})
	stop()
	if err != nil {
		return err
	}
	g.say("%d commands at 20 a second, a refresh every %s: %d lost, the slowest was acknowledged after %s",
		len(shots), every, len(lost(shots)), slowest(shots).Round(time.Millisecond))
	for _, s := range lost(shots) {
		g.breaks("F9: %s of %s was not acknowledged: %s", s.text, s.who, s.ack.Err)
	}
	if r.long {
		g.opened(began)
	}
	changes := len(slices.DeleteFunc(shots, func(s shot) bool { return s.text == "/caster help" || s.ack.Err != "" }))
	return g.rest(changes)
}

// rest waits until every card is there, ends the bot, and asks the oracle. Each acknowledged change has made one
// operation.
func (g *rig) rest(operations int) error {
	if !until(g.ctx, time.Minute, func() bool { return len(g.w.Newest()) >= operations }) {
		g.breaks("I6: %d changes were acknowledged, and there are %d cards", operations, len(g.w.Newest()))
	}
	g.run.rest(g.ctx, g.w)
	g.stop(g.p)
	n := len(g.w.Newest())
	g.holds(n == operations, "I2: %d changes were acknowledged, and there are %d operations", operations, n)
	return g.judge(g.ctx, g.w, g.w.SQLite())
}

// storm ends every socket as soon as it is open.
func (g *rig) storm(reason func() string) (stop func()) {
	seen := map[string]bool{}
	return meanwhile(2*time.Millisecond, func(int) {
		for _, id := range g.w.Slack.Sockets() {
			if !seen[id] {
				seen[id] = true
				g.w.Slack.Disconnect(id, reason())
			}
		}
	})
}

// slackStorm: sockets that Slack closes right after it has greeted are not asked for again and again.
func slackStorm(ctx context.Context, r *run) error {
	g, err := r.rig(ctx, 0, testbed.Config{})
	if err != nil {
		return err
	}
	lasts := pick(r, 20*time.Second, 3*time.Minute)
	for _, reason := range []string{"refresh_requested", "too_many_websockets", "link_disabled", ""} {
		if err := g.weather(reason, lasts); err != nil {
			return err
		}
	}
	g.stop(g.p)
	g.say("and from its first socket on:")
	g.tap.forget()
	stop := g.storm(func() string { return "too_many_websockets" })
	defer stop()
	if g.p, err = r.begin(g.w, testbed.Life{}); err != nil {
		return err
	}
	time.Sleep(pick(r, 10*time.Second, time.Minute))
	g.holds(!g.p.Dead(), "too many sockets, which passes by itself, ended the process; it says: %s", g.p.Tail())
	stop()
	return g.heals()
}

// weather is a storm of one kind, and what comes after it.
func (g *rig) weather(reason string, lasts time.Duration) error {
	before, err := g.p.CPU()
	if err != nil {
		return err
	}
	began := time.Now()
	stop := g.storm(func() string { return reason })
	for time.Since(began) < lasts && g.ctx.Err() == nil && !g.p.Dead() {
		time.Sleep(100 * time.Millisecond)
	}
	stop()
	after, err := g.p.CPU()
	if g.p.Dead() || err != nil {
		return fmt.Errorf("a storm of %q ended the process; its log ends with: %s", reason, g.p.Tail())
	}
	busy := 100 * float64(after-before) / float64(lasts)
	opens := g.tap.opens(began)
	most, _ := testbed.Busiest(opens, time.Minute)
	g.say("%s of %q right after each hello: %d sockets asked for, %d in the busiest minute, %.1f %% of a processor",
		lasts, reason, len(opens), most, busy)
	g.holds(most <= maxOpens, "P11: %d sockets were asked for within a minute", most)
	g.holds(busy < 20, "a busy loop: %.1f %% of a processor", busy)
	return g.heals()
}

// heals waits until both sockets are open and a command is answered.
func (g *rig) heals() error {
	since := time.Now()
	if !until(g.ctx, 2*time.Minute, func() bool { return len(g.w.Slack.Sockets()) >= 2 }) {
		g.breaks("P11: two minutes later the sockets are not open; the log ends with: %s", g.p.Tail())
		return g.ctx.Err()
	}
	took := time.Since(since)
	g.say("afterwards both sockets are open again in %.1f s", took.Seconds())
	g.holds(took < 30*time.Second, "P11: that took more than 30 s")
	ack, err := acked(g.w.Slack.Type("U0ANA", "C0SHOW", "/caster help", ""))
	g.holds(ack.Err == "", "a command is lost afterwards: %s", ack.Err)
	return err
}

// slackFatal: what Slack says when somebody has to change the configuration.
func slackFatal(ctx context.Context, r *run) error {
	t := &tap{}
	w, _, err := r.open(0, testbed.Config{InSlack: t.before})
	if err != nil {
		return err
	}
	for _, c := range []struct{ method, code, names string }{
		{"apps.connections.open", "invalid_auth", "SLACK_APP_TOKEN"},
		{"apps.connections.open", "not_allowed_token_type", "SLACK_APP_TOKEN"},
		{"apps.connections.open", "missing_scope", "connections:write"},
		{"apps.connections.open", "token_revoked", "SLACK_APP_TOKEN"},
		{"apps.connections.open", "account_inactive", "SLACK_APP_TOKEN"},
		{"auth.test", "invalid_auth", "SLACK_BOT_TOKEN"},
		{"auth.test", "token_revoked", "SLACK_BOT_TOKEN"},
		{"", "link_disabled", "Socket Mode"},
	} {
		g := &rig{run: r, ctx: ctx, tap: t, w: w}
		stop := func() {}
		if c.method == "" {
			stop = g.storm(func() string { return c.code })
		} else {
			w.Slack.Fail(c.method, fakeslack.Fault{Error: c.code})
		}
		err := g.ends(c.code, c.names)
		stop()
		w.Slack.Fail(c.method, fakeslack.Fault{})
		if err != nil {
			return err
		}
	}
	return nil
}

// ends starts a bot, which must end by itself and say why in one line for people.
func (g *rig) ends(code, names string) (err error) {
	began := time.Now()
	if g.p, err = g.begin(g.w, testbed.Life{Log: "log-" + code + "-" + names}); err != nil {
		return err
	}
	select {
	case <-g.p.Gone():
	case <-time.After(30 * time.Second):
		g.breaks("%s: the process goes on", code)
		g.p.Kill()
		return nil
	}
	var plain []string
	for line := range strings.Lines(g.p.Log()) {
		if !strings.HasPrefix(line, "{") {
			plain = append(plain, strings.TrimSpace(line))
		}
	}
	said := strings.Join(plain, " / ")
	g.say("%s: exit code %d after %.1f s and %d opens: %s", code, g.p.Stop(), time.Since(began).Seconds(),
		len(g.tap.opens(began)), said)
	g.holds(g.p.Stop() != 0, "%s: exit code 0", code)
	g.holds(len(plain) == 1 && strings.Contains(said, names), "%s: it says not one line that names %s", code, names)
	return nil
}
