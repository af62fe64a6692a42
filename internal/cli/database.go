package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"casterbot/internal/audit"
	"casterbot/internal/config"
	"casterbot/internal/op"
	"casterbot/internal/store"
	"casterbot/internal/store/connect"
)

// which tells in a help text where the database is.
const which = "The database is the one of CASTERBOT_DATABASE_URL, sqlite:casterbot.db unless it is set.\n"

// BackupCommand is `backup`.
func BackupCommand() Command {
	return Command{
		Name: "backup", Args: "FILE", Short: "Save the database in a new file, also while the bot runs.",
		Examples: []string{"casterbot backup backup-$(date +%F).db",
			"CASTERBOT_DATABASE_URL=sqlite:/data/casterbot.db casterbot backup /backups/monday.db"},
		Help: which + "FILE must not be there yet. Put it on another disk: a full one keeps the bot from working.\n",
		Run: onDatabase("backup", func(ctx context.Context, c Call, address, file string, _ store.Options) error {
			held, err := store.Backup(ctx, address, file)
			if err == nil {
				fmt.Fprintf(c.Out, "%s is written, %s: %s\n", file, size(held.Size), contents(held))
			}
			return err
		}),
	}
}

// RestoreCommand is `restore`. Retire ends what is open in the backup before it gets the database's place.
func RestoreCommand(retire func(context.Context, *store.Store) error) Command {
	return Command{
		Name: "restore", Args: "FILE", Short: "Put a backup in the place of the database, while no bot runs.",
		Examples: []string{"casterbot restore backup-2026-11-22.db"},
		Help: which + "The backup is read through first and stays as it is. The files from before are kept under a name with the time.\n" +
			"What was open in the backup ends, because the world went on: nothing of it is done by itself or by a click on an old card.\n",
		Run: onDatabase("restore", func(ctx context.Context, c Call, address, file string, as store.Options) error {
			r, err := store.Restore(ctx, address, file, as, retire)
			if err == nil {
				tell(c.Out, file, r)
			}
			return err
		}),
	}
}

// onDatabase finds what both commands need: the address of the database, the one file that they are called with, and
// who writes events. The wrong kind of database is a mistake in the call.
func onDatabase(name string,
	do func(_ context.Context, _ Call, address, file string, _ store.Options) error) func(context.Context, Call) error {
	return func(ctx context.Context, c Call) error {
		if len(c.Args) != 1 || c.Args[0] == "" {
			return Usage(fmt.Errorf("%s takes one FILE; casterbot %s --help explains it", name, name))
		}
		address, as, err := openable()
		if err != nil {
			return Usage(err)
		}
		if err := connect.Check(address); err != nil {
			return Usage(fmt.Errorf("CASTERBOT_DATABASE_URL: %w", err))
		}
		if err = do(ctx, c, address, c.Args[0], as); errors.Is(err, store.ErrRemote) {
			return Usage(err)
		}
		return err
	}
}

// openable gives the database, and who writes events into it: whoever has the key seals them.
func openable() (address string, as store.Options, err error) {
	address, secret, err := config.Record()
	if err != nil || secret == "" {
		return address, as, err
	}
	key, err := audit.ParseKey(secret)
	if err != nil {
		return address, as, fmt.Errorf("CASTERBOT_AUDIT_KEY: %w", err)
	}
	as.Seal = key.Seal
	return address, as, nil
}

// endings say what became of the operations that were open in a backup.
var endings = []struct {
	state op.State
	words string
}{
	{op.Pending, "expired, because a confirmation or a cancellation may have come after the backup"},
	{op.Queued, "expired, because the call may have left after the backup"},
	{op.Running, "unknown, because the answer came after the backup"},
	{op.Unknown, "unknown still, though somebody may have settled it after the backup"},
}

func tell(out io.Writer, file string, r store.Restored) {
	fmt.Fprintf(out, "%s is in the place of %s: %s\n", file, r.Path, contents(r.Holding))
	if r.Kept != "" {
		fmt.Fprintf(out, "The files from before are kept: %s*\n", r.Kept)
	}
	for _, e := range endings {
		if n := r.States[e.state]; n > 0 {
			fmt.Fprintf(out, "%d %s: now %s.\n", n, e.state, e.words)
		}
	}
	if r.States[op.Running]+r.States[op.Unknown]+r.States[op.Queued]+r.States[op.Pending] > 0 {
		fmt.Fprintln(out, "The cards say so after the next start. Compare with the account's ActionTrail before you settle anything or ask again.")
	}
}

func contents(h store.Holding) string {
	text := op.Count(int(h.Operations), "operation") + ", " + op.Count(int(h.Events), "event")
	if !h.Newest.IsZero() {
		text += ", the newest of " + h.Newest.UTC().Format(time.RFC3339)
	}
	return text
}

// size writes a number of bytes for people.
func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KiB", (n+1023)>>10)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<20)), ".0") + " MiB"
}
