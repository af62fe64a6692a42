package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"casterbot/test/testbed"
)

// slackAcks: slack-go #1196. People with long lists of rights ask for everything that is answered in an
// acknowledgement.
func slackAcks(ctx context.Context, r *run) error {
	g, err := r.rig(ctx, 0, testbed.Config{})
	if err != nil {
		return err
	}
	if err := g.w.SetPolicy(longPolicy()); err != nil {
		return err
	}
	if !until(ctx, 10*time.Second, func() bool { return strings.Contains(g.p.Log(), "policy") && g.reloaded() }) {
		return fmt.Errorf("the policy is not read again")
	}
	longest, inAck, beside := 0, 0, 0
	for _, who := range []string{"U0ANA", "U0PIA"} {
		for _, text := range []string{
			"/caster", "/caster help", "/record help", "/caster help copy", "/caster list",
			"/caster nonsense " + strings.Repeat("word ", 500),
			"/record start " + strings.Repeat("x", 2500), `/caster restart "Evening News"`, "/record start main",
			"/record status",
		} {
			told, cards := g.w.Private(who), len(g.w.Cards("C0SHOW"))
			ack, err := acked(g.w.Slack.Type(who, "C0SHOW", text, ""))
			if err != nil {
				return err
			}
			g.holds(ack.Err == "", "%.40s of %s: %s", text, who, ack.Err)
			answered := func() bool {
				return ack.Payload != nil || g.w.Private(who) > told || len(g.w.Cards("C0SHOW")) > cards ||
					strings.HasPrefix(text, "/record start main")
			}
			g.holds(until(ctx, 15*time.Second, answered), "%.40s of %s is answered nowhere", text, who)
			if longest = max(longest, len(ack.Payload)); ack.Payload != nil {
				inAck++
			} else {
				beside++
			}
		}
	}
	g.say("%d answers in acknowledgements, the longest of %d bytes; %d beside", inAck, longest, beside)
	g.holds(longest > 0 && longest < 20<<10, "an acknowledgement has %d bytes", longest)
	g.stop(g.p)
	return nil
}

// reloaded reports that the policy in force is the long one: Pia may do nothing by it.
func (g *rig) reloaded() bool {
	ack, err := acked(g.w.Slack.Type("U0PIA", "C0SHOW", "/record start main", ""))
	return err == nil && strings.Contains(string(ack.Payload), "U0LONG")
}

// longPolicy names hundreds of people, studios and streams.
func longPolicy() string {
	var people, streams, studios []string
	for n := range 400 {
		people = append(people, fmt.Sprintf("U0LONG%04d", n))
		streams = append(streams, fmt.Sprintf("stream-with-a-long-name-%04d: live.example.com/show/stream%04d", n, n))
		studios = append(studios, fmt.Sprintf(`"Evening show number %04d of the long list"`, n))
	}
	return fmt.Sprintf(`version: 1
channels:
  C0SHOW:
    studios: ["Evening *", %s]
    streams: {main: live.example.com/show/main, %s}
    grants:
      - who: [U0ANA, %s]
        may: [caster.list, caster.show, caster.copy, caster.restart, "caster.scene.*", "record.*"]
        confirm: self
`, strings.Join(studios, ", "), strings.Join(streams, ", "), strings.Join(people, ", "))
}
