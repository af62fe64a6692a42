package live

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
)

const (
	testRole   = "acs:ram::1000000000000042:role/casterbot"
	testCaster = "4f0c7a1e-0000-4000-8000-000000000001"
	anas       = "U0ANA.8F2K5Z"
)

// roleWorld is an account that a role is assumed in, and a client with that role.
type roleWorld struct {
	*fakelive.World
	url    string
	log    lockedBuffer
	client *Client
	keys   Credentials

	mu   sync.Mutex
	held chan struct{} // STS gives no session but the shared one until it is closed
	away bool          // STS does not answer for such a session
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func (w *roleWorld) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	held, away := w.held, w.away
	w.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	_ = r.ParseForm()
	r.Body = io.NopCloser(bytes.NewReader(body))
	if name := r.Form.Get("RoleSessionName"); name != "" && name != "casterbot" {
		if held != nil {
			<-held
		}
		if away {
			panic(http.ErrAbortHandler)
		}
	}
	w.World.ServeHTTP(rw, r)
}

func newRoleWorld(t *testing.T, change ...func(*CredentialsConfig)) *roleWorld {
	t.Helper()
	w := &roleWorld{World: fakelive.New(fakelive.Config{AccessKeyID: fakeID, AccessKeySecret: fakeSecret,
		OIDCToken: fakeToken})}
	w.SetTrailDelay(0)
	server := httptest.NewServer(w)
	t.Cleanup(func() { w.World.Close(); server.Close() })
	w.url = server.URL
	c := CredentialsConfig{AccessKeyID: fakeID, AccessKeySecret: fakeSecret, RoleARN: testRole, STSEndpoint: w.url}
	for _, f := range change {
		f(&c)
	}
	var err error
	if w.keys, err = NewCredentials(c); err != nil {
		t.Fatal(err)
	}
	w.client = newClient(t, w.url, func(c *Config) {
		c.Credentials, c.TrailEndpoint = w.keys, w.url
		c.Log = slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	return w
}

func (w *roleWorld) hold(t *testing.T) (release func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	held := make(chan struct{})
	w.held = held
	release = sync.OnceFunc(func() { close(held) })
	t.Cleanup(release)
	return release
}

// restart restarts the studio in a session and gives the one that was used.
func (w *roleWorld) restart(t *testing.T, s op.Session) (used string) {
	t.Helper()
	s.Used = func(name string) { used = name }
	if _, err := w.client.RestartCaster(t.Context(), permitted.In(s), testCaster); err != nil {
		t.Fatal(err)
	}
	return used
}

// last is the session of the last change, as the cloud's own record has it.
func (w *roleWorld) last() string {
	all := w.Trail()
	return all[len(all)-1].User
}

func (w *roleWorld) assumed() (names []string) {
	for _, c := range w.Snapshot().Calls {
		if strings.HasPrefix(c.Action, "AssumeRole") {
			names = append(names, c.Params["RoleSessionName"])
		}
	}
	return names
}

func waysToTheRole(t *testing.T) map[string]func(*CredentialsConfig) {
	return map[string]func(*CredentialsConfig){"key": func(*CredentialsConfig) {}, "oidc": withOIDC(t)}
}

func withOIDC(t *testing.T) func(*CredentialsConfig) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(fakeToken), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(c *CredentialsConfig) {
		c.AccessKeyID, c.AccessKeySecret = "", ""
		c.OIDCProviderARN, c.OIDCTokenFile = "acs:ram::1000000000000042:oidc-provider/k8s", path
	}
}

// Each change is made in a session of its own, looks in one that all share; with a key and with OIDC.
func TestEachChangeHasItsSession(t *testing.T) {
	for name, change := range waysToTheRole(t) {
		t.Run(name, func(t *testing.T) {
			w := newRoleWorld(t, change)
			for range 3 {
				if _, err := w.client.Casters(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if got := w.assumed(); !slices.Equal(got, []string{"casterbot"}) {
				t.Errorf("looks took %v", got)
			}
			for _, session := range []string{anas, "U0KEN.9C1M22", anas} {
				if used := w.restart(t, op.Session{Name: session}); used != session || w.last() != session {
					t.Errorf("used %q, recorded %q, want %q", used, w.last(), session)
				}
			}
			if got := w.assumed(); !slices.Equal(got, []string{"casterbot", anas, "U0KEN.9C1M22"}) {
				t.Errorf("assumed %v", got)
			}
			wantNoSecrets(t, w)
		})
	}
}

func wantNoSecrets(t *testing.T, w *roleWorld) {
	t.Helper()
	text := w.log.String()
	for _, secret := range []string{"canary", "fake-token-", "STS.fake", "secret of"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %q: %s", secret, text)
		}
	}
}

// What STS does not give in time is not waited for: a change is made in the shared session, at once in an emergency,
// and that is told.
func TestNoChangeIsHeldUpBySTS(t *testing.T) {
	for _, test := range []struct {
		name   string
		atOnce bool
		wait   time.Duration
		spoil  func(w *roleWorld, t *testing.T)
	}{
		{"an emergency while STS is slow", true, time.Hour, func(w *roleWorld, t *testing.T) { w.hold(t) }},
		{"a change while STS is slow", false, time.Millisecond, func(w *roleWorld, t *testing.T) { w.hold(t) }},
		{"a change while STS is away", false, time.Hour, func(w *roleWorld, _ *testing.T) { w.away = true }},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newRoleWorld(t)
			if _, err := w.client.Casters(t.Context()); err != nil { // the shared session is there
				t.Fatal(err)
			}
			test.spoil(w, t)
			w.client.sessions.wait = test.wait
			w.client.PrepareSession(anas)
			if used := w.restart(t, op.Session{Name: anas, AtOnce: test.atOnce}); used != "casterbot" {
				t.Errorf("used %q", used)
			}
			if text := w.log.String(); !strings.Contains(text, "session="+anas) || !strings.Contains(text, "shared=casterbot") {
				t.Errorf("the log says %q", text)
			}
			wantNoSecrets(t, w)
		})
	}
}

