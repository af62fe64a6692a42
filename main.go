// casterbot lets a live-production crew operate ApsaraVideo Live studios and recordings from Slack.
//
// This file is the wiring: which part is made of which. What the parts do stands in their own packages.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"casterbot/bot"
	"casterbot/commands"
	"casterbot/internal/admin"
	"casterbot/internal/cli"
	"casterbot/internal/config"
	"casterbot/internal/engine"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/policy"
	"casterbot/internal/sandbox"
	"casterbot/internal/store"
)

// version is set by the linker in releases.
var version = "dev"

//go:embed manifest.yml
var manifest []byte

//go:embed docs/policy.example.yml
var examplePolicy []byte

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { // a second signal ends the process at once, with the guarantees of a crash
		<-ctx.Done()
		stop()
	}()
	program := cli.Program{
		Name: "casterbot", Short: "Operate ApsaraVideo Live studios and recordings from Slack.", Out: os.Stdout, Err: os.Stderr,
		Commands: []cli.Command{runCommand(), sandboxCommand(), cli.PolicyCommand(verbs(), effects()), versionCommand()},
	}
	os.Exit(program.Run(ctx, os.Args[1:]))
}

func versionCommand() cli.Command {
	return cli.Command{Name: "version", Short: "Print the version.", Run: func(_ context.Context, c cli.Call) error {
		_, err := fmt.Fprintln(c.Out, "casterbot", version)
		return err
	}}
}

func runCommand() cli.Command {
	return cli.Command{
		Name: "run", Short: "Run the bot (the default). Its settings come from the environment.", Default: true,
		Examples: []string{"casterbot", "SLACK_APP_TOKEN=xapp-… SLACK_BOT_TOKEN=xoxb-… ALIBABA_CLOUD_ACCESS_KEY_ID=… casterbot run"},
		Help:     cli.Settings(config.Rows()),
		Run: func(ctx context.Context, c cli.Call) error {
			settings, err := config.Load()
			if err != nil {
				return cli.Usage(err)
			}
			log, err := settings.Log(c.Err)
			if err != nil {
				return cli.Usage(err)
			}
			p, err := wire(ctx, settings, log, time.Now, nil)
			if err != nil {
				return err
			}
			return p.run(ctx)
		},
	}
}

// parts is a running casterbot.
type parts struct {
	settings config.Config
	log      *slog.Logger
	policy   *policy.Keeper
	store    *store.Store
	cloud    *live.Client
	engine   *engine.Engine
	bot      *bot.Bot
}

func verbs() []string { return table(nil, time.Now).Verbs() }

func effects() map[string]op.Effect {
	effects := map[string]op.Effect{}
	for _, c := range table(nil, time.Now).Commands {
		effects[c.Verb] = c.Effect
	}
	return effects
}

func table(cloud commands.Cloud, now func() time.Time) op.Table { return commands.Table(cloud, now) }

// pause is how the engine waits; nil is real time.
type pause = func(ctx context.Context, d time.Duration) bool

// wire makes every part, in the order in which they need each other.
func wire(ctx context.Context, c config.Config, log *slog.Logger, now func() time.Time, wait pause) (*parts, error) {
	keeper, err := policy.NewKeeper(c.PolicyFile, verbs(), log)
	if err != nil {
		return nil, err
	}
	cloud, err := openCloud(c, log)
	if err != nil {
		return nil, err
	}
	replica := op.NewID()
	db, err := store.Open(ctx, c.DatabaseURL.Reveal(), store.Options{Now: now, Replica: replica, Log: log})
	if err != nil {
		cloud.Close()
		return nil, err
	}
	known := table(cloud, now)
	slack := bot.Config{
		APIURL: c.SlackAPIURL, AppToken: c.SlackAppToken.Reveal(), BotToken: c.SlackBotToken.Reveal(), Log: log, Now: now,
		HTTP: bot.HTTPClient(), Repeats: engine.Repeats(known, now),
	}
	chat := bot.NewChat(slack)
	people := bot.NewDirectory(slack, keeper.UserGroups)
	mind := engine.New(engine.Config{
		Table: known, Store: db, Policy: keeper, Chat: chat, Directory: people, Now: now, Log: log, Replica: replica, Pause: wait,
	})
	return &parts{
		settings: c, log: log, policy: keeper, store: db, cloud: cloud, engine: mind, bot: bot.New(slack, mind, chat, people),
	}, nil
}

