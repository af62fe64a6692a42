package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
)

// Config says where an evening is played.
type Config struct {
	Slack *fakeslack.Workspace
	Live  *fakelive.World
	Now   func() time.Time // the world's clock

	// Person plays the part of the person at the keyboard as well.
	Person bool
}

// Run is an evening under way. It is safe for concurrent use.
type Run struct {
	cfg Config
	Scenario

	mu    sync.Mutex
	at    int // the step under way; as many as there are when it is over
	due   time.Time
	since time.Time // what it expects is waited for: when it was due, or when the bot was back later than that
	back  bool      // Slack is, after the evening took it away
	did   int       // acts of the step that are done
	log   int       // the last call of the bot that was looked at
	call  int64     // the last call of the cloud
	seen  [][]bool  // by step, what it expects has come
	errs  []error
}

// New begins an evening. Step has to be called whenever something may have happened.
func New(s Scenario, cfg Config) *Run {
	r := &Run{cfg: cfg, Scenario: s}
	r.Restart()
	return r
}

// Restart begins the evening again; the world has to be as it was.
func (r *Run) Restart() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at, r.back, r.errs, r.seen = -1, false, nil, make([][]bool, len(r.Steps))
	for i, s := range r.Steps {
		r.seen[i] = make([]bool, len(s.Sees))
	}
	if log := r.cfg.Slack.Log(0); len(log) > 0 {
		r.log = log[len(log)-1].Seq
	}
	r.call = lastCall(r.cfg.Live)
	r.next()
}

func lastCall(live *fakelive.World) int64 {
	calls := live.Snapshot().Calls
	if len(calls) == 0 {
		return 0
	}
	return calls[len(calls)-1].Seq
}

// next goes on to the step after. The caller holds mu.
func (r *Run) next() {
	r.at++
	r.did = 0
	if !r.over() {
		r.due = r.cfg.Now().Add(r.Steps[r.at].After)
		r.since = r.due
	}
}

func (r *Run) over() bool { return r.at >= len(r.Steps) }

// Step does what is due and looks at what the world shows. It reports whether anything has come of it.
func (r *Run) Step() (moved bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waits() {
		r.since = r.cfg.Now()
	}
	for !r.over() && !r.cfg.Now().Before(r.due) && r.proceed() {
		moved = true
	}
	return moved
}

// proceed makes the next small progress of the step under way, if there is one. The caller holds mu.
func (r *Run) proceed() bool {
	step := r.Steps[r.at]
	played := step.Ask == "" || r.cfg.Person
	if played && r.did < len(step.Do) {
		return r.act(step.Do[r.did])
	}
	if !r.look(step) {
		return false
	}
	r.next()
	return true
}

func (r *Run) act(text string) bool {
	do, err := parse(text)
	if err == nil {
		err = do(world{r.cfg.Slack, r.cfg.Live})
	}
	if errors.Is(err, errNotYet) {
		r.look(r.Steps[r.at])
		return false
	}
	if err != nil {
		r.errs = append(r.errs, fmt.Errorf("step %d: %s: %w", r.at+1, text, err))
	}
	switch text {
	case slackGoes:
		r.back = false
	case slackBack:
		r.back = true
	}
	r.did++
	return true
}

// look ticks off what has come since the last look, and reports that all has.
func (r *Run) look(step Step) bool {
	for _, c := range r.cfg.Slack.Log(r.log) {
		r.log = max(r.log, c.Seq)
		text := heard(c)
		r.tick(step, func(s Expected) bool {
			return s.Call == "" && !slices.ContainsFunc(s.Says, func(w string) bool { return !strings.Contains(text, w) })
		})
	}
	for _, c := range r.cfg.Live.Snapshot().Calls {
		if c.Seq > r.call {
			r.call = c.Seq
			r.tick(step, func(s Expected) bool { return s.Call == c.Action && matches(c.Params, s.With) })
		}
	}
	return !slices.Contains(r.seen[r.at], false) && !r.waits()
}

func (r *Run) tick(step Step, came func(Expected) bool) {
	for i, s := range step.Sees {
		r.seen[r.at][i] = r.seen[r.at][i] || came(s)
	}
}

func matches(params, want map[string]string) bool {
	for name, value := range want {
		if params[name] != value {
			return false
		}
	}
	return true
}

// marks are what the text of a message is styled with.
var marks = strings.NewReplacer("*", "", "`", "", `\"`, `"`, `\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

// heard is everything that a call of the bot gave people to read.
func heard(c fakeslack.Call) string {
	if c.Error != "" {
		return ""
	}
	return marks.Replace(strings.Join([]string{c.Text, string(c.Blocks), string(c.Attach), string(c.View)}, " "))
}

// Err tells what went wrong: an act that could not be done, what was not seen in time, and in the end another number of
// calls than the evening has.
func (r *Run) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	errs := slices.Clone(r.errs)
	if r.over() {
		errs = append(errs, r.counted()...)
	} else if r.late() {
		errs = append(errs, fmt.Errorf("step %d (%s): not seen within %s: %s", r.at+1,
			cmp.Or(r.Steps[r.at].Ask, r.Steps[r.at].Tell), r.Steps[r.at].within(), r.missing()))
	}
	return errors.Join(errs...)
}

// late reports that the step under way has waited too long for what it is to see. A person may take as long as they
// like, and so may a bot that is not connected. The caller holds mu.
func (r *Run) late() bool {
	step := r.Steps[r.at]
	return (step.Ask == "" || r.cfg.Person) && r.cfg.Now().Sub(r.since) > step.within()
}

func (r *Run) missing() string {
	var words []string
	for i, s := range r.Steps[r.at].Sees {
		if !r.seen[r.at][i] {
			words = append(words, s.words())
		}
	}
	return strings.Join(words, ", ")
}

// counted holds the calls that were made against those of the evening.
func (r *Run) counted() (errs []error) {
	made := map[string]int{}
	for _, c := range r.cfg.Live.Snapshot().Calls {
		// a request that was given up before its words had arrived names no action
		if c.Action != "" && !strings.HasPrefix(c.Action, "Describe") {
			made[c.Action]++
		}
	}
	if !maps.Equal(made, r.Calls) {
		errs = append(errs, fmt.Errorf("the cloud was asked for %v, not for %v", made, r.Calls))
	}
	return errs
}

// Due is the moment of the next thing that happens by itself, or zero when a person is asked for something first.
func (r *Run) Due() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over() || !r.cfg.Now().Before(r.due) {
		return time.Time{}
	}
	return r.due
}

// What an evening says when nobody can be reached, and when that is over.
const (
	slackGoes = "world> slack goes away"
	slackBack = "world> slack comes back"
)

// Waits reports that the bot is not connected yet although Slack is back: it has to be waited for by the real clock.
func (r *Run) Waits() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.over() && r.waits()
}

func (r *Run) waits() bool { return r.back && len(r.cfg.Slack.Sockets()) == 0 }

// Over reports that the evening has come to its end.
func (r *Run) Over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.over()
}
