package authz

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/policy"
)

const crew = `version: 1
channels:
  C0SHOW:
    studios: ["Evening *"]
    grants:
      - who: [U0ANA]
        may: [caster.restart]
        confirm: CONFIRM
      - who: [U0GRACE]
        may: [caster.restart]
        guests: true
        external: true
`

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// town is a directory, a lock and a trail whose facts are fields. It notes how fresh facts had to be.
type town struct {
	person   op.Person // whoever is asked for, but for the id
	channel  op.Channel
	second   op.Person // U0KEN
	rooms    []string
	lock     op.Lock
	gone     string // has left the channel
	strange  string // a team of another organisation
	silent   bool
	near     bool       // facts of the last seconds are at hand
	busy     bool       // Slack tells nothing fresh
	slow     bool       // Slack does not answer
	unpeeked bool       // nothing is at hand
	hangs    bool       // it does not even say that
	away     bool       // for more than a minute: nothing of what it told is of the last one
	told     Remembered // what it told before that; not asked: nothing
	mu       sync.Mutex
	since    []time.Time
	denied   []op.Event
}

// newTown is a town in which all is well, but for what is changed.
func newTown(change func(*town)) *town {
	w := &town{channel: op.Channel{Member: true}, rooms: []string{"C0SHOW"}}
	if change != nil {
		change(w)
	}
	return w
}

func (w *town) Person(ctx context.Context, id, team string, since time.Time) (op.Person, error) {
	w.wait(ctx, since)
	w.mu.Lock()
	w.since = append(w.since, since)
	w.mu.Unlock()
	if w.silent || w.away {
		return op.Person{}, errors.New("slack is silent")
	}
	p := w.be(id)
	p.Stale = p.Stale || (w.busy || w.slow) && !since.IsZero()
	p.External = p.External || w.strange != "" && team == w.strange
	return p, nil
}

func (w *town) be(id string) op.Person {
	p := w.person
	if id == "U0KEN" {
		p = w.second
	}
	p.ID = id
	return p
}

// wait is as long as nobody answers: what is asked fresh, until the asker gives up or the question ends.
func (w *town) wait(ctx context.Context, since time.Time) {
	if !w.hangs && (!w.slow || since.IsZero()) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	<-ctx.Done()
}

func (w *town) Channel(ctx context.Context, id string, since time.Time) (op.Channel, error) {
	w.wait(ctx, since)
	c := w.channel
	c.ID = id
	return c, nil
}

func (w *town) Rooms(ctx context.Context, id string, since time.Time) ([]string, error) {
	w.wait(ctx, since)
	if w.silent || w.away || (w.busy || w.slow) && !since.IsZero() {
		return nil, errors.New("slack is silent")
	}
	if id == w.gone {
		return nil, nil
	}
	return w.rooms, nil
}

func (w *town) Peek(person, _, channel string, since time.Time) (op.Person, op.Channel, bool) {
	c := w.channel
	c.ID = channel
	atHand := !w.silent && !w.away && !w.unpeeked
	return w.be(person), c, atHand && (w.near || since.IsZero()) // what is at hand is up to a minute old
}

func (w *town) Last(person, team, channel string) (Remembered, bool) {
	r := w.told
	r.Person.ID, r.Channel.ID = person, channel
	r.Person.External = r.Person.External || w.strange != "" && team == w.strange
	return r, !r.Asked.IsZero()
}

func (w *town) Lock(_ context.Context, target op.Target) (op.Lock, error) {
	if target.Key() != w.lock.Target.Key() {
		return op.Lock{}, nil
	}
	return w.lock, nil
}

func (w *town) Record(_ context.Context, e op.Event) error {
	w.denied = append(w.denied, e)
	return nil
}

// judge decides in a town where ana's restart is confirmed in the way given.
func (w *town) judge(t *testing.T, confirm string) *Judge {
	t.Helper()
	return w.judgeBy(t, strings.Replace(crew, "CONFIRM", confirm, 1))
}

// judgeBy is a judge with another policy.
func (w *town) judgeBy(t *testing.T, text string) *Judge {
	t.Helper()
	p, err := policy.Parse("policy.yml", []byte(text), []string{"caster.restart"})
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{
		Table:     &op.Table{Commands: []op.Command{restart}},
		Directory: w, Policy: p, Locks: w, Trail: w, Now: func() time.Time { return noon },
	})
}

const bySecond = "other\n        approvers: [U0KEN]"
