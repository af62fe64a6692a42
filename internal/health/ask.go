package health

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// What Ask answers when there is no bot.
var (
	ErrNobody  = errors.New("nobody listens there")
	ErrForeign = errors.New("another program answers there")
)

// Ask reads /readyz of the process that listens on an address of this machine.
func Ask(ctx context.Context, addr string) (map[string]map[string]any, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, ErrNobody
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, 6*time.Second)
	defer cancel()
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return nil, ErrNobody
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // and no proxy: it is this machine
	answer, err := client.Do(ask)
	if errors.Is(err, syscall.ECONNREFUSED) || err != nil && !reached(err) {
		return nil, ErrNobody
	}
	if err != nil {
		return nil, ErrForeign
	}
	defer answer.Body.Close()
	state := map[string]map[string]any{}
	if json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&state) != nil || state["slack"] == nil ||
		state["store"] == nil {
		return nil, ErrForeign
	}
	return state, nil
}

// reached reports that there was a connection at least.
func reached(err error) bool {
	dial := &net.OpError{}
	return !errors.As(err, &dial) || dial.Op != "dial"
}
