package commands

import (
	"context"
	"fmt"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// verifyRecord looks at material and files for traces of the command. After an answer a consistent picture is enough; without
// one only a trace that nothing but the command explains counts.
func (s set) verifyRecord(r recording) func(context.Context, op.Attempt) (op.Evidence, error) {
	return func(ctx context.Context, a op.Attempt) (op.Evidence, error) {
		p, o, sent := a.Plan, a.Outcome, a.Sent
		t, err := targetOf(p)
		if err != nil {
			return op.Evidence{}, err
		}
		k, err := s.lookAt(ctx, t.Stream)
		if err != nil {
			return op.Evidence{}, fmt.Errorf("look at the recordings of %s: %w", t, err)
		}
		if !r.proof(k, o.State == op.Succeeded, sent) {
			return op.Evidence{Seen: unseen(a, k.shown())}, nil
		}
		return op.Evidence{Happened: true, Seen: r.seen(k)}, nil
	}
}

// provesStart: new material began after the send. After a pause the old material may go on instead, which shows only by its
// end growing past the send; that alone does not prove who started it.
func provesStart(k look, answered bool, sent time.Time) bool {
	if k.phase == notRecorded {
		return false
	}
	goesOn := k.phase == running || k.content.To.After(sent.Add(time.Second))
	return after(k.content.From, sent) || answered && goesOn
}

// provesStop: the material ends at the time of the send and has not grown since. As a running recording may be listed up to
// the present moment, some time must have passed to tell the two apart.
func provesStop(k look, answered bool, sent time.Time) bool {
	if k.phase != ended && k.phase != written {
		return false
	}
	still := k.at.Sub(k.content.To)
	if answered {
		return still >= 3*time.Second && !k.content.To.After(sent.Add(2*time.Second))
	}
	atSend := k.content.To.After(sent.Add(-2*time.Second)) && k.content.To.Before(sent.Add(15*time.Second))
	return still >= freshness && atSend
}

// provesRestart: new material began after the send.
func provesRestart(k look, _ bool, sent time.Time) bool {
	return k.phase != notRecorded && after(k.content.From, sent)
}

// provesFile: a file was made after the send.
func provesFile(k look, _ bool, sent time.Time) bool {
	for _, f := range k.files {
		made := f.Created
		if made.IsZero() {
			made = f.To
		}
		if after(made, sent) {
			return true
		}
	}
	return false
}

func seenStart(k look) op.Line {
	return op.L("The cloud lists material of it", told(" since ", op.At, k.content.From), ".")
}

func seenStop(k look) op.Line {
	return op.L("Its material ends at ", op.At(k.content.To), " and does not grow.")
}

func seenRestart(k look) op.Line {
	return op.L("The cloud lists new material since ", op.At(k.content.From), ".")
}

func seenFile(k look) op.Line {
	latest := live.File{}
	for i, f := range k.files {
		if i == 0 || f.To.After(latest.To) {
			latest = f
		}
	}
	return op.L("Its file exists", told(": ", op.At, latest.From), told(" to ", op.At, latest.To), ", ", span(latest.Duration), ".")
}
