package sandbox

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
)

const news = "4f0c7a1e-0000-4000-8000-000000000001"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, cfg Config) *World {
	t.Helper()
	cfg.PageAddr, cfg.APIAddr = "127.0.0.1:0", "127.0.0.1:0"
	w, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeWorld(t, w) })
	return w
}

func closeWorld(t *testing.T, w *World) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	http.DefaultClient.CloseIdleConnections()
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func say(t *testing.T, w *World, text string) {
	t.Helper()
	if _, err := w.Slack.Type("U0ANA", "C0SHOW", text, ""); err != nil {
		t.Fatal(err)
	}
}

// said is what stands in #show-control.
func said(t *testing.T, w *World) []string {
	t.Helper()
	s, err := w.Slack.Snapshot("U0ANA")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range s.Rooms[slices.IndexFunc(s.Rooms, func(r fakeslack.Room) bool {
		return r.ID == "C0SHOW"
	})].Messages {
		out = append(out, m.Text)
	}
	return out
}

func TestThreeServersAnswer(t *testing.T) {
	w := open(t, Config{Suggestions: []Suggestion{{Text: "/caster list"}}})
	if status, body := get(t, w.PageURL); status != 200 || !strings.Contains(body, "casterbot sandbox") {
		t.Errorf("page: %d", status)
	}
	if status, body := get(t, w.PageURL+"/api/state?as=U0ANA"); status != 200 ||
		!strings.Contains(body, `"text":"/caster list"`) {
		t.Errorf("state: %d %.200s", status, body)
	}
	if status, body := get(t, w.SlackURL+"auth.test?token="+BotToken); status != 200 ||
		!strings.Contains(body, `"ok":true`) {
		t.Errorf("Web API: %d %s", status, body)
	}
	if status, body := get(t, w.LiveURL+"/?Action=DescribeCasters&Format=JSON"); status < 400 ||
		!strings.Contains(body, "RequestId") {
		t.Errorf("cloud: %d %s", status, body)
	}
}

func TestEnvLetsOthersJoin(t *testing.T) {
	w := open(t, Config{})
	env := w.Env()
	for name, value := range map[string]string{
		"SLACK_API_URL": w.SlackURL, "CASTERBOT_LIVE_ENDPOINT": w.LiveURL, "SLACK_APP_TOKEN": AppToken,
		"SLACK_BOT_TOKEN":             BotToken,
		"ALIBABA_CLOUD_ACCESS_KEY_ID": AccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": AccessKeySecret,
		"ALIBABA_CLOUD_REGION_ID": "cn-shanghai",
	} {
		if !slices.Contains(env, name+"="+value) {
			t.Errorf("%s=%s is not in %v", name, value, env)
		}
	}
	if !strings.HasSuffix(w.SlackURL, "/api/") || strings.HasSuffix(w.LiveURL, "/") {
		t.Errorf("addresses %s and %s", w.SlackURL, w.LiveURL)
	}
}

func TestTakenPortSaysWhatToDo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_, err = Open(Config{PageAddr: l.Addr().String(), APIAddr: "127.0.0.1:0"})
	if err == nil || !strings.HasPrefix(err.Error(), "port "+port+" is taken by another program: use --addr 127.0.0.1:") {
		t.Fatalf("error %v", err)
	}
	hint := strings.Fields(strings.SplitAfter(err.Error(), "--addr ")[1])[0]
	w, err := Open(Config{PageAddr: hint, APIAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatalf("the address it names does not work either: %v", err)
	}
	closeWorld(t, w)
}

