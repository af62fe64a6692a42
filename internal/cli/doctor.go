package cli

import (
	"context"
	"flag"

	"casterbot/internal/doctor"
)

// DoctorCommand is `doctor`; look makes every check.
func DoctorCommand(look func(context.Context) doctor.Report) Command {
	asJSON := false
	return Command{
		Name: "doctor", Short: "Check everything that the bot needs, and say what to do; it changes nothing.",
		Examples: []string{"casterbot doctor", "casterbot doctor --json"},
		Help: "It looks at settings, files, the policy, the database, Slack and ApsaraVideo Live with the bot's own settings, and may\n" +
			"run beside a bot. The exit code is 0 when all is well, 1 when something is broken, 3 when there are only warnings.\n",
		Flags: func(f *flag.FlagSet) { f.BoolVar(&asJSON, "json", false, "the same for programs") },
		Run: func(ctx context.Context, c Call) error {
			report := look(ctx)
			text := []byte(report.Text())
			if asJSON {
				text = report.JSON()
			}
			if _, err := c.Out.Write(text); err != nil {
				return err
			}
			return Ended(report.Exit())
		},
	}
}
