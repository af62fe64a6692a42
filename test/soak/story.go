package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/oracle"
	"casterbot/test/pgtest"
	"casterbot/test/testbed"
)

// story is a case under way: one world, the lives of the bot in it, and what people did.
type story struct {
	c        Case
	ctx      context.Context
	w        *world
	program  string
	database string
	p        *testbed.Process
	beside   *testbed.Process // a second replica that lives on; nil when there is none
	lives    int
	began    time.Time
	lines    []string // what happened, for whoever looks into a broken case
	broken   []string // promises that broke on the way
	ahead    time.Duration
	asker    string
	other    string        // whoever approves
	wait     time.Duration // patience, and what the database needs besides
	died     time.Time     // the last time
}

// How long people and the oracle wait, in real time.
const (
	patience = 15 * time.Second // for something to be shown, a restart included
	calm     = 1300 * time.Millisecond
	restless = 25 * time.Second // less than the 30 s after which what is only confirmed expires
	takeover = 16 * time.Second // on PostgreSQL: until a process without a heartbeat counts as dead
)

// play tells the story of a case, on a file or on a PostgreSQL server, and gives it with every promise that it broke.
func play(ctx context.Context, c Case, program, folder string, server *pgtest.Shared) (told string, broken []string) {
	w, err := openWorld(folder, c)
	if err != nil {
		return "", []string{"the case could not begin: " + err.Error()}
	}
	defer w.Close()
	s := &story{c: c, ctx: ctx, w: w, program: program, database: w.SQLite(), began: time.Now(), asker: "U0ANA",
		other: "U0BO", wait: patience}
	if server != nil {
		address, drop, err := server.Space()
		if err != nil {
			return "", []string{"the case could not begin: " + err.Error()}
		}
		defer func() {
			if err := drop(); err != nil {
				broken = append(broken, "PostgreSQL: "+err.Error())
			}
		}()
		s.database, s.wait = address, patience+takeover
		if c.twist.second != nil { // and once more for the process that dies next
			s.wait += takeover
		}
	}
	if err := s.live(); err != nil {
		return s.told(), []string{err.Error()}
	}
	record, err := oracle.Collect(ctx, w.World, s.database)
	if err != nil {
		return s.told(), []string{"the records cannot be read: " + err.Error()}
	}
	record.Crew = crew
	return s.told(), append(s.broken, record.Broken()...)
}

func (s *story) told() string {
	if len(s.lines) == 0 {
		return ""
	}
	return "  " + strings.Join(s.lines, "\n  ") + "\n"
}

func (s *story) say(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf("%6.2fs ", time.Since(s.began).Seconds())+fmt.Sprintf(format, args...))
}

func (s *story) breaks(format string, args ...any) {
	s.broken = append(s.broken, fmt.Sprintf(format, args...))
}

// live is the story from the first start to the last stop.
func (s *story) live() error {
	defer s.killAll()
	if err := s.join(); err != nil {
		return err
	}
	if err := s.start(); err != nil {
		return err
	}
	if !s.ask() {
		s.breaks("K: no card came of %s", s.c.order.text)
	} else {
		s.press()
		s.rest()
		s.doubt()
	}
	if s.c.twist.late {
		s.expire()
	}
	s.until(func() bool { return time.Since(s.died) > s.wait-patience }, s.wait) // what a dead process had is taken over
	s.rest()
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	s.say("in the end: %s", s.face())
	for _, p := range s.replicas() {
		if code := p.Stop(); code != 0 {
			s.breaks("P13: SIGTERM ended with exit code %d; the log ends with: %s", code, p.Tail())
		}
	}
	return nil
}

func (s *story) replicas() []*testbed.Process {
	if s.beside == nil {
		return []*testbed.Process{s.p}
	}
	return []*testbed.Process{s.p, s.beside}
}

// join starts the second replica of the odd cases on PostgreSQL.
func (s *story) join() (err error) {
	if s.wait == patience || s.c.seed%2 == 0 {
		return nil
	}
	s.beside, err = s.begin(end{})
	s.say("a second replica is there")
	return err
}

