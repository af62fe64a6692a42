package policy

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"casterbot/internal/op"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	lets = "version: 1\nchannels:\n  C0A:\n    grants:\n      - {who: [U0A], may: [caster.list]}\n"
	bars = "version: 1\nchannels:\n  C0A:\n    grants:\n      - {who: [U0B, S0B], may: [caster.list]}\n"
)

// logBuffer collects a log safely.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func keeper(t testing.TB, file string) (*Keeper, *logBuffer) {
	t.Helper()
	log := &logBuffer{}
	k, err := NewKeeper(file, verbs, slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return k, log
}

func start(t testing.TB, text string) (*Keeper, *logBuffer, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.yml")
	write(t, file, text)
	k, log := keeper(t, file)
	return k, log, file
}

func allows(k *Keeper, person string) bool {
	return k.Decide(op.Person{ID: person}, op.Channel{ID: "C0A"}, "caster.list", op.Read, op.Target{}).Allowed
}

func TestKeeperStartsOnlyWithAGoodFile(t *testing.T) {
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	if _, err := NewKeeper(filepath.Join(dir, "none.yml"), verbs, log); err == nil ||
		!strings.Contains(err.Error(), "none.yml") {
		t.Errorf("no file: %v", err)
	}
	file := filepath.Join(dir, "policy.yml")
	write(t, file, "version: 2\n")
	if _, err := NewKeeper(file, verbs, log); err == nil || !strings.Contains(err.Error(), "policy.yml:1: version: ") {
		t.Errorf("broken file: %v", err)
	}
	write(t, file, "")
	if k, err := NewKeeper(file, verbs, log); err != nil || allows(k, "U0A") {
		t.Errorf("empty file: %v", err)
	}
}

func TestReload(t *testing.T) {
	k, log, file := start(t, lets)
	old := k.Current().Hash()
	changed := 0
	k.swapped = func(p *Policy) {
		changed++
		if p.Hash() != k.Current().Hash() {
			t.Error("told before the swap")
		}
	}
	write(t, file, bars)
	if !allows(k, "U0A") {
		t.Fatal("changed without a reload")
	}
	if err := k.Reload(); err != nil {
		t.Fatal(err)
	}
	if allows(k, "U0A") || !allows(k, "U0B") || k.Current().Hash() == old || changed != 1 {
		t.Errorf("not reloaded: %d changes", changed)
	}
	if got := k.UserGroups(); len(got) != 1 || got[0] != "S0B" || len(k.Channels()) != 1 ||
		len(k.Current().Warnings()) != 0 {
		t.Errorf("keeper tells of another policy: %v %v", got, k.Channels())
	}
	if _, ok := k.Scope("C0A"); !ok {
		t.Error("no scope")
	}
	if e := k.Explain(op.Person{ID: "U0B"}, op.Channel{ID: "C0A"}, "caster.list", op.Read,
		op.Target{}); e.Through != "U0B" {
		t.Errorf("explanation %v", e)
	}
	if !strings.Contains(log.String(), k.Current().Hash()) {
		t.Errorf("log %s", log)
	}
}

