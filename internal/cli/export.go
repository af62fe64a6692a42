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
	"casterbot/internal/config"
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
	format, archive := "", ""
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
			fs.StringVar(&archive, "archive", config.Archive(), archiveUsage)
			fs.StringVar(&f.Verb, "verb", "", "what was done by this `VERB`; * stands for any text")
		},
		Run: func(ctx context.Context, c Call) error {
			return runExport(ctx, c, format, pages{filter: f, archive: archive})
		},
	}
}

func runExport(ctx context.Context, c Call, format string, p pages) error {
	out := bufio.NewWriter(c.Out)
	w, err := export.New(format, out)
	if err == nil {
		err = p.filter.Check()
	}
	if err != nil {
		return Usage(err)
	}
	address, as, err := openable()
	if err != nil {
		return Usage(err)
	}
	p.address, p.page = address, exportPage
	err = store.Look(ctx, address, func(tx *sql.Tx) (err error) {
		if err = maySeal(ctx, tx, as); err == nil {
			p.from, p.size, err = audit.Extent(ctx, tx)
		}
		return err
	})
	if err != nil {
		return err
	}
	e := op.Event{Name: op.EventExported, Detail: p.filter.Detail(format)}
	if err := store.Add(ctx, address, as, e); err != nil {
		return fmt.Errorf("nothing was written out, as it could not be recorded: %w", err)
	}
	err = errors.Join(p.write(ctx, w), w.Close(), out.Flush())
	if err == nil && p.from > 0 && p.archive == "" {
		fmt.Fprintf(c.Err, "The first %d entries are in an archive, and not in this: say which by --archive.\n", p.from)
	}
	return err
}

// maySeal refuses to add an event without a seal to a log that has them.
func maySeal(ctx context.Context, tx *sql.Tx, as store.Options) error {
	sealed, err := audit.Sealed(ctx, tx)
	if err == nil && sealed && as.Seal == nil {
		return Usage(errors.New("this becomes an entry of the log, whose entries are sealed: CASTERBOT_AUDIT_KEY is needed"))
	}
	return err
}

// pages are the entries of a log: those up to from in its archive, and those up to size in its database.
type pages struct {
	address, archive string
	filter           export.Filter
	from, size, page int64
}

// write writes those that are wanted, page by page.
func (p pages) write(ctx context.Context, w export.Writer) error {
	for n := int64(0); p.archive != "" && n < p.from; n += audit.PerTile {
		page, err := audit.ReadArchived(p.archive, n, n+audit.PerTile)
		if err == nil {
			err = p.writePage(w, page)
		}
		if err != nil {
			return err
		}
	}
	for n := p.from; n < p.size; n += p.page {
		var page []audit.Opened
		err := store.Look(ctx, p.address, func(tx *sql.Tx) (err error) {
			page, err = audit.Read(ctx, tx, n, min(n+p.page, p.size))
			return err
		})
		if err == nil {
			err = p.writePage(w, page)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p pages) writePage(w export.Writer, page []audit.Opened) error {
	for _, entry := range page {
		e := export.RecordOf(entry)
		if !p.filter.Wants(e) {
			continue
		}
		if err := w.Write(e); err != nil {
			return err
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
