// Package sandbox is the embedded world: a Slack workspace, an ApsaraVideo Live
// account, one clock for both and a page in the browser to look at them.
//
// What for. It is the newcomer's first minute, the crew's rehearsal room and
// the test double of every test. Open starts everything on loopback and says
// under which addresses and with which credentials a program can join it: the
// bot of this module, or anybody's.
//
// What it keeps true. The world has one time: messages, studios and recording
// files follow the same Clock. A world with a folder comes back as it was left;
// its state file is always whole, because it is replaced by renaming. Nothing
// here contacts another host, and nothing listens beyond loopback unless the
// page's address is given so.
//
// What it must not know. The bot: no command, policy, operation or store. Bot
// and world meet on the wire only, so whatever works here works the same way
// with the real services, and a fault of the bot cannot hide in a shortcut.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/internal/sandbox/page"
	"casterbot/internal/sandbox/scenarios"
)

// Addresses that a sandbox takes unless told otherwise. The two APIs fall back
// to free ports; the page does not, since people have its address in a tab.
const (
	PageAddr  = "127.0.0.1:8787"
	SlackAddr = "127.0.0.1:8788"
	LiveAddr  = "127.0.0.1:8789"
)

// Suggestion is something to try first; the page offers it above its composer.
type Suggestion = page.Suggestion

// Config says which world to open. The zero Config is a world in memory on the
// usual ports.
type Config struct {
	Dir   string // folder of the state; "" keeps it in memory
	Reset bool   // forget what the folder holds

	PageAddr string // "" means PageAddr
	APIAddr  string // of both APIs, where theirs are not given: "127.0.0.1:0" takes two free ports

	// SlackAddr and LiveAddr are those of the two APIs. "" means the usual one, or else a free port.
	SlackAddr, LiveAddr string

	App // that is installed; the zero App is a bot with all scopes, the workspace's own events and no commands

	Suggestions []Suggestion
	Scenario    *scenarios.Scenario // that is played beside the person; nil for none

	Cameras int              // streams show/cam1 to show/camN in a new world, to try many at once
	Limits  bool             // the cloud and the workspace refuse calls beyond their documented limits
	Patient bool             // the workspace waits a minute where Slack waits three seconds: for slow machines
	Now     func() time.Time // base of the clock; nil means time.Now
	Log     *slog.Logger     // nil discards
}

// World is an open sandbox.
type World struct {
	Slack *fakeslack.Workspace
	Live  *fakelive.World
	Clock *Clock

	PageURL  string // http://127.0.0.1:8787
	SlackURL string // base of the Web API: http://127.0.0.1:8788/api/
	LiveURL  string // endpoint of the cloud: http://127.0.0.1:8789

	cfg       Config
	page      *page.Page
	evening   *scenarios.Run // nil when there is none
	listeners []net.Listener
	servers   []*http.Server
	fresh     state
	keep      *keeper
	stop      context.CancelFunc
	running   sync.WaitGroup
	close     func() error // once
}

// Open starts a world. An address that is taken and a state that cannot be read
// are errors that say what to do.
func Open(cfg Config) (*World, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.PageAddr == "" {
		cfg.PageAddr = PageAddr
	}
	w := &World{cfg: cfg, Clock: NewClock(cfg.Now)}
	w.Clock.set(w.begin())
	w.close = sync.OnceValue(w.shut)
	if err := w.listen(); err != nil {
		return nil, err
	}
	w.build()
	if err := w.load(); err != nil {
		w.Slack.Close()
		w.Live.Close()
		w.closeListeners()
		return nil, err
	}
	if cfg.Scenario != nil {
		w.evening = scenarios.New(*cfg.Scenario, scenarios.Config{Slack: w.Slack, Live: w.Live, Now: w.Clock.Now})
	}
	w.serve()
	return w, nil
}

// build makes the parts and joins them by the clock.
func (w *World) build() {
	slack := fakeslack.Config{
		AppToken: AppToken, BotToken: BotToken, Now: w.Clock.Now, Commands: w.cfg.Commands, Events: w.cfg.Events,
		Scopes: w.cfg.Scopes, Log: w.cfg.Log,
		Limits: w.cfg.Limits,
	}
	if w.cfg.Patient {
		slack.AckWithin, slack.Trigger = time.Minute, time.Minute
	}
	w.Slack = fakeslack.New(slack)
	if w.cfg.Name != "" {
		w.Slack.SetName(w.cfg.Name)
	}
	w.Slack.SetBase(strings.TrimSuffix(w.SlackURL, "/api/"))
	w.Live = fakelive.New(fakelive.Config{
		AccessKeyID: AccessKeyID, AccessKeySecret: AccessKeySecret, Now: w.Clock.Now, Limits: w.cfg.Limits,
		Cameras: w.cfg.Cameras, Host: w.cfg.LiveAddr,
	})
	w.page = page.New(page.Config{
		Slack: w.Slack, Live: w.Live, Now: w.Clock.Now, Ahead: w.Clock.Ahead,
		Advance: w.Clock.Advance, Reset: w.Reset, Addr: w.cfg.PageAddr,
		Suggestions: w.cfg.Suggestions, Speed: w.Clock.Speed, SetSpeed: w.Clock.SetSpeed,
		Acted: w.Clock.Rest, Travel: w.Clock.Travel, Due: w.due, Scenario: w.scenario,
	})
	w.Clock.OnAdvance(func() {
		w.Live.Tick()
		w.page.Poke()
	})
	w.fresh = w.state()
}

// serve starts the three servers, the saving and the ticking of the cloud.
func (w *World) serve() {
	for i, h := range []http.Handler{w.page, w.Slack, w.Live} {
		s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second,
			ErrorLog: slog.NewLogLogger(w.cfg.Log.Handler(), slog.LevelDebug)}
		w.servers = append(w.servers, s)
		w.running.Go(func() {
			if err := s.Serve(w.listeners[i]); !errors.Is(err, http.ErrServerClosed) {
				w.cfg.Log.Error("the sandbox stopped serving", "addr", w.listeners[i].Addr().String(), "error", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.stop = cancel
	w.running.Go(func() { w.tick(ctx) })
	w.running.Go(func() { w.Clock.Run(ctx) })
	if w.evening != nil {
		w.running.Go(func() { w.play(ctx) })
	}
	if w.keep != nil {
		w.running.Go(func() { w.keep.run(ctx, w) })
	}
}

// tick lets recording files appear when they are due, without anybody asking.
func (w *World) tick(ctx context.Context) {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			w.Live.Tick()
		}
	}
}

// Reset brings back the world as it was when it was new: people, messages,
// studios and clock. Connections stay.
func (w *World) Reset() error {
	_ = w.Clock.SetSpeed(1)
	w.Clock.Travel(time.Time{})
	w.Clock.set(w.begin())
	w.Live.Reset()
	if err := w.Slack.Load(w.fresh.Slack); err != nil {
		return fmt.Errorf("reset the workspace: %w", err)
	}
	if w.evening != nil {
		w.evening.Restart()
	}
	w.page.Poke()
	return nil
}

// Close saves the state and ends everything that Open started. It may be called
// more than once.
func (w *World) Close() error { return w.close() }

func (w *World) shut() (err error) {
	w.stop()
	w.page.Close()
	if w.keep != nil {
		err = w.keep.save(w.state)
	}
	w.Slack.Close()
	w.Live.Close()
	for _, s := range w.servers {
		_ = s.Close()
	}
	w.running.Wait()
	return err
}
