package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"

	"github.com/gorilla/websocket"
)

// slackStrangers: sockets of the app that no process of this database has are told, and no longer when they are gone.
func slackStrangers(ctx context.Context, r *run) error {
	g, err := r.rig(ctx, 0, testbed.Config{Slack: fakeslack.Config{Grace: 300 * time.Millisecond}})
	if err != nil {
		return err
	}
	if n, err := g.strangers(); err != nil || n != 0 {
		return fmt.Errorf("before anything happens, /readyz speaks of %d strangers: %w", n, err)
	}
	var rivals []*websocket.Conn
	for range 2 {
		c, err := g.rival()
		if err != nil {
			return err
		}
		defer c.Close()
		rivals = append(rivals, c)
	}
	g.say("somebody else has two sockets of the app open")
	began := time.Now()
	g.w.Slack.Disconnect(g.w.Slack.Sockets()[0], "warning")
	seen := func(want bool) func() bool {
		return func() bool { n, err := g.strangers(); return err == nil && (n > 0) == want }
	}
	g.holds(until(ctx, time.Minute, seen(true)), "/readyz says nothing of them within 60 s of a hello")
	g.holds(strings.Contains(g.p.Log(), "sockets of this app"), "the log says nothing of them")
	g.say("/readyz and the log say so %.1f s after Slack has ended a socket", time.Since(began).Seconds())
	for _, c := range rivals {
		_ = c.Close()
	}
	if !until(ctx, 5*time.Second, func() bool { return len(g.w.Slack.Sockets()) == 2 }) {
		return fmt.Errorf("%d sockets are open", len(g.w.Slack.Sockets()))
	}
	began = time.Now()
	g.holds(until(ctx, pick(r, 90*time.Second, 3*time.Minute), seen(false)),
		"they are gone, and /readyz speaks of them still")
	g.say("the warning goes away %.1f s after they have", time.Since(began).Seconds())
	g.stop(g.p)
	return nil
}

// strangers asks the bot how many sockets of the app it cannot account for.
func (g *rig) strangers() (int, error) {
	parts, _, err := g.p.Ready(g.ctx)
	if err != nil {
		return 0, err
	}
	n, ok := parts["slack"]["strangers"].(float64)
	if !ok {
		return 0, fmt.Errorf("/readyz has no number of strangers: %v", parts["slack"])
	}
	return int(n), nil
}

// rival opens a socket of the app as whoever has its token can.
func (g *rig) rival() (*websocket.Conn, error) {
	var said struct {
		OK  bool   `json:"ok"`
		URL string `json:"url"`
	}
	if err := g.call("apps.connections.open", testbed.CanaryApp, nil, &said); err != nil || !said.OK {
		return nil, fmt.Errorf("open a socket: %v %w", said, err)
	}
	c, _, err := websocket.DefaultDialer.DialContext(g.ctx, said.URL, nil)
	if err != nil {
		return nil, err
	}
	go func() { // a socket that nobody reads answers no ping
		for {
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
		}
	}()
	return c, nil
}

// call calls a method of the Web API past the tap, as another program does that has a token.
func (g *rig) call(method, token string, args url.Values, to any) error {
	request := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/api/"+method, strings.NewReader(args.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "Bearer "+token)
	answer := httptest.NewRecorder()
	g.w.Slack.ServeHTTP(answer, request)
	return json.Unmarshal(answer.Body.Bytes(), to)
}
