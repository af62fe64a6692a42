// Package monitor looks at the cloud without being asked: for the guardian, who tells a channel what has gone wrong
// with that what was started from there, and for the on-air boards that stand above channels.
//
// There is one look at a time for everybody (snapshot.go), by one replica at a time (leader.go), no faster than a share
// of the account's limits (limiter.go), and none at all while nothing is watched and no board is up. What is watched
// follows from the stored operations (records.Changes, own_changes.go) and the policy (expectations.go). From a look
// the guardian concludes what stands wrong (rules.go, messages.go); what it has said stands in the store, one document
// for each cause and channel, so it is said once, by whichever replica, and edited when it is mended (alerts.go); only
// where nobody takes care of it people are called once more (care.go), and who did it is added once the cloud's own
// record knows (trail.go). board.go and board_rows.go draw the boards.
//
// It keeps true that nothing is concluded from a look that failed, that an alert says what was seen and when, and that
// the same cause is never said twice while it stands. It changes nothing in the cloud: the button under an alert is a
// command like any other, and judged like one. It must know neither Slack nor any command: what one starts and ends
// records.Changes tells.
package monitor

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/records"
	"casterbot/internal/sleep"
	"casterbot/internal/store"
)

// Times that the watcher keeps.
const (
	guardEvery  = 15 * time.Second // between two looks of the guardian
	boardEvery  = 30 * time.Second // between two looks for the boards
	standIn     = 5 * time.Second  // between two tries of a replica that does not lead
	turnEvery   = time.Second
	lookWithin  = 2 * time.Minute
	watchFor    = records.ChangesFor // what was started through the bot
	previewOpen = 30 * time.Minute   // then it is asked whether a preview is still needed
	stillOn     = 15 * time.Minute   // a studio, after its recording ended

	usualShare = 0.1
)

// Cloud is what is looked at; *live.Client is the real one. Its errors are no news about the world.
type Cloud interface {
	Casters(ctx context.Context) ([]live.Caster, error)
	Scenes(ctx context.Context, caster string) ([]live.Scene, error)
	CasterConfig(ctx context.Context, id string) (live.CasterConfig, error)
	OnlineStreams(ctx context.Context, domain, app, name string) ([]live.Online, error)
	RecordContent(ctx context.Context, s live.Stream, from, to time.Time) ([]live.Content, error)
}

// Chat is where channels are told something. Its errors are those of the engine's Chat.
type Chat interface {
	// Put posts a message, or edits the one that is named, and gives its id.
	Put(ctx context.Context, channel, message string, a op.Answer) (string, error)
	// Redraw is Put for what can wait: everything else goes first.
	Redraw(ctx context.Context, channel, message string, a op.Answer) (string, error)
	Pin(ctx context.Context, channel, message string) error
	Unpin(ctx context.Context, channel, message string) error
}

// Policy is the policy in force.
type Policy interface {
	Channels() []string
	Scope(channel string) (op.Scope, bool)
}

// Judge says whether a channel may be told something unasked, and who is in it; *authz.Judge is the real one.
type Judge interface {
	Tells(ctx context.Context, channel string) (bool, error)
	// Present reports whether somebody is in a channel still.
	Present(ctx context.Context, channel, person string) (bool, error)
}

// Config is what a watcher is made of. All fields are needed but Log, Pause and Trail.
type Config struct {
	Changes *records.Changes // by the bot itself
	Store   *store.Store
	Cloud   Cloud
	Policy  Policy
	Judge   Judge
	Chat    Chat
	Now     func() time.Time
	Log     *slog.Logger
	Replica string  // names this process in the lease
	Share   float64 // of the account's documented limits; 0: a tenth
	Pause   func(ctx context.Context, d time.Duration) bool
	Trail   Trail // the cloud's own record; nil: it is not asked
}

// Watcher looks.
type Monitor struct {
	Config
	limiter      *limiter
	boards       records.BoardBook
	locks        records.LockBook
	alerts       store.Collection[alert]
	care         records.CareBook
	observations store.Collection[observation]
	leader       leader
	remembered

	guardDue, boardDue time.Time
	shown              ownDoings

	looks     looks
	inquiries inquiries
	signals
}

// remembered is what this process knows of what it saw last; a new one begins with nothing.
type remembered struct {
	before   snapshot             // the last look
	compared map[string]time.Time // when a look was held against an observation last, by its key
	called   map[string]string    // studios by id, as they were called when they were seen last
}

// signals are what others tell a watcher at work.
type signals struct {
	wake   chan struct{}
	nudged atomic.Int64
	atWork atomic.Bool
	soon   atomic.Bool // the guardian is due
	still  bool        // time is not real: only a nudge makes anything due
}

