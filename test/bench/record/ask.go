package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"casterbot/commands"
	"casterbot/internal/audit"
	"casterbot/internal/op"
	"casterbot/internal/records"
	"casterbot/internal/store"
)

const (
	ofQueries = "p99 ≤ 50 ms"
	perPage   = 15 // operations on a page of history
	lastPage  = 99
)

// query is something that is asked for again and again, each time of another channel, studio and day.
type query struct {
	name string
	ask  func(ctx context.Context, n int) error
}

// ask asks what people, guardian and boards ask.
func (l *log) ask(ctx context.Context) (err error) {
	if err := l.open(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.db.Close()) }()
	table := commands.Table(nil, nil, l.db.Now)
	own := records.New(l.db, &table)
	var first sample
	if err := first.time(func() error { return two(own.Read(ctx)) }); err != nil {
		return err
	}
	l.tell("guardian and boards, the first look after a start", "", "%s", first)
	for _, q := range append(histories(own, recordings(table)), l.others(own)...) {
		var s sample
		for n := range 300 {
			if err := s.time(func() error { return q.ask(ctx, n) }); err != nil {
				return fmt.Errorf("%s: %w", q.name, err)
			}
		}
		l.tell(q.name, ofQueries, "%s", s)
	}
	return nil
}

func two[T any](_ T, err error) error { return err }

// recordings are the commands that /record history is about.
func recordings(table op.Table) (usages []string) {
	for _, c := range table.Commands {
		if c.Changes() && strings.HasPrefix(c.Usage, "record ") {
			usages = append(usages, c.Usage)
		}
	}
	return usages
}

// histories are what /caster history and /record history ask for: what there is much of, and what there is hardly any
// of in a channel with half of all operations.
func histories(own *records.Records, recordings []string) (all []query) {
	for _, h := range []struct {
		name string
		p    op.Past
		of   func(p *op.Past, n int)
	}{
		{"history of a channel", op.Past{}, inChannel},
		{"the same, on page 99", op.Past{Skip: (lastPage - 1) * perPage}, inChannel},
		{"the same, of a day", op.Past{}, func(p *op.Past, n int) {
			inChannel(p, n)
			p.From = time.Now().Add(-time.Duration(n+2) * 24 * time.Hour)
			p.To = p.From.Add(24 * time.Hour)
		}},
		{"the same, what failed", op.Past{States: []op.State{op.Failed}}, inChannel},
		{"the same, what expired (nothing)", op.Past{States: []op.State{op.Expired}}, inChannel},
		{"the same, by somebody who asks often", op.Past{}, func(p *op.Past, n int) {
			inChannel(p, n)
			p.Person = person(n + 1)
		}},
		{"the same, by somebody who hardly ever asks", op.Past{Person: seldom}, inChannel},
		{"the same, what failed of theirs", op.Past{Person: seldom, States: []op.State{op.Failed}}, inChannel},
		{"history of recordings in a channel", op.Past{Commands: recordings}, inChannel},
		{"the same, what failed", op.Past{Commands: recordings, States: []op.State{op.Failed}}, inChannel},
		{"the same, by somebody who asks often", op.Past{Commands: recordings}, func(p *op.Past, n int) {
			inChannel(p, n)
			p.Person = person(n + 1)
		}},
		{"history of a studio", op.Past{}, ofStudio},
		{"the same, what failed, by somebody who hardly ever asks", op.Past{Person: seldom,
			States: []op.State{op.Failed}}, ofStudio},
		{"the same, by somebody who hardly ever asks", op.Past{Person: seldom}, ofStudio},
	} {
		all = append(all, query{h.name, func(ctx context.Context, n int) error {
			p := h.p
			p.Most = perPage
			h.of(&p, n)
			_, _, err := own.History(ctx, p)
			return err
		}})
	}
	return all
}

func inChannel(p *op.Past, n int) { p.Channel = channel(n) }

func ofStudio(p *op.Past, n int) { p.Target = op.Target{Kind: "caster", ID: studio(n)} }

func (l *log) others(own *records.Records) []query {
	return []query{
		{"report of a channel's day", func(ctx context.Context, n int) error {
			from := l.db.Now().Add(-time.Duration(n+1) * 24 * time.Hour)
			return two(own.AsRun(ctx, channel(n), from, from.Add(24*time.Hour)))
		}},
		{"last of a studio in a channel (Home)", func(ctx context.Context, n int) error {
			return two(l.db.List(ctx, store.Query{Target: "caster/" + studio(n), Channel: "C0SHOW9", Newest: true, Limit: 1}))
		}},
		{"guardian and boards: the bot's own changes", func(ctx context.Context, _ int) error { return two(own.Read(ctx)) }},
		{"what stands, of one studio", func(ctx context.Context, n int) error {
			standings, err := own.Standings(ctx)
			if err == nil {
				standings(op.Target{Kind: "caster", ID: studio(n)}, op.IsOnAir)
			}
			return err
		}},
		{"how the log stands (/readyz, doctor)", func(ctx context.Context, _ int) error {
			return two(audit.ReadStatus(ctx, l.db.Reader(), l.db.Now()))
		}},
	}
}
