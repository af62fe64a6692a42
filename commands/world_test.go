package commands

import (
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"casterbot/internal/grammar"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
)

// world is the emulated cloud behind the real client: the same wire as the real thing.
type world struct {
	t     *testing.T
	live  *fakelive.World
	table op.Table
	moved atomic.Int64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	w.live = fakelive.New(fakelive.Config{AccessKeyID: "LTAIfakefake", AccessKeySecret: "fake-secret", Now: w.now})
	server := httptest.NewServer(w.live)
	t.Cleanup(func() { w.live.Close(); server.Close() })
	keys, err := live.NewCredentials(live.CredentialsConfig{AccessKeyID: "LTAIfakefake", AccessKeySecret: "fake-secret"})
	if err != nil {
		t.Fatal(err)
	}
	client, err := live.New(live.Config{Endpoint: server.URL, Credentials: keys, Wait: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	w.table = Table(client, &fakeRecords{}, w.now)
	return w
}

func (w *world) now() time.Time { return noon.Add(time.Duration(w.moved.Load())) }

func (w *world) wait(d time.Duration) { w.moved.Add(int64(d)); w.live.Tick() }

func (w *world) command(text string) (op.Command, op.Call) {
	w.t.Helper()
	p, err := grammar.Parse(w.table, text)
	if err != nil || len(p.Missing) > 0 {
		w.t.Fatalf("%s: missing %v, %v", text, p.Missing, err)
	}
	return p.Command, op.Call{Args: p.Args, Scope: seedScope()}
}

// run does what the engine does: plan, plan again by canonical arguments, apply once.
func (w *world) run(text string) op.Attempt {
	w.t.Helper()
	c, call := w.command(text)
	asked, err := c.Plan(w.t.Context(), call)
	if err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
	w.wait(40 * time.Second)
	again, err := c.Plan(w.t.Context(), op.Call{Args: asked.Args, Scope: call.Scope, Confirmed: &asked})
	if err != nil || again.Fingerprint != asked.Fingerprint {
		w.t.Fatalf("%s: planned twice, not the same: %v\n%s\n%s", text, err, facts(asked), facts(again))
	}
	asked.Seen = again.Seen
	sent := w.now()
	token := op.NewID()
	o := withThen(c, asked, c.Apply(w.t.Context(), asked, token, permitted))
	return op.Attempt{Plan: asked, Token: token, Outcome: o, Sent: sent}
}

// checked runs a command and demands that it succeeds and that a look some seconds later confirms it.
func (w *world) checked(text string) op.Outcome {
	w.t.Helper()
	made := w.run(text)
	o := made.Outcome
	if o.State != op.Succeeded {
		w.t.Fatalf("%s: %s %s", text, o.State, o.Text.Plain())
	}
	w.wait(4 * time.Second)
	c, _ := w.command(text)
	seen, err := c.Verify(w.t.Context(), made)
	if err != nil || !seen.Happened {
		w.t.Errorf("%s: not confirmed: %q, %v", text, seen.Seen.Plain(), err)
	}
	return o
}

func (w *world) refuses(text string, says ...string) {
	w.t.Helper()
	c, call := w.command(text)
	_, err := c.Plan(w.t.Context(), call)
	if err == nil {
		w.t.Errorf("%s: planned, want a refusal", text)
		return
	}
	wantHas(w.t, words(refused(w.t, err).Answer), says...)
}

func (w *world) effects() string {
	var all []string
	for _, e := range w.live.Effects() {
		name := e.Action
		if command := e.Params["Command"]; command != "" {
			name += " " + command
		}
		all = append(all, name)
	}
	return strings.Join(all, ", ")
}

func seedScope() op.Scope {
	return op.Scope{
		Studio: func(_, name string) bool { return strings.HasPrefix(name, "Evening ") },
		Stream: func(path string) bool { return strings.HasPrefix(path, "live.example.com/show/") },
		URLs:   true,
		Streams: []op.StreamAlias{
			{Alias: "main", Pattern: "live.example.com/show/main"}, {Alias: "backup", Pattern: "live.example.com/show/backup"},
			{Alias: "friday", Pattern: "live.example.com/show/friday"}, {Alias: "raw", Pattern: "live.example.com/show/raw"},
		},
	}
}

func TestWorldStudio(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.checked(`caster copy "Evening News" "Evening News 47"`)
	wantHas(t, o.Text.Plain(), "Evening News 47 copied from Evening News")
	w.checked(`caster restart "evening news"`)
	o = w.checked(`caster scene start "Evening News" "Preview 2"`)
	if !strings.Contains(o.Play, "auth_key=") {
		t.Errorf("no playback address: %q", o.Play)
	}
	w.refuses(`caster scene start "Evening News" "Preview 2"`, "already open")
	w.checked(o.Next[0].Text)
	w.refuses(`caster restart "Evening Sports"`, "idle")
	w.refuses(`caster restart "Evening Virtual"`, "virtual")
	w.refuses(`caster restart "Evening Talk"`, "000007", "000008")
	w.refuses(`caster restart "Morning Loop"`, "There is no studio")
	w.refuses(`caster copy "Evening News" "Evening News 47"`, "exists already")
	if got := w.effects(); got != "CopyCaster, RestartCaster, StartCasterScene, StopCasterScene" {
		t.Errorf("effects %s", got)
	}
}

// TestWorldShow: a show from the first start to the stop, with the panic slate and the way back.
func TestWorldShow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refuses(`caster take "Evening Sports" "Preview 1"`, "idle", "[Start studio]")
	w.checked(`caster start "Evening Sports"`)
	w.refuses(`caster start "Evening Sports"`, "on air already")
	o := w.checked(`caster take "Evening Sports" "Preview 1"`)
	if o.Next[1].Label != "Take…" {
		t.Errorf("a way back to a picture that no preview holds: %v", o.Next)
	}
	o = w.checked(`caster standby "Evening Sports"`)
	o = w.checked(o.Next[0].Text)
	wantHas(t, o.Text.Plain(), "PROGRAM shows the picture of Evening Sports / Preview 1.")
	w.refuses(`caster take "Evening News" "Preview 2"`, "closed", "[Open preview]")
	w.checked(`caster scene start "Evening News" "Preview 2"`)
	w.checked(`caster take "Evening News" "Preview 1"`)
	o = w.checked(`caster take "Evening News" "Preview 2"`)
	w.checked(o.Next[1].Text)
	w.refuses(`caster standby "Evening Virtual"`, "has no standby slate")
	w.checked(`caster stop "Evening Sports"`)
	w.refuses(`caster stop "Evening Sports"`, "already idle", "[Start studio]")
	if got := w.effects(); got != "StartCaster, CopyCasterSceneConfig, EffectCasterUrgent, CopyCasterSceneConfig, StartCasterScene, "+
		"CopyCasterSceneConfig, CopyCasterSceneConfig, CopyCasterSceneConfig, StopCaster" {
		t.Errorf("effects %s", got)
	}
}

func TestWorldRecording(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.checked("record start main")
	o = w.checked(o.Next[0].Text)
	wantHas(t, whole(o), "paused. The", "3 min after the pause")
	o = w.checked(o.Next[0].Text)
	wantHas(t, o.Text.Plain(), "Recording of main has ended")
	w.checked("record start main")
	w.checked("record restart main")
	w.checked("record stop main")
	w.checked("record start main")
	want := "start, stop, cancel_delay, start, restart, stop, start"
	if got := strings.ReplaceAll(w.effects(), "RealTimeRecordCommand ", ""); got != want {
		t.Errorf("effects %s", got)
	}
}

func TestWorldRecordingRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refuses("record start raw", "no recording configuration")
	w.refuses("record start friday", "not live")
	for _, text := range []string{"record stop backup", "record finish backup", "record restart backup"} {
		o := w.run(text).Outcome
		if o.State != op.Failed {
			t.Errorf("%s: %s", text, o.State)
		}
		wantHas(t, o.Text.Plain(), "The order is", "Nothing was changed.")
	}
	w.checked("record start backup")
	o := w.run("record start backup").Outcome
	if o.State != op.Failed || !o.Already {
		t.Errorf("started twice: %+v", o)
	}
	if got := w.effects(); got != "RealTimeRecordCommand start" {
		t.Errorf("effects %s", got)
	}
}

