package fakelive

import (
	"fmt"
	"time"
)

// Kind names what goes wrong with a call.
type Kind string

// The kinds of faults. "Before" means that the call changes nothing, "after" that
// it takes effect and only the answer suffers.
const (
	Slow         Kind = "slow"          // the call waits Delay, then works, even if the client has left
	SlowAnswer   Kind = "slow-answer"   // the call works at once, its answer waits Delay
	Status       Kind = "status"        // 5xx without effect
	StatusAfter  Kind = "status-after"  // 5xx although the call took effect
	ResetBefore  Kind = "reset-before"  // connection reset, no effect
	ResetAfter   Kind = "reset-after"   // connection reset after the effect
	SilentBefore Kind = "silent-before" // no answer for 90 s, no effect
	SilentAfter  Kind = "silent-after"  // no answer for 90 s after the effect
	HTML         Kind = "html"          // 200 with a web page, effect made
	HTMLBefore   Kind = "html-before"   // 200 with a web page, no effect
	Empty        Kind = "empty"         // 200 with {}, effect made
	HalfJSON     Kind = "half-json"     // 200 with half of the answer, effect made
	Throttle     Kind = "throttle"      // 400 Throttling.User
	Refuse       Kind = "refuse"        // any Code, with the status documented for it
	TimeoutCopy  Kind = "timeout-copy"  // 408 CopyCaster.Timeout although the copy is made
)

// Fault is an order to spoil calls. Calls that fail the gateway's own checks are
// not counted and not spoiled.
type Fault struct {
	ID     int64         `json:"id"`               // given by Inject
	Action string        `json:"action,omitempty"` // operation; "" means any
	Call   int           `json:"call,omitempty"`   // matching calls to let through first
	Times  int           `json:"times"`            // calls to spoil, 0 means 1, negative means until cleared
	Kind   Kind          `json:"kind"`
	Delay  time.Duration `json:"delay,omitempty"`  // extra waiting, in real time, nanoseconds in JSON
	Code   string        `json:"code,omitempty"`   // for status and refuse
	Status int           `json:"status,omitempty"` // HTTP status for status and refuse; 0 means the usual one
}

// trouble is how a kind of fault treats a call: whether it still takes effect,
// whether the delay comes after that, and what the client gets.
type trouble struct {
	effect bool
	late   bool
	end    ending
	spoil  func(f Fault, in *request, good reply) reply
}

type ending int

const (
	answered ending = iota
	reset
	silent
)

var troubles = map[Kind]trouble{
	"":           {effect: true},
	Slow:         {effect: true},
	SlowAnswer:   {effect: true, late: true},
	Status:       {spoil: serverError},
	StatusAfter:  {effect: true, late: true, spoil: serverError},
	ResetBefore:  {end: reset},
	ResetAfter:   {effect: true, late: true, end: reset},
	SilentBefore: {end: silent},
	SilentAfter:  {effect: true, late: true, end: silent},
	HTML:         {effect: true, late: true, spoil: webPage},
	HTMLBefore:   {spoil: webPage},
	Empty:        {effect: true, late: true, spoil: emptyAnswer},
	HalfJSON:     {effect: true, late: true, spoil: halfAnswer},
	Throttle:     {spoil: refusalAs("Throttling.User")},
	Refuse:       {spoil: serverError},
	TimeoutCopy:  {effect: true, late: true, spoil: refusalAs("CopyCaster.Timeout")},
}

// Inject orders a fault and returns its id. Faults wait in the order in which
// they were ordered; a call is spoiled by the first that is due, and is counted
// by all.
func (w *World) Inject(f Fault) (int64, error) {
	if _, known := troubles[f.Kind]; !known || f.Kind == "" {
		return 0, fmt.Errorf("fault: no such kind %q", f.Kind)
	}
	if f.Call < 0 || f.Delay < 0 {
		return 0, fmt.Errorf("fault %s: call and delay must not be negative", f.Kind)
	}
	if f.Kind == Refuse && f.Code == "" {
		return 0, fmt.Errorf("fault %s: needs a code", f.Kind)
	}
	if f.Kind == TimeoutCopy {
		f.Action = "CopyCaster"
	}
	if f.Times == 0 {
		f.Times = 1
	}
	defer w.changed()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faultSeq++
	f.ID = w.faultSeq
	w.faults = append(w.faults, f)
	return f.ID, nil
}

// Faults lists the faults still to come, with the calls they still wait for and
// the times that are left.
func (w *World) Faults() []Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Fault{}, w.faults...)
}

// ClearFaults takes back all faults that have not struck yet.
func (w *World) ClearFaults() {
	defer w.changed()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = nil
}

// draw counts a call against all waiting faults and returns the one that strikes
// it, or a fault without a kind.
func (w *World) draw(action string) Fault {
	var hit Fault
	var left []Fault
	for _, f := range w.faults {
		switch {
		case f.Action != "" && f.Action != action:
		case f.Call > 0:
			f.Call--
		case hit.Kind == "":
			hit = f
			f.Times--
			if f.Times == 0 {
				continue
			}
		}
		left = append(left, f)
	}
	w.faults = left
	return hit
}
