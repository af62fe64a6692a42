package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// load is a crew at work: one person in each channel, who asks for something, waits for what comes of it, confirms it
// and waits for its end, again and again. What Slack says has failed is tried again, as people do.
type load struct {
	r        *run
	w        *testbed.World
	observer *observer
	rooms    []string
	wait     time.Duration // within which everything that was acknowledged must be answered

	stop context.CancelFunc
	all  sync.WaitGroup

	mu    sync.Mutex
	did   map[string]int // by what it was
	worst time.Duration  // the longest acknowledgement
	ended []time.Time    // when something changing was brought to a success
}

// errand is what people ask for in a channel, in turn.
type errand struct {
	texts []string // %d is a number that is never the same
	other bool     // somebody else must approve it
}

var onlyLooks = []string{"/caster list", `/caster show "Evening News"`, "/caster help"}

var errands = []errand{
	{texts: []string{`/caster copy "Evening Sports" "Evening Copy %d"`}},
	{texts: []string{"/record start main", "/record stop main"}},
	{texts: []string{`/caster scene stop "Evening News" "Preview 1"`, `/caster scene start "Evening News" "Preview 1"`}},
	{texts: onlyLooks},
	{texts: []string{`/caster scene start "Evening Loop" "Preview 1"`, `/caster scene stop "Evening Loop" "Preview 1"`}},
	{texts: []string{"/record start main backup", "/record stop main backup"}}, // two with one press
	{texts: []string{`/caster scene start "Evening Virtual" "Preview 1"`,
		`/caster scene stop "Evening Virtual" "Preview 1"`}},
	{texts: []string{`/caster restart "Evening Loop"`}, other: true},
}

// work begins a load; finish ends it.
func (r *run) work(ctx context.Context, w *testbed.World, rooms []string, wait time.Duration) *load {
	on, stop := context.WithCancel(ctx)
	l := &load{r: r, w: w, observer: newObserver(w), rooms: rooms, wait: wait, stop: stop, did: map[string]int{}}
	for i := range rooms {
		l.all.Go(func() {
			for n := 0; on.Err() == nil; n++ {
				l.person(ctx, i, n)
			}
		})
	}
	r.later(func() { l.finish() })
	return l
}

// finish lets everybody bring to an end what they have begun.
func (l *load) finish() {
	l.stop()
	l.all.Wait()
}

// person runs the nth errand of a channel.
func (l *load) person(ctx context.Context, i, n int) {
	e := errands[i%len(errands)]
	who, other := crew[i%len(crew)], crew[(i+1)%len(crew)]
	text := e.texts[n%len(e.texts)]
	if strings.Contains(text, "%d") {
		text = fmt.Sprintf(text, n*len(l.rooms)+i)
	}
	if !e.other {
		other = who
	}
	l.errand(ctx, l.rooms[i], who, other, text)
}

// errand is one command from the first word to the last.
func (l *load) errand(ctx context.Context, room, who, other, text string) {
	before, told := l.observer.card(room), len(l.observer.told(who, room))
	if !l.acknowledged(ctx, "commands", func() (fakeslack.Sent, error) { return l.w.Slack.Type(who, room, text, "") }) {
		return
	}
	asked := func() bool { return l.observer.card(room).Ref != before.Ref }
	if !l.until(func() bool { return asked() || len(l.observer.told(who, room)) > told }) {
		l.r.breaks("I6: %s typed %s in %s, and it was acknowledged; no card and no answer came", who, text, room)
		return
	}
	if !asked() {
		l.count("answered in private")
		return
	}
	l.count("cards")
	if !l.seeThrough(ctx, room, other) && ctx.Err() == nil {
		l.r.breaks("I6: a card in %s comes to no end: %s", room, oneLine(l.observer.card(room)))
	}
	if face := l.observer.card(room).Face; face == "✅" {
		l.mu.Lock()
		l.ended = append(l.ended, time.Now())
		l.mu.Unlock()
	}
	l.count("ended " + l.observer.card(room).Face)
}

// seeThrough confirms the newest card of a channel and reports that it came to an end. A command of which the bot could
// not say whether it was written down may have its card later, in between: that one is seen through too.
func (l *load) seeThrough(ctx context.Context, room, who string) bool {
	ended := func() bool { f := l.observer.card(room).Face; return f != "🟡" && f != "⏳" }
	for {
		l.confirm(ctx, room, who)
		ref := l.observer.card(room).Ref
		if !l.until(func() bool { return ended() || l.observer.card(room).Ref != ref }) {
			return false
		}
		if ended() {
			return true
		}
	}
}

// confirm presses the button of the newest card of a channel until the card is no longer pending.
func (l *load) confirm(ctx context.Context, room, who string) {
	for range 20 {
		c := l.observer.card(room)
		b, ok := c.Button("confirm")
		if !ok {
			b, ok = c.Button("approve")
		}
		if !ok || ctx.Err() != nil {
			return
		}
		told := len(l.observer.told(who, room))
		if !l.acknowledged(ctx, "clicks", func() (fakeslack.Sent, error) {
			return l.w.Slack.Click(who, room, c.TS, press(b))
		}) {
			return
		}
		moved := func() bool { now := l.observer.card(room); return now.Face != c.Face || now.Ref != c.Ref }
		if !l.until(func() bool { return moved() || len(l.observer.told(who, room)) > told }) {
			l.r.breaks("I6: %s pressed %s in %s, and it was acknowledged; no card changed and no answer came", who,
				b.Action, room)
			return
		}
		if !moved() {
			time.Sleep(time.Second) // the bot said why not; people read it and try again
		}
	}
}

// acknowledged does something until Slack does not say that it has failed.
func (l *load) acknowledged(ctx context.Context, what string, do func() (fakeslack.Sent, error)) bool {
	for ctx.Err() == nil {
		ack, err := acked(do())
		if err != nil {
			l.r.breaks("a person could not do something: %v", err)
			return false
		}
		if ack.Err == "" {
			l.count(what + " acknowledged")
			l.mu.Lock()
			l.worst = max(l.worst, ack.After)
			l.mu.Unlock()
			return true
		}
		l.count(what + " refused by Slack (" + ack.Err + ")")
		time.Sleep(300 * time.Millisecond)
	}
	return false
}

// until waits, also after the load has ended: what was begun must come to an end.
func (l *load) until(is func() bool) bool { return until(context.Background(), l.wait, is) }

func (l *load) count(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.did[what]++
}

// succeeded counts the changes that people saw succeed since a moment.
func (l *load) succeeded(since time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(l.ended), func(at time.Time) bool { return at.Before(since) }))
}

// tell says what was done in all.
func (l *load) tell() {
	l.mu.Lock()
	defer l.mu.Unlock()
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(l.did)) {
		parts = append(parts, fmt.Sprintf("%d %s", l.did[what], what))
	}
	l.r.say("counted: %s; the slowest acknowledgement took %s", strings.Join(parts, ", "), l.worst.Round(time.Millisecond))
}
