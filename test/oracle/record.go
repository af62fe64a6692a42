package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"casterbot/internal/audit"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/store"
	"casterbot/test/testbed"
)

// Record is all that is left of a world: three independent witnesses, and everything that was written where a secret
// could stand.
type Record struct {
	Calls   []fakelive.Call   // the cloud: every changing call, and what became of it
	Studios []fakelive.Studio // the cloud as it is now

	Operations []op.Operation // the trail
	Events     []op.Event     // the oldest first
	Unsettled  int            // what arrived and was not worked off
	Gapless    bool           // the database numbers events without gaps
	Wrong      []string       // what is wrong with the audit log
	Unlogged   int64          // events that it lacks, where it could be brought up to date
	PassedOver int64          // events that the bot did not log though it logged later ones

	Cards map[string]testbed.Card // Slack: the last card of each operation, by reference

	Papers map[string]string // by name: what must not hold a secret

	Crew []string // those whom the policy lets change something
}

// everything is more events than a world can have.
const everything = 1_000_000

// Collect gathers the records of a world whose processes have stopped, and have written these logs; none means "log".
func Collect(ctx context.Context, w *testbed.World, database string, logs ...string) (Record, error) {
	now := w.Live.Snapshot()
	r := Record{Cards: w.NewestOfAll(), Papers: map[string]string{}, Studios: now.Studios}
	r.Calls = slices.DeleteFunc(now.Calls, func(c fakelive.Call) bool { return !Changes(c) })
	if err := r.readTrail(ctx, database); err != nil {
		return r, err
	}
	if len(logs) == 0 {
		logs = []string{"log"}
	}
	return r, r.gather(w, logs)
}

// readTrail reads the database as any program may, once the bot is gone.
func (r *Record) readTrail(ctx context.Context, database string) error {
	db, err := store.Open(ctx, database, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	if r.Operations, err = db.List(ctx, store.Query{Limit: everything}); err != nil {
		return err
	}
	if r.Events, err = db.Recent(ctx, everything); err != nil {
		return err
	}
	slices.Reverse(r.Events)
	left, err := db.Unsettled(ctx, everything)
	r.Unsettled, r.Gapless = len(left), db.Exclusive()
	return errors.Join(err, r.readLog(ctx, db))
}

// readLog reads the audit log, once what the last process left has been appended as the next one would do it.
func (r *Record) readLog(ctx context.Context, db *store.Store) error {
	log := audit.New(audit.Config{Store: db})
	if err := r.passedOver(ctx, db); err != nil {
		return err
	}
	if err := log.Step(ctx); err != nil {
		return err
	}
	found, err := audit.Verification{}.Verify(ctx, db.Reader())
	if err != nil {
		return err
	}
	for _, f := range found.Findings {
		r.Wrong = append(r.Wrong, f.String())
	}
	s, err := log.Status(ctx)
	if db.Exclusive() {
		r.Unlogged = s.Waiting
	}
	return err
}

// passedOver looks for events that the bot did not log though it logged later ones: the next process would make good
// what is left at the end, and hide that. A row that counts denials waits until they are over. Where several write at
// once the numbers of events are not the order in which they are committed.
func (r *Record) passedOver(ctx context.Context, db *store.Store) error {
	if !db.Exclusive() {
		return nil
	}
	const left = `SELECT COUNT(*) FROM events e WHERE e.name <> $1 AND NOT EXISTS (SELECT 1 FROM audit_leaves l
		WHERE l.event = e.seq) AND e.seq < (SELECT MAX(event) FROM audit_leaves)`
	return db.Reader().QueryRowContext(ctx, left, op.EventDeniedMore).Scan(&r.PassedOver)
}

// gather takes what was written: the logs, the trail, the database's file, and everything that was said.
func (r *Record) gather(w *testbed.World, logs []string) error {
	for _, name := range logs {
		log, err := os.ReadFile(w.File(name))
		if err != nil {
			return err
		}
		r.Papers["the log"] += string(log)
	}
	for _, name := range []string{"casterbot.db", "casterbot.db-wal"} {
		if data, err := os.ReadFile(w.File(name)); err == nil {
			r.Papers["the file "+name] = string(data)
		}
	}
	for name, list := range map[string]any{"the trail": r.Events, "the operations": r.Operations,
		"what was said": w.Slack.Log(0)} {
		data, err := json.Marshal(list)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.Papers[name] = string(data)
	}
	return nil
}

// String says how much there is.
func (r Record) String() string {
	applied := 0
	for _, c := range r.Calls {
		if c.Applied {
			applied++
		}
	}
	return fmt.Sprintf("%d operations, %d events, %d calls with %d effects, %d cards", len(r.Operations), len(r.Events),
		len(r.Calls), applied, len(r.Cards))
}
