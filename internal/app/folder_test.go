package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/internal/cli"
)

// greeted takes what the sandbox says, and ends it when it has greeted and something else has happened.
type greeted struct {
	bytes.Buffer
	until func()
	end   context.CancelFunc
}

func (g *greeted) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("Ctrl-C")) {
		go func() {
			g.until()
			g.end()
		}()
	}
	return g.Buffer.Write(p)
}

// play runs the sandbox until it has greeted, or has failed.
func play(t *testing.T, args ...string) (said string, code int) {
	t.Helper()
	return playUntil(t, func() {}, args...)
}

func playUntil(t *testing.T, until func(), args ...string) (said string, code int) {
	t.Helper()
	build := Build{Version: "test"}
	for path, to := range map[string]*[]byte{"../../manifest.yml": &build.Manifest,
		"../../docs/policy.example.yml": &build.ExamplePolicy} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		*to = data
	}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	out := &greeted{until: until, end: end}
	p := build.Program()
	p.Out, p.Err = out, out
	code = p.Run(ctx, append([]string{"sandbox", "--addr", "127.0.0.1:0"}, args...))
	return out.String(), code
}

// What is wrong with the command line is said before anything else is, with the flag that it stands in.
func TestSandboxFailsBeforeItGreets(t *testing.T) {
	dir, folder := t.TempDir(), t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, []byte("version: 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no policy": {[]string{"--policy", "/nowhere.yml"}, cli.Misused,
			"--policy names no file (read policy: open /nowhere.yml"},
		"policy a folder": {[]string{"--policy", folder}, cli.Misused, "--policy names a folder, " + folder},
		"a broken policy": {[]string{"--policy", file}, cli.Failure, file + ":1: version"},
		"level":           {[]string{"--log-level", "loud"}, cli.Misused, `--log-level is "loud"`},
		"scenario": {[]string{"--scenario", "stream-drop"}, cli.Misused,
			`--scenario: there is no "stream-drop" (did you mean stream-drops?); casterbot sandbox --scenarios lists them`},
		"cameras":          {[]string{"--cameras", "-1"}, cli.Misused, "--cameras is -1"},
		"folder is a file": {[]string{"--dir", file}, cli.Misused, "--dir: "},
	} {
		t.Run(name, func(t *testing.T) {
			said, code := play(t, append([]string{"--dir", dir}, c.args...)...)
			if code != c.code || !strings.HasPrefix(said, "casterbot: "+c.want) || strings.Count(said, "\n") != 1 {
				t.Errorf("exit %d, want %d: %q, want %q", code, c.code, said, c.want)
			}
		})
	}
}

func TestSandboxNamesItsPolicy(t *testing.T) {
	for named, want := range map[string]string{"": "policy.yml", "../../docs/policy.example.yml": "policy.example.yml"} {
		args := []string{"--dir", t.TempDir()}
		if named != "" {
			args = append(args, "--policy", named)
		}
		said, code := play(t, args...)
		if code != cli.OK || !strings.Contains(said, want+"  (edit it") {
			t.Errorf("exit %d: %s", code, said)
		}
	}
}

// What the bot of the sandbox records is signed, and can be verified with its checkpoints; a world that begins afresh
// has new ones.
func TestSandboxHasARecord(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	brought := func() {
		for text := []byte{}; !bytes.HasSuffix(text, []byte("\n")) && t.Context().Err() == nil; {
			time.Sleep(time.Millisecond)
			text, _ = os.ReadFile(at("checkpoints"))
		}
	}
	for range 2 {
		said, code := playUntil(t, brought, "--dir", dir, "--reset")
		if code != cli.OK || !strings.Contains(said, at("audit.key")) {
			t.Fatalf("exit %d: %s", code, said)
		}
		t.Setenv("CASTERBOT_DATABASE_URL", "sqlite:"+at("casterbot.db"))
		t.Setenv("CASTERBOT_AUDIT_KEY_FILE", at("audit.key"))
		out := &bytes.Buffer{}
		p := Build{}.Program()
		p.Out, p.Err = out, out
		code = p.Run(t.Context(), []string{"audit", "verify", "--checkpoint", at("checkpoints")})
		if code != cli.OK || !strings.Contains(out.String(), "whole, and as in ") {
			t.Errorf("exit %d: %s", code, out)
		}
	}
}

// Of two worlds in one folder each would undo what the other writes.
func TestOneWorldInAFolder(t *testing.T) {
	w := &world{dir: t.TempDir(), logLevel: "warn", noBot: true}
	release, err := w.prepare()
	if err != nil {
		t.Fatal(err)
	}
	if said, code := play(t, "--dir", w.dir); code != cli.Failure || !strings.Contains(said, "in use by process") {
		t.Errorf("exit %d: %s", code, said)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if said, code := play(t, "--dir", w.dir); code != cli.OK {
		t.Errorf("exit %d: %s", code, said)
	}
}

// A scenario begins afresh, in a folder of its own.
func TestSandboxWithAScenario(t *testing.T) {
	dir := t.TempDir()
	said, code := play(t, "--dir", dir, "--scenario", "stream-drops")
	if code != 0 || !strings.Contains(said, "scenario    The stream drops while it records: the page says what to do") {
		t.Errorf("code %d, %s", code, said)
	}
	if _, err := os.Stat(filepath.Join(dir, "scenario-stream-drops", "world.json")); err != nil {
		t.Error(err)
	}
	if list, code := play(t, "--scenarios"); code != 0 || strings.Count(list, "\n") < 8 ||
		!strings.Contains(list, "clocks-change    The night the clocks change\n") {
		t.Errorf("code %d, %s", code, list)
	}
}
