package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/oracle"
	"casterbot/test/testbed"
)

// weathers are the storms of slack-limits: what chat.postMessage and chat.update answer to the first calls.
var weathers = []struct {
	name         string
	post, update fakeslack.Fault
}{
	{"429 with Retry-After 2 s", fakeslack.Fault{RetryAfter: 2 * time.Second},
		fakeslack.Fault{RetryAfter: 2 * time.Second}},
	{"503", fakeslack.Fault{Status: 503}, fakeslack.Fault{Status: 503}},
	{"500 after the effect", fakeslack.Fault{Status: 500, AfterEffect: true},
		fakeslack.Fault{Status: 500, AfterEffect: true}},
	{"errors of Slack's own", fakeslack.Fault{Error: "internal_error"}, fakeslack.Fault{Error: "fatal_error"}},
	{"no hint how long to wait", fakeslack.Fault{Error: "ratelimited"}, fakeslack.Fault{Error: "ratelimited"}},
}

// slackLimits: Slack puts messages off and refuses some. In every storm each channel asks for a copy, confirms it, and
// sees it through.
func slackLimits(ctx context.Context, r *run) error {
	rooms := pick(r, 2, 8)
	g, err := r.rig(ctx, rooms, testbed.Config{})
	if err != nil {
		return err
	}
	began := time.Now()
	for n, s := range weathers[:pick(r, 1, len(weathers))] {
		s.post.Times, s.update.Times = pick(r, 1, 4), pick(r, 2, 6)
		if err := g.stormy(s.name, s.post, s.update, n); err != nil {
			return err
		}
	}
	g.say("at most %d new messages a second in a channel", g.tap.busiest(began))
	g.holds(g.tap.busiest(began) <= atOnce, "%d new messages within a second in one channel",
		g.tap.busiest(began))
	g.patient()
	g.forward()
	g.run.rest(ctx, g.w) // whether it took effect is looked at, and told, after the result
	g.stop(g.p)
	return g.judge(ctx, g.w, g.w.SQLite())
}

// stormy is one storm: commands are typed in all channels, the cards appear in spite of it, are confirmed, and show the
// result.
func (g *rig) stormy(name string, post, update fakeslack.Fault, n int) error {
	began := time.Now()
	g.w.Slack.Fail("chat.postMessage", post)
	g.w.Slack.Fail("chat.update", update)
	g.edits()
	before := g.w.Newest()
	for i, channel := range g.channels {
		text := fmt.Sprintf(`/caster copy "Evening News" "Evening %d %d"`, n, i)
		if ack, err := acked(g.w.Slack.Type(crew[i%len(crew)], channel, text, "")); err != nil || ack.Err != "" {
			return fmt.Errorf("%s: %w %s", text, err, ack.Err)
		}
	}
	fresh := func(signs ...string) (list []testbed.Card) {
		for ref, c := range g.w.Newest() {
			if _, old := before[ref]; !old && slices.Contains(signs, c.Face) {
				list = append(list, c)
			}
		}
		return list
	}
	if !until(g.ctx, 3*time.Minute, func() bool { return len(fresh("🟡")) == len(g.channels) }) {
		g.breaks("F13: during %s only %d of %d cards appear", name, len(fresh("🟡")), len(g.channels))
		return nil
	}
	shown := time.Since(began)
	for _, c := range fresh("🟡") {
		who := crew[slices.Index(g.channels, c.Channel)%len(crew)]
		if ack, err := g.press(who, c, "confirm"); err != nil || ack.Err != "" {
			return fmt.Errorf("confirm op %s: %w %s", c.Ref, err, ack.Err)
		}
	}
	done := until(g.ctx, 3*time.Minute, func() bool { return len(fresh("✅")) == len(g.channels) })
	g.holds(done, "F13: during %s only %d of %d cards show the result", name, len(fresh("✅")), len(g.channels))
	g.say("%s: %d cards after %.1f s, %d results after %.1f s", name, len(g.channels), shown.Seconds(), len(fresh("✅")),
		time.Since(began).Seconds())
	return nil
}

// patient looks whether the bot left a method in a channel alone for as long as Slack had asked for.
func (g *rig) patient() {
	type lane struct{ method, channel string }
	until, refused := map[lane]time.Time{}, 0
	for _, c := range g.tap.got(g.began, tapped.says) {
		l := lane{c.method, c.channel}
		if early := until[l].Sub(c.at); early > 50*time.Millisecond {
			g.breaks("F13: %s in %s came %s before Slack wanted it", c.method, c.channel, early.Round(time.Millisecond))
		}
		if c.refused() {
			until[l] = c.at.Add(2 * time.Second)
			refused++
		}
	}
	g.say("Slack said %d times to wait, and each time it was left alone", refused)
	g.holds(refused > 0, "no call was refused: the storm did not happen")
}

