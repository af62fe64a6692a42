package testbed

import (
	"bufio"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"casterbot/internal/sandbox/fakeslack"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo is a server that says every line again.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for in := bufio.NewScanner(c); in.Scan(); {
					_, _ = c.Write([]byte(in.Text() + "\n"))
				}
			}()
		}
	}()
	return l.Addr().String()
}

func TestProxy(t *testing.T) {
	p, err := NewProxy(echo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	answers := bufio.NewReader(c)
	say := func(text string) (string, error) {
		if _, err := c.Write([]byte(text + "\n")); err != nil {
			return "", err
		}
		return answers.ReadString('\n')
	}
	if got, err := say("one"); got != "one\n" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	p.Freeze()
	_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if got, err := say("two"); err == nil {
		t.Errorf("%q passes while everything is held back", got)
	}
	p.Thaw()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if got, err := answers.ReadString('\n'); got != "two\n" || err != nil {
		t.Errorf("what was held back does not arrive: %q, %v", got, err)
	}
	p.Drop()
	if got, err := say("three"); err == nil {
		t.Errorf("%q passes over a broken connection", got)
	}
}

// A cut counts what it is told to count: every finished answer, or those of COMMITs alone.
func TestCutCounts(t *testing.T) {
	ready, commit, insert := []byte("Z\x00\x00\x00\x05I"), []byte("C\x00\x00\x00\x0bCOMMIT\x00"),
		[]byte("C\x00\x00\x00\x0fINSERT 0 1\x00")
	for _, c := range []struct {
		cut     *Cut
		message []byte
		counts  bool
	}{
		{nil, ready, true}, {&Cut{}, ready, true}, {&Cut{}, commit, false},
		{&Cut{Commit: true}, commit, true}, {&Cut{Commit: true}, ready, false}, {&Cut{Commit: true}, insert, false},
	} {
		p := &Proxy{cut: c.cut}
		if got := p.ends(c.message); got != c.counts {
			t.Errorf("%+v counts %q: %v", c.cut, c.message, got)
		}
	}
}

// A program that ends is reported with what it said; its folder and its environment are those of the world.
func TestWorldAndProcess(t *testing.T) {
	folder := t.TempDir()
	program := folder + "/program"
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho database $CASTERBOT_DATABASE_URL more $MORE\npwd\n"),
		0o700); err != nil {
		t.Fatal(err)
	}
	w, err := Open(Config{Folder: folder, Policy: Rights("U0ANA", "C0SHOW")})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	p, err := w.Begin(Life{Program: program, Env: []string{"MORE=something"}})
	if err != nil {
		t.Fatal(err)
	}
	err = w.Up(2, 10*time.Second, p)
	for _, want := range []string{"does not start", "database sqlite:" + folder, "more something"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	if code := p.Stop(); code != 0 || !p.Dead() {
		t.Errorf("exit code %d", code)
	}
}

func TestReadCard(t *testing.T) {
	m := fakeslack.Message{TS: "2.0", Attachments: []byte(`[{"blocks":[
		{"type":"section","text":{"type":"mrkdwn","text":"🟡 Restart studio *Main*\nIt is not known what became of an earlier operation: op JG4XS3."}},
		{"type":"actions","elements":[{"type":"button","action_id":"op:approve","value":"0123456789"}]},
		{"type":"context","elements":[{"type":"mrkdwn","text":"asked by <@U0ANA>  ·  op 7HT26S  ·  rule policy.yml:10"}]}]}]`)}
	c, ok := ReadCard("C0SHOW", m)
	if b, has := c.Button("approve"); !ok || c.Face != "🟡" || c.Ref != "7HT26S" || !has || b.Value != "0123456789" {
		t.Errorf("%+v", c)
	}
	if _, ok := ReadCard("C0SHOW", fakeslack.Message{Text: "no card"}); ok {
		t.Error("a message without a reference is taken for a card")
	}
}

// That it takes a while is no answer.
func TestAHintIsNoAnswer(t *testing.T) {
	for text, hint := range map[string]bool{
		"⏳ Looking…": true, "⏳ 7 before you, about 2 s.": true, "✅ done": false, "🚫 not yours": false, "": false,
	} {
		if Hint(fakeslack.Call{Text: text}) != hint {
			t.Errorf("%q: %v", text, !hint)
		}
	}
}

// Whoever comes second waits until the first is done.
func TestAlone(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	first, err := Alone()
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	go func() {
		second, err := Alone()
		if err == nil {
			err = second.Close()
		}
		got <- err
	}()
	select {
	case err := <-got:
		t.Fatalf("two at once, %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
}
