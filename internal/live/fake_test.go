package live

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Canaries: none of these may ever be in a text that leaves the package.
const (
	fakeID     = "LTAIfakefakefakecanary"
	fakeSecret = "fakesecretcanary/+="
	fakeToken  = "fakestscanary/+=="
)

// cloud is a server that answers the nth request with the nth handler; the last one answers the rest.
type cloud struct {
	*httptest.Server
	mu   sync.Mutex
	seen []url.Values
	from map[string]bool // addresses of the connections that requests came by
}

func newCloud(t *testing.T, answers ...http.HandlerFunc) *cloud {
	t.Helper()
	f := &cloud{from: map[string]bool{}}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		f.mu.Lock()
		f.seen = append(f.seen, r.Form)
		f.from[r.RemoteAddr] = true
		n := min(len(f.seen), len(answers)) - 1
		f.mu.Unlock()
		answers[n](w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// requests are the parameters of what arrived so far.
func (f *cloud) requests() []url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]url.Values(nil), f.seen...)
}

// client is one without limits and without pauses, with STS keys.
func (f *cloud) client(t *testing.T, change ...func(*Config)) *Client {
	t.Helper()
	return newClient(t, f.URL, change...)
}

func newClient(t *testing.T, endpoint string, change ...func(*Config)) *Client {
	t.Helper()
	keys, err := NewCredentials(CredentialsConfig{AccessKeyID: fakeID, AccessKeySecret: fakeSecret,
		SecurityToken: fakeToken})
	if err != nil {
		t.Fatal(err)
	}
	config := Config{Endpoint: endpoint, Credentials: keys, Wait: 10 * time.Second}
	for _, f := range change {
		f(&config)
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.jitter = func(time.Duration) time.Duration { return 0 }
	return c
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}
}

// headed is an answer with one more header, "Name: value".
func headed(header string, status int, body string) http.HandlerFunc {
	name, value, _ := strings.Cut(header, ": ")
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(name, value)
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}
}

// raw writes bytes on the connection and closes it.
func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_, _ = conn.Write([]byte(text))
			_ = conn.Close()
		}
	}
}

// switched goes over to another protocol, in which nothing is said until the other side ends it.
func switched(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
		_, _ = conn.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n"))
		_, _ = conn.Read(make([]byte, 1))
		_ = conn.Close()
	}
}

// refuse is an error answer in the API's form.
func refuse(status int, code string) http.HandlerFunc {
	return answer(status,
		fmt.Sprintf(`{"RequestId":"R-1","HostId":"live.aliyuncs.com","Code":%q,"Message":"because"}`, code))
}

func ok() http.HandlerFunc { return answer(200, `{"RequestId":"R-1"}`) }

// reset takes the request and tears the connection down with RST.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

func wantClass(t *testing.T, err error, want Class) *Error {
	t.Helper()
	if ClassOf(err) != want {
		t.Fatalf("class %q, want %q: %v", ClassOf(err), want, err)
	}
	e, _ := err.(*Error)
	return e
}

func wantSends(t *testing.T, f *cloud, want int) {
	t.Helper()
	if got := len(f.requests()); got != want {
		t.Fatalf("%d requests arrived, want %d", got, want)
	}
}