// rank orders what a card shows in the course of an operation.
var rank = map[string]int{"🟡": 1, "⏳": 2, "✅": 3, "❌": 3, "⚪": 3, "⚠️": 3}

// forward looks whether any message went back to an older state.
func (g *rig) forward() {
	type message struct{ channel, ts string }
	last, edits := map[message]int{}, 0
	for _, c := range g.tap.got(g.began, func(c tapped) bool {
		return c.method == "chat.update" && c.status == http.StatusOK
	}) {
		values, err := url.ParseQuery(c.body)
		sign, _, _ := strings.Cut(values.Get("text"), " ")
		now := rank[sign]
		if m := (message{c.channel, c.ts}); err != nil || now < last[m] {
			g.breaks("F13: a card in %s went back to %s", c.channel, sign)
		} else {
			last[m] = now
		}
		edits++
	}
	g.say("%d edits, and none went back to an older state", edits)
}

// slackGone: F15.
func slackGone(ctx context.Context, r *run) error {
	g, err := r.rig(ctx, 4, testbed.Config{})
	if err != nil {
		return err
	}
	for i, gone := range []struct {
		what string
		do   func(testbed.Card) error
		see  func(ref string, told int) func() bool
	}{
		{"its message is deleted", g.deletes, func(ref string, _ int) func() bool {
			return func() bool { return g.shows(ref, "✅") }
		}},
		{"the bot is thrown out of the channel", func(c testbed.Card) error {
			return g.w.Slack.RemoveBot(c.Channel)
		}, g.direct},
		{"the channel is archived", func(c testbed.Card) error { return g.w.Slack.Archive(c.Channel) }, g.direct},
		{"the channel is archived, and the asker has left", func(c testbed.Card) error {
			g.w.Slack.Fail("conversations.open", fakeslack.Fault{Error: "user_disabled"})
			return g.w.Slack.Archive(c.Channel)
		}, func(ref string, _ int) func() bool { return func() bool { return g.written(ref) } }},
	} {
		who, channel := crew[i], g.channels[i]
		// the first result is drawn by the click's address, and proved later; the others are edited by chat.update
		if i == 1 {
			g.edits()
		}
		told := g.w.Private(who)
		c, err := g.underWay(who, channel, fmt.Sprintf(`/caster copy "Evening News" "Evening %d"`, i), "CopyCaster",
			time.Second)
		if err != nil {
			return err
		}
		if err := gone.do(c); err != nil {
			return err
		}
		since := time.Now()
		if !until(ctx, 30*time.Second, gone.see(c.Ref, told)) {
			g.breaks("F15: while a call is under way %s, and the result is told nowhere", gone.what)
			continue
		}
		g.say("while a call is under way %s: the result is told after %.1f s", gone.what, time.Since(since).Seconds())
	}
	return g.quiet()
}

// direct says that the asker has been told more than before, in a direct message that names the operation.
func (g *rig) direct(ref string, _ int) func() bool {
	return func() bool {
		for _, c := range g.w.Slack.Log(0) {
			if c.Method == "chat.postMessage" && c.Error == "" && strings.HasPrefix(c.Channel, "D") &&
				strings.Contains(string(c.Blocks), "op "+ref) {
				return true
			}
		}
		return false
	}
}

// written reads the bot's log for the words that nobody could be told; that the trail has it is seen in the end.
func (g *rig) written(ref string) bool {
	for line := range strings.Lines(g.p.Log()) {
		if strings.Contains(line, ref) && strings.Contains(line, "nobody") {
			return true
		}
	}
	return false
}

// quiet looks whether the bot has given up what cannot be told, and whether the trail has every result.
func (g *rig) quiet() error {
	time.Sleep(pick(g.run, 2*time.Second, 20*time.Second))
	since := time.Now()
	time.Sleep(pick(g.run, 3*time.Second, 30*time.Second))
	calls := g.tap.got(since, func(c tapped) bool { return c.says() || c.method == "conversations.open" })
	g.say("afterwards %d calls of chat in %.0f s", len(calls), time.Since(since).Seconds())
	g.stop(g.p)
	record, err := oracle.Collect(g.ctx, g.w, g.w.SQLite())
	if err != nil {
		return err
	}
	for _, o := range record.Operations {
		g.holds(o.State == op.Succeeded, "op %s is %s in the trail", o.Ref(), o.State)
		g.holds(o.Shown >= o.Version, "F15: op %s is still to be told somewhere", o.Ref())
	}
	for _, o := range record.Operations {
		if o.Channel != g.channels[3] {
			continue
		}
		var names []string
		for _, e := range record.Events {
			if e.Operation == o.ID {
				names = append(names, e.Name)
			}
		}
		g.say("the trail of op %s, which nobody could be told of: %s", o.Ref(), strings.Join(names, ", "))
		g.holds(slices.Contains(names, "untold"), "F15: the trail does not say that nobody was told of op %s", o.Ref())
	}
	return nil
}
