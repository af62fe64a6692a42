// Record measures the audit log of a database with many events: how long it takes to append them, to make a
// checkpoint, to verify all of it, and to start with it; how long what people ask takes then; and what an operation
// costs on the disk. Run it with
//
//	go run ./test/bench/record                       1,000,000 events in SQLite, in a folder that is removed afterwards
//	go run ./test/bench/record -events 50000         fewer
//	go run ./test/bench/record -postgres             in PostgreSQL, as the tests start it
//	go run ./test/bench/record -markdown             the table of docs/performance.md
//
// The operations are copies of one that the store has written, as commands of 390 days; their events are signed with
// the key of the log, as casterbot signs them. They are written past the store, as a year is long; all that is measured
// is casterbot's own code.
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
	"slices"
	"time"

	"casterbot/test/pgtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := &bench{}
	flag.IntVar(&b.events, "events", 1_000_000, "so many events")
	flag.BoolVar(&b.postgres, "postgres", false, "in PostgreSQL, not in SQLite")
	flag.BoolVar(&b.markdown, "markdown", false, "print the table of docs/performance.md")
	flag.Parse()
	if err := b.all(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	events             int
	postgres, markdown bool

	folder  string
	address string      // of the database
	rows    [][3]string // what, measured, target
	loads   []float64   // of the machine, when each was measured
}

func (b *bench) all(ctx context.Context) (err error) {
	if b.folder, err = os.MkdirTemp("", "casterbot-record"); err != nil {
		return err
	}
	defer os.RemoveAll(b.folder)
	b.address = "sqlite:" + filepath.Join(b.folder, "casterbot.db")
	if b.postgres {
		server := &pgtest.Shared{}
		address, drop, err := server.Space()
		if err != nil {
			return errors.Join(err, server.Close())
		}
		defer func() { _ = errors.Join(drop(), server.Close()) }()
		b.address = address
	}
	l, err := newLog(b)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{l.fill, l.append, l.checkpoints, l.ask, l.verify,
		l.export, l.start} {
		if err = step(ctx); err != nil {
			break
		}
	}
	b.print(os.Stdout)
	return errors.Join(err, ctx.Err())
}

// tell adds a line to the result; the target may be empty.
func (b *bench) tell(what, target, format string, args ...any) {
	b.rows = append(b.rows, [3]string{what, fmt.Sprintf(format, args...), target})
	b.loads = append(b.loads, load())
	fmt.Fprintf(os.Stderr, "%s %s: %s\n", time.Now().UTC().Format(time.TimeOnly), what, b.rows[len(b.rows)-1][1])
}

// load is how many threads of the machine have lately wanted a processor; 0 where nobody tells.
func load() (lately float64) {
	text, err := os.ReadFile("/proc/loadavg")
	if err == nil {
		_, _ = fmt.Sscan(string(text), &lately)
	}
	return lately
}

func (b *bench) print(out io.Writer) {
	kind := "SQLite"
	if b.postgres {
		kind = "PostgreSQL"
	}
	form := "%-48s %-40s %s\n"
	if b.markdown {
		form = "| %s | %s | %s |\n"
	}
	fmt.Fprintf(out, form, fmt.Sprintf("%d events, %s, %d cores", b.events, kind, runtime.NumCPU()), "measured", "target")
	if b.markdown {
		fmt.Fprintf(out, form, "---", "---", "---")
	}
	if loads := slices.Sorted(slices.Values(b.loads)); len(loads) > 0 {
		b.rows = append(b.rows, [3]string{"load of the machine meanwhile, with this", fmt.Sprintf("%.1f (%.1f–%.1f)",
			loads[len(loads)/2], loads[0], loads[len(loads)-1])})
	}
	for _, row := range b.rows {
		fmt.Fprintf(out, form, row[0], row[1], row[2])
	}
}
