// Package engine decides every state change of an operation, and nothing else in casterbot does.
//
// To see whether anything can ever happen twice, read this package in this order: accept.go (a command arrives),
// submit.go (it becomes a pending operation with a card; once.go: a button's presses make one), press.go (a person
// confirms), admit.go (it waits for its turn at the account's limits), revalidate.go (is all as it was; hold_up.go: may
// it go on while an earlier outcome is unknown), run.go (the one place that makes the call, each at its turn: turns.go;
// send_guard.go says until when it may leave, and when again), several.go (several targets with one press: an operation
// for each), reconcile.go (what is done when no answer came), looks.go (when it is looked whether a call took effect,
// at the target and in the cloud's own record),
// sweep.go (expiry, recovery after a restart, owed cards) with replica.go (what a dead replica left).
//
// The rest moves no operation and can be left for later: what the card says of a call under way (progress.go), the
// words of answers (words.go), what comes of an operation afterwards (follow.go), that what a card claims has ended
// (claims.go), what people are told once beside it (said_once.go), who may approve it by a policy that was reloaded
// (approvers.go). What people get to see is brought to them by package notify; what is offered to them is in package
// browse.
//
// What it keeps true:
//   - A call leaves only after the state `running` is durable (run.go: claim), and only the claim that won may send.
//   - `failed` is written for a definite refusal or when nothing left; `succeeded` for an answer or positive evidence;
//     everything else is `unknown` and is settled by looking or by a person.
//   - A person is judged by the policy when asking, when confirming and again just before the call.
//   - A card is drawn from the stored operation, so it can be drawn again at any time.
//
// It must not know Slack, the cloud or any single command: those come in as a Chat, a Directory and a table.
package engine

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/browse"
	"casterbot/internal/failpoint"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/sleep"
	"casterbot/internal/store"
)

// Config is what an engine is made of. All fields are needed but Log, Pause, Patient and Quota.
type Config struct {
	Table *op.Table
	Store *store.Store
	Authz *authz.Judge
	Chat  notify.Chat
	Now   func() time.Time
	Log   *slog.Logger
	// names this process in claims, the same as the store's Options.Replica
	Replica string
	Pause   func(ctx context.Context, d time.Duration) bool // waits; false when ctx ended first; nil = real time
	Patient bool                                            // time is not real: who is slow has not stood still
	Quota   *quota.Quota                                    // when a change may be called; nil: at any time
	Ended   func()                                          // called when an operation has ended; may be nil
	Watch   Watch
	// told of the role session in which a change is about to be made, to fetch its keys ahead, without waiting; nil where
	// the keys are no role's
	Sessions func(name string)
	Trail    Trail // the cloud's own record; nil: it is not asked
}

// Trail is the cloud's own record of what was called, and by whom.
type Trail interface {
	Called(ctx context.Context, t op.Trace) (op.Recorded, error)
}

// Watch is told how quickly presses are worked off, for those who measure. None may wait; each may be nil.
type Watch struct {
	Confirmed func(id string, came time.Time) // a press that arrived then has won
	Leaves    func(id string)                 // a call of the operation, or of one of its members, is out of hand
	Shown     func(op.Operation)              // its card shows how it stands
}

func (w Watch) filled() Watch {
	if w.Confirmed == nil {
		w.Confirmed = func(string, time.Time) {}
	}
	if w.Leaves == nil {
		w.Leaves = func(string) {}
	}
	if w.Shown == nil {
		w.Shown = func(op.Operation) {}
	}
	return w
}

// Engine moves operations through their states.
type Engine struct {
	table   *op.Table
	store   *store.Store
	authz   *authz.Judge
	browse  *browse.Browser
	now     func() time.Time
	log     *slog.Logger
	replica string
	pause   func(context.Context, time.Duration) bool
	account

	notify    *notify.Notifier
	questions questions
	arrivals  arrivals
	turns     turns
	inflight  inflight
	sweeper   sweeper
	work      work
}

// account is how the engine deals with the cloud's account.
type account struct {
	quota    *quota.Quota      // when a change may be called
	sessions func(name string) // as whom: Config.Sessions
	trail    Trail             // what the account's own record says of it
}

// Times that the engine keeps.
const (
	confirmWithin = 5 * time.Minute  // where the policy says nothing
	startWithin   = 30 * time.Second // from confirmed to sent
	sendWithin    = 5 * time.Second  // from the durable mark to the first byte
	answerWithin  = 60 * time.Second // from sent to an answer
	// from sent to the last look whose sight may be its doing: once after the last moment for an answer
	creditWithin  = 75 * time.Second
	tellWaiting   = 10 * time.Second // the card says "still waiting"
	lookWithin    = 20 * time.Second // for everything that only looks
	lateAfter     = 120 * time.Second
	doubleClick   = 10 * time.Second // after the end of an operation: until then a late click is one of several
	repeatQuickly = 20 * time.Second // as long as answers fail to come this soon, a repeatable call is repeated at once
	repeatWithin  = 10 * time.Minute // a repeatable call may be sent again with its token
	repeatsAtOnce = 3                // sends at once, the first one included
	repeatAtMost  = 4                // sends in all
	sweepEvery    = time.Second
	targetRetry   = 300 * time.Millisecond
	keepKeys      = 48 * time.Hour
	keepWithin    = 300 * time.Millisecond // for making a look durable; it goes on without
	settleAtOnce  = 500

	openPerPerson  = 20 // operations of one person that may be open in a channel
	openPerChannel = 100

	changesPerPerson  = 100 // of one person in a channel, each target of several counted
	changesPerChannel = 300
	pruneInterval     = time.Hour
)

