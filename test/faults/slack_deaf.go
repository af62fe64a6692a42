package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// deafWithin is the longest time until a dead socket is replaced: up to five seconds to the next ping, ten for its
// answer, and a moment to open another.
const deafWithin = 17 * time.Second

// slackDeaf: a network that forgets a connection tells nobody. One socket first, then both.
func slackDeaf(ctx context.Context, r *run) error {
	g, err := r.rig(ctx, 8, testbed.Config{Slack: fakeslack.Config{AckWithin: 3 * time.Second}})
	if err != nil {
		return err
	}
	for _, c := range []struct {
		what string
		deaf func() []string
	}{
		{"one of two sockets", func() []string { return g.w.Slack.Sockets()[:1] }},
		{"both sockets", func() []string { return g.w.Slack.Sockets() }},
	} {
		if err := g.deafens(c.what, c.deaf()); err != nil {
			return err
		}
	}
	n, err := g.replaced()
	if err != nil {
		return err
	}
	g.holds(n == 3, "/readyz speaks of %d sockets that were replaced, and 3 were deaf", n)
	g.holds(strings.Contains(g.p.Log(), "nothing is heard on a socket"), "the log says nothing of deaf sockets")
	return g.rest(0)
}

// deafens makes sockets deaf under load and measures how long commands are lost and when /readyz tells.
func (g *rig) deafens(what string, deaf []string) error {
	for _, id := range deaf {
		g.w.Slack.Deafen(id)
	}
	began := time.Now()
	told := make(chan time.Duration, 1)
	go func() {
		until(g.ctx, deafWithin, func() bool {
			_, ready, err := g.p.Ready(g.ctx)
			return err == nil && !ready
		})
		told <- time.Since(began)
	}()
	shots, err := g.fire(10, deafWithin+5*time.Second, func(n int) (string, string, string) {
		return crew[n%len(crew)], g.channels[n%len(g.channels)], "/caster help"
	})
	if err != nil {
		return err
	}
	gone := lost(shots)
	last := time.Duration(0)
	for _, s := range gone {
		last = max(last, s.sent.At.Sub(began))
	}
	g.say("%s are deaf: %d of %d commands lost, the last one typed %.1f s later; /readyz is 503 after %.1f s",
		what, len(gone), len(shots), last.Seconds(), (<-told).Seconds())
	g.holds(last < deafWithin, "%s: %s later a command is lost", what, last)
	g.holds(len(g.w.Slack.Sockets()) == 2 && !slices.ContainsFunc(g.w.Slack.Sockets(), func(id string) bool {
		return slices.Contains(deaf, id)
	}),
		"%s: open are %v, deaf were %v", what, g.w.Slack.Sockets(), deaf)
	g.opened(began)
	return nil
}

// replaced asks the bot how many dead sockets it has replaced.
func (g *rig) replaced() (int, error) {
	parts, _, err := g.p.Ready(g.ctx)
	if err != nil {
		return 0, err
	}
	n, ok := parts["slack"]["replaced"].(float64)
	if !ok {
		return 0, fmt.Errorf("/readyz does not say how many sockets were replaced: %v", parts["slack"])
	}
	return int(n), nil
}
