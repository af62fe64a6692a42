package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"casterbot/test/pgtest"
	"casterbot/test/testbed"
)

// The two programs.
const (
	theBot  = "casterbot"
	theBare = "bare"
)

// benchmark is one session of measuring.
type benchmark struct {
	ctx      context.Context
	folder   string
	only     string            // part of the names of the scenarios to measure; empty for everything
	programs map[string]string // name → path
	figures  figures
	server   *pgtest.Shared
	world    *testbed.World
	process  *testbed.Process
}

// scenario is one load on one program. Scenarios of a program follow each other in the same process, but for those that
// are alone: they leave work behind that would disturb the next one.
type scenario struct {
	program string
	name    string
	load    load
	refresh bool // every socket is renewed by Slack in between
	alone   bool
}

const help = "/caster help"

var scenarios = []scenario{
	{program: theBot, name: "help, 20/s", load: load{text: help, rate: 20, lasts: 4 * time.Second}},
	{program: theBot, name: "help, 200/s", load: load{text: help, rate: 200, lasts: 3 * time.Second}},
	{program: theBot, name: "help, 1000/s", load: load{text: help, rate: 1000, lasts: 3 * time.Second}},
	{program: theBot, name: "help, 200/s, sockets refreshed", refresh: true,
		load: load{text: help, rate: 200, lasts: 4 * time.Second}},
	{program: theBot, name: "list, 5/s", load: load{text: "/caster list", rate: 5, lasts: 3 * time.Second, late: true}},
	{program: theBot, name: "record start, 5/s", alone: true,
		load: load{text: "/record start main", rate: 5, lasts: 3 * time.Second, late: true}},
	{program: theBot, name: "record start, 20/s", alone: true,
		load: load{text: "/record start main", rate: 20, lasts: 3 * time.Second, late: true}},
	{program: theBot, name: "record start, 200/s", alone: true,
		load: load{text: "/record start main", rate: 200, lasts: 2 * time.Second, blind: true}},
	{program: theBare, name: "fixed answer, 200/s", load: load{text: help, rate: 200, lasts: 3 * time.Second}},
	{program: theBare, name: "fixed answer, 1000/s", load: load{text: help, rate: 1000, lasts: 3 * time.Second}},
	{program: theBare, name: "fixed answer, 200/s, sockets refreshed", refresh: true,
		load: load{text: help, rate: 200, lasts: 4 * time.Second}},
}

// run measures everything once.
func (b *benchmark) run() error {
	for _, group := range b.groups() {
		if err := b.perform(group); err != nil {
			return err
		}
	}
	return b.loads()
}

// groups are the shows that are wanted, each alone, and then those that idle, all together.
func (b *benchmark) groups() [][]show {
	var list [][]show
	var idle []show
	for _, s := range shows {
		switch {
		case !b.wanted(s.name) || s.two && b.noPostgres():
		case s.idles:
			idle = append(idle, s)
		default:
			list = append(list, []show{s})
		}
	}
	if len(idle) > 0 {
		list = append(list, idle)
	}
	return list
}

// wanted reports that a scenario is to be measured.
func (b *benchmark) wanted(name string) bool { return strings.Contains(name, b.only) }

// noPostgres reports that there is no PostgreSQL, and says so.
func (b *benchmark) noPostgres() bool {
	_, drop, err := b.server.Space()
	if err != nil {
		fmt.Fprintf(os.Stderr, "two replicas are left out: %v\n", err)
		return true
	}
	_ = drop()
	return false
}

// loads measures what no crew would type.
func (b *benchmark) loads() error {
	for _, program := range []string{theBare, theBot} {
		none := !slices.ContainsFunc(scenarios, func(s scenario) bool {
			return s.program == program && !s.alone && b.wanted(s.name)
		})
		if none || b.only != "" && program == theBare {
			continue
		}
		if err := b.together(program); err != nil {
			return fmt.Errorf("%s: %w", program, err)
		}
	}
	for _, s := range scenarios {
		if !s.alone || !b.wanted(s.name) {
			continue
		}
		if err := b.alone(s); err != nil {
			return fmt.Errorf("%s, %s: %w", s.program, s.name, err)
		}
	}
	return nil
}

// alone gives a scenario a world and a process of its own.
func (b *benchmark) alone(s scenario) error {
	if err := b.open(); err != nil {
		return err
	}
	defer b.world.Close()
	if _, err := b.start(s.program); err != nil {
		return err
	}
	defer b.process.Kill()
	if err := b.warm(); err != nil {
		return err
	}
	return b.measure(s)
}

// together measures a program's start, its memory, its scenarios and its highest rate.
func (b *benchmark) together(program string) error {
	if err := b.open(); err != nil {
		return err
	}
	defer b.world.Close()
	if err := b.starts(program); err != nil {
		return err
	}
	defer b.process.Kill()
	if err := b.remember(program, "memory, idle", "VmRSS"); err != nil {
		return err
	}
	if err := b.warm(); err != nil {
		return err
	}
	for _, s := range scenarios {
		if s.program != program || s.alone || !b.wanted(s.name) {
			continue
		}
		if err := b.measure(s); err != nil {
			return err
		}
	}
	if err := b.remember(program, "memory, most at 1000/s", "VmHWM"); err != nil {
		return err
	}
	if b.only != "" {
		return nil
	}
	if err := b.highest(program); err != nil {
		return err
	}
	return b.remember(program, "memory, most when overloaded", "VmHWM")
}

// open makes a fresh world, with a folder for the program's files.
func (b *benchmark) open() error {
	if b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	folder, err := os.MkdirTemp(b.folder, "run")
	if err != nil {
		return err
	}
	b.world, err = newWorld(folder)
	return err
}

// starts measures the first start, which makes the database, and a start that finds it. The second process stays.
func (b *benchmark) starts(program string) error {
	first, err := b.start(program)
	if err != nil {
		return err
	}
	if code := b.process.Stop(); code != 0 {
		return fmt.Errorf("did not stop in peace: exit code %d", code)
	}
	again, err := b.start(program)
	if err != nil {
		return err
	}
	b.figures.add(program, "start to first ack, new database", ms(first))
	b.figures.add(program, "start to first ack", ms(again))
	info, err := os.Stat(b.programs[program])
	if err != nil {
		return err
	}
	b.figures.add(program, "binary", float64(info.Size())/1e6)
	pause(time.Second)
	return nil
}

// start runs the program until it has acknowledged its first command.
func (b *benchmark) start(program string) (time.Duration, error) {
	begun := time.Now()
	p, err := b.world.Begin(testbed.Life{Program: b.programs[program]})
	if err != nil {
		return 0, err
	}
	b.process = p
	for len(b.world.Slack.Sockets()) == 0 {
		if time.Since(begun) > 10*time.Second {
			p.Kill()
			return 0, fmt.Errorf("it does not connect; it says: %s", p.Log())
		}
		pause(200 * time.Microsecond)
	}
	r, err := load{text: help, rate: 1, lasts: time.Second}.fire(b.world)
	if err != nil {
		return 0, err
	}
	if ack := <-r[0].sent.Done; ack.Err != "" {
		return 0, fmt.Errorf("its first command was lost: %s", ack.Err)
	}
	return time.Since(begun), nil
}

// warm lets the program look up who is who, as it has done in a workspace that is in use.
func (b *benchmark) warm() error {
	_, err := load{text: help, rate: 200, lasts: time.Second}.run(b.world)
	pause(200 * time.Millisecond)
	return err
}

func (b *benchmark) remember(program, name, key string) error {
	mb, err := b.process.Memory(key)
	b.figures.add(program, name, mb)
	return err
}
