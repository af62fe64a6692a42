// Soak is the crash matrix: it drives the built bot as a process of its own over the embedded workspace and cloud,
// kills it at every step of the path of a command, starts it again, and holds what is left against the promises.
//
//	go run ./test/soak                 every case (make soak)
//	go run ./test/soak -postgres       on PostgreSQL, the odd cases with a second replica that lives on
//	go run ./test/soak -first 25       the cases that CI runs, on both databases
//	go run ./test/soak -seed 17        one case again; -v tells its story
//
// A case is a number: which command, where the process dies, how the API behaves, and what people do about it all
// follow from it (case.go). After the story package oracle compares three independent records: what the cloud received,
// applied and answered; the trail in the database; and what Slack shows.
//
// What it keeps true. The process under test differs from the shipped one by the build tag crashpoints alone. Nothing
// is read out of the running process: people and the oracle see what is on the wire, in the log and in the database.
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
	"runtime"
	"sync"

	"casterbot/test/pgtest"
	"casterbot/test/testbed"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o := options{out: os.Stdout}
	flag.IntVar(&o.first, "first", matrix(), "how many cases to run")
	flag.IntVar(&o.seed, "seed", -1, "run this `CASE` only")
	flag.IntVar(&o.atOnce, "at-once", 0,
		"cases at the same time; 0: as many as a machine with nothing else to do can drive")
	flag.BoolVar(&o.postgres, "postgres", false,
		"play on PostgreSQL: a server of its own, or the one that "+pgtest.Variable+" names")
	flag.StringVar(&o.bot, "bot", "", "drive this `PROGRAM`, built with -tags crashpoints, instead of building one")
	flag.BoolVar(&o.verbose, "v", false, "tell the story of every case")
	flag.BoolVar(&o.keep, "keep", false, "keep the folders of the cases that broke a promise")
	flag.Parse()
	if err := o.soak(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// options say what to run.
type options struct {
	first, seed, atOnce int
	bot                 string
	verbose, keep       bool
	postgres            bool
	out                 io.Writer
	server              *pgtest.Shared // with postgres: where each case gets a schema of its own
}

// errBroken says that a promise was broken; what and where has been printed.
var errBroken = errors.New("a promise was broken")

// soak builds the bot, runs the cases and reports each that broke a promise.
func (o options) soak(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "casterbot-soak")
	if err != nil {
		return err
	}
	if !o.keep {
		defer os.RemoveAll(folder)
	}
	if o.bot == "" {
		o.bot = filepath.Join(folder, "casterbot")
		if err := testbed.BuildCrashable(ctx, o.bot, testbed.Racing); err != nil {
			return err
		}
	}
	if o.postgres {
		o.server = &pgtest.Shared{}
		defer o.server.Close()
	}
	seeds := make([]int, 0, o.first)
	for seed := range o.first {
		seeds = append(seeds, seed)
	}
	if o.seed >= 0 {
		seeds = []int{o.seed}
	}
	broken := o.all(ctx, folder, seeds)
	fmt.Fprintf(o.out, "%d cases, %d broke a promise\n", len(seeds), broken)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if broken > 0 {
		return errBroken
	}
	return nil
}

// all runs the cases, several at once, and gives the number of those that broke a promise.
func (o options) all(ctx context.Context, folder string, seeds []int) (broken int) {
	var (
		mu     sync.Mutex
		work   sync.WaitGroup
		done   int
		tokens = make(chan struct{}, o.together())
	)
	for _, seed := range seeds {
		tokens <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		work.Go(func() {
			defer func() { <-tokens }()
			report, ok := o.one(ctx, filepath.Join(folder, fmt.Sprintf("case-%d", seed)), seed)
			mu.Lock()
			defer mu.Unlock()
			if !ok {
				broken++
			}
			_, _ = io.WriteString(o.out, report)
			if done++; done%100 == 0 {
				fmt.Fprintf(os.Stderr, "%d of %d\n", done, len(seeds))
			}
		})
	}
	work.Wait()
	return broken
}

// together is how many cases go on at the same time. On PostgreSQL most of the time goes into waiting until a dead
// process is missed.
func (o options) together() int {
	switch {
	case o.atOnce > 0:
		return o.atOnce
	case o.postgres:
		return 8 * runtime.NumCPU()
	}
	return 3 * runtime.NumCPU()
}

// one runs a case and gives what is to be printed about it.
func (o options) one(ctx context.Context, folder string, seed int) (report string, ok bool) {
	c := caseOf(seed)
	story, found := play(ctx, c, o.bot, folder, o.server)
	if o.verbose || len(found) > 0 {
		report = fmt.Sprintf("case %d: %s\n%s", seed, c, story)
	}
	if len(found) == 0 {
		if !o.keep {
			_ = os.RemoveAll(folder)
		}
		return report, true
	}
	report += "  BROKEN " + found[0] + "\n"
	for _, more := range found[1:] {
		report += "    also " + more + "\n"
	}
	return report + fmt.Sprintf("  again: go run ./test/soak -seed %d -v\n", seed), false
}
