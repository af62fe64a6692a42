// Faults plays what goes wrong around the built bot: several replicas, a database that goes away, a Slack that
// misbehaves, a full disk. Each script drives the bot as a process of its own (package testbed) and holds what it
// counts against the promises.
//
//	go run ./test/faults -list          what there is
//	go run ./test/faults                every script, in its short form
//	go run ./test/faults -long rolling  one script, in the form that docs/reliability.md speaks of
//
// A script says what it does while it does it, then what it has counted, and ends with PASS or with the first promise
// that broke; then the exit code is 1. Most end with the oracle (package oracle), which compares what the cloud did,
// what the database says and what Slack shows.
//
// What it keeps true. The process under test differs from the shipped one by the build tag crashpoints alone. A script
// judges what it has seen from outside, and says so in figures; a figure that it cannot take breaks it.
//
// It must not know the engine, the commands or the policy package.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"text/tabwriter"
	"time"

	"casterbot/test/pgtest"
	"casterbot/test/testbed"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o := options{out: os.Stdout}
	list := flag.Bool("list", false, "list the scripts")
	flag.BoolVar(&o.long, "long", false, "play the long forms")
	flag.BoolVar(&o.keep, "keep", false, "keep the folders")
	flag.BoolVar(&o.race, "race", false, "build the bot with the race detector")
	flag.DurationVar(&o.lasts, "for", 0, "how long a soak goes on, instead of its own time")
	flag.StringVar(&o.program, "bot", "", "drive this `PROGRAM`, built with -tags crashpoints, instead of building one")
	flag.Parse()
	if *list {
		o.list()
		return
	}
	if err := o.all(ctx, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		stop()
		os.Exit(1)
	}
}

// options say how scripts are played.
type options struct {
	long, keep, race bool
	lasts            time.Duration
	program          string
	out              io.Writer
	shared           *pgtest.Shared // the PostgreSQL of those scripts that leave it alone
}

// errBroken says that a promise was broken; what and where has been printed.
var errBroken = errors.New("a promise was broken")

func (o options) list() {
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	for _, s := range scripts() {
		fmt.Fprintf(w, "%s\t%s\n", s.name, s.shows)
	}
	_ = w.Flush()
}

// all plays the named scripts, or every one, one after the other.
func (o options) all(ctx context.Context, names []string) error {
	chosen, err := choose(names)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "casterbot-faults")
	if err != nil {
		return err
	}
	if !o.keep {
		defer os.RemoveAll(folder)
	}
	if o.program == "" {
		o.program = filepath.Join(folder, "casterbot")
		if err := testbed.BuildCrashable(ctx, o.program, o.race); err != nil {
			return err
		}
	}
	o.shared = &pgtest.Shared{}
	defer o.shared.Close()
	broken := 0
	for _, s := range chosen {
		if !o.one(ctx, s, filepath.Join(folder, s.name)) {
			broken++
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if broken > 0 {
		return fmt.Errorf("%d of %d scripts: %w", broken, len(chosen), errBroken)
	}
	return nil
}

// choose finds scripts by their names; none means all.
func choose(names []string) ([]script, error) {
	if len(names) == 0 {
		return scripts(), nil
	}
	known := map[string]script{}
	for _, s := range scripts() {
		known[s.name] = s
	}
	var chosen []script
	for _, name := range names {
		s, ok := known[name]
		if !ok {
			return nil, fmt.Errorf("there is no script %q; -list shows them", name)
		}
		chosen = append(chosen, s)
	}
	return chosen, nil
}
