package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"casterbot/internal/audit"
	"casterbot/internal/op"
)

// AuditCommand is `audit` with all that can be done with the log. It is told which verbs call the cloud.
func AuditCommand(verbs []string, effects map[string]op.Effect, calls func(verb string) bool) Command {
	return Command{Name: "audit", Short: "The audit log: its key, and whether somebody has changed it.",
		Commands: []Command{keygenCommand(), verifyCommand(), tilesCommand(), proveCommand(), exportCommand(),
			asrunCommand(calls), checkProofCommand(), eraseCommand(), whoCommand(verbs, effects)}}
}

func keygenCommand() Command {
	name := ""
	return Command{
		Name: "keygen", Args: "FILE", Short: "Make the key that signs the log, in a new file, and show the one that others check it with.",
		Examples: []string{"casterbot audit keygen --name example.com/casterbot secrets/audit.key"},
		Help: "Give FILE to the bot by CASTERBOT_AUDIT_KEY_FILE, and to nobody else; keep a copy where no database is. What is shown is no\n" +
			"secret: whoever shall check the log, and a witness, needs it.\n",
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&name, "name", "casterbot", "the `NAME` of the log, which stands in every checkpoint: a host and a word")
		},
		Run: func(_ context.Context, c Call) error {
			if len(c.Args) != 1 || c.Args[0] == "" {
				return Usage(errors.New("audit keygen takes one FILE; casterbot audit keygen --help explains it"))
			}
			secret, public, err := audit.NewKey(name)
			if err != nil {
				return Usage(err)
			}
			if err := writeNew(c.Args[0], secret+"\n"); err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.Out, public)
			return err
		},
	}
}

// writeNew writes a file that is not there yet, for its owner alone.
func writeNew(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already; name a new file", path)
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Sync(), file.Close())
}