// New makes a watcher; Run lets it work.
func New(c Config) *Monitor {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	still := c.Pause != nil
	if c.Pause == nil {
		c.Pause = func(ctx context.Context, d time.Duration) bool { return sleep.For(ctx, d) == nil }
	}
	if c.Share <= 0 {
		c.Share = usualShare
	}
	w := &Monitor{
		Config: c, boards: records.NewBoardBook(c.Store), locks: records.NewLockBook(c.Store),
		care:   records.NewCareBook(c.Store),
		alerts: alerts(c.Store), observations: observations(c.Store),
		signals:    signals{wake: make(chan struct{}, 1), still: still},
		remembered: remembered{called: map[string]string{}, compared: map[string]time.Time{}},
		leader:     leader{store: c.Store, now: c.Now, replica: c.Replica, alone: c.Store.Exclusive()},
	}
	w.limiter = &limiter{share: c.Share, pause: c.Pause, keep: w.leader.hold, last: map[string]time.Time{}}
	return w
}

// Run works until ctx ends.
func (w *Monitor) Run(ctx context.Context) {
	ticker := time.NewTicker(turnEvery)
	defer ticker.Stop()
	if w.still {
		ticker.Stop()
	}
	defer w.leader.release(context.WithoutCancel(ctx))
	defer w.inquiries.work.Wait()
	for {
		nudges := w.nudged.Load()
		w.atWork.Store(true)
		if err := w.turn(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("watch", "error", err)
		}
		w.atWork.Store(false)
		w.nudged.Add(-nudges)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-w.wake:
		}
	}
}

// Nudge makes the watcher see now what is due, after the clock was moved.
func (w *Monitor) Nudge() {
	w.nudged.Add(1)
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Soon is Nudge for what the guardian says: somebody has changed something about it.
func (w *Monitor) Soon() {
	w.soon.Store(true)
	w.Nudge()
}

// Underway counts questions to the cloud's own record, nudges that have not been answered yet, and a turn of the watch,
// in the order in which one leads to the next.
func (w *Monitor) Underway() int {
	n := w.inquiries.underway() + int(w.nudged.Load())
	if w.atWork.Load() {
		n++
	}
	return n
}

// turn does what is due.
func (w *Monitor) turn(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("a panic in the watch", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	boards, err := w.boards.Boards(ctx)
	if err != nil {
		return err
	}
	now := w.Now()
	if w.soon.Swap(false) {
		w.guardDue = now
	}
	guard, draw := isDue(w.guardDue, now, guardEvery), w.drawDue(boards, now) || len(boards) > 0 && w.didSomething(ctx)
	if !guard && !draw {
		return nil
	}
	job := round{at: now, may: map[string]permission{}, scope: w.Policy.Scope}
	if draw {
		job.boards = boards
	}
	if guard {
		w.guardDue = now.Add(guardEvery)
		if err := w.prepare(ctx, &job); err != nil {
			return err
		}
	}
	if len(job.boards)+len(job.expectations)+len(job.standing) == 0 {
		return nil
	}
	if !w.leader.hold(ctx) {
		w.guardDue, w.boardDue = now.Add(standIn), now.Add(standIn)
		return nil
	}
	return w.work(ctx, &job, draw)
}

// ChannelRestored ends the wait after a channel could not be written to: what was due then is said with the next turn.
func (w *Monitor) ChannelRestored(ctx context.Context, channel string) {
	if err := errors.Join(w.resumeAlerts(ctx, channel), w.resumeBoard(ctx, channel)); err != nil {
		w.Log.Warn("go on in a channel", "channel", channel, "error", err)
	}
	w.Nudge()
}

// drawDue reports that the boards should be looked after: it is time, or one of them was put up or is to be taken down.
func (w *Monitor) drawDue(boards []op.Board, now time.Time) bool {
	if len(boards) == 0 {
		return false
	}
	again := isDue(w.boardDue.Add(standIn-boardEvery), now, boardEvery) // one that could not be drawn is tried again
	for _, b := range boards {
		if b.Edited.IsZero() && again || b.Off && isDue(b.Edited.Add(editApart), now, muteFor+editApart) {
			return true
		}
	}
	return isDue(w.boardDue, now, boardEvery)
}

// isDue reports that a moment has come which was never further ahead than so much: it is, when the clock was set back.
func isDue(at, now time.Time, ahead time.Duration) bool {
	return !now.Before(at) || at.Sub(now) > ahead
}

// work looks, and tells what was seen.
func (w *Monitor) work(ctx context.Context, j *round, draw bool) error {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if draw {
		w.boardDue = j.at.Add(boardEvery)
	}
	s := w.takeSnapshot(ctx, j)
	w.keepSeen(ctx, s)
	// without knowing what was done during the look nothing can be said of others
	if err := w.caughtUp(ctx, j); err != nil {
		return err
	}
	err := errors.Join(w.guard(ctx, s, j), w.draw(ctx, s, j))
	if len(j.expectations) > 0 {
		w.before = s
	}
	return err
}
