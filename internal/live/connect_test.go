package live

import (
	"casterbot/internal/op"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

func TestNoConnectionIsNotSent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	_ = listener.Close()
	stranger := httptest.NewUnstartedServer(ok())
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0)
	stranger.StartTLS()
	defer stranger.Close()
	for name, endpoint := range map[string]string{
		"nobody listens":           "http://" + closed,
		"unknown certificate":      stranger.URL,
		"a name that has no hosts": "https://casterbot.invalid",
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, endpoint)
			var tries atomic.Int32
			c.writes = counting{c.writes, &tries}
			_, err := c.RestartCaster(t.Context(), permitted, "c1")
			wantClass(t, err, NotSent)
			wantSecretFree(t, err)
			if tries.Load() != writeTries {
				t.Errorf("%d tries, want %d", tries.Load(), writeTries)
			}
		})
	}
}

type counting struct {
	http.RoundTripper
	calls *atomic.Int32
}

func (c counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.calls.Add(1)
	return c.RoundTripper.RoundTrip(r)
}

// A transport that does not trace cannot prove that nothing was sent.
func TestUntracedFailureIsUnknown(t *testing.T) {
	var calls atomic.Int32
	c := newClient(t, "https://live.aliyuncs.com", func(c *Config) { c.Transport = failing{&calls} })
	_, err := c.RestartCaster(t.Context(), permitted, "c1")
	wantClass(t, err, Unknown)
	if calls.Load() != 1 {
		t.Errorf("%d sends", calls.Load())
	}
}

type failing struct{ calls *atomic.Int32 }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) {
	f.calls.Add(1)
	return nil, errors.New("failed")
}

func TestOverTLS(t *testing.T) {
	server := httptest.NewTLSServer(ok())
	defer server.Close()
	c := newClient(t, server.URL, func(c *Config) { c.Transport = server.Client().Transport })
	if _, err := c.RestartCaster(t.Context(), permitted, "c1"); err != nil {
		t.Fatal(err)
	}
}

// The SDK takes NO_PROXY for a list of regular expressions: a wrong one fails every call, an empty one matches all
// hosts. It also fails on a proxy address that does not parse. None of that may reach a call.
func TestOddProxySettings(t *testing.T) {
	for _, value := range []string{"*[", "a,,b", "localhost,", "(", "*"} {
		t.Setenv("NO_PROXY", value)
		t.Setenv("HTTP_PROXY", "http://%zz")
		f := newCloud(t, ok())
		if _, err := f.client(t).RestartCaster(t.Context(), permitted, "c1"); err != nil {
			t.Errorf("NO_PROXY=%q: %v", value, err)
		}
		wantSends(t, f, 1)
	}
}

// One SDK client shared by goroutines races; so does the generated package's endpoint map.
func TestManyAtOnce(t *testing.T) {
	f := newCloud(t, ok())
	c := f.client(t)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			var err error
			if i%2 == 0 {
				_, err = c.RestartCaster(t.Context(), permitted, "c1")
			} else {
				_, err = c.Scenes(t.Context(), strconv.Itoa(i))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	wantSends(t, f, 40)
}

// The SDK may not send twice through one exchange, whatever it thinks of the first answer.
func TestExchangeLetsOneRequestThrough(t *testing.T) {
	f := newCloud(t, ok())
	x := &exchange{ctx: t.Context(), base: http.DefaultTransport}
	for i := range 3 {
		request, _ := http.NewRequest(http.MethodPost, f.URL, nil)
		response, err := x.RoundTrip(request)
		if (err == nil) != (i == 0) {
			t.Errorf("request %d: %v", i, err)
		}
		if err == nil {
			_ = response.Body.Close()
		}
	}
	get, _ := http.NewRequest(http.MethodGet, f.URL, nil)
	if _, err := (&exchange{ctx: t.Context(), base: http.DefaultTransport}).RoundTrip(get); err == nil {
		t.Error("a GET went through")
	}
	wantSends(t, f, 1)
}

// Whoever ordered a write is asked when it is about to be out of hand, and can hold it back: then nothing was sent, and
// it is not tried again. A read is nobody's order.
func TestHeldWriteIsNotSent(t *testing.T) {
	f := newCloud(t, refuse(400, "Throttling.User"), ok())
	left := 0
	c := f.client(t)
	once := op.NewSendPermit(func() error {
		if left++; left == 2 {
			return errors.New("too late")
		}
		return nil
	}, nil)
	_, err := c.RestartCaster(t.Context(), once, "c1")
	if e := wantClass(t, err, NotSent); e.Message != "too late" {
		t.Errorf("%v", e)
	}
	if wantSends(t, f, 1); left != 2 {
		t.Errorf("asked %d times", left)
	}
	if _, err := c.Casters(t.Context()); err != nil || left != 2 {
		t.Errorf("a read is held back: %v", err)
	}
}

// What is asked is asked when the connection stands: a connection may take seconds to come, and whoever decided on the
// write may have been taken for dead by then.
func TestWriteIsHeldOnItsConnection(t *testing.T) {
	f := newCloud(t, ok())
	connected := false
	c := f.client(t, func(c *Config) {
		dial := func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			connected = true
			return conn, err
		}
		c.Transport = &http.Transport{DialContext: dial, DisableKeepAlives: true}
	})
	early := op.NewSendPermit(func() error {
		if connected {
			return errors.New("too late")
		}
		return nil
	}, nil)
	_, err := c.RestartCaster(t.Context(), early, "c1")
	if e := wantClass(t, err, NotSent); e.Message != "too late" {
		t.Errorf("%v", e)
	}
	wantSends(t, f, 0)
}
