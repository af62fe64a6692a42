package cli

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/config"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// several is a flag that may be given several times.
type several []string

// String implements flag.Value.
func (s *several) String() string { return strings.Join(*s, ", ") }

// Set implements flag.Value. A value is set once to see whether it can be, and once more for good.
func (s *several) Set(value string) error {
	if !slices.Contains(*s, value) {
		*s = append(*s, value)
	}
	return nil
}

func verifyCommand() Command {
	var files several
	key, archive := "", ""
	return Command{
		Name: "verify", Short: "Recompute the audit log and compare it with checkpoints; name the first entry that is wrong, and how.",
		Examples: []string{"casterbot audit verify --checkpoint /mnt/other-machine/checkpoints",
			"casterbot audit verify --key example.com/casterbot+1a2b3c4d+AQ… --checkpoint a.txt --checkpoint b.txt"},
		Help: which + "It only reads, also while a bot runs. The exit code is 1 when something is wrong.\n" +
			"Without --checkpoint nothing shows that the newest entries were cut off, or that a backup was put back.\n",
		Flags: func(f *flag.FlagSet) {
			f.Var(&files, "checkpoint", "a `FILE` with checkpoints that were kept elsewhere; may be given several times")
			f.StringVar(&key, "key", "", keyUsage)
			f.StringVar(&archive, "archive", config.Archive(), archiveUsage)
		},
		Run: func(ctx context.Context, c Call) error {
			address, secret, err := config.Record()
			if err != nil {
				return Usage(err)
			}
			public, err := verifierOf(key, secret)
			if err != nil {
				return Usage(err)
			}
			if public == nil && len(files) > 0 {
				return Usage(errors.New("to compare checkpoints the public key of the log is needed: --key, or CASTERBOT_AUDIT_KEY"))
			}
			notes, err := notesOf(files)
			if err != nil {
				return Usage(err)
			}
			return verify(ctx, c, address, audit.Verification{Key: public, Notes: notes, Archive: archive})
		},
	}
}

// verifierOf gives the key by which signatures are checked; nil when none is known.
func verifierOf(key, secret string) (audit.Verifier, error) {
	if key == "" && secret == "" {
		return nil, nil
	}
	if key == "" {
		own, err := audit.ParseKey(secret)
		if err != nil {
			return nil, fmt.Errorf("CASTERBOT_AUDIT_KEY: %w", err)
		}
		return own.Verifier(), nil
	}
	if text, err := os.ReadFile(key); err == nil {
		key = string(text)
	}
	public, err := audit.ParsePublic(key)
	if err != nil {
		return nil, fmt.Errorf("--key: %w", err)
	}
	return public, nil
}

func notesOf(files []string) ([]string, error) {
	var notes []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("--checkpoint: %w", err)
		}
		found := audit.SplitNotes(string(text))
		if len(found) == 0 {
			return nil, fmt.Errorf("--checkpoint: %s has no checkpoint in it", file)
		}
		notes = append(notes, found...)
	}
	return notes, nil
}

func verify(ctx context.Context, c Call, address string, v audit.Verification) error {
	var r audit.Report
	err := store.Look(ctx, address, func(tx *sql.Tx) (err error) {
		r, err = v.Verify(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range r.Findings {
		fmt.Fprintln(c.Out, "wrong:", op.Printed(f.String()))
	}
	if len(r.Findings) > 0 {
		return Ended(Failure)
	}
	fmt.Fprintf(c.Out, "%s, root %s: whole, and as in %s; %d of them are sealed\n", op.Count(int(r.Entries), "entry"),
		r.Root, op.Count(r.Compared, "checkpoint"), r.Sealed)
	if r.Moved > 0 {
		fmt.Fprintf(c.Out, "The first %d are in an archive: of them only the hashes were looked at (--archive), and %s not compared.\n",
			r.Moved, op.Count(r.Older, "checkpoint"))
	}
	if r.Waiting > 0 {
		fmt.Fprintf(c.Out, "Not in it yet: %s, the oldest of %s. A bot that runs takes them within a second.\n",
			op.Count(int(r.Waiting), "event"), r.Since.Format(time.RFC3339))
	}
	switch {
	case v.Key == nil:
		fmt.Fprintln(c.Out, "No key is known (--key), so somebody may have made the whole of it anew.")
	case len(v.Notes) == 0:
		fmt.Fprintln(c.Out, "Only with checkpoints that were kept elsewhere (--checkpoint) is it known that nothing was cut off at its end.")
	case r.Covered < r.Entries:
		fmt.Fprintf(c.Out, "The newest checkpoint that was kept elsewhere is of %s: of the %d after it only the database speaks.\n",
			op.Count(int(r.Covered), "entry"), r.Entries-r.Covered)
	}
	return nil
}
