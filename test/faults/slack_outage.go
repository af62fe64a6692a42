package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/test/testbed"
)

// slackOutage: F12. The hour is one of the bot's clock; the outage itself is shorter.
func slackOutage(ctx context.Context, r *run) error {
	g, err := r.rig(ctx, 4, testbed.Config{})
	if err != nil {
		return err
	}
	due, err := g.ask("U0ANA", g.channels[0], "/record start main")
	if err != nil {
		return err
	}
	approval, err := g.ask("U0BO", g.channels[1], `/caster restart "Evening News"`)
	if err != nil {
		return err
	}
	running, err := g.underWay("U0KEN", g.channels[2], `/caster copy "Evening News" "Evening Copy"`, "CopyCaster",
		1500*time.Millisecond)
	if err != nil {
		return err
	}
	began := time.Now()
	g.away(pick(r, 4*time.Second, 150*time.Second))
	if err := g.w.SetAhead(time.Hour); err != nil {
		return err
	}
	back := time.Now()
	g.tap.shut.Store(false)
	g.say("Slack is back, and the bot's clock an hour ahead")
	open := func() bool { return len(g.w.Slack.Sockets()) == 2 }
	g.holds(until(ctx, 6*time.Minute, open), "P11: the sockets are not open again after 6 minutes")
	took := time.Since(back)
	g.say("both sockets are open %.1f s later", took.Seconds())
	g.holds(took < 30*time.Second, "P11: reconnecting took more than 30 s")
	g.opened(began)
	return g.catchesUp(due, approval, running, back)
}

// underWay asks for something and confirms it; its answer comes after the delay. It returns when the cloud has the
// call.
func (g *rig) underWay(who, channel, text, action string, delay time.Duration) (testbed.Card, error) {
	if _, err := g.w.Live.Inject(fakelive.Fault{Action: action, Kind: fakelive.SlowAnswer, Delay: delay}); err != nil {
		return testbed.Card{}, err
	}
	before := len(received(g.w))
	c, err := g.ask(who, channel, text)
	if err != nil {
		return c, err
	}
	if _, err := g.press(who, c, "confirm"); err != nil {
		return c, err
	}
	if !until(g.ctx, 10*time.Second, func() bool { return len(received(g.w)) > before }) {
		return c, fmt.Errorf("op %s: the cloud gets no call", c.Ref)
	}
	return c, nil
}

// away lets nothing through to Slack for a while; what people type meanwhile, Slack itself refuses.
func (g *rig) away(d time.Duration) {
	g.tap.shut.Store(true)
	g.w.Slack.Disconnect("", "")
	g.say("Slack is away for %s, with a call under way and two cards waiting", d)
	ack, err := acked(g.w.Slack.Type("U0ANA", g.channels[3], "/record start main", ""))
	g.holds(err == nil && ack.Err != "", "a command is acknowledged while no socket is open: %v", err)
	for end := time.Now().Add(d); time.Now().Before(end) && g.ctx.Err() == nil; {
		time.Sleep(100 * time.Millisecond)
	}
}

// catchesUp waits for the cards: what ran is told, what has expired says so and does nothing when somebody presses it.
func (g *rig) catchesUp(due, approval, running testbed.Card, back time.Time) error {
	for _, want := range []struct {
		card testbed.Card
		sign string
	}{{due, "⚪"}, {approval, "⚪"}, {running, "✅"}} {
		ok := until(g.ctx, 6*time.Minute, func() bool { return g.shows(want.card.Ref, want.sign) })
		g.holds(ok, "F12: op %s does not come to show %s: %s", want.card.Ref, want.sign, g.w.Newest()[want.card.Ref].Text)
	}
	took := time.Since(back)
	g.say("all cards are up to date %.1f s after the return; at most %d new messages a second in a channel",
		took.Seconds(), g.tap.busiest(back))
	g.holds(took < time.Minute, "F12: bringing the cards up to date took more than a minute")
	g.holds(g.tap.busiest(back) <= atOnce, "F12: a storm of messages")
	for _, late := range []struct {
		who, act string
		card     testbed.Card
	}{{"U0ANA", "confirm", due}, {"U0KEN", "approve", approval}} {
		if err := g.tooLate(late.who, late.act, late.card); err != nil {
			return err
		}
	}
	g.holds(len(received(g.w)) == 1, "P8: the cloud got %d calls, not only the one that ran", len(received(g.w)))
	g.stop(g.p)
	return g.judge(g.ctx, g.w, g.w.SQLite())
}

// tooLate presses a button that a person still sees, and looks for the words in which they are told that it has
// expired.
func (g *rig) tooLate(who, act string, c testbed.Card) error {
	since := time.Now()
	if _, err := g.press(who, c, act); err != nil {
		return err
	}
	if !strings.Contains(g.w.Newest()[c.Ref].Text, "expired") {
		g.breaks("the card of op %s does not say that it has expired", c.Ref)
	}
	told := func() bool {
		return len(g.tap.got(since, func(t tapped) bool { return t.user == who || t.method == "response_url" })) > 0
	}
	if !until(g.ctx, 10*time.Second, told) {
		return errors.New("a click that comes too late gets no answer")
	}
	return nil
}
