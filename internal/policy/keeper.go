package policy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"casterbot/internal/op"
)

// Keeper holds the policy in force and swaps it as a whole when the file changes. A broken file leaves the last good
// policy in force. It is safe for concurrent use.
type Keeper struct {
	path    string
	verbs   []string
	log     *slog.Logger
	every   time.Duration
	current atomic.Pointer[Policy]
	loaded  atomic.Int64 // when it was taken, in Unix nanoseconds
	behind  atomic.Bool  // it is not what the file says: that could not be read or taken

	mu      sync.Mutex    // one look or reload at a time
	judged  string        // hash of the last content that was taken or refused
	before  string        // what the last look saw
	missing string        // error of the last look that could not read
	swapped func(*Policy) // called after each swap
}

// NewKeeper loads the file; without a good policy there is nothing to start with, so any mistake is an error.
func NewKeeper(path string, verbs []string, log *slog.Logger) (*Keeper, error) {
	k := &Keeper{path: path, verbs: verbs, log: log, every: 2 * time.Second, swapped: func(*Policy) {}}
	p, err := Load(path, verbs)
	if err != nil {
		return nil, err
	}
	k.judged, k.before = p.hash, p.hash
	k.current.Store(p)
	k.loaded.Store(time.Now().UnixNano())
	k.doubts(p)
	return k, nil
}

// OnSwap has a function called after each swap. It must not wait.
func (k *Keeper) OnSwap(do func(*Policy)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.swapped = do
}

// Current gives the policy in force.
func (k *Keeper) Current() *Policy { return k.current.Load() }

// Loaded is when the policy in force was taken, and whether it is what the file says.
func (k *Keeper) Loaded() (at time.Time, same bool) {
	return time.Unix(0, k.loaded.Load()), !k.behind.Load()
}

// Reload reads the file now. On an error, which is logged too, the last good policy stays in force.
func (k *Keeper) Reload() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	data, err := readFile(k.path)
	if err != nil {
		k.log.Error("policy cannot be read, the last good one stays in force", "error", err)
		return fmt.Errorf("read policy: %w", err)
	}
	return k.take(data)
}

// Watch looks at the file every two seconds until the context ends. It compares contents, so links that are swapped and
// files that keep their date are noticed as well. A change counts when two looks in a row see the same, so that a file
// which is just being written is not taken for a finished one.
func (k *Keeper) Watch(ctx context.Context) {
	tick := time.NewTicker(k.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			k.look()
		}
	}
}

// look takes a content that the look before saw too, and that was not judged yet.
func (k *Keeper) look() {
	k.mu.Lock()
	defer k.mu.Unlock()
	data, err := readFile(k.path)
	if err != nil {
		if err.Error() != k.missing {
			k.log.Error("policy cannot be read, the last good one stays in force", "error", err)
		}
		k.missing = err.Error()
		k.behind.Store(true)
		return
	}
	k.missing = ""
	sum := hashOf(data)
	if sum == k.Current().hash {
		k.behind.Store(false)
	}
	settled := sum == k.before
	k.before = sum
	if settled && sum != k.judged {
		_ = k.take(data) // take has logged what is wrong
	}
}

// take judges a content and swaps the policy when it is good.
func (k *Keeper) take(data []byte) error {
	k.judged = hashOf(data)
	p, err := Parse(k.path, data, k.verbs)
	if err == nil && p.blank && !k.Current().blank {
		err = Problems{{File: k.path, Line: 1, Text: "the file is empty: to deny everything write version: 1"}}
	}
	if err != nil {
		k.refused(err)
		return err
	}
	k.current.Store(p)
	k.loaded.Store(time.Now().UnixNano())
	k.behind.Store(false)
	k.log.Info("policy reloaded", "file", k.path, "hash", p.hash, "channels", len(p.channels))
	k.doubts(p)
	k.swapped(p)
	return nil
}

// refused logs each mistake of a file that is not taken.
func (k *Keeper) refused(err error) {
	var list Problems
	errors.As(err, &list)
	k.behind.Store(true)
	for _, p := range list {
		k.log.Error("policy refused, the last good one stays in force", "file", p.File, "line", p.Line, "key", p.Key,
			"problem", p.Text)
	}
}

func (k *Keeper) doubts(p *Policy) {
	for _, text := range p.warnings {
		k.log.Warn("policy has a doubtful place", "warning", text)
	}
}

// Decide asks the policy in force.
func (k *Keeper) Decide(p op.Person, c op.Channel, verb string, effect op.Effect, target op.Target) op.Decision {
	return k.Current().Decide(p, c, verb, effect, target)
}

// Approves asks the policy in force.
func (k *Keeper) Approves(d op.Decision, asker string, p op.Person) (bool, op.Line) {
	return k.Current().Approves(d, asker, p)
}

// ApprovesAs asks the policy in force.
func (k *Keeper) ApprovesAs(d op.Decision, p op.Person) string { return k.Current().ApprovesAs(d, p) }

// Scope asks the policy in force.
func (k *Keeper) Scope(channel string) (op.Scope, bool) { return k.Current().Scope(channel) }

// Explain asks the policy in force.
func (k *Keeper) Explain(p op.Person, c op.Channel, verb string, effect op.Effect, target op.Target) Explanation {
	return k.Current().Explain(p, c, verb, effect, target)
}

// UserGroups are those of the policy in force.
func (k *Keeper) UserGroups() []string { return k.Current().UserGroups() }

// Channels are those of the policy in force.
func (k *Keeper) Channels() []string { return k.Current().Channels() }

// Who asks the policy in force.
func (k *Keeper) Who(reader op.Person, channel, verb string, effect op.Effect, target op.Target) []op.Line {
	return k.Current().Who(reader, channel, verb, effect, target)
}
