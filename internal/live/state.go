package live

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// How far the clock of this machine may be off. The service refuses from 15 minutes on.
const (
	SkewTold    = time.Minute
	SkewRefused = 10 * time.Minute
	skewCode    = "ClockSkew" // our own, of a change that is not sent for that
)

// noKeys is the code, our own, of a call for which there were no credentials.
const noKeys = "NoCredentials"

// State is how the service stands to this process, as its calls have shown.
type State struct {
	Failure *Error        // why no call works; nil: it answers. What one call is refused for is none
	Asked   time.Time     // of the last call that showed anything; zero: none has
	Since   time.Time     // since when it is so
	Skew    time.Duration // how far this machine's clock is ahead, by the last answer
}

// Word is the state in one word.
func (s State) Word() string {
	switch {
	case s.Asked.IsZero():
		return "unasked"
	case s.Failure == nil:
		return "answers"
	case s.Failure.Keys:
		return "no credentials"
	case s.Failure.Class == Refused:
		return "refuses"
	case s.Failure.Class == NotSent:
		return "unreachable"
	}
	return "unclear"
}

// State is how it is now.
func (c *Client) State() State {
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	return c.state.State
}

// observer keeps the state, and writes into the log what is refused or fails: once a minute for each kind.
type observer struct {
	log *slog.Logger // may be nil
	now func() time.Time

	mu sync.Mutex
	State
	told map[kind]*told
}

type kind struct {
	action, code string
	class        Class
}

type told struct {
	at   time.Time
	more int // of this kind, since
}

// forAll begin the codes that say nothing of one request: no other call works either.
var forAll = []string{
	"InvalidAccessKeyId", "InvalidSecurityToken", "SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureMethod",
	"InvalidTimeStamp", "InvalidRegion", "InvalidApi.NotFound", "InvalidVersion", "UnsupportedHTTPMethod",
	"Forbidden.RiskControl", "InsufficientBalance",
}

// wide reports that a failure is one of all calls.
func (e *Error) wide() bool {
	begins := func(prefix string) bool { return strings.HasPrefix(e.Code, prefix) }
	switch e.Class {
	case Throttled, NotFound:
		return false
	case Refused:
		return e.Code == "" || e.Keys || slices.ContainsFunc(forAll, begins)
	}
	return true
}

// note takes in what became of one send; x is nil where it did not come to one. A call that its caller gave up, or that
// may not leave any more, says nothing of the service.
func (o *observer) note(action string, failed *Error, x *exchange) {
	if failed != nil && (errors.Is(failed.cause, context.Canceled) || x != nil && x.held != nil) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	var failure *Error
	if failed != nil && failed.wide() {
		failure = failed
	}
	if (failure == nil) != (o.Failure == nil) || o.Asked.IsZero() {
		o.Since = now
	}
	o.Asked, o.Failure = now, failure
	if x != nil && (failed == nil || failed.RequestID != "") {
		o.clock(now, x.header)
	}
	if failed != nil {
		o.tell(now, slog.LevelWarn, kind{action, failed.Code, failed.Class}, "a call to the cloud failed", "action", action,
			"code", failed.Code, "requestId", failed.RequestID, "class", string(failed.Class), "status", failed.Status,
			"why", failed.Message)
	}
}

// sent tells of a send that is over. One whose turn had passed was none.
func (c *Client) sent(a Action, failed *Error, took time.Duration) {
	class := Class("")
	if failed != nil {
		class = failed.Class
	}
	if c.config.Sent != nil && (failed == nil || !failed.stale) {
		c.config.Sent(a.Name, class, took)
	}
}

// bar says that the list of casters is refused, for want of a right or in this region: without it nothing works.
func (o *observer) bar(refused *Error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.Failure == nil {
		o.Since = o.Asked
	}
	o.Failure = refused
}

// clock compares this machine's clock with the one of an answer.
func (o *observer) clock(now time.Time, header http.Header) {
	theirs, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	o.Skew = now.Sub(theirs).Round(time.Second)
	switch off := o.Skew.Abs(); {
	case off > SkewRefused:
		o.tell(now, slog.LevelError, kind{code: skewCode}, "the clock of this machine is wrong: changes are refused",
			"ahead", o.Skew.String())
	case off > SkewTold:
		o.tell(now, slog.LevelWarn, kind{code: skewCode}, "the clock of this machine is wrong", "ahead", o.Skew.String())
	}
}

// aside tells of a call that failed and is none of the service.
func (o *observer) aside(action string, failed *Error) {
	if failed == nil || errors.Is(failed.cause, context.Canceled) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tell(o.now(), slog.LevelWarn, kind{action, failed.Code, failed.Class}, "ActionTrail could not be asked", "code",
		failed.Code, "requestId", failed.RequestID, "class", string(failed.Class), "status", failed.Status, "why",
		failed.Message)
}

func (o *observer) tell(now time.Time, level slog.Level, k kind, text string, attrs ...any) {
	last := o.told[k]
	if last != nil && now.Sub(last.at) < time.Minute {
		last.more++
		return
	}
	if last != nil && last.more > 0 {
		attrs = append(attrs, "more of it since the line before", last.more)
	}
	o.told[k] = &told{at: now}
	if o.log != nil {
		o.log.Log(context.Background(), level, text, attrs...)
	}
}

// skewed refuses a change while the clock of this machine is so wrong that what is decided by it may be.
func (c *Client) skewed(action string) *Error {
	if c.State().Skew.Abs() <= SkewRefused {
		return nil
	}
	const why = "the clock of this machine is wrong"
	return &Error{Class: NotSent, Action: action, Code: skewCode, Message: why, final: true}
}
