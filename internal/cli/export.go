package cli

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/export"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// exportPage is how many entries are read at once: between two reads nothing is held in the database, so that whoever
// reads what is written may take their time.
const exportPage = 5000

// timesUsage is what --since and --until take.
const timesUsage = "2026-11-28, or 2026-11-28T18:00:00+01:00; a day begins in UTC"

func exportCommand() Command {
	var f export.Filter
	format := ""
	return Command{
		Name: "export", Short: "Write the entries of the log for other tools; that it was done becomes an entry too.",
		Examples: []string{"casterbot audit export --format jsonl > log.jsonl",
			"casterbot audit export --format csv --since 2026-11-01 --until 2026-12-01 --channel C0SHOW > november.csv",
			`casterbot audit export --format ocsf --person U0ANA --verb "caster.*" > ana.ocsf.jsonl`},
		Help: which + "jsonl: an object a line. csv: for spreadsheets, which run nothing of it. ocsf: events of the class Entity Management\n" +
			"(3004) of OCSF 1.3.0, one a line. People and channels are ids. A bot may run meanwhile.\n",
		Flags: func(fs *flag.FlagSet) {
			fs.StringVar(&format, "format", "jsonl", "the `FORMAT`: "+strings.Join(export.Formats(), ", "))
			fs.Var(moment{&f.Since}, "since", "from this `TIME` on: "+timesUsage)
			fs.Var(moment{&f.Until}, "until", "before this `TIME`")
			fs.StringVar(&f.Channel, "channel", "", "what was done in the channel with this `ID`")
			fs.StringVar(&f.Person, "person", "", "what the person with this `ID` did, or what names them")
			fs.StringVar(&f.Verb, "verb", "", "what was done by this `VERB`; * stands for any text")
		},
		Run: func(ctx context.Context, c Call) error { return runExport(ctx, c, format, f) },
	}
}

func runExport(ctx context.Context, c Call, format string, f export.Filter) error {
	out := bufio.NewWriter(c.Out)
	w, err := export.New(format, out)
	if err == nil {
		err = f.Check()
	}
	if err != nil {
		return Usage(err)
	}
	address, as, err := openable()
	if err != nil {
		return Usage(err)
	}
	size := int64(0)
	err = store.Look(ctx, address, func(tx *sql.Tx) (err error) {
		if err = maySeal(ctx, tx, as); err == nil {
			size, err = audit.Size(ctx, tx)
		}
		return err
	})
	if err != nil {
		return err
	}
	e := op.Event{Name: op.EventExported, Detail: f.Detail(format)}
	if err := store.Add(ctx, address, as, e); err != nil {
		return fmt.Errorf("nothing was written out, as it could not be recorded: %w", err)
	}
	err = pages{address: address, filter: f, size: size, page: exportPage}.write(ctx, w)
	return errors.Join(err, w.Close(), out.Flush())
}

// maySeal refuses to add an event without a seal to a log that has them.
func maySeal(ctx context.Context, tx *sql.Tx, as store.Options) error {
	sealed, err := audit.Sealed(ctx, tx)
	if err == nil && sealed && as.Seal == nil {
		return Usage(errors.New("this becomes an entry of the log, whose entries are sealed: CASTERBOT_AUDIT_KEY is needed"))
	}
	return err
}

// pages are the first entries of a log.
type pages struct {
	address    string
	filter     export.Filter
	size, page int64
}

// write writes those that are wanted, page by page.
func (p pages) write(ctx context.Context, w export.Writer) error {
	for from := int64(0); from < p.size; from += p.page {
		var page []audit.Opened
		err := store.Look(ctx, p.address, func(tx *sql.Tx) (err error) {
			page, err = audit.Read(ctx, tx, from, min(from+p.page, p.size))
			return err
		})
		if err != nil {
			return err
		}
		for _, entry := range page {
			e := export.RecordOf(entry)
			if !p.filter.Wants(e) {
				continue
			}
			if err := w.Write(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// moment is a flag that takes a time.
type moment struct{ at *time.Time }

// String implements flag.Value.
func (m moment) String() string {
	if m.at == nil || m.at.IsZero() {
		return ""
	}
	return m.at.Format(time.RFC3339)
}

// Set implements flag.Value.
func (m moment) Set(text string) (err error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if *m.at, err = time.Parse(layout, text); err == nil {
			return nil
		}
	}
	return errors.New("it should look like " + timesUsage)
}
