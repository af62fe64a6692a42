// Package app is the wiring: which part of casterbot is made of which, and what the command line offers. What the parts
// do stands in their own packages.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"casterbot/bot"
	"casterbot/bot/directory"
	"casterbot/bot/messages"
	"casterbot/commands"
	"casterbot/internal/asrun"
	"casterbot/internal/audit"
	"casterbot/internal/authz"
	"casterbot/internal/cli"
	"casterbot/internal/config"
	"casterbot/internal/engine"
	"casterbot/internal/health"
	"casterbot/internal/i18n"
	"casterbot/internal/live"
	"casterbot/internal/monitor"
	"casterbot/internal/op"
	"casterbot/internal/policy"
	"casterbot/internal/quota"
	"casterbot/internal/records"
	"casterbot/internal/store"
)

// Build is what the program was built of.
type Build struct {
	Version       string
	Manifest      []byte // the Slack app, as the sandbox installs it
	ExamplePolicy []byte // a sandbox's first policy
}

// Program is the command line.
func (b Build) Program() cli.Program {
	p := cli.Program{
		Name: "casterbot", Short: "Operate ApsaraVideo Live studios and recordings from Slack.", Out: os.Stdout,
		Err: os.Stderr,
		Commands: []cli.Command{
			b.runCommand(), b.initCommand(), cli.DoctorCommand(b.examine), b.sandboxCommand(),
			cli.PolicyCommand(shape().Verbs(), effects()), b.manifestCommand(),
			cli.BackupCommand(), cli.RestoreCommand(engine.CloseRestored),
			cli.AuditCommand(shape().Verbs(), effects(), asrun.Calls(shape())), b.versionCommand(),
		},
	}
	p.Commands = append(p.Commands, cli.CompletionCommand(func() []cli.Command { return p.Commands }))
	return p
}

func (b Build) versionCommand() cli.Command {
	return cli.Command{
		Name: "version", Short: "Print the version; also -v and --version.", Examples: []string{"casterbot version"},
		Run: func(_ context.Context, c cli.Call) error {
			_, err := fmt.Fprintln(c.Out, "casterbot", b.Version)
			return err
		},
	}
}

func (b Build) runCommand() cli.Command {
	return cli.Command{
		Name: "run", Short: "Run the bot (the default). Its settings come from the environment.", Default: true,
		Examples: []string{"casterbot",
			"SLACK_APP_TOKEN=xapp-… SLACK_BOT_TOKEN=xoxb-… ALIBABA_CLOUD_ACCESS_KEY_ID=… casterbot run"},
		Help: cli.Settings(config.Rows()),
		Run: func(ctx context.Context, c cli.Call) error {
			settings, err := config.Load()
			if err != nil {
				return cli.Usage(err)
			}
			log, err := settings.Log(c.Err)
			if err != nil {
				return cli.Usage(err)
			}
			a, err := New(ctx, Options{Settings: settings, Version: b.Version, Log: log})
			if errors.As(err, &databaseError{}) {
				err = fmt.Errorf("CASTERBOT_DATABASE_URL: %w", err)
			}
			if err != nil {
				return err
			}
			return a.Run(ctx)
		},
	}
}

// databaseError says that the database could not be opened.
type databaseError struct{ error }

func (e databaseError) Unwrap() error { return e.error }

// Options are what a bot is made of. All but Settings and Log may be missing.
type Options struct {
	Settings config.Config
	Version  string
	Log      *slog.Logger
	Now      func() time.Time // the clock; nil: the store's
	Pause    Pause            // how the bot waits; nil: in real time, with every limit kept
	Words    *i18n.Words      // the translations; nil: those that are built in
}

// Pause waits for d; false when ctx ended first.
type Pause = func(ctx context.Context, d time.Duration) bool

// App is a casterbot: New makes it, Run lets it work.
type App struct {
	Policy *policy.Keeper
	Store  *store.Store
	Engine *engine.Engine
	Bot    *bot.Bot
	Watch  *monitor.Monitor

	settings config.Config
	version  string
	log      *slog.Logger
	limits   *quota.Quota
	cloud    *live.Client
	keys     live.Credentials
	inquiry  *inquiry // nil where nothing waits in real time
	people   *directory.Directory
	studios  *commands.Memory
	meter    *meter
	audit    *audit.Log
}

// shape is the table of commands without anything behind it, for those who ask only what there is.
func shape() op.Table { return commands.Table(nil, nil, time.Now) }

func effects() map[string]op.Effect {
	effects := map[string]op.Effect{}
	for _, c := range shape().Commands {
		effects[c.Verb] = c.Effect
	}
	return effects
}

