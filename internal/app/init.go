package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"casterbot/internal/cli"
	"casterbot/internal/doctor"
	"casterbot/internal/setup"
)

// initCommand is `init`.
func (b Build) initCommand() cli.Command {
	o := setup.Options{}
	return cli.Command{
		Name: "init", Args: "[" + strings.Join(setup.Steps, "|") + "]",
		Short: "Set casterbot up: asks for what is missing, tries it, writes settings, secrets and policy.",
		Examples: []string{"casterbot init", "casterbot init policy",
			`casterbot init --yes --dir /etc/casterbot --app-token-file app --bot-token-file bot --access-key-id-file id --access-key-secret-file key --channel "#show-control" --operators @crew --studios "Evening *"`},
		Help: "Without a step it does what is missing, and a second run goes on where the first one stopped; with one it does that one\n" +
			"anew. What is there is kept, and replaced only after a question or with --replace. Secrets are read without echo, from\n" +
			"files, or from SLACK_APP_TOKEN and the like; none is a flag's value, as everybody on a machine sees those.\n",
		Flags: func(f *flag.FlagSet) { initFlags(f, &o) },
		Run: func(ctx context.Context, c cli.Call) error {
			if len(c.Args) > 1 {
				return cli.Usage(errors.New("init takes one step at most"))
			}
			o.Step = strings.Join(c.Args, "")
			o.In, o.Out, o.Program = os.Stdin, c.Out, b.setupProgram()
			err := setup.Run(ctx, o)
			if errors.Is(err, setup.ErrStep) {
				return cli.Usage(err)
			}
			return err
		},
	}
}

func initFlags(f *flag.FlagSet, o *setup.Options) {
	f.StringVar(&o.Dir, "dir", ".", "`FOLDER` to write into")
	f.BoolVar(&o.Yes, "yes", false, "ask nothing: what is neither there nor given by a flag is an error")
	f.BoolVar(&o.Replace, "replace", false, "replace what is there with what is given")
	for _, row := range []struct {
		to          *string
		name, usage string
	}{
		{&o.Slack.AppToken, "app-token-file", "`FILE` with the app-level token (xapp-…)"},
		{&o.Slack.BotToken, "bot-token-file", "`FILE` with the bot token (xoxb-…)"},
		{&o.Slack.API, "slack-api-url", "`ADDRESS` of Slack's Web API; another one for the sandbox"},
		{&o.Cloud.KeyID, "access-key-id-file", "`FILE` with the access key ID of the RAM user"},
		{&o.Cloud.KeySecret, "access-key-secret-file", "`FILE` with its secret"},
		{&o.Cloud.Role, "role-arn", "RAM role to assume with the key, by its `ARN`"},
		{&o.Cloud.ECSRole, "ecs-role", "RAM role of this ECS instance, by its `NAME`, in place of a key"},
		{&o.Cloud.Region, "region", "region `ID` of the studios"},
		{&o.Cloud.Account, "account", "`NUMBER` of the account, for the RAM policy"},
		{&o.Cloud.Endpoint, "live-endpoint", "`ADDRESS` of ApsaraVideo Live; another one for the sandbox"},
		{&o.Policy.Channels, "channel", "`NAMES` or ids of the channels of the show, with commas"},
		{&o.Policy.Operators, "operators", "who runs the show: `NAMES` or ids of user groups and people, with commas"},
		{&o.Policy.Leads, "leads", "`NAMES` of those who may also approve and break locks"},
		{&o.Policy.Producers, "producers", "`NAMES` of those who only look"},
		{&o.Policy.Studios, "studios", "`NAMES`, ids or patterns of the studios that the channels may touch, with commas"},
		{&o.Policy.Streams, "streams", "`NAMES` of the streams that they may record, or domain/app/stream, with commas"},
	} {
		f.StringVar(row.to, row.name, "", row.usage)
	}
}

func (b Build) setupProgram() setup.Program {
	return setup.Program{Name: programName(), Manifest: b.Manifest, Example: b.ExamplePolicy, Verbs: shape().Verbs(),
		Effects: effects(), Check: func(ctx context.Context, out io.Writer) (bool, error) {
			report := b.examine(ctx)
			_, err := io.WriteString(out, report.Text())
			return report.Exit() != doctor.ExitBroken, err
		}}
}

// programName is how this program is called in a shell. What `go run` has made is gone when it ends.
func programName() string {
	path, err := os.Executable()
	if err != nil {
		return "casterbot"
	}
	if found, err := exec.LookPath("casterbot"); err == nil && found == path {
		return "casterbot"
	}
	if strings.Contains(path, string(filepath.Separator)+"go-build") {
		return "go run ."
	}
	return path
}

// manifestCommand is `manifest`.
func (b Build) manifestCommand() cli.Command {
	var asJSON, asYAML, asURL bool
	return cli.Command{
		Name: "manifest", Short: "Print the Slack app's manifest, or the address at which Slack makes an app of it.",
		Examples: []string{"casterbot manifest --url", "casterbot manifest --json"},
		Flags: func(f *flag.FlagSet) {
			f.BoolVar(&asYAML, "yaml", false, "as YAML (the default)")
			f.BoolVar(&asJSON, "json", false, "as JSON, which Slack's command line reads")
			f.BoolVar(&asURL, "url", false, "the address of Slack's page for a new app, filled in")
		},
		Run: func(_ context.Context, c cli.Call) error {
			m := setup.Manifest(b.Manifest)
			switch {
			case asJSON && asURL || asJSON && asYAML || asURL && asYAML:
				return cli.Usage(errors.New("--json, --yaml and --url: one of them"))
			case asJSON:
				text, err := m.JSON()
				fmt.Fprintf(c.Out, "%s\n", text)
				return err
			case asURL:
				fmt.Fprintln(c.Out, m.URL())
				return nil
			}
			_, err := c.Out.Write(b.Manifest)
			return err
		},
	}
}