// New makes an engine; Start begins its periodic work.
func New(c Config) *Engine {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	var after func(time.Duration, func()) func() bool
	if c.Pause == nil {
		c.Pause = pause
		after = func(d time.Duration, do func()) func() bool { return time.AfterFunc(failpoint.Within(d), do).Stop }
	}
	e := &Engine{
		table: c.Table, store: c.Store, authz: c.Authz,
		now: failpoint.Clock(c.Now), log: c.Log, replica: c.Replica, pause: c.Pause,
		account:  account{quota: c.Quota, sessions: c.Sessions, trail: c.Trail},
		inflight: inflight{watch: c.Watch.filled()},
		sweeper:  sweeper{wake: make(chan struct{}, 1), swept: make(chan struct{}), beaten: make(chan struct{})},
	}
	e.work.base, e.work.abort = context.WithCancel(context.Background())
	e.work.patient = c.Patient
	e.notify = notify.New(notify.Config{
		Store: e.store, Chat: c.Chat, Now: e.now, Log: e.log, Replica: e.replica, After: after, Base: e.work.base,
		Spawn: e.spawn, Gather: e.gather, Again: e.readAgain, Shown: e.inflight.watch.Shown,
		StillDue: e.stillDue, Hears: e.authz.Hears,
	})
	e.turns.init(c.Ended)
	e.browse = browse.New(browse.Config{Table: c.Table, Store: c.Store, Authz: c.Authz, Now: e.now, Spawn: e.spawn,
		Answer: e.answerFor, Patient: c.Patient})
	return e
}

// Browser tells people what they can do with this engine.
func (e *Engine) Browser() *browse.Browser { return e.browse }

// Notifier tells people what comes of operations.
func (e *Engine) Notifier() *notify.Notifier { return e.notify }

func pause(ctx context.Context, d time.Duration) bool {
	return sleep.For(ctx, failpoint.Within(d)) == nil
}

// Start recovers what an earlier process left and begins the sweep.
func (e *Engine) Start(ctx context.Context) error {
	if err := e.recover(ctx); err != nil {
		return err
	}
	sweep, stop := context.WithCancel(e.work.base)
	e.sweeper.stop = stop
	go e.sweeping(sweep)
	go e.heartbeat()
	return nil
}

// Close stops the sweep, waits for the calls under way until ctx ends, and brings owed cards up to date.
func (e *Engine) Close(ctx context.Context) {
	if e.sweeper.stop != nil {
		e.sweeper.stop()
		<-e.sweeper.swept
	}
	done := make(chan struct{})
	go func() {
		e.work.all.Wait()
		e.notify.Finish()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		e.log.Warn("stopped with work under way; it will show as unknown after the restart")
	}
	e.work.abort()
	<-done
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepWithin)
	defer cancel()
	if err := e.purgeSettled(last); err != nil {
		e.log.Warn("some of what was answered is answered again after the restart", "error", err)
	}
	if e.sweeper.stop != nil {
		<-e.sweeper.beaten
	}
}

// Nudge makes the sweep look now, after the clock was moved.
func (e *Engine) Nudge() {
	e.sweeper.nudged.Add(1)
	select {
	case e.sweeper.wake <- struct{}{}:
	default:
	}
}

// Underway counts the work under way: nudges that have not been answered yet, calls, looks, and cards that are behind.
func (e *Engine) Underway() int {
	return int(e.sweeper.nudged.Load()+e.work.running.Load()) + e.notify.Behind()
}

// rescue keeps a panic from ending the process: it is told in the log, and what was under way is found again by the
// sweep or after a restart.
func (e *Engine) rescue(what string, about ...any) {
	if p := recover(); p != nil {
		e.log.Error("a panic in "+what, append([]any{"panic", p, "stack", string(debug.Stack())}, about...)...)
	}
}

// spawn runs the work behind the caller's back; Close waits for it.
func (e *Engine) spawn(work func(context.Context)) {
	e.work.all.Add(1)
	e.work.running.Add(1)
	go func() {
		defer e.work.all.Done()
		defer e.work.running.Add(-1)
		defer e.rescue("work")
		work(e.work.base)
	}()
}

// inflight is what this process has under way. Nothing of it outlives the process: the store has what must.
type inflight struct {
	pressed   sync.Map // ids of buttons whose press is being worked off, and what is closed at its end
	runs      sync.Map // ids of operations that this process takes to their end
	unwritten sync.Map // outcomes by id that could not be written down
	unsettled sync.Map // keys of what is worked off and still in the inbox, and until when it may yet get there
	looking   sync.Map // ids of unknown operations that are being looked at
	watch     Watch    // who is told of it
}

// sweeper is what the periodic work listens to, and how its end is heard of.
type sweeper struct {
	wake   chan struct{}
	nudged atomic.Int64       // nudges that no sweep has answered yet
	stop   context.CancelFunc // ends the sweep
	swept  chan struct{}
	beaten chan struct{}     // closed when the last heartbeat is over
	told   time.Time         // when it was last looked for what has ended, and what nobody knows
	begun  bool              // it was looked for what an earlier process left of that
	judged map[string]string // by id of a card that waits: the policy by which it was looked at last
}

// work is what runs behind the callers' backs.
type work struct {
	running atomic.Int64   // pieces of work under way
	all     sync.WaitGroup // the same, to wait for
	base    context.Context
	abort   context.CancelFunc // ends runs that outlast the shutdown
	patient bool               // see Config
}
