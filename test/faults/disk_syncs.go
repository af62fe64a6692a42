package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"casterbot/test/testbed"
)

// playSyncs asks for changes one after the other, so that each acknowledgement needs a commit of its own, and counts
// from outside how often the process has brought its file to the disk. A loss of power cannot be played; this is
// what stands against it.
func playSyncs(ctx context.Context, r *run) error {
	w, _, err := r.open(0, testbed.Config{})
	if err != nil {
		return err
	}
	p, err := r.begin(w, testbed.Life{})
	if err == nil {
		err = w.Up(2, 20*time.Second, p)
	}
	if err != nil {
		return err
	}
	traced := w.File("syncs")
	between, err := follow(ctx, strconv.Itoa(p.PID()), "-e", "trace=fsync,fdatasync", "-o", traced)
	if err != nil {
		return err
	}
	acknowledged, commands := 0, pick(r, 20, 200)
	for n := range commands {
		ack, err := acked(w.Slack.Type(operator, show, fmt.Sprintf(`/caster copy "Evening Sports" "Evening Copy %d"`, n), ""))
		if err != nil {
			return err
		}
		if ack.Err == "" {
			acknowledged++
		}
	}
	_ = between.Process.Signal(syscall.SIGINT)
	_ = between.Wait() // it ends by the signal
	text, err := os.ReadFile(traced)
	if err != nil {
		return err
	}
	syncs := len(regexp.MustCompile(`(?m)f(data)?sync.*= 0$`).FindAllString(string(text), -1))
	r.say("%d commands were acknowledged, one after the other; the process brought a file to the disk %d times",
		acknowledged, syncs)
	r.holds(acknowledged == commands, "%d of %d commands were acknowledged", acknowledged, commands)
	r.holds(syncs >= acknowledged, "P2: %d acknowledgements and %d syncs", acknowledged, syncs)
	r.stop(p)
	return nil
}

// follow lets strace look at all threads of a process, and comes back when it does.
func follow(ctx context.Context, number string, options ...string) (*exec.Cmd, error) {
	cmd := exec.CommandContext(ctx, "strace", append([]string{"-f", "-p", number}, options...)...)
	attached := &waiting{word: "attached", is: make(chan struct{})}
	cmd.Stderr = attached
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("strace, from Debian's package of that name: %w", err)
	}
	select {
	case <-attached.is:
		return cmd, nil
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		return nil, fmt.Errorf("strace does not attach to the bot: %w: %s", cmd.Wait(), attached.said.String())
	}
}

// waiting closes a channel when a word is written to it.
type waiting struct {
	word string
	is   chan struct{}
	said strings.Builder
}

func (w *waiting) Write(b []byte) (int, error) {
	before := strings.Contains(w.said.String(), w.word)
	w.said.Write(b)
	if !before && strings.Contains(w.said.String(), w.word) {
		close(w.is)
	}
	return len(b), nil
}
