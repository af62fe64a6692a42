package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"casterbot/test/testbed"
)

// burstScripts are about too much at once.
var burstScripts = []script{
	{name: "burst", quick: true, play: burst,
		shows: "10,000 commands at once: every one acknowledged within 2.5 s and answered, no limit of the account exceeded, little memory"},
}

// What a burst is judged by, as docs/reliability.md has it; only the long form is, a short one shares its processor
// with other tests.
const (
	ackWithin = 2500 * time.Millisecond
	maxMemory = 150 * 1024 * 1024 / 1e6 // MB (10⁶ bytes)
)

// menu is what people type in a burst, in turn: what is answered at once, what looks, what changes.
var menu = []string{
	"/caster help", "/caster list", "/record start main", "/caster list evening", "/record help", "/caster nonsense",
	`/caster copy "Evening News" "Evening Copy"`, `/caster show "Evening News"`, "/record stop main",
	"/record status main",
}

// burst: F41.
func burst(ctx context.Context, r *run) error {
	n, rooms := pick(r, 40, 10_000), pick(r, 5, 100)
	g, err := r.rig(ctx, rooms, testbed.Config{})
	if err != nil {
		return err
	}
	began := time.Now()
	shots, err := g.atOnce(n)
	if err != nil {
		return err
	}
	typed := time.Since(began)
	for i := range shots {
		shots[i].ack = <-shots[i].sent.Done
	}
	g.say("%d commands were typed in %.2f s in %d channels: %d not acknowledged, the slowest acknowledged after %s",
		n, typed.Seconds(), rooms, len(lost(shots)), slowest(shots).Round(time.Millisecond))
	g.holds(len(lost(shots)) == 0, "F41: %d of %d commands were not acknowledged", len(lost(shots)), n)
	g.holds(!r.long || slowest(shots) <= ackWithin, "F41: an acknowledgement took %s", slowest(shots))
	if err := g.settles(shots, began); err != nil {
		return err
	}
	g.busy(began)
	memory, err := g.p.Memory("VmHWM")
	g.say("the most memory was %.0f MB", memory)
	g.holds(err == nil && (!r.long || memory < maxMemory), "F41: the bot took %.0f MB of memory", memory)
	g.stop(g.p)
	return g.judge(ctx, g.w, g.w.SQLite())
}

// atOnce types so many commands as fast as it goes.
func (g *rig) atOnce(n int) ([]shot, error) {
	shots := make([]shot, 0, n)
	for i := range n {
		s := shot{who: crew[i/len(menu)%len(crew)], channel: g.channels[i/3%len(g.channels)], text: menu[i%len(menu)]}
		var err error
		if s.sent, err = g.w.Slack.Type(s.who, s.channel, s.text, ""); err != nil {
			return nil, fmt.Errorf("type %s: %w", s.text, err)
		}
		shots = append(shots, s)
	}
	return shots, nil
}

// settles waits until everyone has as many answers as commands were acknowledged.
func (g *rig) settles(shots []shot, began time.Time) error {
	full := 0
	for _, s := range shots {
		if strings.Contains(string(s.ack.Payload), "The queue is full, nothing was done.") {
			full++
		}
	}
	last := time.Now()
	open, before := g.unanswered(shots), -1
	for open > 0 && time.Since(last) < time.Minute && g.ctx.Err() == nil {
		time.Sleep(200 * time.Millisecond)
		if open = g.unanswered(shots); open != before {
			last, before = time.Now(), open
		}
	}
	g.say("%d of %d were answered within %.0f s, %d of them by \"The queue is full, nothing was done.\"", len(shots)-open,
		len(shots), time.Since(began).Seconds(), full)
	g.holds(open == 0, "F41: %d commands were acknowledged and not answered", open)
	return g.ctx.Err()
}

var asker = regexp.MustCompile(`asked by <@(U[0-9A-Z]+)>`)

// unanswered is how many answers are missing: for each person and channel, the commands that were acknowledged less
// what was said to that person there, in private or by a card.
func (g *rig) unanswered(shots []shot) (n int) {
	due := map[place]int{}
	for _, s := range shots {
		if s.ack.Err == "" {
			due[place{s.who, s.channel}]++
		}
	}
	for _, c := range g.w.Slack.Log(0) {
		if c.Error == "" && c.View == nil && !c.Replaces() &&
			(c.Method == "ack" || c.Method == "response_url" || c.Method == "chat.postEphemeral") {
			due[place{c.User, c.Channel}]--
		}
	}
	for _, c := range g.w.Newest() {
		if m := asker.FindStringSubmatch(c.Text); m != nil {
			due[place{m[1], c.Channel}]--
		}
	}
	for _, left := range due {
		n += max(0, left)
	}
	return n
}

// busy looks how many calls of each operation the cloud got in the busiest second.
func (g *rig) busy(began time.Time) {
	all := 0
	for name, times := range testbed.Arrivals(g.w.Live.Snapshot().Calls) {
		n, _ := testbed.Busiest(times, time.Second)
		all += len(times)
		g.say("%s: %d calls, %d in the busiest second, %d are allowed", name, len(times), n, allowed[name])
		g.holds(n <= allowed[name], "F41: the cloud got %d calls of %s in a second", n, name)
	}
	g.say("the cloud got %d calls in %.0f s", all, time.Since(began).Seconds())
	room := g.tap.busiest(began)
	g.say("the busiest channel got %d new messages in a second", room)
	g.holds(room <= atOnce, "%d new messages in a second in one channel", room)
}