func (s *story) killAll() {
	for _, p := range s.replicas() {
		if p != nil && !p.Dead() {
			p.Kill()
		}
	}
}

// start begins the next life of the bot and waits until its sockets are open.
func (s *story) start() error {
	e := end{}
	switch s.lives++; {
	case s.lives == 1:
		e = s.c.end
	case s.lives == 2 && s.c.twist.second != nil:
		e = *s.c.twist.second
	}
	p, err := s.begin(e)
	if err != nil {
		return err
	}
	s.p = p
	s.w.arm(e, p.Kill)
	for until := time.Now().Add(patience); len(s.w.Slack.Sockets()) < 2*len(s.replicas()); {
		if p.Dead() && e.name != "" && e.name != "none" {
			return s.revive() // it died again before it was up
		}
		if p.Dead() || time.Now().After(until) {
			return fmt.Errorf("the bot does not start; its log ends with: %s", p.Tail())
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.say("the bot is up")
	return nil
}

// begin starts the bot, with orders for the places inside it.
func (s *story) begin(e end) (*testbed.Process, error) {
	return s.w.Begin(testbed.Life{Program: s.program, Database: s.database,
		Env: []string{"CASTERBOT_CRASH=" + e.inside()}})
}

// newest is the last card; false when there is none.
func (s *story) newest() (testbed.Card, bool) {
	list := s.w.Cards(channel)
	if len(list) == 0 {
		return testbed.Card{}, false
	}
	return list[len(list)-1], true
}

// last is the newest card of an operation.
func (s *story) last(ref string) testbed.Card { return s.w.Newest()[ref] }

// revive starts the bot again when it is dead.
func (s *story) revive() error {
	if !s.p.Dead() {
		return nil
	}
	for until := time.Now().Add(time.Second); len(s.w.Slack.Sockets()) > 2*(len(s.replicas())-1) &&
		time.Now().Before(until); {
		time.Sleep(time.Millisecond)
	}
	s.say("the bot is dead")
	s.died = time.Now()
	return s.start()
}

// until waits for something to be so; a bot that dies meanwhile is started again.
func (s *story) until(is func() bool, within time.Duration) bool {
	for end := time.Now().Add(within); !is(); time.Sleep(10 * time.Millisecond) {
		if err := s.revive(); err != nil {
			s.breaks("K: after a crash: %v", err)
			return false
		}
		if time.Now().After(end) || s.ctx.Err() != nil {
			return false
		}
	}
	return true
}

// rest waits until nothing is said and nothing is called for a while, and no card shows work under way.
func (s *story) rest() {
	last, since := s.w.Seen(), time.Now()
	ok := s.until(func() bool {
		if now := s.w.Seen(); now != last || s.w.busy.Load() > 0 || s.working() {
			last, since = now, time.Now()
		}
		return time.Since(since) > calm
	}, s.wait-patience+restless)
	if !ok && s.ctx.Err() == nil {
		s.breaks("I6: the bot does not come to rest; the last card says: %s", s.face())
	}
}

func (s *story) working() bool {
	c, ok := s.newest()
	return ok && c.Face == "⏳"
}

func (s *story) face() string {
	c, _ := s.newest()
	return strings.ReplaceAll(strings.TrimSpace(c.Text), "\n", " / ")
}

// acked waits for the acknowledgement of what somebody did; false when Slack gave up waiting.
func (s *story) acked(what string, sent fakeslack.Sent, err error) bool {
	if err != nil {
		s.breaks("%s: %v", what, err)
		return false
	}
	ack := fakeslack.Ack{Err: "nothing"}
	done := s.until(func() bool {
		select {
		case ack = <-sent.Done:
			return true
		default:
			return false
		}
	}, s.wait)
	s.say("%s (%s)", what,
		map[bool]string{true: "acknowledged", false: "not acknowledged: " + ack.Err}[done && ack.Err == ""])
	return done && ack.Err == ""
}

// advance moves the bot's clock.
func (s *story) advance(d time.Duration) {
	s.ahead += d
	if err := s.w.SetAhead(s.ahead); err != nil {
		s.breaks("the clock cannot be moved: %v", err)
	}
	s.say("the clock is moved by %s", d)
}
