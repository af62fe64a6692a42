package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"casterbot/bot/directory"
	"casterbot/bot/socket"
	"casterbot/bot/webapi"
	"casterbot/internal/neterr"
	"casterbot/internal/op"
)

const (
	installAgain = "paste manifest.yml at https://api.slack.com/apps → the app → App Manifest, install the app again, and copy the bot token"
	reachSlack   = "let this machine reach slack.com and wss-primary.slack.com by https: firewall, HTTPS_PROXY, SSL_CERT_FILE, SLACK_API_URL"
)

// workspace is what the checks of Slack go by.
type workspace struct {
	config webapi.Config
	me     webapi.Identity
	dir    *directory.Directory
	down   string // why nothing can be asked with the bot token
}

// checkSlack looks at both tokens, and then at what the policy names in the workspace.
func checkSlack(ctx context.Context, x *exam) []Finding {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	w := &workspace{config: webapi.Config{
		APIURL: x.Settings.SlackAPIURL, AppToken: x.Settings.SlackAppToken.Reveal(),
		BotToken: x.Settings.SlackBotToken.Reveal(), HTTP: webapi.HTTPClient(),
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}.Filled()}
	found := append(w.botToken(ctx, x), w.appToken(ctx, x)...)
	w.down = cause(w.down, x.noPolicy())
	w.dir = directory.New(w.config, func() []string { return nil })
	w.dir.SetTeam(w.me.Team)
	found = append(found, w.channels(ctx, x)...)
	return append(found, w.people(ctx, x)...)
}

// told splits an error of the start into what is wrong and what to do.
func told(err error) (what, do string) {
	what, do, _ = strings.Cut(err.Error(), ": ")
	return what, do
}

// failed says why a question to Slack had no answer, and how much that matters.
func (n *notes) failed(err error, variable string) {
	if f := webapi.TokenError(err, variable); f != nil {
		what, do := told(f)
		n.bad(do, "%s", what)
		return
	}
	if wait, ok := webapi.Limited(err); ok {
		n.skip(variable, fmt.Sprintf("Slack asks to be left alone for %s", wait))
		return
	}
	n.bad(reachSlack, "Slack cannot be asked (%s)", why(err))
}

// why is the reason of an error of the network, without an address.
func why(err error) string {
	if status := webapi.Status(err); status != 0 {
		return "it answers with HTTP " + strconv.Itoa(status)
	}
	if code := webapi.Code(err); code != "" {
		return code
	}
	if reason := neterr.Reason(err); reason != "" {
		return reason
	}
	return webapi.Bare(err).Error()
}

// botToken asks Slack whose the bot token is, and what it may.
func (w *workspace) botToken(ctx context.Context, x *exam) []Finding {
	n := notes{check: "tokens"}
	w.down = cause(x.wrong("SLACK_BOT_TOKEN", "SLACK_API_URL"), unset("SLACK_BOT_TOKEN", w.config.BotToken))
	if w.down != "" {
		n.skip("SLACK_BOT_TOKEN", w.down)
		return n.list
	}
	me, err := w.config.Identify(ctx)
	if err != nil {
		if w.down = "Slack cannot be asked"; webapi.TokenError(err, "SLACK_BOT_TOKEN") != nil {
			w.down = "SLACK_BOT_TOKEN does not work"
		}
		n.failed(err, "SLACK_BOT_TOKEN")
		return n.list
	}
	w.me = me
	n.ok("SLACK_BOT_TOKEN is the bot of the workspace %s (%s)", me.TeamName, me.Team)
	n.skip("slash commands and events of the app",
		"Slack shows them to nobody but its owner; compare with manifest.yml at https://api.slack.com/apps → App Manifest")
	n.scopes(me, x.Scopes)
	n.clock(me.At)
	return n.list
}

// lacks is which of some scopes the token does not have, as a reason, empty when it has all.
func (w *workspace) lacks(scopes ...string) string {
	if missing := w.me.Lacks(scopes...); len(missing) > 0 {
		return "SLACK_BOT_TOKEN lacks the scope " + missing[0]
	}
	return ""
}

func unset(name, value string) string {
	if value == "" {
		return name + " is not set"
	}
	return ""
}

