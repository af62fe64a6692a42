package main

import (
	"slices"
	"sync"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/test/testbed"
)

// shows are the scenarios that people would feel, in the order of the report.
var shows = []show{
	{name: "crew: one process", lasts: 70 * time.Second, run: (*fixture).crew},
	{name: "crew: two replicas", lasts: 70 * time.Second, two: true, run: (*fixture).crew},
	{name: "crew: one process, far", lasts: 70 * time.Second, far: true, idles: true, run: (*fixture).crew},
	{name: "crew: two replicas, far", lasts: 70 * time.Second, two: true, far: true, idles: true, run: (*fixture).crew},
	{name: "hour: 50 recordings one by one, one channel", lasts: 75 * time.Second, idles: true,
		run: func(st *fixture) error { return st.oneByOne(1) }},
	{name: "hour: 50 recordings one by one, ten channels", lasts: 50 * time.Second, run: func(st *fixture) error {
		return st.oneByOne(rooms)
	}},
	{name: "hour: 50 recordings with one press", lasts: 30 * time.Second, run: (*fixture).onePress},
	{name: "hour: 40 restarts at once", lasts: 75 * time.Second, run: (*fixture).restarts},
	{name: "hour: 40 restarts at once, two replicas", lasts: 75 * time.Second, two: true, run: (*fixture).restarts},
	{name: "flood", lasts: 45 * time.Second, run: (*fixture).flood},
	{name: "buttons", lasts: 30 * time.Second, idles: true, run: (*fixture).buttons},
	{name: "deaf socket", lasts: 80 * time.Second, idles: true, run: (*fixture).deaf},
}

const (
	patience = 8 * time.Second        // how long a person at leisure waits for a card, and for its result
	thinking = 300 * time.Millisecond // from a card to the click, for a person at leisure
	rounds   = 3                      // how often a crew does each thing
	pace     = time.Second            // from one command of a crew to the next
)

// crew is a small crew at its own pace, in one channel: each of the changes in turn, one every second or so.
func (st *fixture) crew() error {
	room := channel(0)
	var acts []*act
	for n := range rounds {
		who := func(k int) string { return people[(n+k)%len(people)] }
		acts = append(acts, restartAct(0, who(0), room), sceneAct(0, 1+n%2, who(1), room, "take"),
			sceneAct(0, 3, who(0), room, "scene start"), sceneAct(0, 3, who(2), room, "scene stop"),
			recordAct(0, who(0), room, "start", "start"), recordAct(0, who(3), room, "stop", "stop"),
			standbyAct(0, who(1), room))
	}
	for _, a := range acts {
		next := time.Now().Add(pace)
		if err := st.through(a, thinking, patience); err != nil {
			return err
		}
		if !st.until(next) {
			break
		}
	}
	st.keep(acts)
	for _, kind := range kinds(acts) {
		st.keepTimes(kind+" ", slices.DeleteFunc(slices.Clone(acts), func(a *act) bool { return a.kind != kind }))
	}
	return nil
}

// kinds are the names of what acts do, each once, in their order.
func kinds(acts []*act) []string {
	var list []string
	for _, a := range acts {
		if !slices.Contains(list, a.kind) {
			list = append(list, a.kind)
		}
	}
	return list
}

// oneByOne is the top of the hour: four people type one command after the other, and press each button when it is
// there.
func (st *fixture) oneByOne(channels int) error {
	acts := make([]*act, streams)
	for i := range acts {
		acts[i] = recordAct(i, people[i%len(people)], channel(i%channels), "start", "start")
	}
	err := st.together(acts, 250*time.Millisecond, func(a *act) error { return st.through(a, 0, time.Minute) })
	st.keep(acts)
	st.keepHour(acts, "RealTimeRecordCommand", typed)
	return err
}

// onePress is the same hour with one command and one press for all.
func (st *fixture) onePress() error {
	first := recordAct(0, people[0], channel(0), "start", "start")
	first.text, first.names = "/record start cam*", stream(0)
	if err := st.ask(first); err != nil {
		return err
	}
	s, ok := st.within(patience, func(s observation) bool {
		return s.channel == first.channel && !s.at.Before(first.typed) &&
			(s.person == first.person && s.refuses() || s.live())
	})
	acts := []*act{first}
	for i := 1; i < streams; i++ {
		acts = append(acts, recordAct(i, first.person, first.channel, "start", "start"))
	}
	first.told = ok && s.person != ""
	if ok && !first.told {
		first.card, first.carded = s.card, s.at
		if err := st.confirm(first); err != nil {
			return err
		}
		st.result(first, 20*time.Second)
	}
	for _, a := range acts {
		a.card, a.typed, a.carded, a.clicked, a.told = first.card, first.typed, first.carded, first.clicked, first.told
	}
	st.keep(acts)
	st.keepHour(acts, "RealTimeRecordCommand", clicked)
	st.keepShare("RealTimeRecordCommand")
	return nil
}

