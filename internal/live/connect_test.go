package live

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
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
			_, err := c.RestartCaster(t.Context(), "c1")
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
	_, err := c.RestartCaster(t.Context(), "c1")
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
	if _, err := c.RestartCaster(t.Context(), "c1"); err != nil {
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
		if _, err := f.client(t).RestartCaster(t.Context(), "c1"); err != nil {
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
				_, err = c.RestartCaster(t.Context(), "c1")
			} else {
				_, err = c.Scenes(t.Context(), "c1")
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

// A machine that slept between the decision and the send wakes up with a stale order.
func TestStaleWriteIsNotSent(t *testing.T) {
	var calls atomic.Int32
	f := newCloud(t, ok())
	c := f.client(t, func(c *Config) {
		c.Now = func() time.Time {
			if calls.Add(1) == 1 {
				return time.Unix(0, 0)
			}
			return time.Unix(0, 0).Add(sendWithin)
		}
	})
	_, err := c.RestartCaster(t.Context(), "c1")
	wantClass(t, err, NotSent)
	wantSends(t, f, 0)
	if _, err := c.Casters(t.Context()); err != nil {
		t.Errorf("a read is never stale: %v", err)
	}
}
