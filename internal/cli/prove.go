package cli

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"

	"casterbot/internal/audit"
	"casterbot/internal/config"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// keyUsage is what --key is, wherever it is.
const keyUsage = "the public `KEY` of the log, as audit keygen has shown it, or a file with it; that of CASTERBOT_AUDIT_KEY when it is not given"

// archiveUsage is what --archive is, wherever it is.
const archiveUsage = "the `DIR` to which the oldest entries were moved; that of CASTERBOT_AUDIT_ARCHIVE when it is not given"

// onLog finds what commands need that read the log: its database, its public key, and the one argument of the call.
func onLog(what string, key *string, do func(_ context.Context, _ Call, tx *sql.Tx, public audit.Verifier) error) func(
	context.Context, Call) error {
	return func(ctx context.Context, c Call) error {
		if len(c.Args) != 1 || c.Args[0] == "" {
			return Usage(fmt.Errorf("audit %s; --help explains it", what))
		}
		address, secret, err := config.Record()
		if err != nil {
			return Usage(err)
		}
		public, err := verifierOf(*key, secret)
		if err == nil && public == nil {
			err = errors.New("the public key of the log is needed: --key, or CASTERBOT_AUDIT_KEY")
		}
		if err != nil {
			return Usage(err)
		}
		return store.Look(ctx, address, func(tx *sql.Tx) error { return do(ctx, c, tx, public) })
	}
}

func tilesCommand() Command {
	key, closed := "", false
	return Command{
		Name: "tiles", Args: "DIR", Short: "Write the log as a folder that anybody can check without casterbot.",
		Examples: []string{"casterbot audit tiles /srv/audit"},
		Help: which + "The folder is as c2sp.org/tlog-tiles has it, with the texts of the entries in opened/. What is there already stays, and has\n" +
			"to be the same; only what is new is added. docs/audit.md says how a stranger checks it.\n",
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&key, "key", "", keyUsage)
			f.BoolVar(&closed, "closed", false, "without the texts: nobody learns from it what happened")
		},
		Run: onLog("tiles takes one DIR", &key, func(ctx context.Context, c Call, tx *sql.Tx, public audit.Verifier) error {
			cp, err := audit.Tiles{Dir: c.Args[0], Key: public, Closed: closed}.Write(ctx, tx)
			if err == nil {
				fmt.Fprintf(c.Out, "%s has the newest checkpoint, of %s\n", c.Args[0], op.Count(int(cp.Size), "entry"))
			}
			return err
		}),
	}
}

func proveCommand() Command {
	key, archive := "", ""
	return Command{
		Name: "prove", Args: "OP", Short: "Write what the record says of one operation, so that others can check it offline.",
		Examples: []string{"casterbot audit prove 8F2K5Z > 8F2K5Z.json"},
		Help:     which + "Whoever has the public key checks it with casterbot audit check FILE, or without casterbot: docs/audit.md.\n",
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&key, "key", "", keyUsage)
			f.StringVar(&archive, "archive", config.Archive(), archiveUsage)
		},
		Run: onLog("prove takes one OP", &key, func(ctx context.Context, c Call, tx *sql.Tx, public audit.Verifier) error {
			proof, err := audit.Prove(ctx, tx, c.Args[0], archive, public)
			if err != nil {
				return err
			}
			text, err := json.MarshalIndent(proof, "", "  ")
			if err == nil {
				_, err = fmt.Fprintf(c.Out, "%s\n", text)
			}
			return err
		}),
	}
}

func checkProofCommand() Command {
	key := ""
	return Command{
		Name: "check", Args: "FILE", Short: "Check what audit prove has written, with the public key and nothing else.",
		Examples: []string{"casterbot audit check --key example.com/casterbot+1a2b3c4d+AQ… 8F2K5Z.json"},
		Flags:    func(f *flag.FlagSet) { f.StringVar(&key, "key", "", keyUsage) },
		Run: func(_ context.Context, c Call) error {
			if len(c.Args) != 1 {
				return Usage(errors.New("audit check takes one FILE; --help explains it"))
			}
			_, secret, err := config.Record()
			if err != nil {
				return Usage(err)
			}
			public, err := verifierOf(key, secret)
			if err == nil && public == nil {
				err = errors.New("the public key of the log is needed: --key, or CASTERBOT_AUDIT_KEY")
			}
			if err != nil {
				return Usage(err)
			}
			return checkProof(c, public)
		},
	}
}

func checkProof(c Call, public audit.Verifier) error {
	text, err := os.ReadFile(c.Args[0])
	if err != nil {
		return err
	}
	var proof audit.Proof
	if err := json.Unmarshal(text, &proof); err != nil {
		return fmt.Errorf("%s is nothing that audit prove has written: %w", c.Args[0], err)
	}
	cp, err := proof.Check(public)
	if err != nil {
		return err
	}
	for _, e := range proof.Entries {
		person := e.Person
		if person == "" {
			person = audit.Erased
		}
		fmt.Fprintln(c.Out, op.Printed(e.Entry), op.Printed(person))
	}
	fmt.Fprintf(c.Out, "The log %s has these entries, by its checkpoint of %d.\n", cp.Origin, cp.Size)
	return nil
}

func eraseCommand() Command {
	archive := ""
	return Command{
		Name: "erase", Args: "PERSON", Short: "Take out of the record what names a person; what happened stays, and the log verifies.",
		Examples: []string{"casterbot audit erase U0ANA"},
		Help: which + "PERSON is a user id. It cannot be undone. No bot may have the database open, unless it is PostgreSQL. Backups, folders of audit\n" +
			"tiles and messages in Slack keep what they have.\n",
		Flags: func(f *flag.FlagSet) { f.StringVar(&archive, "archive", config.Archive(), archiveUsage) },
		Run: func(ctx context.Context, c Call) error {
			if len(c.Args) != 1 {
				return Usage(errors.New("audit erase takes one PERSON; --help explains it"))
			}
			address, as, err := openable()
			if err != nil {
				return Usage(err)
			}
			if err := store.Look(ctx, address, func(tx *sql.Tx) error { return maySeal(ctx, tx, as) }); err != nil {
				return err
			}
			db, err := store.Open(ctx, address, as)
			if err != nil {
				return err
			}
			done, err := erase(ctx, db, archive, c.Args[0])
			if err = errors.Join(err, db.Close()); err != nil {
				return err
			}
			fmt.Fprintf(c.Out, "%s without a name from now on\n", op.Count(int(done.Entries), "entry"))
			if done.Unreached > 0 {
				return fmt.Errorf("the first %d entries are in an archive and keep what they have: say which by --archive", done.Unreached)
			}
			return nil
		},
	}
}

func erase(ctx context.Context, db *store.Store, archive, person string) (done audit.Erasure, err error) {
	unended := []op.State{op.Pending, op.Queued, op.Running, op.Unknown}
	open, err := db.List(ctx, store.Query{Asker: person, States: unended})
	if err != nil {
		return done, err
	}
	if len(open) > 0 {
		return done, fmt.Errorf("%s has asked for something that is still open: op %s", person, open[0].Ref())
	}
	return audit.New(audit.Config{Store: db, Archive: audit.Archive{Dir: archive}}).Erase(ctx, person)
}
