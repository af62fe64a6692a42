package webapi

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"casterbot/internal/i18n"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Config is what the bot needs to know of its workspace. The tokens are secrets: they are given to the Slack client and
// never printed.
type Config struct {
	APIURL   string // "https://slack.com/api/"
	AppToken string // xapp-…, opens the sockets
	BotToken string // xoxb-…, calls the Web API

	HTTP *http.Client // shared by all parts
	Log  *slog.Logger
	Now  func() time.Time

	Peers func() int // other processes of this app that live
	Turn  Reserve    // of Slack's write budget, which all processes share; nil: this process is the only one

	Unlimited bool // Slack has no limits, and time is not real
	// Words translates; nil: nothing is. Language gives that of public messages of a channel.
	Words    *i18n.Words
	Language func(channel string) string
	// Contact gives whom people in a channel ask about the bot itself; nil: nobody is named.
	Contact func(channel string) []string
	// Locale gives the locale of somebody ("zh-CN"), and whether they have been looked up.
	Locale func(person string) (string, bool)
	// Meet looks somebody up, so that Locale knows them from then on.
	Meet func(ctx context.Context, person string)
	Operations
	// Fate is told what became of an envelope of some kind, and how long after its arrival, for those who measure; nil:
	// nobody does.
	Fate func(kind string, fate Fate, after time.Duration)
}

// Operations tell cards what their commands are like.
type Operations struct {
	// Repeats says whether an unknown operation is still being sent again with its own token.
	Repeats func(op.Operation) bool
	// Urgent says whether an operation is for an emergency: its card waits behind no other. Nil: none is.
	Urgent func(op.Operation) bool
}

// Fate is what becomes of an envelope.
type Fate string

// The fates. What was not acknowledged Slack brings again, or shows its sender that it failed.
const (
	Acknowledged Fate = "acknowledged"
	Unwritten    Fate = "unwritten" // its acknowledgement did not leave
	Crowded      Fate = "crowded"   // there was no place for it
	Late         Fate = "late"      // it waited for so long that Slack has given up on it
)

// Fates lists them.
func Fates() []Fate { return []Fate{Acknowledged, Unwritten, Crowded, Late} }

// HTTPClient makes a client for Slack's Web API: it waits at most 10 s for an answer and follows no redirects.
func HTTPClient() *http.Client {
	return &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
			TLSHandshakeTimeout:   5 * time.Second,
			ResponseHeaderTimeout: 10 * time.Second,
			MaxIdleConnsPerHost:   32,
			IdleConnTimeout:       90 * time.Second,
			ForceAttemptHTTP2:     true,
		},
	}
}

// Filled ends the address of the API with a slash, and lets the client follow no redirects, whoever made it.
func (c Config) Filled() Config {
	if !strings.HasSuffix(c.APIURL, "/") {
		c.APIURL += "/"
	}
	still := *c.HTTP
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.HTTP = &still
	return c
}

// Api makes a Web API client. Its own retries stay off: each caller knows whether a second try can do harm.
func (c Config) Api(options ...slack.Option) *slack.Client {
	options = append([]slack.Option{
		slack.OptionAPIURL(c.APIURL), slack.OptionAppLevelToken(c.AppToken), slack.OptionHTTPClient(c.HTTP),
	}, options...)
	return slack.New(c.BotToken, options...)
}
