package socket

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"casterbot/bot/webapi"
)

// proxyRoute is the way from here to Slack's sockets: straight, or through the proxy that the environment names
// (HTTPS_PROXY, NO_PROXY). TLS reaches from here to Slack in both cases and lies below the lines, which read frames;
// that is why the WebSocket client's own way through a proxy cannot be used.
type proxyRoute struct {
	proxy func(*http.Request) (*url.URL, error)
	roots *x509.CertPool // nil: those of the system
}

var (
	errPlainSocket = errors.New(
		"the socket's address has no TLS (ws://), which is accepted only to 127.0.0.1, ::1 and localhost")
	errProxyName = errors.New("the proxy's address in the environment cannot be read") // the address may hold a password
)

// plain connects without TLS, which only a Slack on this machine may ask for: the sandbox's.
func (r proxyRoute) plain(ctx context.Context, _, address string) (net.Conn, error) {
	if host, _, err := net.SplitHostPort(address); err != nil || !webapi.Loopback(host) {
		return nil, errPlainSocket
	}
	return reach(ctx, address)
}

// secure connects with TLS.
func (r proxyRoute) secure(ctx context.Context, _, address string) (net.Conn, error) {
	via, err := r.proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: address}})
	if err != nil {
		return nil, errProxyName
	}
	var c net.Conn
	if via == nil {
		c, err = reach(ctx, address)
	} else {
		c, err = r.tunnel(ctx, via, address)
	}
	if err != nil {
		return nil, err
	}
	return r.shake(ctx, c, address)
}

func reach(ctx context.Context, address string) (net.Conn, error) {
	d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return d.DialContext(ctx, "tcp", address)
}

// shake puts TLS on a connection to the address.
func (r proxyRoute) shake(ctx context.Context, c net.Conn, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	secure := tls.Client(c, &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host, RootCAs: r.roots})
	if err == nil {
		err = secure.HandshakeContext(ctx)
	}
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("TLS to %s: %w", host, err)
	}
	return secure, nil
}

// proxyPorts are the ports of proxies that name none.
var proxyPorts = map[string]string{"http": "80", "https": "443"}

// tunnel has a proxy connect to the address.
func (r proxyRoute) tunnel(ctx context.Context, via *url.URL, address string) (net.Conn, error) {
	port, ok := proxyPorts[via.Scheme]
	if !ok {
		return nil, fmt.Errorf("sockets cannot go through a proxy of the kind %s: it must be http or https", via.Scheme)
	}
	if via.Port() != "" {
		port = via.Port()
	}
	proxy := net.JoinHostPort(via.Hostname(), port)
	c, err := reach(ctx, proxy)
	if err == nil && via.Scheme == "https" {
		c, err = r.shake(ctx, c, proxy)
	}
	if err != nil {
		return nil, fmt.Errorf("reach the proxy: %w", err)
	}
	giveUp := context.AfterFunc(ctx, func() { c.Close() })
	defer giveUp()
	if err := connect(c, via.User, address); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// connect is RFC 9110 §9.3.6. Nothing is lost with the reader: whoever is behind the proxy waits for us to speak
// first.
func connect(c net.Conn, user *url.Userinfo, address string) error {
	ask := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if user != nil {
		password, _ := user.Password()
		ask.Header.Set("Proxy-Authorization",
			"Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := ask.Write(c); err != nil {
		return fmt.Errorf("ask the proxy: %w", err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(c), ask)
	if err != nil {
		return fmt.Errorf("ask the proxy: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the proxy does not connect to %s: %s", address, answer.Status)
	}
	return nil
}
