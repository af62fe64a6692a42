package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// process is one life of the bot.
type process struct {
	cmd  *exec.Cmd
	gone chan struct{} // closed when it has ended
}

// begin starts the bot, with orders for the places inside it.
func begin(program string, w *world, database string, e end) (*process, error) {
	log, err := os.OpenFile(w.file("log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p := &process{cmd: exec.Command(program), gone: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = w.folder, log, log
	p.cmd.Env = append([]string{"CASTERBOT_DATABASE_URL=" + database, "CASTERBOT_CRASH=" + e.inside()}, w.env...)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the bot: %w", err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.gone)
	}()
	return p, nil
}

// inside is the order as the process takes it; a server's place is no order to the process.
func (e end) inside() string {
	if e.name == atCall || e.name == beforeEdit || e.name == afterEdit || e.name == "none" || e.name == "" {
		return ""
	}
	text := fmt.Sprintf("%s:%d", e.name, e.passage)
	if e.how != "" {
		text += ":" + e.how
	}
	return text
}

func (p *process) dead() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

// kill ends it at once and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.gone
}

// stop asks it to end as an orchestrator does, and gives its exit code; -1 when it had to be killed.
func (p *process) stop() int {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.gone:
	case <-time.After(40 * time.Second):
		p.kill()
		return -1
	}
	return p.cmd.ProcessState.ExitCode()
}
