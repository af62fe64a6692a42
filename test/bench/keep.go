package main

import (
	"math"
	"time"

	"casterbot/test/testbed"
)

// keep finds what became of acts and keeps the figures that all shows have.
func (st *fixture) keep(acts []*act) {
	trace(acts, st.observer.all(), st.calls())
	st.keepTimes("", acts)
	ran := tally(acts, func(a *act) bool { return a.applied })
	told := tally(acts, func(a *act) bool { return !a.applied && a.told })
	st.add("asked", float64(len(acts)))
	st.add("ran", float64(ran))
	st.add("told no", float64(told))
	st.add("silent", float64(len(acts)-ran-told))
	st.add("slack", float64(st.refusedBySlack()))
}

// steps are the times of an act that are shown.
var steps = []struct {
	name     string
	from, to func(*act) time.Time
}{{"card", typed, carded}, {"call", clicked, called}, {"result", clicked, ended}, {"dead", clicked, gone}}

func (st *fixture) keepTimes(prefix string, acts []*act) {
	for _, s := range steps {
		list := between(acts, s.from, s.to)
		for _, c := range moments {
			value := math.NaN()
			if len(list) > 0 {
				value = ms(list.at(c.share))
			}
			st.add(prefix+s.name+" "+c.name, value)
		}
	}
}

// keepHour keeps what is asked of many at once.
func (st *fixture) keepHour(acts []*act, operation string, since func(*act) time.Time) {
	for _, f := range []struct {
		name string
		to   func(*act) time.Time
	}{{"begun", called}, {"ended", ended}} {
		value := math.NaN()
		if d, ok := span(acts, since, f.to); ok {
			value = d.Seconds()
		}
		st.add(f.name, value)
	}
	calls := st.calls()
	times := testbed.Arrivals(calls)
	most, _ := testbed.Busiest(times[operation], time.Second)
	st.add("most", float64(most))
	st.add("beyond", float64(beyond(st.world.Live.Usage())))
	st.add("throttled", float64(throttled(calls)))
}

// keepShare keeps how much of an operation's limit was used while its work was waiting.
func (st *fixture) keepShare(operation string) {
	part, ok := used(testbed.Arrivals(st.calls())[operation], share*float64(st.world.Live.Usage()[operation].Limit))
	if !ok {
		part = math.NaN()
	}
	st.add("used", 100*part)
}

// refusedBySlack counts the calls that the workspace refused for being too many.
func (st *fixture) refusedBySlack() int {
	n := 0
	for _, c := range st.world.Slack.Log(0) {
		if c.Error == "ratelimited" {
			n++
		}
	}
	return n
}
