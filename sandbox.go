package main

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"casterbot/internal/cli"
	"casterbot/internal/config"
	"casterbot/internal/lang"
	"casterbot/internal/sandbox"
	"casterbot/internal/store"
)

// world is the sandbox's command line.
type world struct {
	addr, dir, policyFile, logLevel string
	reset, noBot, printEnv          bool
	cameras                         int
}

func sandboxCommand() cli.Command {
	w := world{}
	return cli.Command{
		Name: "sandbox", Short: "Try everything without an account: the bot in an embedded workspace and cloud, with a page in the browser.",
		Examples: []string{"casterbot sandbox", "casterbot sandbox --addr 127.0.0.1:8800 --reset", "casterbot sandbox --cameras 10 --reset", "casterbot sandbox --no-bot --print-env"},
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&w.addr, "addr", sandbox.PageAddr, "`ADDRESS` of the page")
			f.StringVar(&w.dir, "dir", sandbox.DefaultDir(), "`FOLDER` of the world's state")
			f.StringVar(&w.policyFile, "policy", "", "policy `FILE` (default: policy.yml in the folder, made when it is missing)")
			f.StringVar(&w.logLevel, "log-level", "warn", "debug, info, warn or error")
			f.BoolVar(&w.reset, "reset", false, "start afresh")
			f.IntVar(&w.cameras, "cameras", 0, "begin with `N` more live streams in #show-control, cam1 to camN; a world that is there needs --reset for it")
			f.BoolVar(&w.noBot, "no-bot", false, "open the world alone, for a bot of your own")
			f.BoolVar(&w.printEnv, "print-env", false, "print what another program needs to join, as shell lines")
		},
		Run: w.run,
	}
}

// run opens the world and puts the real bot into it: the same wiring as for Slack and ApsaraVideo Live.
func (w *world) run(ctx context.Context, c cli.Call) error {
	settings := config.Config{LogLevel: w.logLevel, LogFormat: "text"}
	log, err := settings.Log(c.Err)
	if err != nil {
		return cli.Usage(err)
	}
	app, err := sandbox.ReadManifest(manifest)
	if err != nil {
		return err
	}
	open, err := sandbox.Open(sandbox.Config{
		Dir: w.dir, Reset: w.reset, PageAddr: w.addr, Commands: app.Commands, Events: app.Events, Scopes: app.Scopes, Usages: usages(), Suggestions: sandbox.Suggestions(), Log: log,
		Limits: true, Cameras: w.cameras,
	})
	if err != nil {
		return err
	}
	defer open.Close()
	sandbox.Greet(c.Out, c.Err, open, w.dir, w.printEnv, w.noBot)
	if w.noBot {
		<-ctx.Done()
		return nil
	}
	if settings, err = w.settings(open, settings); err != nil {
		return err
	}
	p, err := wire(ctx, settings, log, open.Clock.Now, nil, lang.New(nil))
	if err != nil {
		return err
	}
	open.Clock.OnAdvance(p.nudge)
	return p.run(ctx)
}

// settings are those of a bot in the world: its addresses and tokens, a policy to edit, a database beside it.
func (w *world) settings(open *sandbox.World, c config.Config) (config.Config, error) {
	c.SlackAPIURL, c.SlackAppToken, c.SlackBotToken = open.SlackURL, sandbox.AppToken, sandbox.BotToken
	c.LiveEndpoint, c.AccessKeyID, c.AccessKeySecret, c.Region = open.LiveURL, sandbox.AccessKeyID, sandbox.AccessKeySecret, sandbox.Region
	database := filepath.Join(w.dir, "casterbot.db")
	if w.reset {
		if err := store.Forget(database); err != nil {
			return c, err
		}
	}
	c.DatabaseURL = config.Secret("sqlite:" + database)
	c.PolicyFile = w.policyFile
	if c.PolicyFile == "" {
		c.PolicyFile = filepath.Join(w.dir, "policy.yml")
		if _, err := os.Stat(c.PolicyFile); errors.Is(err, fs.ErrNotExist) {
			return c, os.WriteFile(c.PolicyFile, examplePolicy, 0o600)
		}
	}
	return c, nil
}

func usages() []sandbox.Usage {
	var rows []sandbox.Usage
	for _, c := range table(nil, nil, time.Now).Commands {
		rows = append(rows, sandbox.Usage{Text: "/" + c.Shown(), Short: c.Short})
	}
	return rows
}

// nudge lets what goes by the clock be done now, after the clock was moved.
func (p *parts) nudge() {
	p.engine.Nudge()
	p.watch.Nudge()
}
