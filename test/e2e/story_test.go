package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"casterbot/internal/app"
	"casterbot/internal/audit"
	"casterbot/internal/config"
	"casterbot/internal/i18n"
	"casterbot/internal/sandbox"
	"casterbot/test/scenario"
	"casterbot/test/testbed"

	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "write the bot's side of testdata/*.talk anew")

// TestMain lets many stories wait at the same time: they use little of a processor.
func TestMain(m *testing.M) {
	if os.Getenv(childMark) != "" {
		os.Exit(runBot())
	}
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	alone, err := testbed.Alone()
	if err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = alone.Close()
		os.Exit(code)
	}))
}

// examplePolicy is the policy of every world.
const examplePolicy = "../../docs/policy.example.yml"

// build reads what main.go embeds.
func build() (app.Build, error) {
	manifest, err := os.ReadFile("../../manifest.yml")
	policy, err2 := os.ReadFile(examplePolicy)
	return app.Build{Manifest: manifest, ExamplePolicy: policy}, errors.Join(err, err2)
}

// runBot is main.go.
func runBot() int {
	b, err := build()
	if err != nil {
		panic(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return b.Program().Run(ctx, os.Args[1:])
}

// start is the moment at which the world of every story stands still.
var start = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)

// TestStories plays every conversation of testdata against the whole program, over the sandbox's wire.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.talk")
	if err != nil || len(files) < 45 {
		t.Fatalf("%d stories in testdata (%v), want at least 45", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".talk"), func(t *testing.T) {
			t.Parallel()
			playStory(t, file)
		})
	}
}

func playStory(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := scenario.Parse(file, string(text))
	if err != nil {
		t.Fatal(err)
	}
	s := openFixtureWith(t, sandbox.Config{Patient: true, Now: func() time.Time { return start }}, settingsOf(t, file))
	for s.config.AuditKey != "" && s.Underway() > 0 { // the first checkpoint comes before the story
		time.Sleep(time.Millisecond)
	}
	got, err := scenario.Play(t.Context(), want, s)
	if err != nil {
		t.Error(err)
	}
	played := want.Text()
	if *update {
		played = got.Text()
	}
	// a whole evening is one
	if lines := strings.Count(played, "\n"); lines > 40 && filepath.Base(file) != "evening.talk" {
		t.Errorf("%s has %d lines, a story has at most 40", file, lines)
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.Text()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := scenario.Diff(want, got); diff != "" {
		t.Errorf("the bot's side is another one (go test ./test/e2e -run TestStories -update writes it anew):\n%s", diff)
	}
}

// fixture is a sandbox with the real program in it.
type fixture struct {
	t      *testing.T
	world  *sandbox.World
	config config.Config
	bot    *app.App
	told   sync.Map    // what was found untranslated
	due    atomic.Bool // the clock was moved, and the engine has not been told
	stop   context.CancelFunc
	ended  chan error
}

// openWorld is a sandbox in which the app of this program is installed, and that program.
func openWorld(t *testing.T, c sandbox.Config) (app.Build, *sandbox.World) {
	t.Helper()
	b, err := build()
	if err != nil {
		t.Fatal(err)
	}
	c.PageAddr, c.APIAddr = "127.0.0.1:0", "127.0.0.1:0"
	if c.App, err = sandbox.ReadManifest(b.Manifest); err != nil {
		t.Fatal(err)
	}
	open, err := sandbox.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := open.Close(); err != nil {
			t.Error(err)
		}
	})
	return b, open
}

// settingsOf are what the bot of a story is set to, beside the sandbox's: by how their names begin it takes a role
// and asks ActionTrail, or signs what it records.
func settingsOf(t *testing.T, file string) config.Config {
	switch name := filepath.Base(file); {
	case strings.HasPrefix(name, "trail-"):
		return config.Config{RoleARN: sandbox.RoleARN, ActionTrail: "on"}
	case strings.HasPrefix(name, "audit-"):
		secret, _, err := audit.NewKey("example.com/casterbot")
		if err != nil {
			t.Fatal(err)
		}
		return config.Config{AuditKey: config.Secret(secret)}
	}
	return config.Config{}
}

func openFixture(t *testing.T, c sandbox.Config) *fixture {
	t.Helper()
	return openFixtureWith(t, c, config.Config{})
}