func TestUsualPortsFallBackToFreeOnes(t *testing.T) {
	l, err := listenAPI("", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	second, err := listenAPI("", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := listenAPI(l.Addr().String(), "127.0.0.1:0"); err == nil {
		t.Error("an address that was asked for and is taken must be an error")
	}
}

func TestClockMovesTheWholeWorld(t *testing.T) {
	start := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	w := open(t, Config{Now: func() time.Time { return start }})
	told := 0
	w.Clock.OnAdvance(func() { told++ })
	if err := w.Live.CutStream("live.example.com", "morning", "main"); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Hour)
	w.Clock.Advance(-time.Minute)
	if got := w.Clock.Now(); !got.Equal(start.Add(time.Hour)) || told != 1 {
		t.Errorf("clock %v, told %d times", got, told)
	}
	say(t, w, "later")
	s, _ := w.Slack.Snapshot("U0ANA")
	if ts := s.Rooms[0].Messages[0].TS; !strings.HasPrefix(ts, "1795381200.") {
		t.Errorf("message at %s, want the world's time", ts)
	}
	if snap := w.Live.Snapshot(); len(snap.Files) != 1 {
		t.Errorf("%d files after the delay, want 1", len(snap.Files))
	}
}

func TestStateComesBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "world")
	first := open(t, Config{Dir: dir})
	say(t, first, "remember me")
	first.Clock.Advance(time.Hour)
	if err := first.Live.SetStudio(news, func(s *fakelive.Studio) { s.OnAir = false }); err != nil {
		t.Fatal(err)
	}
	closeWorld(t, first)

	second := open(t, Config{Dir: dir})
	studio, _ := second.Live.Snapshot().Studio(news)
	if got := said(t, second); !slices.Equal(got, []string{"remember me"}) || studio.OnAir ||
		second.Clock.Ahead() != time.Hour {
		t.Errorf("came back with %v, on air %v, %v ahead", got, studio.OnAir, second.Clock.Ahead())
	}
	closeWorld(t, second)

	third := open(t, Config{Dir: dir, Reset: true})
	if got := said(t, third); len(got) != 0 || third.Clock.Ahead() != 0 {
		t.Errorf("after a reset: %v, %v ahead", got, third.Clock.Ahead())
	}
	closeWorld(t, third)
	if left, _ := filepath.Glob(filepath.Join(dir, "*.json.*")); len(left) != 0 {
		t.Errorf("half-written files stay: %v", left)
	}
}

func TestChangesAreSavedWhileRunning(t *testing.T) {
	dir := t.TempDir()
	w := open(t, Config{Dir: dir})
	say(t, w, "saved soon")
	for range 1500 {
		data, err := os.ReadFile(filepath.Join(dir, stateFile))
		if err == nil && strings.Contains(string(data), "saved soon") {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("a change was never saved while the world was running")
}

func TestUnreadableStateIsNeverOverwritten(t *testing.T) {
	for name, content := range map[string]string{
		"not JSON": "{", "another version": `{"version":99}`, "no world inside": `{"version":1,"slack":{},"live":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, stateFile)
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(Config{Dir: dir, PageAddr: "127.0.0.1:0", APIAddr: "127.0.0.1:0"})
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "--reset") {
				t.Errorf("error %v, want the file and the way out", err)
			}
			if left, _ := os.ReadFile(path); string(left) != content {
				t.Errorf("the file now holds %q", left)
			}
		})
	}
}

func TestResetWhileRunning(t *testing.T) {
	w := open(t, Config{})
	say(t, w, "gone soon")
	w.Clock.Advance(time.Hour)
	if err := w.Live.SetStudio(news, func(s *fakelive.Studio) { s.OnAir = false }); err != nil {
		t.Fatal(err)
	}
	if err := w.Reset(); err != nil {
		t.Fatal(err)
	}
	studio, _ := w.Live.Snapshot().Studio(news)
	if got := said(t, w); len(got) != 0 || !studio.OnAir || w.Clock.Ahead() != 0 {
		t.Errorf("after the reset: %v, on air %v, %v ahead", got, studio.OnAir, w.Clock.Ahead())
	}
}

func TestChosenPorts(t *testing.T) {
	w, err := Open(Config{PageAddr: "127.0.0.1:0", SlackAddr: "localhost:0", LiveAddr: "0.0.0.0:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer closeWorld(t, w)
	if !strings.HasPrefix(w.SlackURL, "http://localhost:") || !strings.HasPrefix(w.LiveURL, "http://127.0.0.1:") {
		t.Errorf("addresses %s and %s", w.SlackURL, w.LiveURL)
	}
	if status, body := get(t, w.SlackURL+"auth.test?token="+BotToken); status != 200 ||
		!strings.Contains(body, `"url":"`+strings.TrimSuffix(w.SlackURL, "api/")+`"`) {
		t.Errorf("Web API: %d %s", status, body)
	}
	if _, body := get(t, w.LiveURL+"/?Action=DescribeCasters&Format=JSON"); !strings.Contains(body, "RequestId") {
		t.Errorf("cloud: %s", body)
	}
	taken := strings.TrimPrefix(w.LiveURL, "http://")
	if _, err := Open(Config{PageAddr: "127.0.0.1:0", APIAddr: "127.0.0.1:0", LiveAddr: taken}); err == nil ||
		!strings.Contains(err.Error(), taken) {
		t.Errorf("a port that was chosen and is taken: %v", err)
	}
}
