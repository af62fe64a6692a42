package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

const (
	studios  = 40
	channels = 10
	people   = 30
	seldom   = "U0SELDOM"
	span     = 390 * 24 * time.Hour // over which the operations were asked for
	perOp    = 4                    // events of one: received, confirmed, sent, answered
	atOnce   = 2500                 // operations that one transaction writes
)

// log is the log under measurement.
type log struct {
	*bench
	key *audit.Key
	db  *store.Store // while it is open
}

func newLog(b *bench) (*log, error) {
	secret, _, err := audit.NewKey("example.com/record")
	if err != nil {
		return nil, err
	}
	key, err := audit.ParseKey(secret)
	return &log{bench: b, key: key}, errors.Join(err, os.WriteFile(b.folder+"/audit.key", []byte(secret), 0o600))
}

func (l *log) open(ctx context.Context) (err error) {
	l.db, err = store.Open(ctx, l.address, store.Options{Replica: "bench", Version: "v1.0.0", Seal: l.key.Seal})
	return err
}

// template writes one operation with its events, as it is written whenever somebody asks for something.
func (l *log) template(ctx context.Context) (op.Operation, error) {
	studio := op.Target{Kind: "caster", ID: "c0", Name: "Evening News 0"}
	o, err := l.db.Create(ctx, op.Operation{Key: op.NewID(), State: op.Pending, Command: "caster restart {caster}",
		Verb: "caster.restart", Effect: op.OnAir, Text: `caster restart "Evening News 0"`, Team: "T0SHOW", Channel: "C0SHOW0",
		Requester: "U0P0000", Expires: l.db.Now().Add(5 * time.Minute),
		Plan: op.Plan{Args: op.Args{"caster": studio.ID}, Target: studio, Title: op.L("Restart ", op.B(studio.Name)),
			Facts: []op.Line{op.L("on air since 19:58"), op.L("PROGRAM ", op.B("Main"))}, OnAir: true, Button: "Restart",
			Fingerprint: "f1"},
		Decision: op.Decision{Allowed: true, Rule: "policy.yml:14", Role: "operators", Confirm: op.ConfirmSelf,
			Expires: 5 * time.Minute, Policy: strings.Repeat("0123456789abcdef", 4)}},
		op.Event{Name: op.EventReceived, Actor: "U0P0000", Team: "T0SHOW"})
	if err != nil {
		return o, err
	}
	for _, m := range []store.Move{
		{To: op.Queued, By: "U0P0000", Event: op.Event{Name: op.EventConfirmed, Actor: "U0P0000", Team: "T0SHOW"}},
		{To: op.Running, Send: true, Event: op.Event{Name: op.EventSent}},
		{To: op.Succeeded, Outcome: &op.Outcome{State: op.Succeeded, Text: op.L(op.B(studio.Name), " was restarted."),
			Evidence: op.L("On air since 20:01, as the cloud says."), Checked: true,
			RequestID: "0B6CB8C0-7A57-4B9D-9E4B-3B1E6A1A2C3D"}, Event: op.Event{Name: op.EventAnswered}},
	} {
		m.ID, m.From = o.ID, o.State
		if o, err = l.db.Move(ctx, m); err != nil {
			return o, err
		}
	}
	return o, nil
}

// fill writes the events, and tells what an operation costs.
func (l *log) fill(ctx context.Context) (err error) {
	if err := l.open(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.db.Close()) }()
	o, err := l.template(ctx)
	if err != nil {
		return err
	}
	events, err := l.db.Events(ctx, o.ID)
	if err != nil {
		return err
	}
	c, err := newCopier(ctx, l, o, events)
	if err != nil {
		return err
	}
	for n := 1; n < l.events/perOp; n += atOnce {
		if err := c.some(ctx, n, min(n+atOnce, l.events/perOp)); err != nil {
			return err
		}
	}
	return nil
}

// copier writes copies of an operation and its events.
type copier struct {
	*log
	file    bool // it is a file, not a server
	columns []string
	row     []any
	events  []op.Event
	began   time.Time // of the first
	step    time.Duration
}