// New makes every part, in the order in which they need each other.
func New(ctx context.Context, o Options) (*App, error) {
	c, log, wait := o.Settings, o.Log, o.Pause
	o.Words = cmp.Or(o.Words, i18n.New(nil))
	keeper, err := openPolicy(c.PolicyFile, log)
	if err != nil {
		return nil, err
	}
	keys, err := openKeys(c)
	if err != nil {
		return nil, cli.Usage(err)
	}
	replica, measured := op.NewID(), newMeter(shape().Verbs())
	db, signers, err := openStore(ctx, o, replica, measured.store())
	if err != nil {
		return nil, err
	}
	now := db.Now
	limits := openQuota(c, db, replica, wait, log, measured.waited)
	cloud, err := openCloud(c, keys, limits, freshLooks(db, wait), log, measured.sent)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	slack := slackConfig(o, db, keeper)
	slack.Fate = measured.fate
	people := directory.New(slack, keeper.UserGroups)
	slack.Locale, slack.Meet = people.Locale, people.Meet
	known := op.Table{}
	var chat *messages.Chat
	trail := openAudit(o, signers, db, keeper, func() *messages.Chat { return chat })
	judge := authz.New(authz.Config{
		Table: &known, Directory: people, Policy: keeper, Locks: records.NewLockBook(db), Trail: db, Now: now, Log: log,
		Refused: measured.refused, Vouches: trail.Vouches,
	})
	own, seen := records.New(db, &known), commands.Remember(cloud, now)
	known = commands.Table(seen, deskAndRights{own, judge}, now)
	slack.Repeats, slack.Urgent = engine.Repeats(known, now), engine.Urgent(known)
	chat = messages.New(slack)
	guardian := monitor.New(monitor.Config{
		Changes: own.Changes, Store: db, Cloud: seen, Policy: keeper, Judge: judge, Chat: chat, Now: now, Log: log,
		Replica: replica, Share: float64(c.WatchShare) / 100, Pause: wait, Trail: trailOf[monitor.Trail](c, cloud),
	})
	states := engine.New(engine.Config{
		Table: &known, Store: db, Authz: judge, Chat: chat, Now: now, Log: log, Replica: replica, Pause: wait, Quota: limits,
		Patient: o.timeless(), Ended: guardian.Nudge, Watch: measured.engine(), Sessions: sessionsOf(keys, cloud),
		Trail: trailOf[engine.Trail](c, cloud),
	})
	own.OnBoard(guardian.Nudge)
	own.OnCare(guardian.Soon)
	a := &App{
		settings: c, version: o.Version, log: log, Policy: keeper, Store: db, limits: limits, cloud: cloud, keys: keys,
		Engine: states, Watch: guardian, meter: measured, audit: trail, people: people, studios: seen,
		Bot: bot.New(slack, bot.Engine{Operations: states, Browser: states.Browser(),
			Notifier: channelTeller{states.Notifier(), guardian}},
			chat, people),
	}
	if wait == nil {
		a.inquiry = newInquiry(c, keys, cloud, keeper, log)
	}
	return a, nil
}

// Run works until ctx ends, then stops in an order that loses nothing: no new work, what is acknowledged, what is
// running, the store last.
func (a *App) Run(ctx context.Context) error {
	finish, cancel := outlive(ctx, finishWithin)
	defer cancel()
	server, err := health.Start(a.settings.AdminAddr, a.probes(), a.Metrics(), a.log)
	defer func() { _ = server.Close() }() // last: while work is being finished, /readyz says that no socket is open
	defer a.close(finish)
	if err != nil {
		return err
	}
	switch err := a.Engine.Start(ctx); {
	case ctx.Err() != nil: // stopped before it has begun
		return nil
	case err != nil:
		return fmt.Errorf("recover what an earlier process left: %w", err)
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	watching := sync.WaitGroup{}
	watching.Go(func() { a.Watch.Run(background) })
	watching.Go(func() { a.audit.Run(background) })
	if a.inquiry != nil {
		watching.Go(func() { a.inquiry.run(background) })
		watching.Go(func() { a.acquaint(background) })
		watching.Go(func() { a.keys.KeepKeys(background) })
	}
	defer watching.Wait()
	defer stop()
	go a.Policy.Watch(background)
	go a.reloadOnHangup(background)
	a.log.Info("casterbot starts", "version", a.version, "policy", a.Policy.Current().Hash(), "slack",
		a.settings.SlackAPIURL, "live", a.settings.LiveEndpoint)
	err = a.Bot.Run(ctx)
	a.log.Info("casterbot stops")
	return err
}

// finishWithin is how long everything together may go on after the signal to stop.
const finishWithin = 25 * time.Second

// Nudge lets what goes by the clock be done now, after the clock was moved.
func (a *App) Nudge() {
	a.Engine.Nudge()
	a.Watch.Nudge()
}

// Underway counts the pieces of work under way, in the order in which one part hands them to the next.
func (a *App) Underway() int {
	return a.Bot.Underway() + a.Engine.Underway() + a.Watch.Underway() + a.audit.Underway(context.Background())
}

// outlive gives a context that ends some time after ctx does.
func outlive(ctx context.Context, more time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() { time.AfterFunc(more, cancel) })
	return longer, cancel
}

func (a *App) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, finishWithin)
	defer cancel()
	a.Engine.Close(ctx)
	a.cloud.Close()
	a.limits.Close()
	if err := a.audit.Close(ctx); err != nil {
		a.log.Error("append the last events to the audit log", "error", err)
	}
	if err := a.Store.Close(); err != nil {
		a.log.Error("close the store", "error", err)
	}
}