func TestABrokenReloadKeepsTheLastGoodOne(t *testing.T) {
	k, log, file := start(t, lets)
	old := k.Current()
	for name, text := range map[string]string{
		"mistake": lets + "  show: {}\n", "not yaml": "version: [", "empty": "", "comment": "# nothing\n",
		"large": strings.Repeat("#", MaxSize+1),
	} {
		write(t, file, text)
		if err := k.Reload(); err == nil || !strings.Contains(err.Error(), "policy.yml:") {
			t.Errorf("%s: %v", name, err)
		}
		if k.Current() != old || !allows(k, "U0A") {
			t.Fatalf("%s: the old policy is gone", name)
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := k.Reload(); err == nil || k.Current() != old {
		t.Errorf("removed: %v", err)
	}
	for _, want := range []string{`"line":6`, `"key":"channels.show"`, `"problem":"not a channel id`, "write version: 1",
		"no such file"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
	write(t, file, "version: 1\n")
	if err := k.Reload(); err != nil || allows(k, "U0A") {
		t.Errorf("deny all: %v", err)
	}
}

func TestALookTakesOnlyWhatStays(t *testing.T) {
	k, log, file := start(t, lets)
	write(t, file, bars)
	k.look()
	if !allows(k, "U0A") {
		t.Fatal("taken at first sight")
	}
	write(t, file, bars+"# more\n")
	k.look()
	if !allows(k, "U0A") {
		t.Fatal("taken while it changes")
	}
	k.look()
	if allows(k, "U0A") || !allows(k, "U0B") {
		t.Fatal("not taken")
	}
	write(t, file, "version: 3\n")
	for range 5 {
		k.look()
	}
	if n := strings.Count(log.String(), "unknown version"); n != 1 || !allows(k, "U0B") {
		t.Errorf("a broken file is told %d times", n)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		k.look()
	}
	if n := strings.Count(log.String(), "cannot be read"); n != 1 || !allows(k, "U0B") {
		t.Errorf("a missing file is told %d times", n)
	}
	write(t, file, lets)
	k.look()
	k.look()
	if !allows(k, "U0A") {
		t.Error("the file that came back is not taken")
	}
}

func TestALookComparesContents(t *testing.T) {
	k, _, file := start(t, lets)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, strings.Replace(lets, "U0A", "U0B", 1))
	if err := os.Chtimes(file, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	k.look()
	k.look()
	if allows(k, "U0A") || !allows(k, "U0B") {
		t.Error("same date and size hide a change")
	}
}

// TestSymlinkSwap changes the file as a Kubernetes config map does: a link to a folder is replaced by another.
func TestSymlinkSwap(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"one": lets, "two": bars} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name, "policy.yml"), text)
	}
	link := func(target string) {
		if err := os.Symlink(target, filepath.Join(dir, "..tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "..tmp"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	link("one")
	file := filepath.Join(dir, "policy.yml")
	if err := os.Symlink("..data/policy.yml", file); err != nil {
		t.Fatal(err)
	}
	k, _ := keeper(t, file)
	link("two")
	k.look()
	k.look()
	if allows(k, "U0A") || !allows(k, "U0B") {
		t.Error("the swap was not seen")
	}
}

func TestWatch(t *testing.T) {
	k, _, file := start(t, lets)
	k.every = time.Millisecond
	changed := make(chan *Policy, 1)
	k.swapped = func(p *Policy) { changed <- p }
	ctx, stop := context.WithCancel(context.Background())
	var busy sync.WaitGroup
	busy.Go(func() { k.Watch(ctx) })
	for range 2 {
		busy.Go(func() {
			for ctx.Err() == nil {
				d := k.Decide(op.Person{ID: "U0A"}, op.Channel{ID: "C0A"}, "caster.copy", op.Change, op.Target{})
				_, _ = k.Approves(d, "U0A", op.Person{ID: "U0B"})
				_, _ = k.Scope("C0A")
				time.Sleep(time.Microsecond)
			}
		})
	}
	for _, text := range []string{bars, lets, bars} {
		write(t, file, text)
		if p := <-changed; p.Hash() != parse(t, text).Hash() {
			t.Errorf("another file was taken than %q", text)
		}
	}
	stop()
	busy.Wait()
}

func TestKeeperTellsThatAnEmptyFileDeniesEverything(t *testing.T) {
	_, log, _ := start(t, "")
	if !strings.Contains(log.String(), `"level":"WARN"`) || !strings.Contains(log.String(), "everything is denied") {
		t.Errorf("log %s", log)
	}
}

func TestKeeperTellsDoubts(t *testing.T) {
	_, log, _ := start(t, lets+"      - {who: [U0A], may: [caster.list]}\n")
	if !strings.Contains(log.String(), "never decides") {
		t.Errorf("log %s", log)
	}
}

// Whether the policy in force is what the file says, and since when it is.
func TestLoaded(t *testing.T) {
	began := time.Now()
	k, _, file := start(t, lets)
	first, same := k.Loaded()
	if !same || first.Before(began) {
		t.Errorf("at the start: %v, %v", first, same)
	}
	look := func() {
		k.look()
		k.look() // a change counts when two looks see it
	}
	write(t, file, "version: 9\n")
	look()
	if at, same := k.Loaded(); same || !at.Equal(first) {
		t.Errorf("a broken file: %v, %v", at, same)
	}
	write(t, file, lets)
	look()
	if at, same := k.Loaded(); !same || !at.After(first) {
		t.Errorf("put back: %v, %v", at, same)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	look()
	if _, same := k.Loaded(); same {
		t.Error("a file that is gone is the same")
	}
	write(t, file, bars)
	look()
	if at, same := k.Loaded(); !same || !at.After(first) {
		t.Errorf("another one: %v, %v", at, same)
	}
}
