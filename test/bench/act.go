package main

import (
	"cmp"
	"slices"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/test/testbed"
)

// order is a call at the cloud, as far as it tells one change from another.
type order struct {
	action string
	params map[string]string
}

// is reports that a call is this one.
func (o order) is(c fakelive.Call) bool {
	for name, value := range o.params {
		if c.Params[name] != value {
			return false
		}
	}
	return c.Action == o.action
}

// act is one change that somebody asks for, and the moments at which it went on. A moment that did not come is zero.
type act struct {
	kind    string // the name of what is done
	person  string
	channel string
	text    string // as typed
	names   string // a word that its card must hold
	order   order

	card    testbed.Card
	typed   time.Time
	carded  time.Time // its card, with buttons, was stored
	clicked time.Time
	called  time.Time // the cloud received the call
	gone    time.Time // after the click the card had no button left that decides
	ended   time.Time // the card showed a result
	applied bool
	told    bool // it was refused, in private or on its card
}

// trace finds what became of acts in what people saw and in what the cloud received. Acts may share a card.
func trace(acts []*act, seen []observation, calls []fakelive.Call) {
	taken := map[int64]bool{}
	for _, a := range acts {
		a.traceCard(seen)
		if a.clicked.IsZero() {
			continue
		}
		for _, c := range calls {
			if !taken[c.Seq] && a.order.is(c) && !c.Arrived.Before(a.clicked) && (a.called.IsZero() || c.Applied) {
				a.called, a.applied = cmp.Or(a.called, c.Arrived), c.Applied
				taken[c.Seq] = true
				if c.Applied {
					break
				}
			}
		}
		a.told = a.told || a.called.IsZero() && !a.ended.IsZero()
	}
}

// traceCard follows the act's card after the click.
func (a *act) traceCard(seen []observation) {
	for _, s := range seen {
		switch {
		case s.person == a.person && a.carded.IsZero() && !s.at.Before(a.typed) && s.refuses() && names(s.text, a.names):
			a.told = true
		case s.person != "" || a.clicked.IsZero() || s.card.TS != a.card.TS || s.channel != a.channel ||
			s.at.Before(a.clicked):
		case s.live():
			a.gone, a.ended = time.Time{}, time.Time{} // it asks again
		default:
			a.gone = cmp.Or(a.gone, s.at)
			if s.final() {
				a.ended = cmp.Or(a.ended, s.at)
			}
		}
	}
}

// between gives the time from one moment to another of each act that had both.
func between(acts []*act, from, to func(*act) time.Time) sample {
	var list sample
	for _, a := range acts {
		if f, t := from(a), to(a); !f.IsZero() && !t.IsZero() {
			list = append(list, t.Sub(f))
		}
	}
	return list
}

// The moments of an act.
func typed(a *act) time.Time   { return a.typed }
func carded(a *act) time.Time  { return a.carded }
func clicked(a *act) time.Time { return a.clicked }
func called(a *act) time.Time  { return a.called }
func gone(a *act) time.Time    { return a.gone }
func ended(a *act) time.Time   { return a.ended }

// span is the time from the first of one kind of moment to the last of another; false when there is no such moment.
func span(acts []*act, from, to func(*act) time.Time) (time.Duration, bool) {
	var first, last time.Time
	for _, a := range acts {
		if f := from(a); !f.IsZero() && (first.IsZero() || f.Before(first)) {
			first = f
		}
		if t := to(a); t.After(last) {
			last = t
		}
	}
	return last.Sub(first), !first.IsZero() && !last.IsZero()
}

func tally(acts []*act, is func(*act) bool) int {
	n := 0
	for _, a := range acts {
		if is(a) {
			n++
		}
	}
	return n
}

// share is the part of a documented limit that the bot takes unless told otherwise.
const share = 0.9

// beyond counts the operations that were called more often than documented.
func beyond(usage map[string]fakelive.Usage) int {
	n := 0
	for _, u := range usage {
		if u.Throttled > 0 || u.Per == time.Second && u.Most > u.Limit {
			n++
		}
	}
	return n
}

// used is how much of a limit was used while work was waiting: the calls of the whole seconds from the first call on,
// but for the last one begun, in which the work ran out. False when the work did not last for a second.
func used(times []time.Time, perSecond float64) (float64, bool) {
	if len(times) == 0 {
		return 0, false
	}
	begun := times[0]
	seconds := int(times[len(times)-1].Sub(begun) / time.Second)
	end, _ := slices.BinarySearchFunc(times, begun.Add(time.Duration(seconds)*time.Second), time.Time.Compare)
	return float64(end) / (float64(seconds) * perSecond), seconds > 0
}

// throttled counts the calls that the account refused for being too many.
func throttled(calls []fakelive.Call) int {
	n := 0
	for _, c := range calls {
		if c.Throttled {
			n++
		}
	}
	return n
}
