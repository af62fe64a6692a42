package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// show is a scenario in which people ask for changes and confirm them, as a crew does. It has a world of its own.
type show struct {
	name  string
	two   bool          // two replicas on PostgreSQL; else one process on SQLite
	far   bool          // Slack and the cloud answer as late as they do over a real network
	lasts time.Duration // at most
	idles bool          // it waits most of the time: it runs beside the others of its kind
	run   func(*fixture) error
}

// How late answers come in shows that are far from the services.
const (
	slackAfter = 120 * time.Millisecond
	liveAfter  = 150 * time.Millisecond
)

// fixture is a show under way. Everything in it ends with ctx.
type fixture struct {
	ctx      context.Context
	name     string
	world    *testbed.World
	observer *observer
	lines    *lines
	figures  figures
}

// perform measures shows side by side and keeps their figures when all are over.
func (b *benchmark) perform(list []show) error {
	var all sync.WaitGroup
	errs, kept := make([]error, len(list)), make([]figures, len(list))
	for i, s := range list {
		kept[i] = figures{}
		all.Go(func() {
			if err := b.show(s, kept[i]); err != nil {
				errs[i] = fmt.Errorf("%s: %w", s.name, err)
			}
		})
	}
	all.Wait()
	for _, own := range kept {
		for key, values := range own {
			b.figures[key] = append(b.figures[key], values...)
		}
	}
	return errors.Join(errs...)
}

// show measures one show. It never lasts much longer than the show may, whatever the bot does.
func (b *benchmark) show(s show, own figures) error {
	folder, err := os.MkdirTemp(b.folder, "show")
	if err != nil {
		return err
	}
	slack, live := time.Duration(0), time.Duration(0)
	if s.far {
		slack, live = slackAfter, liveAfter
	}
	sockets := &lines{}
	w, err := showWorld(folder, slack, live, sockets)
	if err != nil {
		return err
	}
	defer w.Close()
	list, drop, err := b.replicas(w, s.two)
	defer drop()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(b.ctx, s.lasts)
	defer cancel()
	st := &fixture{ctx: ctx, name: s.name, world: w, observer: observe(w.Slack), lines: sockets, figures: own}
	defer st.observer.close()
	if err := st.warm(); err != nil {
		return err
	}
	if err := st.timed(s.run); err != nil {
		return err
	}
	for _, p := range list {
		if p.Dead() {
			return fmt.Errorf("the bot has ended; its log ends with: %s", p.Tail())
		}
	}
	return b.ctx.Err()
}

// timed runs a show and keeps how late the driver's own timers were meanwhile: where that is much, the machine was busy
// with something else, and the figures beside it say little.
func (st *fixture) timed(run func(*fixture) error) error {
	const every = 10 * time.Millisecond
	ctx, stop := context.WithCancel(st.ctx)
	var late sample
	var watch sync.WaitGroup
	watch.Go(func() {
		for ctx.Err() == nil {
			due := time.Now().Add(every)
			time.Sleep(every)
			late = append(late, time.Since(due))
		}
	})
	begun := time.Now()
	err := run(st)
	stop()
	watch.Wait()
	st.add("late", ms(late.at(0.99)))
	fmt.Fprintf(os.Stderr, "%s: %.0f s\n", st.name, time.Since(begun).Seconds())
	return err
}

// replicas starts one process on a file, or two on a database of their own, and waits for their sockets. drop ends
// them.
func (b *benchmark) replicas(w *testbed.World, two bool) (list []*testbed.Process, drop func(), err error) {
	database, n, clear := w.SQLite(), 1, func() error { return nil }
	drop = func() {
		for _, p := range list {
			p.Kill()
		}
		_ = clear()
	}
	if two {
		n = 2
		if database, clear, err = b.server.Space(); err != nil {
			clear = func() error { return nil }
			return list, drop, err
		}
	}
	for range n {
		p, err := w.Begin(testbed.Life{Program: b.programs[theBot], Database: database})
		if err != nil {
			return list, drop, err
		}
		list = append(list, p)
	}
	return list, drop, w.Up(2*n, 20*time.Second, list...)
}

