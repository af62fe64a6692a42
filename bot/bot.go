package bot

import (
	"context"
	"strings"
	"time"

	"casterbot/bot/directory"
	"casterbot/bot/messages"
	"casterbot/bot/payload"
	"casterbot/bot/socket"
	"casterbot/bot/webapi"
	"casterbot/internal/sleep"
)

// Times after the bot was asked to stop: work under way finds its context ended first, and then has a moment to tell
// what became of it.
const (
	finishWithin = 25 * time.Second
	workWithin   = finishWithin - messages.LastWords - time.Second
)

// Bot joins the sockets, the dispatcher and the engine.
type Bot struct {
	config  webapi.Config
	sockets *socket.Sockets
	*dispatcher
}

// New makes a bot; Run lets it work. The chat and the directory are those that the engine was made with.
func New(c webapi.Config, e Engine, chat *messages.Chat, dir *directory.Directory) *Bot {
	c = c.Filled()
	d := &dispatcher{engine: e, chat: chat, dir: dir, log: c.Log, now: c.Now, seen: newDedupe(time.Now)}
	d.times.patient = c.Unlimited
	d.who.Store(&payload.Identity{})
	b := &Bot{dispatcher: d, config: c}
	d.api = c.Api()
	b.sockets = socket.NewSockets(c, d.take)
	return b
}

// Run connects and works until ctx ends; then it takes nothing new, finishes what runs, and returns nil within 25 s of
// ctx's end. An error is a *Fatal, which somebody has to mend, or a connection that ended for another reason.
func (b *Bot) Run(ctx context.Context) error {
	if err := b.introduce(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	b.openPools(ctx)
	connected, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	ended := make(chan error, 1)
	go func() { ended <- b.sockets.Run(connected) }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
	}
	deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
	defer cancel()
	if ctx.Err() != nil {
		hangUp()
		select {
		case err = <-ended:
		case <-deadline.Done():
		}
	}
	b.finish(deadline)
	return err
}

// finish lets work under way end: first what is being taken, then what was begun, then what is to be said.
func (b *Bot) finish(deadline context.Context) {
	pools := []*pool{b.intake, b.clicks, b.work, b.forms, b.replies}
	tooLong := time.AfterFunc(workWithin, func() {
		for _, p := range pools {
			p.cancel()
		}
	})
	defer tooLong.Stop()
	for _, p := range pools {
		p.drain(deadline)
	}
}

// Health says how the sockets are, for /readyz.
func (b *Bot) Health() socket.Health { return b.sockets.Health() }

// Underway counts the pieces of work that are queued or under way.
func (b *Bot) Underway() int { return int(b.busy.Load()) }

// introduce learns who the bot is (docs.slack.dev/reference/methods/auth.test). It tries again while the network is
// down, until ctx ends.
func (b *Bot) introduce(ctx context.Context) error {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		me, err := b.config.Identify(ctx)
		if err == nil {
			b.know(me)
			return nil
		}
		if f := webapi.TokenError(err, "SLACK_BOT_TOKEN"); f != nil {
			return f
		}
		if asked, ok := webapi.Limited(err); ok {
			wait = max(wait, asked)
		}
		b.log.Warn("Slack does not answer yet", "again in", wait, "error", webapi.Bare(err))
		if sleep.For(ctx, wait) != nil {
			return nil
		}
	}
}

// know takes in who the bot is, and warns when the token may do less than the bot needs.
func (b *Bot) know(me webapi.Identity) {
	b.who.Store(&payload.Identity{Team: me.Team, Enterprise: me.Enterprise, User: me.User})
	b.dir.SetTeam(me.Team)
	b.chat.SetHome(me.URL)
	b.chat.SetScopes(me)
	if missing := me.Missing(); len(missing) > 0 {
		b.log.Warn("SLACK_BOT_TOKEN lacks scopes: install the app again with manifest.yml", "missing",
			strings.Join(missing, " "))
	}
}
