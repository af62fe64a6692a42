package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"casterbot/internal/op"
)

// child is what a second process of these tests does. It tells its parent by lines on its standard output.
func child(part, url string) int {
	s, err := Open(context.Background(), url, Options{})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("open")
	switch part {
	case "hold":
		_, _ = io.ReadAll(os.Stdin)
	case "write":
		writeForEver(s)
	case "full":
		err = fillUp(s)
	}
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	return 0
}

// writeForEver works on the store from several sides and names what was acknowledged.
func writeForEver(s *Store) {
	ctx := context.Background()
	together(4, func(int) {
		for {
			key := op.NewID()
			if fresh, err := s.Receive(ctx, key, "command", []byte("{}")); err == nil && fresh {
				fmt.Println("received", key)
			}
			o := sample(0)
			o.Key, o.Plan.Target.ID, o.Expires = key, key, time.Time{}
			o, err := s.Create(ctx, o, received())
			if err != nil {
				continue
			}
			fmt.Println("at", o.ID, o.State)
			for _, to := range way[op.Succeeded] {
				o, err = s.Move(ctx, Move{ID: o.ID, From: o.State, To: to, Event: op.Event{Name: "moved"}})
				if err == nil {
					fmt.Println("at", o.ID, o.State)
				}
			}
		}
	})
}

// fillUp writes until no file may grow further, then once more when they may.
func fillUp(s *Store) error {
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	before := limit.Cur
	limit.Cur = 768 << 10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	write := func(key string) error {
		fresh, err := s.Receive(context.Background(), key, "command", []byte(strings.Repeat("x", 3000)))
		if fresh && err == nil {
			fmt.Println("received", key)
		}
		return err
	}
	n := 0
	for ; n < 1000 && write(fmt.Sprint(n)) == nil; n++ {
	}
	for range 200 { // a small row may still find room
		if s.Ping(context.Background()) != nil {
			fmt.Println("not ready")
			break
		}
	}
	if _, err := s.Unsettled(context.Background(), 1); err == nil {
		fmt.Println("reads")
	}
	limit.Cur = before
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	fmt.Println("full after", n)
	return write("afterwards")
}

// process is a running child.
type process struct {
	*exec.Cmd
	lines *bufio.Scanner
	stdin io.Closer
}

func spawn(t *testing.T, part, url string) process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_TEST_CHILD="+part, "STORE_TEST_URL="+url)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := process{cmd, bufio.NewScanner(out), in}
	if !p.lines.Scan() || p.lines.Text() != "open" {
		t.Fatalf("the child says %q", p.lines.Text())
	}
	return p
}

// rest gives what the child still says, after its end.
func (p process) rest() []string {
	var all []string
	for p.lines.Scan() {
		all = append(all, p.lines.Text())
	}
	_ = p.Wait()
	return all
}

func TestSecondProcessIsToldWhoHoldsTheFile(t *testing.T) {
	url := file(t)
	p := spawn(t, "hold", url)
	link := t.TempDir() + "/link.db"
	if err := os.Symlink(strings.TrimPrefix(url, "sqlite:"), link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{url, "sqlite:" + link} {
		s, err := Open(t.Context(), name, Options{})
		if err == nil {
			_ = s.Close()
		}
		if want := fmt.Sprintf("in use by process %d since ", p.Process.Pid); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.rest()
	open(t, url, newClock())
}

func TestKillLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	url := file(t)
	order := map[op.State]int{op.Pending: 1, op.Queued: 2, op.Running: 3, op.Succeeded: 4}
	keys, states := map[string]bool{}, map[string]op.State{}
	for round := range 10 {
		p := spawn(t, "write", url)
		for range 20 + 7*round {
			p.lines.Scan()
			note(keys, states, p.lines.Text())
		}
		if err := p.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		for _, line := range p.rest() {
			note(keys, states, line)
		}
	}
	s := open(t, url, newClock())
	for key := range keys {
		if receive(t, s, key) {
			t.Errorf("key %s is lost", key)
		}
	}
	for id, state := range states {
		o, err := s.Get(t.Context(), id)
		if err != nil || order[o.State] < order[state] {
			t.Errorf("%s was acknowledged as %s, now %q, %v", id, state, o.State, err)
			continue
		}
		if events, err := s.Events(t.Context(), id); err != nil || int64(len(events)) != o.Version {
			t.Errorf("%s: %d events at version %d, %v", id, len(events), o.Version, err)
		}
	}
	if len(keys) < 20 || len(states) < 20 {
		t.Errorf("only %d keys and %d operations were written", len(keys), len(states))
	}
}

// note takes an acknowledgement down; a line cut off by the kill is none.
func note(keys map[string]bool, states map[string]op.State, line string) {
	words := strings.Fields(line)
	switch {
	case len(words) == 2 && words[0] == "received" && len(words[1]) == len(op.NewID()):
		keys[words[1]] = true
	case len(words) == 3 && words[0] == "at":
		states[words[1]] = op.State(words[2])
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	url := file(t)
	lines := spawn(t, "full", url).rest()
	said := strings.Join(lines, "\n")
	for _, want := range []string{"not ready", "reads", "full after", "received afterwards"} {
		if !strings.Contains(said, want) {
			t.Errorf("the child did not say %q: %s", want, said)
		}
	}
	s := open(t, url, newClock())
	count := 0
	for _, line := range lines {
		if key, ok := strings.CutPrefix(line, "received "); ok {
			count++
			if receive(t, s, key) {
				t.Errorf("key %s is lost", key)
			}
		}
	}
	if count < 10 || count > 900 {
		t.Errorf("%d rows went in", count)
	}
}
