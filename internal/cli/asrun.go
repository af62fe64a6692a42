package cli

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"time"

	"casterbot/internal/asrun"
	"casterbot/internal/audit"
	"casterbot/internal/config"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

func asrunCommand(calls func(verb string) bool) Command {
	q := asrun.Question{Calls: calls}
	zone, archive := "", ""
	return Command{
		Name: "asrun", Short: "Write what was really done on air, call by call, as CSV; that it was done becomes an entry too.",
		Examples: []string{"casterbot audit asrun --channel C0SHOW --since 2026-11-28 --until 2026-11-29 --zone Europe/Berlin > friday.csv",
			"casterbot audit asrun > everything.csv"},
		Help: which + "A row for each call that left, in the order of sending, with who asked and who approved, and by what it is known what became\n" +
			"of it. The first row says where the times are from. People and channels are ids. A bot may run meanwhile.\n",
		Flags: func(fs *flag.FlagSet) {
			fs.Var(moment{&q.From}, "since", "sent from this `TIME` on: "+timesUsage)
			fs.Var(moment{&q.To}, "until", "sent before this `TIME`")
			fs.StringVar(&q.Channel, "channel", "", "asked for in the channel with this `ID`; in any when it is not given")
			fs.StringVar(&archive, "archive", config.Archive(), archiveUsage)
			fs.StringVar(&zone, "zone", "UTC", "the `ZONE` of the times, such as Europe/Berlin")
		},
		Run: func(ctx context.Context, c Call) error {
			in, err := time.LoadLocation(zone)
			if err == nil && !q.To.IsZero() && !q.From.Before(q.To) {
				err = errors.New("nothing is between these times: the first has to be before the second")
			}
			if err != nil {
				return Usage(err)
			}
			return runAsrun(ctx, c, q, in, archive)
		},
	}
}

func runAsrun(ctx context.Context, c Call, q asrun.Question, zone *time.Location, archive string) error {
	address, as, err := openable()
	if err != nil {
		return Usage(err)
	}
	err = store.Look(ctx, address, func(tx *sql.Tx) error { return maySeal(ctx, tx, as) })
	if err != nil {
		return err
	}
	detail := map[string]string{"format": "asrun"}
	for name, value := range map[string]string{"channel": q.Channel, "since": moment{&q.From}.String(),
		"until": moment{&q.To}.String()} {
		if value != "" {
			detail[name] = value
		}
	}
	if err := store.Add(ctx, address, as, op.Event{Name: op.EventExported, Detail: detail}); err != nil {
		return fmt.Errorf("nothing was written out, as it could not be recorded: %w", err)
	}
	out := bufio.NewWriter(c.Out)
	t, err := asrun.NewTable(out, q, zone)
	if err != nil {
		return err
	}
	moved := int64(0)
	err = store.Look(ctx, address, func(tx *sql.Tx) (err error) {
		if moved, _, err = audit.Extent(ctx, tx); err != nil {
			return err
		}
		settled, err := audit.Settled(ctx, tx, archive, q.From)
		if err != nil {
			return err
		}
		q.Archived = func(operation string) []op.Event { return settled[operation] }
		return q.Each(ctx, tx, time.Now(), t.Write)
	})
	if err = errors.Join(err, t.Close(), out.Flush()); err == nil && moved > 0 && archive == "" {
		fmt.Fprintf(c.Err, "The first %d entries are in an archive: which calls of then had an answer is not in this. Say which by --archive.\n",
			moved)
	}
	return err
}
