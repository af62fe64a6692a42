package socket

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"casterbot/bot/webapi"
)

// Reach connects to the host of a socket's address, by the bot's own way and with TLS, and hangs up without asking for
// a socket.
func Reach(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("no address of a socket came from Slack")
	}
	route := proxyRoute{proxy: http.ProxyFromEnvironment}
	dial, port := route.secure, "443"
	if u.Scheme != "wss" {
		dial, port = route.plain, "80"
	}
	if u.Port() != "" {
		port = u.Port()
	}
	c, err := dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return err
	}
	return c.Close()
}

// Greeting is what Slack says on a socket that was opened.
type Greeting struct {
	App         string
	Connections int // of the app in all processes, this one too
}

// Greet opens a socket, reads Slack's greeting and says goodbye. For that moment the socket is one of the app's: what
// Slack routes to it is lost. So it is only for an app of which no process runs that is known of.
func Greet(ctx context.Context, address string) (Greeting, error) {
	lines := newConns(func(string) {})
	dialer := lines.dialer(proxyRoute{proxy: http.ProxyFromEnvironment})
	c, answer, err := dialer.DialContext(ctx, address, nil)
	if answer != nil && answer.Body != nil {
		defer answer.Body.Close()
	}
	if err != nil {
		return Greeting{}, webapi.Bare(err)
	}
	defer c.Close()
	defer lines.goodbye()
	_ = c.SetReadDeadline(time.Now().Add(greetWithin))
	var said struct {
		Type        string `json:"type"`
		Reason      string `json:"reason"`
		Connections int    `json:"num_connections"`
		Info        struct {
			AppID string `json:"app_id"`
		} `json:"connection_info"`
	}
	_, text, err := c.ReadMessage()
	lines.took()
	switch {
	case err != nil:
		return Greeting{}, err
	case json.Unmarshal(text, &said) != nil:
		return Greeting{}, errors.New("what answers does not speak Slack's Socket Mode")
	case said.Reason == webapi.ErrSocketModeOff.Code:
		return Greeting{}, webapi.ErrSocketModeOff
	case said.Type == "disconnect":
		return Greeting{}, errors.New("Slack closes the socket at once (" + said.Reason + "): " + meant[said.Reason])
	}
	return Greeting{App: said.Info.AppID, Connections: said.Connections}, nil
}

// greetWithin is how long Slack may take for its greeting.
const greetWithin = 10 * time.Second