// warm lets the bot look up who is who and what the channels are, as it has done in a workspace that is in use, and
// look at the cloud once.
func (st *fixture) warm() error {
	for _, room := range testbed.RoomIDs(rooms) {
		for _, person := range append([]string{testbed.Intruder}, people...) {
			sent, err := st.world.Slack.Type(person, room, help, "")
			if err == nil {
				err = ack(st.ctx, sent)
			}
			if err != nil {
				return err
			}
		}
	}
	return st.rest(time.Second)
}

// rest lets real time pass, but not beyond the end of the show.
func (st *fixture) rest(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-st.ctx.Done():
		return st.ctx.Err()
	}
}

// until is rest up to a moment, and whether it came.
func (st *fixture) until(at time.Time) bool { return st.rest(time.Until(at)) == nil }

// ask types an act's command.
func (st *fixture) ask(a *act) error {
	a.typed = time.Now()
	_, err := st.world.Slack.Type(a.person, a.channel, a.text, "")
	return err
}

// within waits for a observation for so long.
func (st *fixture) within(d time.Duration, fits func(observation) bool) (observation, bool) {
	ctx, cancel := context.WithTimeout(st.ctx, d)
	defer cancel()
	return st.observer.await(ctx, fits)
}

// see waits for the act's card; false when none came, or when the person was told something instead.
func (st *fixture) see(a *act, within time.Duration) bool {
	s, ok := st.within(within, func(s observation) bool {
		if s.channel != a.channel || s.at.Before(a.typed) {
			return false
		}
		told := s.person == a.person && s.refuses() && names(s.text, a.names)
		return told || s.person == "" && s.live() && names(s.card.Text, a.names)
	})
	if !ok || s.person != "" {
		a.told = ok
		return false
	}
	a.carded, a.card = s.at, s.card
	return true
}

// confirm presses the button of an act's card.
func (st *fixture) confirm(a *act) error {
	button, ok := a.card.Button("confirm")
	if !ok {
		return fmt.Errorf("%s: its card has no button to confirm with", a.text)
	}
	a.clicked = time.Now()
	_, err := st.world.Slack.Click(a.person, a.channel, a.card.TS,
		fakeslack.Press{Action: button.Action, Value: button.Value})
	return err
}

// result waits until an act's card shows how it went.
func (st *fixture) result(a *act, within time.Duration) {
	st.within(within, func(s observation) bool {
		return s.card.TS == a.card.TS && s.channel == a.channel && s.at.After(a.clicked) && s.final()
	})
}

// through asks for an act, confirms it when its card is there, and waits for the result.
func (st *fixture) through(a *act, thinks, within time.Duration) error {
	if err := st.ask(a); err != nil {
		return err
	}
	return st.onwards(a, thinks, within)
}

// onwards is through for an act that was asked for already.
func (st *fixture) onwards(a *act, thinks, within time.Duration) error {
	if !st.see(a, within) || st.rest(thinks) != nil {
		return nil
	}
	if err := st.confirm(a); err != nil {
		return err
	}
	st.result(a, within)
	return nil
}

// together does something for each act side by side, the nth one so many times every after the first, and waits for
// all.
func (st *fixture) together(acts []*act, every time.Duration, do func(*act) error) error {
	var all sync.WaitGroup
	errs := make(chan error, len(acts))
	begun := time.Now()
	for i, a := range acts {
		if !st.until(begun.Add(time.Duration(i) * every)) {
			break
		}
		all.Go(func() { errs <- do(a) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// calls are those that the cloud has received.
func (st *fixture) calls() []fakelive.Call { return st.world.Live.Snapshot().Calls }

// add keeps a figure of the show.
func (st *fixture) add(name string, value float64) { st.figures.add(st.name, name, value) }
