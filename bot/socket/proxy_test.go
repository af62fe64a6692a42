package socket

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// slackWithTLS is a socket of Slack: it announces its end, says hello and repeats what it hears. Its certificate is for
// example.com, and the returned pool trusts it.
func slackWithTLS(t *testing.T) (string, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{}
		c, err := up.Upgrade(rw, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for _, text := range []string{`{"type":"disconnect","reason":"warning"}`, "hello"} {
			_ = c.WriteMessage(websocket.TextMessage, []byte(text))
		}
		kind, text, _ := c.ReadMessage()
		_ = c.WriteMessage(kind, text)
	}))
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s.Listener.Addr().String(), roots
}

// proxy connects everybody who has the password to one address, wherever they want to go.
type proxy struct {
	to     string
	answer int // instead of connecting
	mu     sync.Mutex
	asked  []string
}

func (p *proxy) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.Host)
	p.mu.Unlock()
	if r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("crew:fake-canary")) {
		p.answer = http.StatusProxyAuthRequired
	}
	if p.answer != 0 {
		rw.WriteHeader(p.answer)
		return
	}
	there, err := net.Dial("tcp", p.to)
	if err != nil {
		rw.WriteHeader(http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, _, err := rw.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(there, here) }()
	_, _ = io.Copy(here, there)
}

// serve starts the proxy and gives its address with name and password in it.
func (p *proxy) serve(t *testing.T, start func(http.Handler) *httptest.Server) *url.URL {
	t.Helper()
	s := start(p)
	t.Cleanup(s.Close)
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	at.User = url.UserPassword("crew", "fake-canary")
	return at
}

func fixed(at *url.URL) func(*http.Request) (*url.URL, error) {
	return func(*http.Request) (*url.URL, error) { return at, nil }
}

// talks dials, and has a word with whoever answers as Slack.
func talks(t *testing.T, r proxyRoute, address string) {
	t.Helper()
	var told []string
	l := &conns{warned: func(reason string) { told = append(told, reason) }}
	c, _, err := l.dialer(r).DialContext(t.Context(), address, nil)
	if err != nil {
		t.Errorf("%s: %v", address, err)
		return
	}
	defer c.Close()
	if err := c.WriteMessage(websocket.TextMessage, []byte("ack")); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"hello", "ack"} {
		if _, got, err := c.ReadMessage(); err != nil || string(got) != want {
			t.Errorf("%s: read %q, %v; want %q", address, got, err, want)
		}
	}
	if strings.Join(told, " ") != "warning" {
		t.Errorf("%s: frames are not read below TLS: %q", address, told)
	}
}

// TestSocketsGoThroughAProxy: the proxy is asked to connect, by name and password, and sees nothing but TLS after that.
func TestSocketsGoThroughAProxy(t *testing.T) {
	slack, roots := slackWithTLS(t)
	for name, start := range map[string]func(http.Handler) *httptest.Server{
		"http": httptest.NewServer, "https": httptest.NewTLSServer} {
		p := &proxy{to: slack}
		talks(t, proxyRoute{proxy: fixed(p.serve(t, start)), roots: roots}, "wss://example.com/link")
		if got := strings.Join(p.asked, ", "); got != "CONNECT example.com:443" {
			t.Errorf("%s: the proxy was asked %q", name, got)
		}
	}
	talks(t, proxyRoute{proxy: fixed(nil), roots: roots}, "wss://"+slack+"/link")
}

func TestSocketsThatCannotBe(t *testing.T) {
	slack, roots := slackWithTLS(t)
	refusing := (&proxy{answer: http.StatusForbidden}).serve(t, httptest.NewServer)
	nameless := (&proxy{to: slack}).serve(t, httptest.NewServer)
	nameless.User = nil
	open := (&proxy{to: slack}).serve(t, httptest.NewServer)
	unread := func(*http.Request) (*url.URL, error) { return nil, errors.New("http://crew:fake-canary@[") }
	for _, c := range []struct {
		name, address string
		route         proxyRoute
		want          string
	}{
		{"refused", "wss://example.com", proxyRoute{proxy: fixed(refusing), roots: roots},
			"the proxy does not connect to example.com:443: 403"},
		{"no password", "wss://example.com", proxyRoute{proxy: fixed(nameless), roots: roots}, "407"},
		{"another kind", "wss://example.com", proxyRoute{proxy: fixed(&url.URL{Scheme: "socks5", Host: "127.0.0.1:1"})},
			"kind socks5"},
		{"unread", "wss://example.com", proxyRoute{proxy: unread}, "cannot be read"},
		{"not trusted", "wss://example.com", proxyRoute{proxy: fixed(open)}, "TLS to example.com"},
		{"another name", "wss://other.example", proxyRoute{proxy: fixed(open), roots: roots}, "TLS to other.example"},
		{"plain", "ws://203.0.113.7", proxyRoute{proxy: fixed(nil)}, errPlainSocket.Error()},
		{"plain, like here", "ws://127.0.0.1.example.com", proxyRoute{proxy: fixed(nil)}, errPlainSocket.Error()},
		{"plain, like here too", "ws://localhost.example.com", proxyRoute{proxy: fixed(nil)}, errPlainSocket.Error()},
		{"plain, through a proxy", "ws://example.com", proxyRoute{proxy: fixed(open)}, errPlainSocket.Error()},
		{"plain, any address", "ws://0.0.0.0", proxyRoute{proxy: fixed(nil)}, errPlainSocket.Error()},
	} {
		conn, _, err := (&conns{}).dialer(c.route).DialContext(t.Context(), c.address, nil)
		if err == nil {
			conn.Close()
			t.Errorf("%s: connected", c.name)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "fake-canary") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestAProxyThatSaysNothing is given up with the context.
func TestAProxyThatSaysNothing(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if c, err := silent.Accept(); err == nil {
			cancel()
			_, _ = io.Copy(io.Discard, c)
			c.Close()
		}
	}()
	at := &url.URL{Scheme: "http", Host: silent.Addr().String()}
	if _, err := (proxyRoute{proxy: fixed(at)}).secure(ctx, "tcp", "example.com:443"); err == nil {
		t.Error("connected through a proxy that says nothing")
	}
}
