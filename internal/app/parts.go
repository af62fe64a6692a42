package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"casterbot/bot/webapi"
	"casterbot/commands"
	"casterbot/internal/cli"
	"casterbot/internal/config"
	"casterbot/internal/doctor"
	"casterbot/internal/live"
	"casterbot/internal/monitor"
	"casterbot/internal/notify"
	"casterbot/internal/policy"
	"casterbot/internal/quota"
	"casterbot/internal/records"
	"casterbot/internal/store"
	"casterbot/internal/store/connect"
)

// deskAndRights is what the commands know beside the cloud.
type deskAndRights struct {
	*records.Records
	commands.Rights
}

// channelTeller is who tells channels and people something: a channel that is back is told what it missed, by both.
type channelTeller struct {
	*notify.Notifier
	guardian *monitor.Monitor
}

// ChannelRestored has the cards, the alerts and the board of a channel brought up to date.
func (t channelTeller) ChannelRestored(ctx context.Context, channel string) {
	t.Notifier.ChannelRestored(ctx, channel)
	t.guardian.ChannelRestored(ctx, channel)
}

func openPolicy(path string, log *slog.Logger) (*policy.Keeper, error) {
	keeper, err := policy.NewKeeper(path, shape().Verbs(), log)
	return keeper, unreadable("CASTERBOT_POLICY", path, err)
}

// timeless reports that time is not real: the limits that hold in real time would be luck.
func (o Options) timeless() bool { return o.Pause != nil }

// openStore opens the database, with those who sign what it records.
func openStore(ctx context.Context, o Options, replica string, watch store.Watch) (*store.Store, signers, error) {
	address := o.Settings.DatabaseURL.Reveal()
	if err := connect.Check(address); err != nil {
		return nil, signers{}, cli.Usage(fmt.Errorf("CASTERBOT_DATABASE_URL: %w", err))
	}
	by, err := openSigners(o.Settings)
	if err != nil {
		return nil, by, err
	}
	as := store.Options{Now: o.Now, Replica: replica, Version: o.Version, Log: o.Log, Watch: watch,
		Patient: o.timeless()}
	if by.own != nil {
		as.Seal = by.own.Seal
	}
	db, err := store.Open(ctx, address, as)
	if err != nil {
		return nil, by, databaseError{err}
	}
	return db, by, nil
}

func openKeys(c config.Config) (live.Credentials, error) {
	return live.NewCredentials(doctor.Keys(c))
}

// looksServe is how old a look may be that serves somebody else's question as well.
const looksServe = time.Second

// freshLooks is looksServe where this process sees every change that is made through casterbot. Another replica's
// changes it would not see, and the world of a test changes at any moment: there only looks that have not left yet are
// shared.
func freshLooks(db *store.Store, wait Pause) time.Duration {
	if wait != nil || !db.Exclusive() {
		return 0
	}
	return looksServe
}

// openQuota makes what says when calls may leave. Processes that share a database share the limits by it.
func openQuota(c config.Config, db *store.Store, replica string, wait Pause, log *slog.Logger,
	waited func(quota.Class, time.Duration)) *quota.Quota {
	shared := quota.Config{Share: c.QuotaShare, Began: time.Now(), Log: log, Waited: waited}
	switch {
	case wait != nil: // nothing waits in real time, and the cloud of a test has no limits
		return nil
	case !db.Exclusive():
		shared.Book, shared.Replica, shared.Peers = db, replica, db.Peers
	}
	return quota.New(shared)
}

// channelTurns gives the turns of what is written to Slack, which all processes share. While the database cannot be
// asked each keeps to its own.
func channelTurns(db *store.Store, log *slog.Logger) webapi.Reserve {
	return func(ctx context.Context, budget string, perSecond float64, burst int,
		within time.Duration) (time.Duration, bool) {
		wait, err := db.Reserve(ctx, budget, perSecond, burst, within)
		if err != nil && !errors.Is(err, store.ErrNoTurn) {
			log.Warn("the turn of a message that all replicas share cannot be asked for", "error", err)
			return 0, true
		}
		return wait, err == nil
	}
}

// slackConfig is what reaches Slack. Where nothing waits in real time nothing is limited.
func slackConfig(o Options, db *store.Store, keeper *policy.Keeper) webapi.Config {
	c := o.Settings
	slack := webapi.Config{
		APIURL: c.SlackAPIURL, AppToken: c.SlackAppToken.Reveal(), BotToken: c.SlackBotToken.Reveal(), Log: o.Log,
		Now: db.Now, Peers: db.Peers, HTTP: webapi.HTTPClient(), Words: o.Words,
		Language: func(channel string) string {
			scope, _ := keeper.Scope(channel)
			return scope.Language
		},
		Contact: func(channel string) []string { return keeper.Current().Contact(channel) },
	}
	if o.timeless() {
		slack.Unlimited = true
	} else if !db.Exclusive() {
		slack.Turn = channelTurns(db, o.Log)
	}
	return slack
}

// reloadOnHangup reads the policy again on SIGHUP; a broken file keeps the last good one, which the keeper logs.
func (a *App) reloadOnHangup(ctx context.Context) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			_ = a.Policy.Reload()
		}
	}
}
