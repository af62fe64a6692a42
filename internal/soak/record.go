package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/store"
)

// record is all that is left of a case: three independent witnesses, and everything that was written where a secret could
// stand.
type record struct {
	calls   []fakelive.Call   // the cloud: every changing call, and what became of it
	studios []fakelive.Studio // the cloud as it is now

	operations []op.Operation // the trail
	events     []op.Event     // the oldest first
	unsettled  int            // what arrived and was not worked off
	gapless    bool           // the database numbers events without gaps

	cards map[string]card // Slack: the last card of each operation, by reference

	papers map[string]string // by name: what must not hold a secret
}

// everything is more events than a case can have.
const everything = 100_000

// collect gathers the records of a world whose bot has stopped.
func (w *world) collect(ctx context.Context, database string) (record, error) {
	r := record{cards: map[string]card{}, papers: map[string]string{}, gapless: true}
	now := w.live.Snapshot()
	r.studios = now.Studios
	r.calls = slices.DeleteFunc(now.Calls, func(c fakelive.Call) bool { return orderOf(c) == nil })
	for _, c := range w.cards() {
		r.cards[c.ref] = c
	}
	if err := r.trail(ctx, database); err != nil {
		return r, err
	}
	return r, r.gather(w)
}

// trail reads the database as any program may, once the bot is gone.
func (r *record) trail(ctx context.Context, database string) error {
	db, err := store.Open(ctx, database, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	if r.operations, err = db.List(ctx, store.Query{Limit: everything}); err != nil {
		return err
	}
	if r.events, err = db.Recent(ctx, everything); err != nil {
		return err
	}
	slices.Reverse(r.events)
	left, err := db.Unsettled(ctx, everything)
	r.unsettled, r.gapless = len(left), db.Exclusive()
	return err
}

// gather takes what was written: the log, the trail, the database's file, and everything that was said.
func (r *record) gather(w *world) error {
	log, err := os.ReadFile(w.file("log"))
	if err != nil {
		return err
	}
	r.papers["the log"] = string(log)
	for _, name := range []string{"casterbot.db", "casterbot.db-wal"} {
		if data, err := os.ReadFile(w.file(name)); err == nil {
			r.papers["the file "+name] = string(data)
		}
	}
	for name, list := range map[string]any{"the trail": r.events, "the operations": r.operations, "what was said": w.slack.Log(0)} {
		data, err := json.Marshal(list)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.papers[name] = string(data)
	}
	return nil
}