func openCloud(c config.Config, log *slog.Logger) (*live.Client, error) {
	keys, err := live.NewCredentials(live.CredentialsConfig{
		AccessKeyID: c.AccessKeyID.Reveal(), AccessKeySecret: c.AccessKeySecret.Reveal(), SecurityToken: c.SecurityToken.Reveal(),
		RoleARN: c.RoleARN, RoleSessionName: c.RoleSessionName, ECSRole: c.ECSRole,
		OIDCProviderARN: c.OIDCProviderARN, OIDCTokenFile: c.OIDCTokenFile, Profile: c.Profile,
	})
	if err != nil {
		return nil, err
	}
	return live.New(live.Config{Endpoint: c.LiveEndpoint, Region: c.Region, Credentials: keys, Now: time.Now, Waiting: func(_ context.Context, action string, wait time.Duration) {
		log.Info("the cloud is busy", "action", action, "again in", wait.Round(time.Millisecond).String())
	}})
}

// run works until ctx ends, then stops in an order that loses nothing: no new work, what is acknowledged, what is running,
// the store last.
func (p *parts) run(ctx context.Context) error {
	defer p.close()
	if p.settings.AdminAddr != "" {
		server, err := admin.Start(p.settings.AdminAddr, p.probes(), p.log)
		if err != nil {
			return err
		}
		defer server.Close()
	}
	if err := p.engine.Start(ctx); err != nil {
		return fmt.Errorf("recover what an earlier process left: %w", err)
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go p.policy.Watch(background)
	go p.reloadOnHangup(background)
	p.log.Info("casterbot starts", "version", version, "policy", p.policy.Hash(), "slack", p.settings.SlackAPIURL, "live", p.settings.LiveEndpoint)
	err := p.bot.Run(ctx)
	p.log.Info("casterbot stops")
	return err
}

func (p *parts) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
	defer cancel()
	p.engine.Close(ctx)
	p.cloud.Close()
	if err := p.store.Close(); err != nil {
		p.log.Error("close the store", "error", err)
	}
}

// reloadOnHangup reads the policy again on SIGHUP; a broken file keeps the last good one, which the keeper logs.
func (p *parts) reloadOnHangup(ctx context.Context) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			_ = p.policy.Reload()
		}
	}
}

func (p *parts) probes() map[string]admin.Probe {
	return map[string]admin.Probe{
		"slack": func(context.Context) (map[string]any, bool) {
			h := p.bot.Health()
			return map[string]any{"sockets": h.Sockets, "want": h.Want, "ageSeconds": int(h.Age.Seconds()), "connections": h.Connections}, h.Ready()
		},
		"store": func(ctx context.Context) (map[string]any, bool) {
			err := p.store.Ping(ctx)
			return map[string]any{"writable": err == nil}, err == nil
		},
	}
}

// world is the sandbox's command line.
type world struct {
	addr, dir, policyFile, logLevel string
	reset, noBot, printEnv          bool
}

func sandboxCommand() cli.Command {
	w := world{}
	return cli.Command{
		Name: "sandbox", Short: "Try everything without an account: the bot in an embedded workspace and cloud, with a page in the browser.",
		Examples: []string{"casterbot sandbox", "casterbot sandbox --addr 127.0.0.1:8800 --reset", "casterbot sandbox --no-bot --print-env"},
		Flags: func(f *flag.FlagSet) {
			f.StringVar(&w.addr, "addr", sandbox.PageAddr, "`ADDRESS` of the page")
			f.StringVar(&w.dir, "dir", sandbox.DefaultDir(), "`FOLDER` of the world's state")
			f.StringVar(&w.policyFile, "policy", "", "policy `FILE` (default: policy.yml in the folder, made when it is missing)")
			f.StringVar(&w.logLevel, "log-level", "warn", "debug, info, warn or error")
			f.BoolVar(&w.reset, "reset", false, "start afresh")
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
		Dir: w.dir, Reset: w.reset, PageAddr: w.addr, Commands: app.Commands, Events: app.Events, Scopes: app.Scopes, Usages: usages(), Suggestions: sandbox.Suggestions(), Limits: true, Log: log,
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
	p, err := wire(ctx, settings, log, open.Clock.Now, nil)
	if err != nil {
		return err
	}
	open.Clock.OnAdvance(p.engine.Nudge)
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
	for _, c := range table(nil, time.Now).Commands {
		rows = append(rows, sandbox.Usage{Text: "/" + c.Usage, Short: c.Short})
	}
	return rows
}
