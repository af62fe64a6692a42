package setup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"casterbot/bot/survey"
	"casterbot/bot/webapi"
	"casterbot/internal/config"
)

const slackAPI = "https://slack.com/api/"

// slackStep takes the two tokens. Both are tried before one of them is written.
func (r *run) slackStep(ctx context.Context) error {
	address := r.setting("SLACK_API_URL", r.Slack.API, slackAPI)
	if err := config.SecureURL("SLACK_API_URL", address); err != nil {
		return err
	}
	if r.t.asks() && (r.anew("slack") || r.settings.get(botToken.env+"_FILE") == "") {
		r.howToMakeTheApp(address)
	}
	if err := r.askAnew(ctx, "slack", "tokens", &botToken, &appToken); err != nil {
		return err
	}
	app, err := r.secretOf(ctx, appToken, r.Slack.AppToken, func(text string) error {
		return r.tryApp(ctx, address, text)
	})
	if err != nil {
		return err
	}
	bot, err := r.secretOf(ctx, botToken, r.Slack.BotToken, func(text string) error {
		return r.tryBot(ctx, address, app, text)
	})
	if err != nil {
		return err
	}
	r.slack = survey.New(address, app, bot)
	r.t.done("@%s is in the workspace %s", r.bot.Name, r.bot.TeamName)
	if address == slackAPI {
		address = ""
	}
	r.settings.set("SLACK_API_URL", address)
	return r.writeSecrets(ctx, map[need]string{appToken: app, botToken: bot})
}

func (r *run) howToMakeTheApp(address string) {
	if address != slackAPI {
		r.t.say("  The workspace at %s has the app already. The sandbox prints its tokens as SLACK_APP_TOKEN", address)
		r.t.say("  and SLACK_BOT_TOKEN.")
		return
	}
	r.t.say("  Open this address. It shows Slack's page for a new app with everything filled in: pick the workspace, press")
	r.t.say("  Next and Create.\n\n  %s\n", r.Program.Manifest.URL())
	r.t.say("  Then copy two tokens from the pages of the app:")
	r.t.say("  - Basic Information → App-Level Tokens → Generate Token and Scopes → any name, Add Scope connections:write →")
	r.t.say("    Generate. It begins with xapp-.")
	r.t.say("  - Install App → Install to Workspace → Allow. The Bot User OAuth Token begins with xoxb-.\n")
}

// askAnew asks whether secrets that are there stay, when their step is done anew by a person.
func (r *run) askAnew(ctx context.Context, step, what string, needs ...*need) error {
	r.fresh = false
	there := slices.ContainsFunc(needs, func(n *need) bool { return r.files.has(n.path()) })
	if !r.anew(step) || !there || !r.t.asks() {
		return nil
	}
	keep, err := r.t.yes(ctx, "  The "+what+" of before are in "+r.files.path(secretsDir)+". Keep them?", true)
	r.fresh = err == nil && !keep
	return err
}

// tryApp asks Slack whether the token opens a socket.
func (r *run) tryApp(ctx context.Context, address, token string) error {
	if err := appToken.check(token); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, survey.Within)
	defer cancel()
	return survey.New(address, token, "").App(ctx)
}

// tryBot asks Slack who the token speaks for, what it may do, and whether it is of the same app as the other one.
func (r *run) tryBot(ctx context.Context, address, app, token string) error {
	if err := botToken.check(token); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, survey.Within)
	defer cancel()
	bot, err := survey.New(address, "", token).Bot(ctx)
	if err != nil {
		return err
	}
	if missing := bot.Lacks(r.Program.Manifest.Scopes()...); len(missing) > 0 {
		return fmt.Errorf("it lacks the scopes %s: at api.slack.com/apps → your app → App Manifest put in what `%s manifest` "+
			"prints, then Install App → Reinstall to Workspace, and copy the token", strings.Join(missing, ", "),
			r.Program.Name)
	}
	if of := webapi.AppOf(app); of != "" && bot.App != "" && bot.App != of {
		return fmt.Errorf("it is of the app %s, and the app token is of the app %s: copy both from the same app", bot.App, of)
	}
	r.bot = bot
	return nil
}

// writeSecrets writes secrets of one step, and the settings that name their files.
func (r *run) writeSecrets(ctx context.Context, all map[need]string) error {
	names := slices.SortedFunc(maps.Keys(all), func(a, b need) int { return strings.Compare(a.file, b.file) })
	for _, n := range names {
		written, err := r.keep(ctx, n.path(), all[n]+"\n")
		if err != nil {
			return err
		}
		if !written {
			r.t.done("%s: kept, %s", n.name, n.path())
		}
		r.settings.set(n.env+"_FILE", r.files.path(n.path()))
	}
	return r.save()
}
