package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/oracle"
	"casterbot/test/pgtest"
	"casterbot/test/testbed"
)

// script is one thing that goes wrong.
type script struct {
	name  string
	shows string // in one line
	quick bool   // its short form is played by every run of the tests
	play  func(ctx context.Context, r *run) error
}

// scripts are all that there are.
func scripts() []script {
	return slices.Concat(replicaScripts, postgresScripts, slackScripts, burstScripts, longScripts, diskScripts)
}

// run is a script under way. What it opens is closed when the script ends, the last thing first.
type run struct {
	options
	name   string
	folder string
	began  time.Time
	ends   []func()

	processes []*testbed.Process // all that were begun

	mu     sync.Mutex // of what follows, and of out
	broken int
}

// one plays a script and reports whether every promise held.
func (o options) one(ctx context.Context, s script, folder string) bool {
	r := &run{options: o, name: s.name, folder: folder, began: time.Now()}
	form := "short form"
	if o.long {
		form = "long form"
	}
	fmt.Fprintf(o.out, "=== %s (%s): %s\n", s.name, form, s.shows)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		r.breaks("%v", err)
	} else if err := s.play(ctx, r); err != nil {
		r.breaks("it could not be played to its end: %v", err)
	}
	for _, end := range slices.Backward(r.ends) {
		end()
	}
	if o.keep {
		r.say("its files are in %s", folder)
	}
	if r.broken == 0 {
		r.say("PASS %s", s.name)
	}
	return r.broken == 0
}

// say tells what happens.
func (r *run) say(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = io.WriteString(r.out, fmt.Sprintf("%7.2fs  ", time.Since(r.began).Seconds())+fmt.Sprintf(format, args...)+"\n")
}

// breaks tells which promise was broken. Beyond the tenth they are only counted.
func (r *run) breaks(format string, args ...any) {
	r.mu.Lock()
	r.broken++
	n := r.broken
	r.mu.Unlock()
	if n <= 10 {
		r.say("BROKEN "+format, args...)
	}
}

// holds breaks a promise unless it is so.
func (r *run) holds(is bool, format string, args ...any) {
	if !is {
		r.breaks(format, args...)
	}
}

// pick chooses between the short and the long form.
func pick[T any](r *run, short, long T) T {
	if r.long {
		return long
	}
	return short
}

// later calls a function when the script ends.
func (r *run) later(end func()) { r.ends = append(r.ends, end) }

// crew are those whom every script lets change something.
var crew = []string{"U0ANA", "U0BO", "U0KEN", "U0MIO"}

// open makes a world with the crew in so many channels of its own (none means that of the seed, C0SHOW).
func (r *run) open(rooms int, c testbed.Config) (*testbed.World, []string, error) {
	return r.openFor(crew, rooms, c)
}

// openFor is open with another crew; people who are not in the seed are made.
func (r *run) openFor(people []string, rooms int, c testbed.Config) (*testbed.World, []string, error) {
	channels := testbed.RoomIDs(rooms)
	if rooms == 0 {
		channels = []string{"C0SHOW"}
	}
	c.Folder = r.folder
	c.Policy = testbed.Rights(strings.Join(people, ", "), channels...)
	c.Live.Keep = 200_000
	w, err := testbed.Open(c)
	if err != nil {
		return nil, nil, err
	}
	r.later(w.Close)
	for _, id := range people {
		w.Slack.SetUser(id, func(*fakeslack.User) {})
	}
	if rooms > 0 {
		w.Rooms(rooms, slices.Concat(people, []string{testbed.Intruder})...)
	}
	return w, channels, nil
}

// begin starts the bot; it is killed when the script ends and it has not ended by then.
func (r *run) begin(w *testbed.World, l testbed.Life) (*testbed.Process, error) {
	l.Program, l.Admin = r.program, true
	p, err := w.Begin(l)
	if err == nil {
		r.processes = append(r.processes, p)
		r.later(p.Kill)
	}
	return p, err
}

// database gives the address of an empty database on the server that all scripts share.
func (r *run) database() (string, error) {
	address, drop, err := r.shared.Space()
	if err == nil {
		r.later(func() {
			if err := drop(); err != nil {
				r.breaks("PostgreSQL: %v", err)
			}
		})
	}
	return address, err
}

// server starts a PostgreSQL of the script's own, which it may stop.
func (r *run) server() (*pgtest.Server, error) {
	s, err := pgtest.Start()
	if err == nil {
		r.later(func() {
			if err := s.Close(); err != nil {
				r.breaks("PostgreSQL: %v", err)
			}
		})
	}
	return s, err
}

// replicas starts so many processes on one database, each with a log of its own, and waits until they are connected.
func (r *run) replicas(w *testbed.World, n int, database string) ([]*testbed.Process, error) {
	var list []*testbed.Process
	for i := range n {
		p, err := r.begin(w, testbed.Life{Database: database, Log: logs[i]})
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, w.Up(2*n, 20*time.Second, list...)
}

// logs are the names of the replicas' logs.
var logs = []string{"log-a", "log-b"}

// stop ends processes as an orchestrator does.
func (r *run) stop(processes ...*testbed.Process) {
	for _, p := range processes {
		if code := p.Stop(); code != 0 {
			r.breaks("P13: SIGTERM ended with exit code %d; the log ends with: %s", code, p.Tail())
		}
	}
}

// judge asks the oracle about a world whose processes have stopped.
func (r *run) judge(ctx context.Context, w *testbed.World, database string, logs ...string) error {
	return r.judgeFor(ctx, crew, w, database, logs...)
}

// judgeFor is judge with another crew.
func (r *run) judgeFor(ctx context.Context, people []string, w *testbed.World, database string, logs ...string) error {
	record, err := oracle.Collect(ctx, w, database, logs...)
	if err != nil {
		return fmt.Errorf("the records cannot be read: %w", err)
	}
	record.Crew = people
	found := record.Broken()
	for _, what := range found {
		r.breaks("%s", what)
	}
	r.say("the oracle compared %s", record)
	return nil
}

// until waits for something to be so.
func until(ctx context.Context, within time.Duration, is func() bool) bool {
	for end := time.Now().Add(within); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) || ctx.Err() != nil {
			return false
		}
	}
	return true
}

// acked waits for what became of an act of a person.
func acked(sent fakeslack.Sent, err error) (fakeslack.Ack, error) {
	if err != nil {
		return fakeslack.Ack{}, err
	}
	return <-sent.Done, nil
}

// press is what a person does with a button, also with one that has gone meanwhile.
func press(b testbed.Button) fakeslack.Press {
	return fakeslack.Press{Action: b.Action, Value: b.Value, Stale: true}
}

// received are the calls that the cloud got, but for those that only look.
func received(w *testbed.World) []fakelive.Call {
	return slices.DeleteFunc(w.Live.Snapshot().Calls, func(c fakelive.Call) bool { return !oracle.Changes(c) })
}
