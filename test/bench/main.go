// Bench measures the built bot from outside: as a process of its own, over the real wire, against the embedded
// workspace and cloud, beside the least that a Slack bot can be (bare). Run it with
//
//	go run ./test/bench              a report
//	go run ./test/bench -markdown    the tables of docs/performance.md
//	go run ./test/bench -only TEXT   the scenarios of casterbot whose name holds the text: crew, hour, flood …
//	go run ./test/bench -runs N      how often everything is measured; 3 unless told otherwise
//	go run ./test/bench -bot PROGRAM measures a program that is there already
//	go run ./test/bench -scale       one process beside two replicas, as docs/scaling.md has it
//
// It has two parts. The shows are what people feel: a crew at its pace, the top of the hour, somebody who floods a
// channel beside a lead; each has a workspace, a cloud that enforces its limits by the real clock, and processes of its
// own, and is held against targets. The loads are what nobody types: hundreds of commands a second.
//
// What it keeps true. In a load commands come at a constant rate that waits for nobody, and every time counts from the
// moment at which the command was due, so a program that falls behind cannot hide it. Every figure is taken once in
// each run and shown as the median of the runs with the least and the most. In a show every step of a change is timed
// where somebody outside would see it: the card when the workspace has stored it, the call when the cloud has received
// it. Waiting is bounded: a show that the bot does not get through ends all the same, and what did not come is counted.
// Programs are built as they are shipped. The driver and the program share the machine's cores, as the yardstick does.
//
// It must not know the bot: it types, and sees what a person would see.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"

	"casterbot/test/pgtest"
	"casterbot/test/testbed"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	debug.SetGCPercent(400) // the driver should disturb as little as it can
	runs := flag.Int("runs", 3, "how often everything is measured")
	markdown := flag.Bool("markdown", false, "print the tables of docs/performance.md")
	only := flag.String("only", "", "measure only the scenarios of casterbot whose name holds this `TEXT`")
	scale := flag.Bool("scale", false, "compare one process on SQLite with two on PostgreSQL")
	bot := flag.String("bot", "", "measure this `PROGRAM` instead of building one")
	flag.Parse()
	if err := bench(ctx, *runs, *bot, *only, *markdown, *scale); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, runs int, bot, only string, markdown, scale bool) error {
	folder, err := os.MkdirTemp("", "casterbot-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	b := &benchmark{ctx: ctx, folder: folder, only: only, figures: figures{}, server: &pgtest.Shared{}}
	defer b.server.Close()
	if b.programs, err = programs(ctx, folder, bot); err != nil {
		return err
	}
	if scale {
		return b.scale(runs, markdown, os.Stdout)
	}
	for i := range runs {
		fmt.Fprintf(os.Stderr, "run %d of %d\n", i+1, runs)
		if err := b.run(); err != nil {
			return err
		}
	}
	report{figures: b.figures, runs: runs, markdown: markdown}.print(os.Stdout)
	return nil
}

// programs builds what is to be measured.
func programs(ctx context.Context, folder, bot string) (map[string]string, error) {
	paths := map[string]string{theBot: bot, theBare: filepath.Join(folder, theBare)}
	if bot == "" {
		paths[theBot] = filepath.Join(folder, theBot)
		fmt.Fprintln(os.Stderr, "building the bot")
		if err := testbed.BuildRelease(ctx, "casterbot", paths[theBot]); err != nil {
			return nil, err
		}
	}
	path, err := filepath.Abs(paths[theBot])
	if err != nil {
		return nil, err
	}
	paths[theBot] = path
	return paths, testbed.BuildRelease(ctx, "casterbot/test/bench/bare", paths[theBare])
}