func newCopier(ctx context.Context, l *log, o op.Operation, events []op.Event) (*copier, error) {
	c := &copier{log: l, file: !l.postgres, events: events,
		step: span / time.Duration(max(1, l.events/perOp))}
	c.began = o.Created.Add(-span)
	rows, err := l.db.Reader().QueryContext(ctx, `SELECT * FROM operations WHERE id = $1`, o.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if c.columns, err = rows.Columns(); err != nil || !rows.Next() {
		return nil, errors.Join(err, rows.Err(), errors.New("the operation is gone"))
	}
	c.row = make([]any, len(c.columns))
	into := make([]any, len(c.row))
	for i := range into {
		into[i] = &c.row[i]
	}
	return c, rows.Scan(into...)
}

// some writes the operations from one number up to another, and their events.
func (c *copier) some(ctx context.Context, from, to int) error {
	var operations, events []any
	for n := from; n < to; n++ {
		id := op.NewID()
		operations = append(operations, c.operation(n, id)...)
		for i, e := range c.events {
			e.Operation, e.At = id, c.at(n).Add(time.Duration(i)*time.Second)
			if e.Detail = maps.Clone(e.Detail); e.Actor != "" {
				e.Actor = person(n)
			}
			e.Channel, e.Detail[op.DetailTarget] = channel(n), "caster/"+studio(n)
			detail, err := json.Marshal(e.Detail)
			if err != nil {
				return err
			}
			events = append(events, id, e.At.UnixMilli(), e.Name, e.Actor, e.Team, e.Channel, string(detail), op.NewID(),
				c.key.Seal(e))
		}
	}
	columns := []string{"operation", "at", "name", "actor", "team", "channel", "detail", "mark", "seal"}
	return c.log.db.Change(ctx, func(x store.Tx) error {
		return errors.Join(c.insert(x, "operations", c.columns, operations), c.insert(x, "events", columns, events))
	})
}

func (c *copier) at(n int) time.Time { return c.began.Add(time.Duration(n) * c.step) }

func studio(n int) string { return fmt.Sprintf("c%d", n%studios) }

// channel is where it was asked for: half of all in one channel.
func channel(n int) string {
	if n%2 == 0 {
		return "C0SHOW0"
	}
	return fmt.Sprintf("C0SHOW%d", 1+n/2%(channels-1))
}

// person is who asked: somebody who hardly ever does, or one of the others.
func person(n int) string {
	if n%10_007 == 0 {
		return seldom
	}
	return fmt.Sprintf("U0P%04d", n%people)
}

// recording is one of those that are no restart of a studio: hardly any in the channel with most of them.
func recording(n int) bool { return n%10 == 3 || n%20_000 == 0 }

// operation is a row of the table, at another time, by somebody else and on another studio; one in fifty failed.
func (c *copier) operation(n int, id string) []any {
	row := slices.Clone(c.row)
	at := c.at(n)
	for i, name := range c.columns {
		switch name {
		case "id":
			row[i] = id
		case "key", "token":
			row[i] = name[:1] + op.NewID()
		case "created", "confirmed", "sent", "ended":
			row[i] = at.UnixMilli()
		case "expires":
			row[i] = at.Add(5 * time.Minute).UnixMilli()
		case "turn":
			row[i] = at.UnixMicro()
		case "asker", "person":
			row[i] = person(n)
		case "channel":
			row[i] = channel(n)
		case "target":
			if row[i] = "caster/" + studio(n); recording(n) {
				row[i] = "stream/live.example.com/show/" + studio(n)
			}
		case "command", "verb":
			if recording(n) {
				row[i] = map[string]string{"command": "record start {stream}", "verb": "record.start"}[name]
			}
		case "state":
			if n%50 == 7 {
				row[i] = string(op.Failed)
			}
		case "shown":
			row[i] = row[slices.Index(c.columns, "version")]
		}
	}
	return row
}

// insert writes rows, which are one behind the other. A server gets many with one statement, as each takes a round
// trip; SQLite one with each, as it looks for the names of arguments one after the other.
func (c *copier) insert(x store.Tx, table string, columns []string, values []any) error {
	width, rows := len(columns), 1
	if !c.file {
		rows = 500
	}
	for len(values) > 0 {
		some := values[:min(rows*width, len(values))]
		values = values[len(some):]
		if _, err := x.Exec(insertion(table, columns, len(some)), some...); err != nil {
			return err
		}
	}
	return nil
}

// insertion is the statement for so many values.
func insertion(table string, columns []string, values int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "INSERT INTO %s (%s) VALUES ", table, strings.Join(columns, ", "))
	for i := range values {
		switch {
		case i == 0:
			text.WriteString("(")
		case i%len(columns) == 0:
			text.WriteString("), (")
		default:
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "$%d", i+1)
	}
	return text.String() + ")"
}