func openFixtureWith(t *testing.T, c sandbox.Config, settings config.Config) *fixture {
	t.Helper()
	b, open := openWorld(t, c)
	s := &fixture{t: t, world: open}
	t.Cleanup(func() {
		if s.bot != nil {
			if err := s.Kill(); err != nil {
				t.Error(err)
			}
		}
	})
	dir := folder(t)
	settings, err := b.Join(open, dir, "", settings)
	if err != nil {
		t.Fatal(err)
	}
	s.config = settings
	open.Clock.OnAdvance(func() {
		switch {
		case s.bot == nil:
		case c.Patient: // whoever plays the story waits for what is under way
			s.bot.Watch.Nudge()
			s.due.Store(true)
		default:
			s.bot.Nudge()
		}
	})
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// folder is one in memory where there is such a thing: many stories at once would wait for the disk, whose guarantees
// are the store's to test.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "casterbot-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (s *fixture) World() *sandbox.World { return s.world }

func (s *fixture) Underway() int {
	if s.bot == nil {
		return 0
	}
	// what the guardian sees comes before what rests on it: else who is first decides what a step shows
	if s.bot.Watch.Underway() == 0 && s.due.CompareAndSwap(true, false) {
		s.bot.Engine.Nudge()
	}
	return s.bot.Underway()
}

// Start wires the program and waits until its sockets are up.
func (s *fixture) Start() error {
	ctx, stop := context.WithCancel(context.Background())
	p, err := app.New(ctx, app.Options{
		Settings: s.config, Log: slog.New(slog.DiscardHandler), Now: s.world.Clock.Now, Pause: s.pause,
		Words: i18n.New(s.untranslated),
	})
	if err != nil {
		stop()
		return err
	}
	s.bot, s.stop, s.ended = p, stop, make(chan error, 1)
	go func() { s.ended <- p.Run(ctx) }()
	// the workspace may still count those of the process before
	for h := p.Bot.Health(); h.Sockets < h.Want; h = p.Bot.Health() {
		select {
		case err := <-s.ended:
			s.bot = nil
			return err
		case <-time.After(2 * time.Millisecond):
		}
	}
	return nil
}

// untranslated is told of every text of the program that a language lacks, whatever the story is about. Where the text
// holds a name or a number, that has to be a span of its own (op.B, op.V).
func (s *fixture) untranslated(language, key string) {
	if _, told := s.told.LoadOrStore(language+key, true); !told {
		s.t.Errorf("internal/i18n/%s.yml lacks %q", language, key)
	}
}

// pause lets the world's clock move instead of waiting. Only the wait for a late answer is left to the real clock.
func (s *fixture) pause(ctx context.Context, d time.Duration) bool {
	if d >= 10*time.Second {
		<-ctx.Done()
		return false
	}
	if d >= time.Second {
		s.world.Clock.Advance(d)
	}
	time.Sleep(time.Millisecond)
	return ctx.Err() == nil
}

// Restart is a SIGTERM and a new process.
func (s *fixture) Restart() error {
	if err := s.ends(); err != nil {
		return err
	}
	return s.Start()
}

// ends stops the program, and waits until the cloud has noticed that nobody waits for its answers any more.
func (s *fixture) ends() error {
	s.stop()
	err := <-s.ended
	s.bot = nil
	for s.world.Live.Hanging() > 0 {
		time.Sleep(time.Millisecond)
	}
	return err
}

// Kill takes the database away, so that nothing more is recorded, and then ends everything at once: what remains is
// what a SIGKILL leaves.
func (s *fixture) Kill() error {
	err := s.bot.Store.Close()
	now, cancel := context.WithCancel(context.Background())
	cancel()
	s.bot.Engine.Close(now)
	_ = s.ends()
	return err
}

func (s *fixture) Policy(old, now string) error {
	text, err := os.ReadFile(s.config.PolicyFile)
	if err != nil {
		return err
	}
	if !strings.Contains(string(text), old) {
		return fmt.Errorf("the policy has no %q", old)
	}
	if err := os.WriteFile(s.config.PolicyFile, []byte(strings.Replace(string(text), old, now, 1)), 0o600); err != nil {
		return err
	}
	_ = s.bot.Policy.Reload() // a refused file is part of some stories
	return nil
}
