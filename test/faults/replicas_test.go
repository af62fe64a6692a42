package main

import (
	"testing"

	"casterbot/internal/live"

	"github.com/anishathalye/porcupine"
)

// TestRegister: the model accepts what can have happened, and nothing else.
func TestRegister(t *testing.T) {
	ana, bo := pressed{"approve", "U0ANA"}, pressed{"decline", "U0BO"}
	click := func(who pressed, call, back int64, said verdict) porcupine.Operation {
		return porcupine.Operation{Input: who, Call: call, Output: said, Return: back}
	}
	for name, c := range map[string]struct {
		history []porcupine.Operation
		ok      bool
	}{
		"one wins, the other is told": {[]porcupine.Operation{click(ana, 0, 10, verdict(ana)),
			click(bo, 0, 10, verdict(ana))}, true},
		"the later one of two at once wins": {[]porcupine.Operation{click(ana, 0, 10, verdict(bo)),
			click(bo, 5, 15, verdict(bo))}, true},
		"two win": {[]porcupine.Operation{click(ana, 0, 10, verdict(ana)),
			click(bo, 0, 10, verdict(bo))}, false},
		"nobody wins": {[]porcupine.Operation{click(ana, 0, 10, verdict(bo)),
			click(bo, 0, 10, verdict(ana))}, false},
		"an answer names a later click": {[]porcupine.Operation{click(ana, 0, 10, verdict(bo)),
			click(bo, 20, 30, verdict(bo))}, false},
		"an answer that is none": {[]porcupine.Operation{click(ana, 0, 10, verdict{})}, false},
	} {
		if got := porcupine.CheckOperations(register, c.history); got != c.ok {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestAllowedHasEveryOperation: an operation without a row would be held to none at all.
func TestAllowedHasEveryOperation(t *testing.T) {
	for _, a := range live.Actions() {
		if allowed[a.Name] == 0 {
			t.Errorf("test/faults/replicas_limits.go, allowed: there is no row for %s", a.Name)
		}
	}
}
