// casterbot lets a live-production crew operate ApsaraVideo Live studios and recordings from Slack.
//
// This file is the wiring: which part is made of which. What the parts do stands in their own packages.
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"casterbot/bot"
	"casterbot/bot/directory"
	"casterbot/bot/messages"
	"casterbot/bot/webapi"
	"casterbot/commands"
	"casterbot/internal/admin"
	"casterbot/internal/cli"
	"casterbot/internal/config"
	"casterbot/internal/desk"
	"casterbot/internal/engine"
	"casterbot/internal/lang"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/policy"
	"casterbot/internal/quota"
	"casterbot/internal/store"
	"casterbot/internal/watch"
)

// version is set by the linker in releases.
var version = "dev"

//go:embed manifest.yml
var manifest []byte

//go:embed docs/policy.example.yml
var examplePolicy []byte

func main() {
	signal.Ignore(syscall.SIGXFSZ) // a file that may not grow is an error of the write, not the end of the process
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { // a second signal ends the process at once, with the guarantees of a crash
		<-ctx.Done()
		stop()
	}()
	program := cli.Program{
		Name: "casterbot", Short: "Operate ApsaraVideo Live studios and recordings from Slack.", Out: os.Stdout, Err: os.Stderr,
		Commands: []cli.Command{
			runCommand(), sandboxCommand(), cli.PolicyCommand(verbs(), effects()),
			cli.BackupCommand(), cli.RestoreCommand(engine.Retire), versionCommand(),
		},
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
			p, err := wire(ctx, settings, log, nil, nil, lang.New(nil))
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
	limits   *quota.Quota
	cloud    *live.Client
	engine   *engine.Engine
	bot      *bot.Bot
	watch    *watch.Watcher
}

func verbs() []string { return table(nil, nil, time.Now).Verbs() }

func effects() map[string]op.Effect {
	effects := map[string]op.Effect{}
	for _, c := range table(nil, nil, time.Now).Commands {
		effects[c.Verb] = c.Effect
	}
	return effects
}

func table(cloud commands.Cloud, own commands.Desk, now func() time.Time) op.Table {
	return commands.Table(cloud, own, now)
}

// pause is how the engine waits; nil is real time.
type pause = func(ctx context.Context, d time.Duration) bool

// wire makes every part, in the order in which they need each other. The clock is that of the store unless one is given.
func wire(ctx context.Context, c config.Config, log *slog.Logger, now func() time.Time, wait pause, words *lang.Words) (*parts, error) {
	keeper, err := openPolicy(c.PolicyFile, log)
	if err != nil {
		return nil, err
	}
	keys, err := openKeys(c)
	if err != nil {
		return nil, cli.Usage(err)
	}
	replica := op.NewID()
	db, err := store.Open(ctx, c.DatabaseURL.Reveal(), store.Options{Now: now, Replica: replica, Log: log})
	if err != nil {
		return nil, err
	}
	now = db.Now
	limits := openQuota(c, db, replica, wait, log)
	cloud, err := openCloud(c, keys, limits, freshLooks(db, wait), log)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	slack := webapi.Config{
		APIURL: c.SlackAPIURL, AppToken: c.SlackAppToken.Reveal(), BotToken: c.SlackBotToken.Reveal(), Log: log, Now: now, Peers: db.Peers,
		HTTP: webapi.HTTPClient(), Words: words, Language: func(channel string) string {
			scope, _ := keeper.Scope(channel)
			return scope.Language
		},
	}
	if wait != nil {
		slack.Unlimited = true
	} else if !db.Exclusive() {
		slack.Turn = channelTurns(db, log)
	}
	people := directory.NewDirectory(slack, keeper.UserGroups)
	slack.Locale, slack.Meet = people.Locale, people.Meet
	own := desk.New(db, keeper, people)
	known := table(cloud, own, now)
	slack.Repeats = engine.Repeats(known, now)
	chat := messages.NewChat(slack)
	mind := engine.New(engine.Config{
		Table: known, Store: db, Policy: keeper, Chat: chat, Directory: people, Now: now, Log: log, Replica: replica, Pause: wait, Quota: limits,
	})
	eyes := watch.New(watch.Config{
		Store: db, Cloud: cloud, Policy: keeper, Chat: chat, Now: now, Log: log, Replica: replica, Share: float64(c.WatchShare) / 100, Pause: wait,
	})
	own.OnBoard(eyes.Nudge)
	return &parts{
		settings: c, log: log, policy: keeper, store: db, limits: limits, cloud: cloud, engine: mind, bot: bot.New(slack, bot.Engine{Operations: mind, Browser: mind, Notifier: mind}, chat, people),
		watch: eyes,
	}, nil
}

func openPolicy(path string, log *slog.Logger) (*policy.Keeper, error) {
	keeper, err := policy.NewKeeper(path, verbs(), log)
	if errors.Is(err, fs.ErrNotExist) {
		err = cli.Usage(fmt.Errorf("CASTERBOT_POLICY names no file (%w): it says who may do what; docs/policy.md explains it, docs/policy.example.yml is one to start from", err))
	}
	return keeper, err
}

func openKeys(c config.Config) (live.Credentials, error) {
	return live.NewCredentials(live.CredentialsConfig{
		AccessKeyID: c.AccessKeyID.Reveal(), AccessKeySecret: c.AccessKeySecret.Reveal(), SecurityToken: c.SecurityToken.Reveal(),
		RoleARN: c.RoleARN, RoleSessionName: c.RoleSessionName, ECSRole: c.ECSRole,
		OIDCProviderARN: c.OIDCProviderARN, OIDCTokenFile: c.OIDCTokenFile, Profile: c.Profile,
	})
}

func openCloud(c config.Config, keys live.Credentials, limits *quota.Quota, fresh time.Duration, log *slog.Logger) (*live.Client, error) {
	waiting := func(ctx context.Context, action string, why live.Class, wait time.Duration) {
		level := slog.LevelDebug
		if wait >= time.Second {
			level = slog.LevelInfo
		}
		log.Log(ctx, level, "the cloud is busy", "action", action, "again in", wait.Round(time.Millisecond).String())
		op.SendingOf(ctx).Wait(commands.Turn(action, why, wait), wait)
	}
	return live.New(live.Config{
		Endpoint: c.LiveEndpoint, Region: c.Region, Credentials: keys, Now: time.Now, Quota: limits, Fresh: fresh, Waiting: waiting,
		Leave: func(ctx context.Context) error { return op.SendingOf(ctx).Leave() },
	})
}

// run works until ctx ends, then stops in an order that loses nothing: no new work, what is acknowledged, what is running,
// the store last.
func (p *parts) run(ctx context.Context) error {
	finish, cancel := outlive(ctx, finishWithin)
	defer cancel()
	server, err := admin.Start(p.settings.AdminAddr, p.probes(), p.log)
	defer func() { _ = server.Close() }() // last: while work is being finished, /readyz says that no socket is open
	defer p.close(finish)
	if err != nil {
		return err
	}
	if err := p.engine.Start(ctx); err != nil {
		return fmt.Errorf("recover what an earlier process left: %w", err)
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	watching := sync.WaitGroup{}
	watching.Go(func() { p.watch.Run(background) })
	defer watching.Wait()
	defer stop()
	go p.policy.Watch(background)
	go p.reloadOnHangup(background)
	p.log.Info("casterbot starts", "version", version, "policy", p.policy.Hash(), "slack", p.settings.SlackAPIURL, "live", p.settings.LiveEndpoint)
	err = p.bot.Run(ctx)
	p.log.Info("casterbot stops")
	return err
}

// finishWithin is how long everything together may go on after the signal to stop.
const finishWithin = 25 * time.Second

// outlive gives a context that ends some time after ctx does.
func outlive(ctx context.Context, more time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() { time.AfterFunc(more, cancel) })
	return longer, cancel
}

func (p *parts) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, finishWithin)
	defer cancel()
	p.engine.Close(ctx)
	p.cloud.Close()
	p.limits.Close()
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
			return map[string]any{"sockets": h.Sockets, "want": h.Want, "ageSeconds": int(h.Age.Seconds()), "connections": h.Connections, "strangers": h.Strangers, "replaced": h.Replaced}, h.Ready()
		},
		"store": func(ctx context.Context) (map[string]any, bool) {
			err := p.store.Ping(ctx)
			state := map[string]any{"writable": err == nil}
			if why := store.Reason(err); why != "" {
				state["why"] = why
			}
			return state, err == nil
		},
		"process": func(context.Context) (map[string]any, bool) {
			return map[string]any{"goroutines": runtime.NumGoroutine()}, true
		},
	}
}
