package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// setup is a way to run the bot.
type setup struct {
	name     string
	replicas int
	shared   bool // on PostgreSQL, which all replicas share
}

var setups = []setup{
	{name: "one process, SQLite", replicas: 1},
	{name: "one process, PostgreSQL", replicas: 1, shared: true},
	{name: "two replicas, PostgreSQL", replicas: 2, shared: true},
}

// changes is how many changes are asked for, confirmed and awaited, one after the other.
const changes = 30

// scaleFacts are the rows of the comparison.
var scaleFacts = []struct{ name, unit, title string }{
	{"ack p50", "ms", "`/record start`, 200 a second: to the acknowledgement, which is durable, p50, ms"},
	{"ack p99", "ms", "the same, p99, ms"},
	{"lost", "", "of these 400, not acknowledged"},
	{"card", "ms", "a change alone: from the command to its card, ms"},
	{"done", "ms", "from the click to the success on the card, ms"},
	{"highest rate", "/s", "highest rate of `/caster help` with ack p99 < 100 ms, commands/s"},
}

// scale compares one process on a file with several on PostgreSQL.
func (b *benchmark) scale(runs int, markdown bool, out io.Writer) error {
	for range runs {
		for _, s := range setups {
			if err := b.setup(s); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	rows := [][]string{{""}}
	for _, s := range setups {
		rows[0] = append(rows[0], s.name)
	}
	for _, f := range scaleFacts {
		row := []string{f.title}
		for _, s := range setups {
			row = append(row, cell(b.figures.of(s.name, f.name), f.unit))
		}
		rows = append(rows, row)
	}
	fmt.Fprintf(out, "%s. %d runs: median (least–most).\n\n", machine(), runs)
	report{markdown: markdown}.table(out, rows)
	return nil
}

// setup measures one way to run the bot: first alone, at leisure, then under load.
func (b *benchmark) setup(s setup) error {
	fmt.Fprintln(os.Stderr, s.name)
	if err := b.open(); err != nil {
		return err
	}
	defer b.world.Close()
	database := b.world.SQLite()
	if s.shared {
		address, drop, err := b.server.Space()
		if err != nil {
			return err
		}
		defer func() { _ = drop() }()
		database = address
	}
	var list []*testbed.Process
	for range s.replicas {
		p, err := b.world.Begin(testbed.Life{Program: b.programs[theBot], Database: database})
		if err != nil {
			return err
		}
		defer p.Kill()
		list = append(list, p)
	}
	if err := b.world.Up(2*s.replicas, 20*time.Second, list...); err != nil {
		return err
	}
	if err := b.warm(); err != nil {
		return err
	}
	if err := b.oneByOne(s.name); err != nil {
		return err
	}
	if err := b.highest(s.name); err != nil {
		return err
	}
	r, err := load{text: "/record start main", rate: 200, lasts: 2 * time.Second, blind: true}.run(b.world)
	b.figures.add(s.name, "ack p50", ms(r.acks.at(0.5)))
	b.figures.add(s.name, "ack p99", ms(r.acks.at(0.99)))
	b.figures.add(s.name, "lost", float64(r.lost))
	return err
}

// oneByOne asks for changes one after the other and takes the times that people wait.
func (b *benchmark) oneByOne(name string) error {
	var shown, done sample
	for i := range changes {
		text := []string{"/record start main", "/record stop main"}[i%2]
		before, begun := lastCall(b.world), time.Now()
		if _, err := b.world.Slack.Type(people[0], channel(i), text, ""); err != nil {
			return err
		}
		card, err := b.await(before, channel(i), "🟡")
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		shown = append(shown, time.Since(begun))
		button, _ := card.Button("confirm")
		before, begun = lastCall(b.world), time.Now()
		if _, err := b.world.Slack.Click(people[0], channel(i), card.TS,
			fakeslack.Press{Action: button.Action, Value: button.Value}); err != nil {
			return err
		}
		if _, err := b.await(before, channel(i), "✅"); err != nil {
			return fmt.Errorf("confirm %s: %w", text, err)
		}
		done = append(done, time.Since(begun))
		pause(200 * time.Millisecond)
	}
	b.figures.add(name, "card", ms(shown.at(0.5)))
	b.figures.add(name, "done", ms(done.at(0.5)))
	return nil
}

// await waits until a card of a channel, posted or edited after a call of the bot's, shows a sign.
func (b *benchmark) await(after int, channel, sign string) (testbed.Card, error) {
	for until := time.Now().Add(answerWithin); time.Now().Before(until); pause(500 * time.Microsecond) {
		for _, c := range b.world.Slack.Log(after) {
			after = c.Seq
			if m, ok := b.world.Slack.Message(channel, c.TS); ok && c.Channel == channel && c.Error == "" {
				if card, ok := testbed.ReadCard(channel, m); ok && card.Face == sign {
					return card, nil
				}
			}
		}
	}
	return testbed.Card{}, fmt.Errorf("no card with %s within %s", sign, answerWithin)
}
