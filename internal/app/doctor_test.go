package app

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/internal/config"
	"casterbot/internal/doctor"
	"casterbot/internal/sandbox"
)

// Beside a bot that runs a look takes nothing from it: no socket, no lock, no file; and it says how that bot is.
func TestDoctorBesideABot(t *testing.T) {
	world, settings, b := openWorld(t)
	a, err := New(t.Context(), Options{Settings: settings, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	up := func() bool {
		return len(world.Slack.Sockets()) == 2 && a.Bot.Health().Ready() && !a.cloud.State().Asked.IsZero()
	}
	for deadline := time.Now().Add(time.Minute); !up(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the bot is not up within a minute")
		}
	}
	sockets, files := world.Slack.Sockets(), filesOf(t, settings)
	report := b.lookAt(t.Context(), settings, nil, nil)
	for _, want := range []string{"in use by process ", "a bot runs here and is ready", "has both of its sockets open"} {
		if !strings.Contains(report.Text(), want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if report.Exit() != doctor.ExitWell {
		t.Errorf("exit code %d", report.Exit())
	}
	if now := world.Slack.Sockets(); strings.Join(now, " ") != strings.Join(sockets, " ") {
		t.Errorf("sockets %v, before %v", now, sockets)
	}
	if now := filesOf(t, settings); now != files {
		t.Errorf("files %s, before %s", now, files)
	}
	if t.Failed() {
		t.Log(report.Text())
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// onlyNews fits the seed of the sandbox: nothing is to be said about it.
const onlyNews = `version: 1
channels:
  C0SHOW:
    studios: ["Evening News"]
    streams: {main: live.example.com/show/main}
    grants:
      - {who: [S0CREW], may: ["*"]}
`

// openWorld is a sandbox with the settings of a bot in it.
func openWorld(t *testing.T) (*sandbox.World, config.Config, Build) {
	t.Helper()
	manifest, err := os.ReadFile("../../manifest.yml")
	if err != nil {
		t.Fatal(err)
	}
	b := Build{Version: "test", Manifest: manifest, ExamplePolicy: []byte(onlyNews)}
	app, err := sandbox.ReadManifest(manifest)
	if err != nil {
		t.Fatal(err)
	}
	world, err := sandbox.Open(sandbox.Config{PageAddr: "127.0.0.1:0", APIAddr: "127.0.0.1:0", App: app})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	settings, err := b.Join(world, t.TempDir(), "", config.Config{QuotaShare: 90, WatchShare: 10,
		AdminAddr: freeAddress(t)})
	if err != nil {
		t.Fatal(err)
	}
	return world, settings, b
}

// filesOf names what is in the folder of the database.
func filesOf(t *testing.T, c config.Config) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Dir(c.PolicyFile) + "/*")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(files, " ")
}

// The command says the same in both ways, and ends as the report does.
func TestDoctorCommand(t *testing.T) {
	for _, f := range config.Rows() {
		t.Setenv(f.Name, "")
	}
	t.Setenv("CASTERBOT_POLICY", filepath.Join(t.TempDir(), "policy.yml"))
	t.Setenv("CASTERBOT_DATABASE_URL", "sqlite:"+filepath.Join(t.TempDir(), "casterbot.db"))
	t.Setenv("CASTERBOT_ADMIN_ADDR", "127.0.0.1:0")
	out := &bytes.Buffer{}
	p := Build{Version: "test"}.Program()
	p.Out, p.Err = out, out
	if code := p.Run(t.Context(), []string{"doctor"}); code != doctor.ExitBroken {
		t.Errorf("exit code %d", code)
	}
	if said := out.String(); !strings.Contains(said, "broken       settings    SLACK_APP_TOKEN is not set") ||
		!strings.Contains(said, "CASTERBOT_POLICY names no file") || !strings.HasSuffix(said, "not checked.\n") {
		t.Error(said)
	}
	out.Reset()
	if code := p.Run(t.Context(), []string{"doctor", "--json"}); code != doctor.ExitBroken ||
		!strings.HasPrefix(out.String(), "{") || !strings.Contains(out.String(), `"exit": 1`) {
		t.Errorf("exit code %d: %s", code, out)
	}
	out.Reset()
	if code := p.Run(t.Context(), []string{"doctor", "--loud"}); code != doctor.ExitUsage {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// freeAddress is one of this machine where nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