// lostCall is a command whose call's answer gets lost.
type lostCall struct {
	action, text string
	blind        bool // no look can tell whether it happened
}

// TestWorldAnswersGetLost goes through one world: a row finds what those before it have done.
func TestWorldAnswersGetLost(t *testing.T) {
	t.Parallel()
	lost := []lostCall{
		{"CopyCaster", `caster copy "Evening News" "Evening News 48"`, false},
		{"RestartCaster", `caster restart "Evening News"`, false},
		{"CopyCasterSceneConfig", `caster take "Evening News" "Preview 1"`, false},
		{"EffectCasterUrgent", `caster standby "Evening News"`, true},
		{"StartCaster", `caster start "Evening Sports"`, false},
		{"StopCaster", `caster stop "Evening Loop"`, false},
		{"StartCasterScene", `caster scene start "Evening News" "Preview 2"`, false},
		{"StopCasterScene", `caster scene stop "Evening News" "Preview 1"`, false},
		{"RealTimeRecordCommand", "record start main", false},
	}
	for _, a := range live.Actions() {
		if a.Write && !slices.ContainsFunc(lost, func(c lostCall) bool { return c.action == a.Name }) {
			t.Errorf("say how it is when the answer to %s gets lost", a.Name)
		}
	}
	for _, kind := range []fakelive.Kind{fakelive.ResetAfter, fakelive.ResetBefore} {
		w := newWorld(t)
		for _, c := range lost {
			w.live.Inject(fakelive.Fault{Action: c.action, Kind: kind})
			made := w.run(c.text)
			o := made.Outcome
			if o.State != op.Unknown {
				t.Errorf("%s, %s: %s", c.text, kind, o.State)
			}
			w.wait(5 * time.Second)
			command, _ := w.command(c.text)
			seen, err := command.Verify(t.Context(), made)
			if err != nil || seen.Happened != (kind == fakelive.ResetAfter && !c.blind) {
				t.Errorf("%s, %s: evidence %v %q, %v", c.text, kind, seen.Happened, seen.Seen.Plain(), err)
			}
		}
	}
}

func TestWorldStatus(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for text, says := range map[string][]string{
		"record status": {"4 streams", "live.example.com/show/main · live since", "No recording configuration",
			"not live"},
		"record status backup":       {"the file follows 1 min after a pause"},
		"caster list":                {"6 studios, 3 on air", "playlist", "virtual"},
		`caster show "Evening News"`: {"PROGRAM · open", "standby slate configured"},
	} {
		c, call := w.command(text)
		call.Scope.URLs = false
		got, err := c.Read(t.Context(), call)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		wantHas(t, words(got), says...)
		wantNot(t, words(got), "auth_key", "morning/")
	}
}