// scopes compares those of the token with those of the manifest. Slack may add identify by itself.
func (n *notes) scopes(me webapi.Identity, wanted []string) {
	if me.Scopes == nil {
		n.skip("the scopes of SLACK_BOT_TOKEN", "Slack does not say them")
		return
	}
	if missing := me.Lacks(wanted...); len(missing) > 0 {
		n.bad(installAgain, "SLACK_BOT_TOKEN lacks scopes: %s", strings.Join(missing, " "))
	}
	if len(me.Lacks(webapi.FilesScope)) > 0 {
		n.ok("%s is not among the scopes, and need not be: /caster report then comes without a file", webapi.FilesScope)
	} else {
		n.ok("%s is among the scopes: /caster report comes as a file too", webapi.FilesScope)
	}
	more := slices.DeleteFunc(slices.Clone(me.Scopes), func(s string) bool {
		return s == "identify" || s == webapi.FilesScope || slices.Contains(wanted, s)
	})
	if len(more) > 0 {
		n.warn(installAgain, "SLACK_BOT_TOKEN has scopes that casterbot does not need: %s", strings.Join(more, " "))
	}
}

// clock compares this machine's clock with Slack's.
func (n *notes) clock(theirs time.Time) {
	if ahead := time.Since(theirs).Round(time.Second); !theirs.IsZero() && ahead.Abs() > time.Minute {
		n.warn(setClock, "the clock of this machine is %s that of Slack", offBy(ahead))
	}
}

// appToken asks for a socket, and looks how many there are.
func (w *workspace) appToken(ctx context.Context, x *exam) []Finding {
	n := notes{check: "sockets"}
	down := cause(x.wrong("SLACK_APP_TOKEN", "SLACK_API_URL"), unset("SLACK_APP_TOKEN", w.config.AppToken))
	if down != "" {
		n.skip("SLACK_APP_TOKEN", down)
		return n.list
	}
	address, err := w.config.OpenSocket(ctx)
	if err == nil {
		n.ok("SLACK_APP_TOKEN opens sockets: Socket Mode is on")
		err = socket.Reach(ctx, address)
	} else {
		n.failed(err, "SLACK_APP_TOKEN")
		return n.list
	}
	if err != nil {
		n.bad(reachSlack, "the host of Slack's sockets cannot be reached (%s): no command comes in", why(err))
		return n.list
	}
	app := w.count(ctx, x, &n, address)
	w.sameApp(ctx, &n, app)
	return n.list
}

// count says how many sockets of the app are open: as a bot that runs here says, else as Slack says on one of ours.
func (w *workspace) count(ctx context.Context, x *exam, n *notes, address string) (app string) {
	if x.bot.ready != nil {
		n.asTold(x.bot.ready["slack"])
		return ""
	}
	if elsewhere := x.bot.elsewhere(); elsewhere != "" {
		n.skip("both sockets and strangers on them", elsewhere)
		return ""
	}
	said, err := socket.Greet(ctx, address)
	switch {
	case errors.Is(err, webapi.ErrSocketModeOff):
		what, do := told(err)
		n.bad(do, "%s", what)
	case err != nil:
		n.bad("look for what cuts websockets: a proxy, a firewall, TLS inspection; or other deployments of the app",
			"a socket cannot be opened (%s): no command comes in", reason(err))
	case said.Connections > 1:
		n.strangers(said.Connections - 1)
	default:
		n.ok("a socket was opened and closed; no other one of the app is open")
	}
	return said.App
}

// asTold is how a bot that runs here says that its sockets are.
func (n *notes) asTold(state map[string]any) {
	number := func(name string) int { f, _ := state[name].(float64); return int(f) }
	if up, want := number("sockets"), number("want"); up < want {
		n.warn("look at the log of the bot, then at https://status.slack.com",
			"the bot that runs has %d of its %d sockets open", up, want)
	} else {
		n.ok("the bot that runs has both of its sockets open")
	}
	if strangers := number("strangers"); strangers > 0 {
		n.strangers(strangers)
	}
}

func (n *notes) strangers(count int) {
	n.warn("end the other deployment; or, if there is none, make a new app token at https://api.slack.com/apps and revoke the old one",
		"%s of the app %s open that no bot known here has: it gets a part of the commands", op.Count(count, "socket"), isAre(count))
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// sameApp holds both tokens against each other. Slack says the app of the app token on a socket too.
func (w *workspace) sameApp(ctx context.Context, n *notes, said string) {
	said = cmp.Or(webapi.AppOf(w.config.AppToken), said)
	if said == "" || w.down != "" || w.me.Bot == "" {
		return
	}
	own, err := w.config.App(ctx, w.me.Bot)
	if err == nil && own != "" && own != said {
		n.bad("copy both tokens from one app at https://api.slack.com/apps",
			"SLACK_APP_TOKEN is of the app %s and SLACK_BOT_TOKEN of the app %s: what is typed goes to the other one",
			said, own)
	}
}
