// Package testbed is the test stand of whole-program tests: the built bot as a process of its own, beside a workspace
// and a cloud on loopback.
//
//	w, err := stand.Open(stand.Config{Folder: folder, Policy: stand.Rights("U0ANA, U0BO", "C0SHOW")})
//	p, err := w.Begin(stand.Life{Program: program})
//	err = w.Up(2, 10*time.Second, p) // two sockets are open
//
// A World has both servers, a folder for the files of the bot, and the environment that leads a bot to them. A Process
// is one life of the bot: it can be stopped, killed, made to stand still, and measured from outside. A Proxy stands
// between a bot and a server, and holds back or cuts what passes. A Card is a message of the bot as people read it.
//
// What it keeps true. Nothing is read out of the running process: what is known of it comes from the wire, its log, its
// admin address and /proc. Every secret of a world is a canary, which opens nothing and must be seen nowhere outside.
// What is given to the bot is what a person would give it.
//
// It must not know the engine, the commands, the policy package or the database; whoever judges a world brings that
// knowledge.
package testbed

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
)

// What must never be seen outside: the secrets of a world. They open nothing.
const (
	CanaryApp    = "xapp-fake-1-canary-4711"
	CanaryBot    = "xoxb-fake-canary-4712"
	CanaryKey    = "LTAIfakefakecanary4713"
	CanarySecret = "fake-secret-canary-4714"
)

// Config says how a world is to be. The secrets and the slash commands are filled in.
type Config struct {
	Folder string // for the files of the bot; made when it is missing
	Policy string // the text of the policy file
	Slack  fakeslack.Config
	Live   fakelive.Config
	Env    []string // for every process, beside what leads it to the servers

	// InSlack and InLive, when they are set, stand before the servers.
	InSlack, InLive func(http.Handler) http.Handler
}

// World is the workspace and the cloud on loopback.
type World struct {
	Slack  *fakeslack.Workspace
	Live   *fakelive.World
	folder string
	env    []string
	http   []*http.Server
	slack  string // addresses
	live   string
}

// Open starts both servers and writes the policy.
func Open(c Config) (*World, error) {
	if err := os.MkdirAll(c.Folder, 0o700); err != nil {
		return nil, err
	}
	c.Slack.AppToken, c.Slack.BotToken = CanaryApp, CanaryBot
	c.Slack.Commands = []fakeslack.Command{{Name: "/caster"}, {Name: "/record"}}
	c.Live.AccessKeyID, c.Live.AccessKeySecret = CanaryKey, CanarySecret
	w := &World{Slack: fakeslack.New(c.Slack), Live: fakelive.New(c.Live), folder: c.Folder}
	err := errors.Join(w.SetPolicy(c.Policy), w.serve(&w.slack, w.Slack, c.InSlack), w.serve(&w.live, w.Live, c.InLive))
	if err != nil {
		w.Close()
		return nil, err
	}
	w.Slack.SetBase(w.slack)
	w.env = append([]string{
		"HOME=" + c.Folder, "PATH=" + os.Getenv("PATH"), "CASTERBOT_POLICY=" + w.File("policy.yml"),
		"CASTERBOT_ADMIN_ADDR=127.0.0.1:0",
		"SLACK_API_URL=" + w.slack + "/api/", "SLACK_APP_TOKEN=" + CanaryApp, "SLACK_BOT_TOKEN=" + CanaryBot,
		"CASTERBOT_LIVE_ENDPOINT=" + w.live, "ALIBABA_CLOUD_ACCESS_KEY_ID=" + CanaryKey,
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET=" + CanarySecret,
		"CASTERBOT_CRASH_AHEAD=" + w.File("ahead"),
	}, c.Env...)
	return w, nil
}

func (w *World) serve(address *string, h http.Handler, before func(http.Handler) http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen on loopback: %w", err)
	}
	if before != nil {
		h = before(h)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	w.http = append(w.http, s)
	*address = "http://" + l.Addr().String()
	go func() { _ = s.Serve(l) }()
	return nil
}

// Close ends both servers; what they have recorded can be read afterwards.
func (w *World) Close() {
	w.Slack.Close()
	w.Live.Close()
	for _, s := range w.http {
		_ = s.Close()
	}
}

// File is the path of a file in the folder of the world.
func (w *World) File(name string) string { return filepath.Join(w.folder, name) }

// SQLite is the address of a database in the folder of the world.
func (w *World) SQLite() string { return "sqlite:" + w.File("casterbot.db") }

// SetPolicy writes the policy file anew, in one step.
func (w *World) SetPolicy(text string) error { return w.put("policy.yml", text) }

// SetAhead puts the clocks of all processes that are built with crash points ahead.
func (w *World) SetAhead(d time.Duration) error { return w.put("ahead", d.String()) }

func (w *World) put(name, text string) error {
	if err := os.WriteFile(w.File(name+".new"), []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(w.File(name+".new"), w.File(name))
}

// Up waits until so many sockets are open; a process that ends meanwhile is an error.
func (w *World) Up(sockets int, within time.Duration, processes ...*Process) error {
	for until := time.Now().Add(within); len(w.Slack.Sockets()) != sockets; time.Sleep(5 * time.Millisecond) {
		for _, p := range processes {
			if p.Dead() {
				return fmt.Errorf("the bot does not start; its log ends with: %s", p.Tail())
			}
		}
		if time.Now().After(until) {
			return fmt.Errorf("after %s %d sockets are open, not %d", within, len(w.Slack.Sockets()), sockets)
		}
	}
	return nil
}
