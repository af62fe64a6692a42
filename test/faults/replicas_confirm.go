package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"

	"github.com/anishathalye/porcupine"
)

// crowd is how many people click at once.
const crowd = 50

// verdict is what one click did, as its answer says: by whom the card was decided, and how.
type verdict struct{ how, by string }

// pressed is a click: who made it, and what it would do.
type pressed struct{ how, by string }

// register is what a card is to people: it waits until one click decides it, and after that every answer names that
// click.
var register = porcupine.Model{
	Init: func() any { return verdict{} },
	Step: func(state, input, output any) (bool, any) {
		if state == (verdict{}) {
			state = verdict(input.(pressed))
		}
		return state == output, state
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%v → %v", input, output) },
}

// confirmRace lets people click one card at once: 50 clicks of the asker, then 49 of people who may approve or decline.
func confirmRace(ctx context.Context, r *run) error {
	people := slices.Clone(crew)
	for i := len(people); i < crowd; i++ {
		people = append(people, fmt.Sprintf("U0CROWD%02d", i))
	}
	w, rooms, err := r.openFor(people, 2, testbed.Config{})
	if err != nil {
		return err
	}
	database, err := r.database()
	if err != nil {
		return err
	}
	list, err := r.replicas(w, 2, database)
	if err != nil {
		return err
	}
	l := &load{r: r, w: w, observer: newObserver(w), rooms: rooms, wait: time.Minute, did: map[string]int{}}
	rounds := pick(r, 2, 25)
	for n := range rounds {
		if err := l.ownClicks(ctx, rooms[0], []string{"/record start main", "/record stop main"}[n%2]); err != nil {
			return err
		}
		if err := l.vote(ctx, rooms[1], people); err != nil {
			return err
		}
	}
	l.tell()
	r.rest(ctx, w)
	r.stop(list...)
	return r.judgeFor(ctx, people, w, database, logs...)
}

// ownClicks is the asker pressing the button 50 times at once: one call.
func (l *load) ownClicks(ctx context.Context, room, text string) error {
	card, err := l.pending(ctx, room, "U0ANA", text)
	if err != nil {
		return err
	}
	b, _ := card.Button("confirm")
	before := len(received(l.w))
	told := len(l.observer.told("U0ANA", room))
	var all sync.WaitGroup
	for range crowd {
		all.Go(func() {
			l.acknowledged(ctx, "clicks", func() (fakeslack.Sent, error) {
				return l.w.Slack.Click("U0ANA", room, card.TS, press(b))
			})
		})
	}
	all.Wait()
	answered := l.until(func() bool {
		return len(l.observer.told("U0ANA", room))-told >= crowd-1 && l.observer.card(room).Face == "✅"
	})
	l.r.holds(answered, "%d of %d clicks that came too late were answered; the card says: %s",
		len(l.observer.told("U0ANA", room))-told, crowd-1, oneLine(l.observer.card(room)))
	l.r.holds(len(received(l.w)) == before+1, "%d clicks of the asker made %d calls", crowd, len(received(l.w))-before)
	return nil
}

// vote is everybody but the asker pressing "approve" or "decline" at once. The answers are held against the register.
func (l *load) vote(ctx context.Context, room string, people []string) error {
	card, err := l.pending(ctx, room, people[0], `/caster restart "Evening Loop"`)
	if err != nil {
		return err
	}
	var (
		mu      sync.Mutex
		all     sync.WaitGroup
		history []porcupine.Operation
		began   = time.Now()
	)
	for i, who := range people[1:] {
		how := pressed{how: "approve", by: who}
		if i%5 == 4 {
			how.how = "decline"
		}
		all.Go(func() {
			called := time.Since(began).Nanoseconds()
			out := l.answer(ctx, room, card, how)
			mu.Lock()
			defer mu.Unlock()
			history = append(history,
				porcupine.Operation{ClientId: i, Input: how, Call: called, Output: out, Return: time.Since(began).Nanoseconds()})
		})
	}
	all.Wait()
	won := map[verdict]int{}
	for _, h := range history {
		won[h.Output.(verdict)]++
	}
	l.r.say("op %s: %d clicks, %d different answers: %v", card.Ref, len(history), len(won), won)
	l.r.holds(porcupine.CheckOperations(register, history),
		"F36: the answers to the clicks contradict each other: %v", won)
	if !l.until(func() bool { f := l.observer.card(room).Face; return f != "🟡" && f != "⏳" }) {
		l.r.breaks("I6: the card comes to no end: %s", oneLine(l.observer.card(room)))
	}
	return nil
}

// decided finds in a private answer by whom a card was decided.
var decided = regexp.MustCompile(`Already (confirmed|cancelled) by <@(U\w+)>`)

// done says what the two words of the answer come from.
var done = map[string]string{"confirmed": "approve", "cancelled": "decline"}

// answer presses a button and gives what its answer says. Who is told nothing has won; then the card says so.
func (l *load) answer(ctx context.Context, room string, card testbed.Card, how pressed) verdict {
	b, _ := card.Button(how.how)
	l.acknowledged(ctx, "clicks", func() (fakeslack.Sent, error) {
		return l.w.Slack.Click(how.by, room, card.TS, press(b))
	})
	var out verdict
	l.until(func() bool {
		for _, c := range l.observer.told(how.by, room) {
			if !card.Before(c.TS) {
				continue
			}
			if found := decided.FindStringSubmatch(c.Text + string(c.Blocks) + string(c.Attach)); found != nil {
				out = verdict{done[found[1]], found[2]}
			} else {
				out = verdict{"?", c.Text}
			}
			return true
		}
		if now := l.observer.card(room); now.Ref == card.Ref && winner(now) == how.by {
			out = verdict(how)
			return true
		}
		return false
	})
	return out
}

// byWhom finds on a card who decided it.
var byWhom = regexp.MustCompile(
	`<@(U\w+)> (?:approved|declined|cancelled)|(?:approved|declined|cancelled|Declined|Cancelled) by <@(U\w+)>`)

func winner(c testbed.Card) string {
	found := byWhom.FindStringSubmatch(c.Text)
	if found == nil {
		return ""
	}
	return found[1] + found[2]
}
