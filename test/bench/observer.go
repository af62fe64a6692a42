package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// observation is what came before people's eyes with one call of the bot's: a card, posted or edited, or words for one
// person alone.
type observation struct {
	at      time.Time
	channel string
	person  string // who alone reads it; empty for a card
	text    string // of a private answer
	posted  bool   // a new message; an edit otherwise
	card    testbed.Card
}

// observationOf reads a call; false when nobody saw anything of it. An edit is one whichever way it came: by
// chat.update, or by the response URL of a click.
func observationOf(c fakeslack.Call) (observation, bool) {
	if c.Error != "" {
		return observation{}, false
	}
	s := observation{at: c.At, channel: c.Channel, posted: c.Method == "chat.postMessage"}
	edit := c.Method == "chat.update" || c.Method == "response_url" && c.Args["replace_original"] == "true"
	public := c.Method == "response_url" && c.Args["response_type"] == "in_channel"
	drawn, isCard := testbed.ReadCard(c.Channel, fakeslack.Message{TS: c.TS, Blocks: c.Blocks, Attachments: c.Attach})
	switch {
	case s.posted || edit || public:
		s.card, s.posted = drawn, !edit
		return s, isCard
	case c.Method == "chat.postEphemeral", c.Method == "response_url", c.Method == "ack" && c.View == nil:
		s.person, s.text = c.User, c.Text+"\n"+drawn.Text
		return s, s.person != ""
	}
	return observation{}, false
}

// deciding are the buttons that decide about what a card asks. Once it is decided they are dead, and should be gone.
var deciding = []string{"confirm", "approve", "cancel", "decline"}

// live reports that the card can be decided, as far as people see.
func (s observation) live() bool {
	return slices.ContainsFunc(deciding, func(act string) bool { _, ok := s.card.Button(act); return ok })
}

// final reports that the card tells a result: it neither asks nor says that something is under way.
func (s observation) final() bool {
	return s.person == "" && !s.live() && s.card.Face != "🟡" && s.card.Face != "⏳"
}

// refuses reports that somebody was told in private that something is not done, and not only that it takes its time.
func (s observation) refuses() bool {
	return s.person != "" && slices.ContainsFunc([]string{"❌", "🚫", "⚪", "⚠", "🔒"}, func(sign string) bool {
		return strings.Contains(s.text, sign)
	})
}

// observer keeps what people see, in its order.
type observer struct {
	stop func()
	done sync.WaitGroup

	mu   sync.Mutex
	seen []observation
	news chan struct{} // closed when something is added
}

// observe follows a workspace until close.
func observe(w *fakeslack.Workspace) *observer {
	ctx, stop := context.WithCancel(context.Background())
	o := &observer{stop: stop, news: make(chan struct{})}
	signals, cancel := w.Subscribe()
	o.done.Go(func() {
		defer cancel()
		for after := 0; ; {
			after = o.read(w.Log(after), after)
			select {
			case <-signals:
			case <-ctx.Done():
				return
			}
		}
	})
	return o
}

func (o *observer) close() {
	o.stop()
	o.done.Wait()
}

// read adds calls and gives the number of the last one.
func (o *observer) read(calls []fakeslack.Call, last int) int {
	var added []observation
	for _, c := range calls {
		last = c.Seq
		if s, ok := observationOf(c); ok {
			added = append(added, s)
		}
	}
	if len(added) == 0 {
		return last
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen = append(o.seen, added...)
	close(o.news)
	o.news = make(chan struct{})
	return last
}

// all is everything so far.
func (o *observer) all() []observation {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.seen)
}

// since gives what was added after the first n, and what tells of more.
func (o *observer) since(n int) ([]observation, chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.seen[n:]), o.news
}

// await gives the first observation that fits, be it past or to come; false when ctx ends before.
func (o *observer) await(ctx context.Context, fits func(observation) bool) (observation, bool) {
	for n := 0; ; {
		fresh, news := o.since(n)
		if i := slices.IndexFunc(fresh, fits); i >= 0 {
			return fresh[i], true
		}
		n += len(fresh)
		select {
		case <-news:
		case <-ctx.Done():
			return observation{}, false
		}
	}
}

// names reports that a text speaks of something as a word of its own: cam1 is not named by cam10.
func names(text, word string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool {
		return strings.ContainsRune(" \n*_`\"“”‘’/,.:;()", r)
	}), word)
}
