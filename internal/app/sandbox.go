package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"casterbot/internal/audit"
	"casterbot/internal/cli"
	"casterbot/internal/config"
	"casterbot/internal/sandbox"
	"casterbot/internal/store"
)

// world is the sandbox's command line.
type world struct {
	addr, slackAddr, liveAddr           string
	dir, policyFile, logLevel, manifest string
	reset, noBot, printEnv              bool
	cameras                             int
	evening                             evening
	build                               Build
}

func (b Build) sandboxCommand() cli.Command {
	w := world{build: b}
	return cli.Command{
		Name: "sandbox", Short: "Try everything without an account: the bot in an embedded workspace and cloud, with a page in the browser.",
		Examples: []string{"casterbot sandbox", "casterbot sandbox --addr 127.0.0.1:8800 --reset",
			"casterbot sandbox --scenarios", "casterbot sandbox --scenario stream-drops",
			"casterbot sandbox --cameras 10 --reset", "casterbot sandbox --no-bot --print-env",
			"casterbot sandbox --no-bot --manifest my-app.yml"},
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&w.addr, "addr", sandbox.PageAddr, "`ADDRESS` of the page")
			f.StringVar(&w.slackAddr, "slack-addr", "",
				"`ADDRESS` of Slack's API (default "+sandbox.SlackAddr+", or a free port)")
			f.StringVar(&w.liveAddr, "live-addr", "",
				"`ADDRESS` of the cloud's API (default "+sandbox.LiveAddr+", or a free port)")
			f.StringVar(&w.manifest, "manifest", "", "with --no-bot: manifest `FILE` of your own Slack app")
			f.StringVar(&w.dir, "dir", sandbox.DefaultDir(), "`FOLDER` of the world's state")
			f.StringVar(&w.policyFile, "policy", "",
				"policy `FILE` (default: policy.yml in the folder, made when it is missing)")
			f.StringVar(&w.logLevel, "log-level", "warn", "debug, info, warn or error")
			f.BoolVar(&w.reset, "reset", false, "start afresh")
			f.IntVar(&w.cameras, "cameras", 0,
				"begin with `N` more live streams in #show-control, cam1 to camN; a world that is there needs --reset for it")
			w.evening.flags(f)
			f.BoolVar(&w.noBot, "no-bot", false, "open the world alone, for a bot of your own")
			f.BoolVar(&w.printEnv, "print-env", false, "print what another program needs to join, as shell lines")
		},
		Run: w.run,
	}
}

// run opens the world and puts the real bot into it: the same wiring as for Slack and ApsaraVideo Live.
func (w *world) run(ctx context.Context, c cli.Call) error {
	if done, err := w.rehearse(c.Out); done || err != nil {
		return err
	}
	release, err := w.prepare()
	if err != nil {
		return err
	}
	defer func() { _ = release() }()
	settings := config.Config{LogLevel: w.logLevel, LogFormat: "text"}
	log, err := settings.Log(c.Err)
	if err != nil {
		return cli.Usage(err)
	}
	shape, err := w.shape(log)
	if err != nil {
		return err
	}
	open, err := sandbox.Open(shape)
	if err != nil {
		return err
	}
	defer open.Close()
	greet := func() { sandbox.Greet(c.Out, c.Err, open, w.dir, w.policy(), w.printEnv, w.alone(open)) }
	if w.noBot {
		greet()
		<-ctx.Done()
		return nil
	}
	if settings, err = w.settings(open, settings); err != nil {
		return err
	}
	a, err := New(ctx, Options{Settings: settings, Version: w.build.Version, Log: log, Now: open.Clock.Now})
	if err != nil {
		return err
	}
	open.Clock.OnAdvance(a.Nudge)
	greet()
	return a.Run(ctx)
}

// alone says how to get a bot into a world without one: casterbot is set up as for the real services, step by step.
func (w *world) alone(open *sandbox.World) string {
	const yours = "start yours with the settings above"
	switch {
	case !w.noBot:
		return ""
	case w.manifest != "":
		return yours
	}
	return yours + ", or set casterbot up\n  in a new folder, which asks for the tokens and the key above:\n\n    " + programName() +
		" init --dir sandbox-bot --slack-api-url " + open.SlackURL + " --live-endpoint " + open.LiveURL
}

// shape is the world that is asked for: with casterbot installed, or with somebody's own app and nothing of ours.
func (w *world) shape(log *slog.Logger) (sandbox.Config, error) {
	c := sandbox.Config{Dir: w.dir, Reset: w.reset, PageAddr: w.addr, SlackAddr: w.slackAddr, LiveAddr: w.liveAddr,
		Log: log, Limits: true, Cameras: w.cameras, Scenario: w.evening.scenario}
	text, err := w.build.Manifest, error(nil)
	switch {
	case w.manifest == "":
		c.Suggestions = sandbox.Suggestions()
	case !w.noBot:
		return c, cli.Usage(errors.New("--manifest is for an app of your own: use it with --no-bot"))
	default:
		if text, err = os.ReadFile(w.manifest); err != nil {
			return c, cli.Usage(err)
		}
	}
	if c.App, err = sandbox.ReadManifest(text); err != nil && w.manifest != "" {
		err = fmt.Errorf("%s: %w", w.manifest, err)
	}
	return c, err
}

// settings are those of a bot in the world, and its database, afresh when that is wanted.
func (w *world) settings(open *sandbox.World, c config.Config) (config.Config, error) {
	c.AuditFile = filepath.Join(w.dir, "checkpoints")
	if w.reset {
		err := os.Remove(c.AuditFile)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if err = errors.Join(err, store.Forget(database(w.dir))); err != nil {
			return c, err
		}
	}
	key, err := auditKey(filepath.Join(w.dir, "audit.key"))
	if err != nil {
		return c, err
	}
	c.AuditKey = key
	return w.build.Join(open, w.dir, w.policyFile, c)
}

// auditKey gives the key in a file, which is made when it is missing.
func auditKey(file string) (config.Secret, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		secret, _, wrong := audit.NewKey("sandbox.example.com/casterbot")
		text, err = []byte(secret+"\n"), wrong
		if err == nil {
			err = os.WriteFile(file, text, 0o600)
		}
	}
	return config.Secret(strings.TrimSpace(string(text))), err
}

func database(dir string) string { return filepath.Join(dir, "casterbot.db") }

// Join gives the settings of a bot in the world: its addresses and tokens, and in dir its database and, when policyFile
// is empty, a policy to edit.
func (b Build) Join(open *sandbox.World, dir, policyFile string, c config.Config) (config.Config, error) {
	c.SlackAPIURL, c.SlackAppToken, c.SlackBotToken = open.SlackURL, sandbox.AppToken, sandbox.BotToken
	c.LiveEndpoint, c.AccessKeyID, c.AccessKeySecret, c.Region = open.LiveURL, sandbox.AccessKeyID,
		sandbox.AccessKeySecret, sandbox.Region
	c.STSEndpoint, c.TrailEndpoint = open.LiveURL, open.LiveURL
	c.DatabaseURL, c.PolicyFile = config.Secret("sqlite:"+database(dir)), policyFile
	if policyFile == "" {
		c.PolicyFile = filepath.Join(dir, "policy.yml")
		if _, err := os.Stat(c.PolicyFile); errors.Is(err, fs.ErrNotExist) {
			return c, os.WriteFile(c.PolicyFile, b.ExamplePolicy, 0o600)
		}
	}
	return c, nil
}
