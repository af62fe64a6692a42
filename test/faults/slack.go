package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// slackScripts are about a Slack that misbehaves.
var slackScripts = []script{
	{name: "slack-refresh", quick: true, play: slackRefresh,
		shows: "a socket is refreshed every 5 s under load: no command is lost, none is done twice"},
	{name: "slack-storm", play: slackStorm,
		shows: "Slack closes every socket right after its hello: at most 20 opens a minute, no busy loop, and it heals"},
	{name: "slack-deaf", play: slackDeaf,
		shows: "sockets that stay open and carry nothing any more, one or both: replaced within 17 s, then nothing is lost"},
	{name: "slack-fatal", quick: true, play: slackFatal,
		shows: "what only a person can mend ends the process with one plain line"},
	{name: "slack-outage", quick: true, play: slackOutage,
		shows: "Slack is away for an hour: what runs is recorded, every card is brought up to date, nothing expired is done"},
	{name: "slack-limits", quick: true, play: slackLimits,
		shows: "storms of 429 and 5xx: Retry-After is kept, cards show the newest state in the end, one message a second a channel"},
	{name: "slack-gone", quick: true, play: slackGone,
		shows: "a card that cannot be edited falls back to a new message, then a direct message, then the trail"},
	{name: "slack-acks", quick: true, play: slackAcks,
		shows: "no acknowledgement is as long as those that Slack drops"},
	{name: "slack-strangers", play: slackStrangers,
		shows: "more sockets of the app than expected raise a warning, which goes away with them"},
}

// tap stands before the workspace: it knows when each call came and how it was answered, and can be shut.
type tap struct {
	shut atomic.Bool // nothing gets through, as when the network is away

	mu    sync.Mutex
	calls []tapped
}

// tapped is one call of the Web API, or a post to a response URL.
type tapped struct {
	at      time.Time
	method  string
	channel string
	ts      string // of the message that is changed
	user    string
	body    string
	status  int
}

// refused reports that Slack asked to wait.
func (c tapped) refused() bool { return c.status == http.StatusTooManyRequests }

// says reports that a call shows something in a channel.
func (c tapped) says() bool { return c.method == "chat.postMessage" || c.method == "chat.update" }

func (t *tap) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if t.shut.Load() {
			t.keep(tapped{at: time.Now(), method: path.Base(r.URL.Path)})
			panic(http.ErrAbortHandler) // the connection breaks
		}
		if strings.HasPrefix(r.URL.Path, "/link") {
			next.ServeHTTP(rw, r)
			return
		}
		c := tapped{at: time.Now(), method: path.Base(r.URL.Path), status: http.StatusOK}
		if !strings.HasPrefix(r.URL.Path, "/api/") {
			c.method = "response_url"
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		if c.method == "response_url" && bytes.Contains(body, []byte(`"replace_original":true`)) {
			c.method = "edit by response_url"
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if values, err := url.ParseQuery(string(body)); err == nil {
			c.channel, c.ts, c.user = values.Get("channel"), values.Get("ts"), values.Get("user")
		}
		c.body = string(body)
		next.ServeHTTP(&noting{rw, &c.status}, r)
		t.keep(c)
	})
}

// noting is an answer whose status is noted.
type noting struct {
	http.ResponseWriter
	status *int
}

func (n *noting) WriteHeader(status int) {
	*n.status = status
	n.ResponseWriter.WriteHeader(status)
}

func (t *tap) keep(c tapped) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, c)
}

func (t *tap) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = nil
}

// got are the calls since a moment of which is says yes, in the order in which they came.
func (t *tap) got(since time.Time, is func(tapped) bool) []tapped {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(t.calls), func(c tapped) bool { return c.at.Before(since) || !is(c) })
	slices.SortFunc(list, func(a, b tapped) int { return a.at.Compare(b.at) })
	return list
}

// opens are the times at which a socket was asked for.
func (t *tap) opens(since time.Time) []time.Time {
	return times(t.got(since, func(c tapped) bool { return c.method == "apps.connections.open" }))
}

func times(calls []tapped) []time.Time {
	list := make([]time.Time, len(calls))
	for i, c := range calls {
		list[i] = c.at
	}
	return list
}

// atOnce is how many new messages Slack takes in a channel at once; after that it wants them a second apart.
const atOnce = 4

// busiest is the greatest number of new messages that any channel got in any second.
func (t *tap) busiest(since time.Time) int {
	rooms := map[string][]time.Time{}
	for _, c := range t.got(since, func(c tapped) bool {
		return c.method == "chat.postMessage" && c.status == http.StatusOK
	}) {
		rooms[c.channel] = append(rooms[c.channel], c.at)
	}
	n := 0
	for _, list := range rooms {
		most, _ := testbed.Busiest(list, second)
		n = max(n, most)
	}
	return n
}