// restarts are 40 cards that are all confirmed at once.
func (st *fixture) restarts() error {
	acts := make([]*act, studios)
	for i := range acts {
		acts[i] = restartAct(i, people[i%len(people)], channel(i%rooms))
	}
	err := st.together(acts, 100*time.Millisecond, func(a *act) error {
		if err := st.ask(a); err != nil {
			return err
		}
		st.see(a, 35*time.Second)
		return nil
	})
	if err != nil {
		return err
	}
	cards := slices.DeleteFunc(slices.Clone(acts), func(a *act) bool { return a.carded.IsZero() })
	if err := st.together(cards, 0, st.confirm); err != nil {
		return err
	}
	err = st.together(cards, 0, func(a *act) error { st.result(a, 30*time.Second); return nil })
	st.keep(acts)
	st.keepHour(acts, "RestartCaster", clicked)
	st.keepShare("RestartCaster")
	return err
}

// flood is somebody who may only look and asks ninety things at once, then five a second, beside a lead who works.
func (st *fixture) flood() error {
	const pasted, perSecond, turns = 90, 5, 6
	room := channel(0)
	asked := time.Now()
	for i := range pasted {
		if err := st.look(room, i); err != nil {
			return err
		}
	}
	end := make(chan struct{})
	var beside sync.WaitGroup
	n := pasted
	beside.Go(func() {
		every := time.NewTicker(time.Second / perSecond)
		defer every.Stop()
		for ; st.ctx.Err() == nil; n++ {
			select {
			case <-end:
				return
			case <-every.C:
				_ = st.look(room, n) // the workspace takes what is typed
			}
		}
	})
	err := st.lead(room, turns)
	close(end)
	beside.Wait()
	st.add("reader asked", float64(n))
	st.add("reader answered", float64(st.answered(asked)))
	return err
}

// lead restarts and takes in turns.
func (st *fixture) lead(room string, turns int) error {
	var acts []*act
	for n := range turns {
		a := restartAct(n, people[2], room)
		if n%2 == 1 {
			a = sceneAct(n, 1, people[2], room, "take")
		}
		acts = append(acts, a)
		next := time.Now().Add(2 * pace)
		if err := st.through(a, thinking, patience); err != nil {
			return err
		}
		if !st.until(next) {
			break
		}
	}
	st.keep(acts)
	return nil
}

// look asks something that changes nothing, each time about another studio or stream.
func (st *fixture) look(room string, i int) error {
	text := "/caster show " + studio(i%studios)
	if i%3 == 2 {
		text = "/record status " + stream(i%streams)
	}
	_, err := st.world.Slack.Type(testbed.Intruder, room, text, "")
	return err
}

// answered counts what the reader was told since a moment.
func (st *fixture) answered(since time.Time) int {
	n := 0
	for _, s := range st.observer.all() {
		if s.person == testbed.Intruder && !s.at.Before(since) {
			n++
		}
	}
	return n
}

// buttons measures how long a card can still be pressed after its click, while the cloud takes its time with eight and
// more.
func (st *fixture) buttons() error {
	_, err := st.world.Live.Inject(fakelive.Fault{Action: "RealTimeRecordCommand", Kind: fakelive.Slow,
		Delay: 4 * time.Second, Times: -1})
	if err != nil {
		return err
	}
	acts := make([]*act, 10)
	for i := range acts {
		acts[i] = recordAct(i, people[i%len(people)], channel(0), "start", "start")
	}
	err = st.together(acts, 200*time.Millisecond, func(a *act) error {
		if err := st.ask(a); err != nil {
			return err
		}
		st.see(a, 15*time.Second)
		return nil
	})
	if err != nil {
		return err
	}
	cards := slices.DeleteFunc(slices.Clone(acts), func(a *act) bool { return a.carded.IsZero() })
	if err := st.together(cards, 100*time.Millisecond, st.confirm); err != nil {
		return err
	}
	err = st.together(cards, 0, func(a *act) error { st.result(a, 15*time.Second); return nil })
	st.keep(acts)
	return err
}
