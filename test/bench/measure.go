package main

import (
	"math"
	"time"
)

// figures are the values of each run by program and name.
type figures map[[2]string][]float64

func (f figures) add(program, name string, value float64) {
	key := [2]string{program, name}
	f[key] = append(f[key], value)
}

func (f figures) of(program, name string) spread { return spreadOf(f[[2]string{program, name}]) }

// shares are the columns of a table of times.
var shares = []struct {
	name  string
	share float64
}{{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}, {"max", 1}}

// moments are the columns of what people feel.
var moments = []struct {
	name  string
	share float64
}{{"p50", 0.5}, {"p90", 0.9}, {"max", 1}}

// measure runs one scenario and keeps its figures.
func (b *benchmark) measure(s scenario) error {
	before, err := b.process.CPU()
	if err != nil {
		return err
	}
	renewed := make(chan int, 1)
	go func() { renewed <- b.renew(s) }()
	r, err := s.load.run(b.world)
	<-renewed
	if err != nil {
		return err
	}
	after, err := b.process.CPU()
	if err != nil {
		return err
	}
	for _, c := range shares {
		b.figures.add(s.program, s.name+" ack "+c.name, ms(r.acks.at(c.share)))
		if !s.load.blind {
			b.figures.add(s.program, s.name+" shown "+c.name, ms(r.shown.at(c.share)))
		}
	}
	b.figures.add(s.program, s.name+" lost", float64(r.lost))
	b.figures.add(s.program, s.name+" late", ms(r.late.at(0.99)))
	if !s.load.blind {
		b.figures.add(s.program, s.name+" silent", float64(len(r.acks)-len(r.shown)))
	}
	cpu := math.NaN()
	if s.load.rate >= 200 {
		cpu = ms(after-before) / float64(r.sent) * 1000
	}
	b.figures.add(s.program, s.name+" cpu", cpu)
	pause(100 * time.Millisecond)
	return nil
}

// renew closes each socket as Slack does when it refreshes a connection: a warning, and after a while the end. It gives
// how many there were.
func (b *benchmark) renew(s scenario) int {
	if !s.refresh {
		return 0
	}
	sockets := b.world.Slack.Sockets()
	for _, id := range sockets {
		pause(time.Second)
		b.world.Slack.Disconnect(id, "warning")
	}
	return len(sockets)
}

// bearable is the ack p99 up to which a rate counts as kept.
const bearable = 100 * time.Millisecond

// highest looks for the highest rate that the program keeps: up by half until it fails, then twice half way back.
func (b *benchmark) highest(program string) error {
	kept, failed := 0, 0
	for back := 0; back < 2; {
		rate := max(6000, kept+kept/2)
		if failed > 0 {
			rate = (kept + failed) / 2
			back++
		}
		ok, err := b.keeps(rate)
		if err != nil {
			return err
		}
		if ok {
			kept = rate
		} else {
			failed = rate
		}
	}
	b.figures.add(program, "highest rate", float64(kept))
	return nil
}

// keeps tries a rate, once more when it fails: the machine may have been busy with something else.
func (b *benchmark) keeps(rate int) (bool, error) {
	for range 2 {
		r, err := load{text: help, rate: rate, lasts: time.Second}.run(b.world)
		pause(200 * time.Millisecond)
		if err != nil || r.lost == 0 && r.acks.at(0.99) < bearable {
			return true, err
		}
	}
	return false, nil
}
