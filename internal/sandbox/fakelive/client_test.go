package fakelive

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testKey    = "LTAIfakefakefakefake"
	testSecret = "fake+secret/with=signs"
)

var testStart = time.Date(2027, 3, 5, 20, 0, 0, 0, time.UTC)

// clock is a clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is a world on the wire and a client that signs by its own code.
type bench struct {
	t     *testing.T
	world *World
	url   string
	time  *clock // the world's
	gate  *clock // the gateway's
	nonce atomic.Int64
}

func newBench(t *testing.T, change ...func(*Config)) *bench {
	b := &bench{t: t, time: &clock{now: testStart}, gate: &clock{now: testStart}}
	cfg := Config{AccessKeyID: testKey, AccessKeySecret: testSecret, Now: b.time.Now, Gateway: b.gate.Now}
	for _, c := range change {
		c(&cfg)
	}
	b.world = New(cfg)
	server := httptest.NewServer(b.world)
	b.url = server.URL
	t.Cleanup(func() { b.world.Close(); server.Close() })
	return b
}

// answer is what came back, decoded when it was JSON.
type answer struct {
	status int
	header http.Header
	body   string
	json   map[string]any
	err    error
}

func (a answer) code() string         { s, _ := a.json["Code"].(string); return s }
func (a answer) text(k string) string { s, _ := a.json[k].(string); return s }

// list digs a list out of the answer: list("SceneList", "Scene").
func (a answer) list(outer, inner string) []map[string]any {
	wrap, _ := a.json[outer].(map[string]any)
	entries, _ := wrap[inner].([]any)
	var out []map[string]any
	for _, e := range entries {
		out = append(out, e.(map[string]any))
	}
	return out
}

// common are the protocol parameters of a good request.
func (b *bench) common(action string) map[string]string {
	return map[string]string{"Action": action, "Version": "2016-11-01", "Format": "JSON",
		"AccessKeyId": testKey, "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0",
		"SignatureNonce": fmt.Sprintf("nonce-%d", b.nonce.Add(1)),
		"Timestamp":      b.gate.Now().Format("2006-01-02T15:04:05Z")}
}

// call sends a signed POST with everything in the form; params are name, value,
// name, value. An empty value takes the parameter out.
func (b *bench) call(action string, params ...string) answer {
	b.t.Helper()
	p := b.common(action)
	for i := 0; i+1 < len(params); i += 2 {
		p[params[i]] = params[i+1]
		if params[i+1] == "" {
			delete(p, params[i])
		}
	}
	return b.send("POST", nil, signed("POST", p, testSecret))
}

// send puts parameters into the query and the form as told.
func (b *bench) send(method string, query, form map[string]string) answer {
	r, err := http.NewRequest(method, b.url+"/?"+values(query).Encode(), strings.NewReader(values(form).Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return roundTrip(r)
}

func roundTrip(r *http.Request) answer {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	a := answer{status: resp.StatusCode, header: resp.Header, body: string(body), err: err}
	// A body that is not JSON leaves the map empty, which the tests see.
	_ = json.NewDecoder(bytes.NewReader(body)).Decode(&a.json)
	return a
}

func values(m map[string]string) url.Values {
	v := url.Values{}
	for name, value := range m {
		v.Set(name, value)
	}
	return v
}

// signed adds a signature. It is written from the description of the protocol and
// shares nothing with the code under test.
func signed(method string, params map[string]string, secret string) map[string]string {
	var names []string
	for name := range params {
		names = append(names, name)
	}
	sort.Strings(names)
	canonical := ""
	for i, name := range names {
		if i > 0 {
			canonical += "&"
		}
		canonical += rfc3986(name) + "=" + rfc3986(params[name])
	}
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	io.WriteString(mac, method+"&"+rfc3986("/")+"&"+rfc3986(canonical))
	out := map[string]string{"Signature": base64.StdEncoding.EncodeToString(mac.Sum(nil))}
	for name, value := range params {
		out[name] = value
	}
	return out
}

func rfc3986(s string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
	var out strings.Builder
	for _, c := range []byte(s) {
		if strings.IndexByte(plain, c) >= 0 {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

func (b *bench) want(a answer, status int, code string) {
	b.t.Helper()
	if a.err != nil || a.status != status || a.code() != code {
		b.t.Fatalf("got %d %q %v, want %d %q; body %s", a.status, a.code(), a.err, status, code, a.body)
	}
}

func (b *bench) ok(a answer) answer {
	b.t.Helper()
	b.want(a, 200, "")
	if a.text("RequestId") == "" {
		b.t.Fatalf("no RequestId in %s", a.body)
	}
	return a
}

func (b *bench) wantEffects(n int) {
	b.t.Helper()
	if got := b.world.Effects(); len(got) != n {
		b.t.Fatalf("%d effects, want %d: %+v", len(got), n, got)
	}
}

// studioN and sceneNM are the ids of the seed.
func studioN(n int) string    { return fmt.Sprintf("4f0c7a1e-0000-4000-8000-00000000000%d", n) }
func sceneNM(n, m int) string { return fmt.Sprintf("5ce0000%d-0000-4000-8000-00000000000%d", n, m) }
