package engine

import (
	"errors"
	"sync"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// sendGuard is the one rule about calls that would leave too late. From the moment at which the mark was about to be
// written to the first byte, at most sendWithin may pass by the monotonic and by the wall clock: a suspended machine
// stops one of them. Whoever stood still for longer has been taken for dead by others, and holds a decision that is
// stale. It is asked before the command is applied, and once more by whatever makes the call, when the request is about
// to be out of hand.
//
// What it holds back is `failed: not sent`, not `unknown`. That is certain: only the claim that wrote the mark may
// send, it has not sent before, and from here it cannot send any more; so nothing has left and nothing will. Only a
// command that is repeated with a token has other senders, and for one of these a refusal says nothing about the others
// (Engine.lateAnswer, Engine.repeat).
//
// A pause that the call makes on purpose, after a first request was put off, is not a halt: it moves the moment. But
// much may have happened in it, so before a repetition leaves everything is asked again that was asked before the first
// one, and written down.
type sendGuard struct {
	patient bool // time is not real, so none has passed

	mu    sync.Mutex
	since time.Time    // when the mark was about to be written, or when the last pause on purpose should end
	left  bool         // a request has left: what comes now is its repetition
	again func() error // asked before a repetition leaves
	held  error        // why the last request was held back; nil: it was not
}

var errLate = errors.New("too much time has passed since it was decided")

// open is nil while a request may leave.
func (g *sendGuard) open() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if !g.patient && halted(now.Sub(g.since), now.Round(0).Sub(g.since.Round(0))) {
		return errLate
	}
	return nil
}

// halted judges by what has passed on the monotonic and on the wall clock.
func halted(monotonic, wall time.Duration) bool { return max(monotonic, wall) > sendWithin }

// permit is nil for a request that leaves now.
func (g *sendGuard) permit() error {
	err := g.open()
	if repeats := g.resending(); err == nil && repeats && g.again != nil {
		err = errors.Join(g.again(), g.open()) // to ask takes time too
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held, g.left = err, g.left || err == nil
	return err
}

func (g *sendGuard) resending() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.left
}

// why says why the last request was held back.
func (g *sendGuard) why() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held
}

// wait is told of a pause on purpose. Before the first request there is no time for one beyond sendWithin.
func (g *sendGuard) wait(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left {
		g.since = time.Now().Add(d)
	}
}

// heldBack words why a request did not leave, or not again.
func (e *Engine) heldBack(o op.Operation, g *sendGuard, why error) op.Line {
	switch {
	case g.resending():
		return op.L(o.Plan.Title, ": ApsaraVideo Live put the call off, and it was not tried again: ", e.whyNotAgain(o, why),
			" Nothing changed.")
	case errors.Is(why, errLate):
		return op.L(o.Plan.Title,
			": casterbot stood still just before the call, so the call was not made. Nothing was sent, nothing changed.")
	}
	return e.unsent(o, why)
}

func (e *Engine) whyNotAgain(o op.Operation, why error) op.Line {
	refusal := &op.Refusal{}
	switch {
	case errors.As(why, &refusal):
		return refusal.Answer.Title
	case errors.Is(why, store.ErrLost):
		return op.L("somebody has taken it up or closed it meanwhile.")
	case errors.Is(why, errLate):
		return op.L("too much time had passed.")
	}
	e.log.Error("a request that was put off does not leave again", "op", o.Ref(), "error", why)
	return op.L("that could not be written down.")
}