// A session that was fetched ahead is there for an emergency too.
func TestSessionIsFetchedAhead(t *testing.T) {
	w := newRoleWorld(t)
	w.client.PrepareSession(anas)
	h := w.client.sessions.get(anas, w.keys)
	<-h.done
	if used := w.restart(t, op.Session{Name: anas, AtOnce: true}); used != anas || w.last() != anas {
		t.Errorf("used %q, recorded %q", used, w.last())
	}
	if got := w.assumed(); !slices.Equal(got, []string{anas}) {
		t.Errorf("assumed %v", got)
	}
}

// After a session could not be had the next change asks for it again.
func TestFailedSessionIsAskedForAgain(t *testing.T) {
	w := newRoleWorld(t)
	w.away = true
	if used := w.restart(t, op.Session{Name: anas}); used != "casterbot" {
		t.Errorf("used %q", used)
	}
	w.mu.Lock()
	w.away = false
	w.mu.Unlock()
	if used := w.restart(t, op.Session{Name: anas}); used != anas {
		t.Errorf("used %q", used)
	}
}

// The keys of the shared session are renewed behind the calls, from the half of their time on.
func TestKeysAreRenewedBehindTheCalls(t *testing.T) {
	w := newRoleWorld(t)
	p, err := w.keys.build()
	if err != nil {
		t.Fatal(err)
	}
	r := p.(*role)
	first, err := r.GetCredentials()
	if err != nil {
		t.Fatal(err)
	}
	r.now = func() time.Time { return time.Now().Add(40 * time.Minute) }
	if again, err := r.GetCredentials(); err != nil || again.AccessKeyId != first.AccessKeyId {
		t.Errorf("%v, %v: a call waited for new keys", again, err)
	}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		r.mu.Lock()
		k, busy := r.keys, r.renewing
		r.mu.Unlock()
		if k.id != first.AccessKeyId && !busy {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was renewed")
		}
	}
	w.World.Close()
	r.now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	refused := fakelive.Fault{Action: "AssumeRole", Kind: fakelive.Refuse, Code: "NoPermission"}
	if _, err := w.World.Inject(refused); err != nil {
		t.Fatal(err)
	}
	if _, err := r.GetCredentials(); err == nil {
		t.Error("keys that have ended are given")
	}
}

// What STS refuses is told with its code, and without a secret.
func TestSTSRefuses(t *testing.T) {
	for name, change := range waysToTheRole(t) {
		w := newRoleWorld(t, change)
		refused := fakelive.Fault{Kind: fakelive.Refuse, Code: "NoPermission", Status: 403, Times: -1}
		if _, err := w.World.Inject(refused); err != nil {
			t.Fatal(err)
		}
		_, err := w.client.Casters(t.Context())
		e := wantClass(t, err, Refused)
		if e.Code != "NoPermission" || !e.Keys || e.RequestID == "" {
			t.Errorf("%s: %+v", name, e)
		}
		wantSecretFree(t, e)
		wantNoSecrets(t, w)
	}
}

// With a key that is no role's there are no sessions, and nothing asks STS.
func TestNoSessionsWithoutARole(t *testing.T) {
	f := newCloud(t, ok())
	c := f.client(t)
	c.PrepareSession(anas)
	told := false
	_, err := c.RestartCaster(t.Context(), permitted.In(op.Session{Name: anas, Used: func(string) { told = true }}), "c1")
	if err != nil || told {
		t.Errorf("%v, told %v", err, told)
	}
	wantSends(t, f, 1)
}

func TestKeepKeys(t *testing.T) {
	w := newRoleWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.keys.KeepKeys(ctx) }()
	for deadline := time.Now().Add(5 * time.Second); len(w.assumed()) == 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-done
	if got := w.assumed(); !slices.Equal(got, []string{"casterbot"}) {
		t.Errorf("assumed %v", got)
	}
	Credentials{}.KeepKeys(t.Context())
}

// An answer of STS that quotes the request back puts no secret into an error.
func TestSTSThatQuotesSecrets(t *testing.T) {
	quoted := map[string]string{"key": fakeID + " and " + fakeSecret, "oidc": fakeToken}
	for name, change := range waysToTheRole(t) {
		f := newCloud(t, answer(400, `{"RequestId":"R","Code":"Wrong","Message":"what is `+quoted[name]+`?"}`))
		c := CredentialsConfig{AccessKeyID: fakeID, AccessKeySecret: fakeSecret, RoleARN: testRole, STSEndpoint: f.URL}
		change(&c)
		all, err := NewCredentials(c)
		if err != nil {
			t.Fatal(err)
		}
		_, failed := all.keys(t.Context())
		if failed == nil || failed.Code != "Wrong" || !strings.Contains(failed.Message, "[secret]") {
			t.Fatalf("%s: %v", name, failed)
		}
		wantSecretFree(t, failed)
	}
}

// Keys that the service does not take any more are fetched anew, of a session too, and the change is made.
func TestSessionThatIsNotTakenIsFetchedAnew(t *testing.T) {
	w := newRoleWorld(t)
	if used := w.restart(t, op.Session{Name: anas}); used != anas {
		t.Fatal(used)
	}
	w.Reset() // which forgets the sessions
	w.restart(t, op.Session{Name: anas})
	if used := w.restart(t, op.Session{Name: anas}); used != anas || w.last() != anas {
		t.Errorf("used %q, recorded %q", used, w.last())
	}
	wantNoSecrets(t, w)
}
