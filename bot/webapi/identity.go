package webapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// Identity is who the bot is, by its token.
type Identity struct {
	Team, Enterprise, User, Bot string
	TeamName, URL               string
	Name                        string    // by which people invite it
	Scopes                      []string  // that the token has; nil when Slack does not say
	At                          time.Time // Slack's clock; zero when it does not say
}

// Identify is docs.slack.dev/reference/methods/auth.test.
func (c Config) Identify(ctx context.Context) (Identity, error) {
	var header http.Header
	api := c.Api(slack.OptionOnResponseHeaders(func(_ string, h http.Header) { header = h }))
	me, err := api.AuthTestContext(ctx)
	if err != nil {
		return Identity{}, err
	}
	if strings.HasPrefix(me.TeamID, "E") {
		return Identity{}, OrgWide(me.TeamID)
	}
	at, _ := http.ParseTime(header.Get("Date"))
	return Identity{Team: me.TeamID, Enterprise: me.EnterpriseID, User: me.UserID, Bot: me.BotID, TeamName: me.Team,
		URL: me.URL, Name: me.User, Scopes: scopes(header.Get("X-OAuth-Scopes")), At: at}, nil
}

func scopes(header string) []string {
	if header == "" {
		return nil
	}
	return strings.Split(strings.ReplaceAll(header, " ", ""), ",")
}

// needed are the scopes of the bot token without which something does not work; manifest.yml asks for them.
var needed = []string{"commands", "chat:write", "channels:read", "groups:read", "users:read", "usergroups:read",
	"app_mentions:read", "im:write", "pins:write"}

// FilesScope lets the bot send files. It is optional: without it people read what stands in an answer.
const FilesScope = "files:write"

// Missing are the scopes that the token lacks, of those that the bot needs.
func (i Identity) Missing() []string { return i.Lacks(needed...) }

// Lacks are the scopes that the token does not have, of some; none where Slack does not say what it has.
func (i Identity) Lacks(scopes ...string) []string {
	if i.Scopes == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return slices.Contains(i.Scopes, s) })
}

// AppOf is the id of its app that an app-level token has in it (xapp-1-A…-…); empty when there is none.
func AppOf(token string) string {
	if parts := strings.Split(token, "-"); len(parts) > 3 && strings.HasPrefix(parts[2], "A") {
		return parts[2]
	}
	return ""
}

// App is the app that the bot token is of: docs.slack.dev/reference/methods/bots.info.
func (c Config) App(ctx context.Context, bot string) (string, error) {
	info, err := c.Api().GetBotInfoContext(ctx, slack.GetBotInfoParameters{Bot: bot})
	if err != nil {
		return "", err
	}
	return info.AppID, nil
}

// OpenSocket asks for the address of a socket: docs.slack.dev/reference/methods/apps.connections.open. It can be used
// once, within half a minute; as long as nobody connects there it is no socket.
func (c Config) OpenSocket(ctx context.Context) (string, error) {
	_, address, err := c.Api().StartSocketModeContext(ctx)
	return address, err
}
