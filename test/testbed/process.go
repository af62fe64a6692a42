package testbed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Life says how a process is to begin.
type Life struct {
	Program  string
	Database string   // its address; empty means the world's own file
	Log      string   // the name of the log's file, which is appended to; empty means "log"
	Admin    bool     // Ready or Owes will be asked for
	Env      []string // beside that of the world
}

// Process is one life of the bot.
type Process struct {
	cmd   *exec.Cmd
	log   string
	admin string
	gone  chan struct{}
}

// Begin starts a program in the world.
func (w *World) Begin(l Life) (*Process, error) {
	if l.Database == "" {
		l.Database = w.SQLite()
	}
	if l.Log == "" {
		l.Log = "log"
	}
	p := &Process{cmd: exec.Command(l.Program), log: w.File(l.Log), gone: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = w.folder, log, log
	p.cmd.Env = append(append([]string{"CASTERBOT_DATABASE_URL=" + l.Database}, w.env...), l.Env...)
	if l.Admin {
		if p.admin, err = free(); err != nil {
			return nil, err
		}
		p.cmd.Env = append(p.cmd.Env, "CASTERBOT_ADMIN_ADDR="+p.admin)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the bot: %w", err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.gone)
	}()
	return p, nil
}

// free finds an address of loopback where nobody listens.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// Dead reports that the process has ended.
func (p *Process) Dead() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

// Gone is closed when the process has ended.
func (p *Process) Gone() <-chan struct{} { return p.gone }

// Signal sends a signal, SIGSTOP and SIGCONT for instance; one that comes too late is no error.
func (p *Process) Signal(s syscall.Signal) {
	_ = p.cmd.Process.Signal(s)
}

// Kill ends the process at once and waits until it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.gone
}

// Stop asks the process to end as an orchestrator does, and gives its exit code; -1 when it had to be killed.
func (p *Process) Stop() int {
	p.Signal(syscall.SIGTERM)
	select {
	case <-p.gone:
	case <-time.After(40 * time.Second):
		p.Kill()
		return -1
	}
	return p.cmd.ProcessState.ExitCode()
}

// PID is the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Log is all that is in the file of its log.
func (p *Process) Log() string {
	text, _ := os.ReadFile(p.log) // what is missing is not shown
	return string(text)
}

// Tail is the end of its log.
func (p *Process) Tail() string {
	text := p.Log()
	return text[max(0, len(text)-600):]
}

// Owes tells of cards that are behind and of answers not given, as far as the process can be asked; empty is none.
func (p *Process) Owes(ctx context.Context) string {
	if p.Dead() || p.admin == "" {
		return ""
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.admin+"/metrics", nil)
	if err != nil {
		return err.Error()
	}
	request.Close = true
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err.Error()
	}
	known := owed.FindAllString(string(text), -1)
	if len(known) != 2 {
		return "it does not say what it owes"
	}
	return strings.Join(slices.DeleteFunc(known, func(s string) bool { return strings.HasSuffix(s, " 0") }), ", ")
}

var owed = regexp.MustCompile(`(?m)^casterbot_(?:cards|answers)_owed [0-9].*$`)

// Ready asks /readyz: what each part shows of itself, and whether all of it is well.
func (p *Process) Ready(ctx context.Context) (parts map[string]map[string]any, ok bool, err error) {
	if p.admin == "" {
		return nil, false, errors.New("this life has no admin address")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.admin+"/readyz", nil)
	if err != nil {
		return nil, false, err
	}
	request.Close = true
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, false, err
	}
	defer answer.Body.Close()
	err = json.NewDecoder(answer.Body).Decode(&parts)
	return parts, answer.StatusCode == http.StatusOK, err
}