// second is a little less than one: what is sent a second apart may arrive a little closer.
const second = 950 * time.Millisecond

// rig is one bot in a world of its own, with a tap before its Slack.
type rig struct {
	*run
	ctx      context.Context
	tap      *tap
	w        *testbed.World
	p        *testbed.Process
	channels []string
}

// rig starts a bot and waits until its sockets are open.
func (r *run) rig(ctx context.Context, rooms int, c testbed.Config) (*rig, error) {
	g := &rig{run: r, ctx: ctx, tap: &tap{}}
	c.InSlack = g.tap.before
	var err error
	if g.w, g.channels, err = r.open(rooms, c); err != nil {
		return nil, err
	}
	if g.p, err = r.begin(g.w, testbed.Life{}); err != nil {
		return nil, err
	}
	return g, g.w.Up(2, 20*time.Second, g.p)
}

// shot is one command and what became of it.
type shot struct {
	who, channel, text string
	sent               fakeslack.Sent
	ack                fakeslack.Ack
}

// edits takes the response addresses of clicks away, so that cards are edited by chat.update.
func (g *rig) edits() { g.w.Slack.Fail("response_url", fakeslack.Fault{Error: "used_url"}) }

// deletes takes a message away, as a workspace's admin can.
func (g *rig) deletes(c testbed.Card) error {
	var said struct {
		OK bool `json:"ok"`
	}
	err := g.call("chat.delete", testbed.CanaryBot, url.Values{"channel": {c.Channel}, "ts": {c.TS}}, &said)
	if err == nil && !said.OK {
		err = fmt.Errorf("op %s cannot be deleted", c.Ref)
	}
	return err
}

// aim says what the nth command of a load is.
type aim func(n int) (who, channel, text string)

// fire types commands at a constant rate, which waits for nobody, and then waits for all acknowledgements.
func (g *rig) fire(perSecond int, lasts time.Duration, at aim) ([]shot, error) {
	var shots []shot
	start := time.Now()
	for n := range int(lasts.Seconds() * float64(perSecond)) {
		time.Sleep(time.Until(start.Add(time.Duration(n) * time.Second / time.Duration(perSecond))))
		if g.ctx.Err() != nil {
			return shots, g.ctx.Err()
		}
		s := shot{}
		s.who, s.channel, s.text = at(n)
		var err error
		if s.sent, err = g.w.Slack.Type(s.who, s.channel, s.text, ""); err != nil {
			return shots, fmt.Errorf("type %s: %w", s.text, err)
		}
		shots = append(shots, s)
	}
	for i := range shots {
		shots[i].ack = <-shots[i].sent.Done
	}
	return shots, nil
}

// lost are those that were not acknowledged.
func lost(shots []shot) []shot {
	return slices.DeleteFunc(slices.Clone(shots), func(s shot) bool { return s.ack.Err == "" })
}

// slowest is the longest way to an acknowledgement.
func slowest(shots []shot) (d time.Duration) {
	for _, s := range shots {
		d = max(d, s.ack.After)
	}
	return d
}

// errNoCard says that an acknowledged command led to nothing that anybody sees.
var errNoCard = errors.New("no card came")

// ask types a command and waits for its card.
func (g *rig) ask(who, channel, text string) (testbed.Card, error) {
	before := map[string]bool{}
	for _, c := range g.w.Cards(channel) {
		before[c.Ref] = true
	}
	ack, err := acked(g.w.Slack.Type(who, channel, text, ""))
	if err != nil || ack.Err != "" {
		return testbed.Card{}, fmt.Errorf("%s: %w %s", text, err, ack.Err)
	}
	var card testbed.Card
	if !until(g.ctx, 20*time.Second, func() bool {
		for _, c := range g.w.Cards(channel) {
			if !before[c.Ref] {
				card = c
			}
		}
		return card.Ref != ""
	}) {
		return card, fmt.Errorf("%s in %s: %w", text, channel, errNoCard)
	}
	return card, nil
}

// press uses a button of a card, as it was when the person saw it, and gives the acknowledgement.
func (g *rig) press(who string, c testbed.Card, act string) (fakeslack.Ack, error) {
	b, ok := c.Button(act)
	if !ok {
		return fakeslack.Ack{}, fmt.Errorf("op %s has no button %q", c.Ref, act)
	}
	return acked(g.w.Slack.Click(who, c.Channel, c.TS, fakeslack.Press{Action: b.Action, Value: b.Value, Stale: true}))
}

// shows reports whether the newest card of an operation begins with one of these signs.
func (g *rig) shows(ref string, signs ...string) bool {
	return slices.Contains(signs, g.w.Newest()[ref].Face)
}
