package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// Credentials of the world. They are the same in every sandbox and open nothing
// else.
const (
	AppToken        = "xapp-fake-1-A0CASTER-sandbox"
	BotToken        = "xoxb-fake-casterbot-sandbox"
	AccessKeyID     = "LTAIfakefakesandbox"
	AccessKeySecret = "fake-secret-of-the-sandbox"
	Region          = "cn-shanghai"
	RoleARN         = "acs:ram::1000000000000042:role/casterbot" // that the key may assume
)

// Env is what a program needs to join this world, as NAME=value.
func (w *World) Env() []string {
	return []string{
		"SLACK_API_URL=" + w.SlackURL,
		"SLACK_APP_TOKEN=" + AppToken,
		"SLACK_BOT_TOKEN=" + BotToken,
		"CASTERBOT_LIVE_ENDPOINT=" + w.LiveURL,
		"ALIBABA_CLOUD_ACCESS_KEY_ID=" + AccessKeyID,
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET=" + AccessKeySecret,
		"ALIBABA_CLOUD_REGION_ID=" + Region,
		"CASTERBOT_STS_ENDPOINT=" + w.LiveURL,
		"CASTERBOT_ACTIONTRAIL_ENDPOINT=" + w.LiveURL,
	}
}

// listen takes the ports: the page, the workspace and the cloud, in this order.
func (w *World) listen() error {
	first, err := net.Listen("tcp", w.cfg.PageAddr)
	if err != nil {
		return taken(w.cfg.PageAddr, err)
	}
	w.listeners = append(w.listeners, first)
	asked := []string{cmp.Or(w.cfg.SlackAddr, w.cfg.APIAddr), cmp.Or(w.cfg.LiveAddr, w.cfg.APIAddr)}
	for i, usual := range []string{SlackAddr, LiveAddr} {
		l, err := listenAPI(asked[i], usual)
		if err != nil {
			w.closeListeners()
			return err
		}
		w.listeners = append(w.listeners, l)
	}
	w.PageURL = "http://" + seen("", first.Addr())
	w.SlackURL = "http://" + seen(asked[0], w.listeners[1].Addr()) + "/api/"
	w.LiveURL = "http://" + seen(asked[1], w.listeners[2].Addr())
	return nil
}

// listenAPI takes the address asked for, or the usual one, or else a free port
// beside it.
func listenAPI(asked, usual string) (net.Listener, error) {
	if asked != "" {
		l, err := net.Listen("tcp", asked)
		if err != nil {
			return nil, fmt.Errorf("the sandbox's API cannot listen on %q: %w", asked, err)
		}
		return l, nil
	}
	if l, err := net.Listen("tcp", usual); err == nil {
		return l, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("no free port on loopback: %w", err)
	}
	return l, nil
}

// taken says what to do about a page address that cannot be used.
func taken(addr string, err error) error {
	host, port, split := net.SplitHostPort(addr)
	if !errors.Is(err, syscall.EADDRINUSE) || split != nil {
		return fmt.Errorf("the page cannot listen on %q: %w", addr, err)
	}
	return fmt.Errorf("port %s is taken by another program: use --addr %s or stop it", port, free(host, port))
}

// free looks for the next port on which the page could listen.
func free(host, port string) string {
	n, _ := strconv.Atoi(port)
	for next := n + 1; next < n+50; next++ {
		addr := net.JoinHostPort(host, strconv.Itoa(next))
		if l, err := net.Listen("tcp", addr); err == nil {
			_ = l.Close()
			return addr
		}
	}
	return net.JoinHostPort(host, "0")
}

// seen is the address by which others reach a listener: under the name that was
// asked for, or by loopback when it is on every interface.
func seen(asked string, a net.Addr) string {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return a.String()
	}
	port := strconv.Itoa(t.Port)
	if host, _, err := net.SplitHostPort(asked); err == nil && host != "" && net.ParseIP(host) == nil {
		return net.JoinHostPort(host, port)
	}
	if t.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return a.String()
}

func (w *World) closeListeners() {
	for _, l := range w.listeners {
		_ = l.Close()
	}
}
