package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Class says what a failed call means for the world. The values are fit for storage.
type Class string

const (
	// NotSent: the request was never handed to a connection. Nothing happened.
	NotSent Class = "not-sent"
	// Refused: the service answered and refused. Nothing happened.
	Refused Class = "refused"
	// Throttled: refused because of a rate limit, also after the tries that Client makes. Nothing happened.
	Throttled Class = "throttled"
	// Unknown: it may or may not have happened.
	Unknown Class = "unknown"
	// NotFound: the thing looked up does not exist. Reads only.
	NotFound Class = "unfound"
)

// Error is the only error that calls return. Its fields and text are safe to log and to show: no address, key,
// signature or token.
type Error struct {
	Class     Class
	Action    string // API action, "CopyCaster"
	Code      string // the API's code, "InvalidCaster.NotFound"; empty when the API gave none
	RequestID string
	Status    int    // HTTP status, 0 without an answer
	Message   string // one line, at most 300 runes
	Keys      bool   // there were no keys to sign it with, or no right to them
	cause     error
	final     bool // not to be tried again, whatever the class
	stale     bool // NotSent: its turn was over when the request could have left
}

// Error is one line: action, class, what is known.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Action, e.Class)
	if e.Code != "" {
		fmt.Fprintf(&b, ": %s", e.Code)
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, " (HTTP %d)", e.Status)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " [request %s]", e.RequestID)
	}
	return b.String()
}

// Unwrap is context.Canceled or context.DeadlineExceeded when that ended the call, else nil.
func (e *Error) Unwrap() error { return e.cause }

// ClassOf is the class of err: empty for nil, Unknown for an error that is not from this package.
func ClassOf(err error) Class {
	e, own := errors.AsType[*Error](err)
	switch {
	case err == nil:
		return ""
	case own:
		return e.Class
	}
	return Unknown
}

// Forbidden reports that the credentials lack the right to the call, in whichever of the service's words.
func (e *Error) Forbidden() bool {
	switch e.Code {
	case "NoPermission", "PermissionDenied", "IllegalOperation":
		return true
	}
	return strings.HasPrefix(e.Code, "Forbidden") && e.Code != "Forbidden.RiskControl"
}

// contextCause keeps of err only the context's end, which is all that is safe to pass on.
func contextCause(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	}
	return nil
}
