package setup

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/commands"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"

	"github.com/creack/pty"
)

// The secrets of the world. They open nothing, and are to be seen nowhere.
const (
	goodApp    = "xapp-fake-1-A0CASTER-canary"
	goodBot    = "xoxb-fake-canary"
	goodKey    = "LTAIfakefakecanary"
	goodSecret = "fake-secret-canary"
)

// emptyRegion is one in which the account has no studio.
const emptyRegion = "eu-central-1"

// world is a workspace, an account and a folder to set casterbot up in.
type world struct {
	t     *testing.T
	slack *fakeslack.Workspace
	live  *fakelive.World
	Options
}

func openWorld(t *testing.T, change ...func(*fakeslack.Config)) *world {
	t.Helper()
	c := fakeslack.Config{AppToken: goodApp, BotToken: goodBot, Retries: []time.Duration{}}
	for _, change := range change {
		change(&c)
	}
	w := &world{t: t, slack: fakeslack.New(c),
		live: fakelive.New(fakelive.Config{AccessKeyID: goodKey, AccessKeySecret: goodSecret})}
	slack, live := httptest.NewServer(w.slack), httptest.NewServer(regions(w.live))
	w.slack.SetBase(slack.URL)
	t.Cleanup(func() {
		w.slack.Close()
		w.live.Close()
		slack.Close()
		live.Close()
	})
	w.Options = Options{Dir: filepath.Join(t.TempDir(), "casterbot"), Program: program(t),
		Slack: SlackAnswers{API: slack.URL + "/api/"}, Cloud: CloudAnswers{Endpoint: live.URL}}
	for _, n := range []need{appToken, botToken, keyID, keySecret} {
		t.Setenv(n.env, "")
	}
	return w
}

// regions answers for the region without studios.
func regions(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("RegionId") == emptyRegion && q.Get("Action") == "DescribeCasters" {
			_, _ = rw.Write([]byte(`{"RequestId":"R","Total":0,"CasterList":{"Caster":[]}}`))
			return
		}
		next.ServeHTTP(rw, r)
	})
}

func program(t *testing.T) Program {
	t.Helper()
	read := func(path string) []byte {
		text, err := os.ReadFile("../../" + path)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	table := commands.Table(nil, nil, time.Now)
	effects := map[string]op.Effect{}
	for _, c := range table.Commands {
		effects[c.Verb] = c.Effect
	}
	return Program{Name: "casterbot", Manifest: read("manifest.yml"), Example: read("docs/policy.example.yml"),
		Verbs: table.Verbs(), Effects: effects}
}

// file puts a text into a file of its own and gives its path.
func (w *world) file(text string) string {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "given")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// written is a file of the set-up; empty when it is not there.
func (w *world) written(name string) string {
	text, _ := os.ReadFile(filepath.Join(w.Dir, name))
	return string(text)
}

// given answers everything by flags.
func (w *world) given() {
	w.Yes = true
	w.Slack.AppToken, w.Slack.BotToken = w.file(goodApp), w.file(goodBot)
	w.Cloud.KeyID, w.Cloud.KeySecret = w.file(goodKey), w.file(goodSecret)
	w.Policy = PolicyAnswers{Channels: "#show-control", Operators: "@crew", Leads: "@leads", Producers: "pia",
		Studios: "Evening News", Streams: "live.example.com/show/main"}
}

// runs does the set-up without a terminal, and gives what is said.
func (w *world) runs() (string, error) {
	w.t.Helper()
	var out strings.Builder
	w.Out = &out
	err := Run(w.t.Context(), w.Options)
	said := out.String()
	if err != nil {
		said += err.Error()
	}
	w.hidden(said)
	return said, err
}

// hidden looks for secrets in what is said.
func (w *world) hidden(said string) {
	w.t.Helper()
	for _, secret := range []string{"canary", goodSecret, "xoxp-", "xoxe", "deadbeef"} {
		if strings.Contains(said, secret) {
			w.t.Errorf("%q is told:\n%s", secret, said)
		}
	}
}

// person is somebody at a terminal.
type person struct {
	t      *testing.T
	world  *world
	tty    *os.File
	screen screen
	seen   int
	stop   context.CancelFunc
	ended  chan struct{}
	err    error // once it has ended
}

// sits begins the set-up at a terminal.
func (w *world) sits() *person {
	w.t.Helper()
	tty, keyboard, err := pty.Open()
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(w.t.Context())
	p := &person{t: w.t, world: w, tty: tty, stop: stop, ended: make(chan struct{})}
	o := w.Options
	o.In, o.Out = keyboard, keyboard
	var reading sync.WaitGroup
	reading.Go(func() {
		buffer := make([]byte, 4096)
		for {
			n, err := tty.Read(buffer)
			p.screen.add(string(buffer[:n]))
			if err != nil {
				return
			}
		}
	})
	go func() {
		defer close(p.ended)
		p.err = Run(ctx, o)
	}()
	w.t.Cleanup(func() {
		stop()
		<-p.ended
		_, _ = tty.WriteString("\n") // ends the read of a question that nobody waits for any more
		_ = keyboard.Close()
		_ = tty.Close()
		reading.Wait()
		w.hidden(p.screen.String())
	})
	return p
}

// reads waits until a text is on the screen, behind the one that was read before.
func (p *person) reads(text string) *person {
	p.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		shown := p.screen.String()
		if i := strings.Index(shown[p.seen:], text); i >= 0 {
			p.seen += i + len(text)
			return p
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%q is not on the screen:\n%s", text, shown)
		}
	}
}

func (p *person) types(text string) *person {
	p.t.Helper()
	if _, err := p.tty.WriteString(text + "\n"); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// logsIn answers the first step.
func (p *person) logsIn() *person {
	p.t.Helper()
	return p.reads("app token (not shown)").types(goodApp).reads("bot token (not shown)").types(goodBot)
}

// opens answers the first question of the second step, and gives a key.
func (p *person) opens(region string) *person {
	p.t.Helper()
	return p.reads("Region of the studios").types(region).reads("RAM role of this ECS instance").types("").
		reads("access key ID (not shown)").types(goodKey).reads("access key secret (not shown)").types(goodSecret)
}

// screen is what a person sees.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *screen) add(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.WriteString(text)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
