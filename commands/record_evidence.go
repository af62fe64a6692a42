package commands

import (
	"context"
	"fmt"
	"time"

	"casterbot/commands/baseline"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// recordTrace are the moments that the proofs of recording compare with, by what they look at; without an answer they
// need that of the encoder too.
func (r recording) recordTrace() []string {
	if r.look.after == seeFiles {
		return []string{baseline.LookedAt, baseline.FileAt, baseline.DueAt}
	}
	return []string{baseline.LookedAt, baseline.BeganAt, baseline.EndedAt}
}

// trace keeps what was seen of the recording.
func (k recordState) trace() baseline.Baseline {
	t := baseline.Baseline{baseline.LookedAt: k.at}
	if k.seen.has(seeContent) {
		t[baseline.BeganAt], t[baseline.EndedAt] = k.content.From, k.content.To
	}
	if k.seen.has(seeOnline | seeIngest) {
		t[baseline.OnlineAt] = k.onlineSince()
	}
	if k.seen.has(seeFiles) {
		t[baseline.FileAt], t[baseline.DueAt] = time.Time{}, time.Time{}
		for _, f := range k.files {
			if f.Created.After(t[baseline.FileAt]) {
				t[baseline.FileAt] = f.Created
			}
		}
		if k.phase == ended {
			t[baseline.DueAt] = k.due()
		}
	}
	return t
}

// onlineSince is when the encoder began to publish; zero while it does not.
func (k recordState) onlineSince() time.Time {
	if k.online == nil {
		return time.Time{}
	}
	return k.online.Since
}

// verifyRecord looks at material and files for traces of the command that were not there before it. After an answer a
// consistent picture is enough; without one only a trace that nothing but the command explains counts: an encoder that
// went off or came back since ends material and begins some by itself. One look is enough after an answer.
func (s table) verifyRecord(r recording) func(context.Context, op.Attempt) (op.Evidence, error) {
	return func(ctx context.Context, a op.Attempt) (op.Evidence, error) {
		t, err := targetOf(a.Plan)
		if err != nil {
			return op.Evidence{}, err
		}
		what := r.look.after
		if !a.Answered() {
			what |= seeIngest
		}
		k, err := s.readState(ctx, t.Stream, what)
		if err != nil {
			return op.Evidence{}, fmt.Errorf("look at the recordings of %s: %w", t, err)
		}
		before, known := baseline.TraceOf(a.Plan.Seen, r.recordTrace()...)
		if !known || !a.Answered() && !steady(k, a) || !r.proof.holds(k, before, a) {
			return op.Evidence{Seen: a.Unseen(r.unproven(k))}, nil
		}
		return op.Evidence{Happened: true, Dated: r.proof.dated, Seen: r.proof.words(k)}, nil
	}
}

// unproven words what was seen instead of a proof.
func (r recording) unproven(k recordState) op.Line {
	if r.look.after == seeFiles {
		return op.L("I see no file that was written since.")
	}
	return k.shown()
}

// steady reports that the encoder has published without a break since the plan, or not at all. Where the plan did not
// look at it, only one that has published since clearly before the send is known to be so.
func steady(k recordState, a op.Attempt) bool {
	if before, known := baseline.TraceOf(a.Plan.Seen, baseline.OnlineAt); known {
		return k.onlineSince().Equal(before[baseline.OnlineAt])
	}
	return !k.onlineSince().IsZero() && k.onlineSince().Before(a.Sent.Add(-baseline.Clocks))
}

// provesStart: there is new material. After a pause the old material may go on instead, which shows only by its end
// growing; that alone does not prove who started it.
func provesStart(k recordState, before baseline.Baseline, a op.Attempt) bool {
	if k.phase == notRecorded {
		return false
	}
	goesOn := k.content.To.IsZero() || baseline.Newer(k.content.To, before[baseline.EndedAt], a.Sent)
	return baseline.Newer(k.content.From, before[baseline.BeganAt], a.Sent) || a.Answered() && goesOn
}

// provesStop: the material went on until the send and has not grown since. How far it grew is read off the cloud's
// clock, how much time passed off the bot's. Without an answer its end must be another one than before, or it may have
// been paused already; and it must have stood still for a minute, as a running recording may be listed up to a moment
// ago.
func provesStop(k recordState, before baseline.Baseline, a op.Attempt) bool {
	if k.phase != ended && k.phase != written || before[baseline.BeganAt].IsZero() ||
		!k.content.From.Equal(before[baseline.BeganAt]) {
		return false
	}
	if before[baseline.EndedAt].IsZero() { // it was listed without an end, so an end is proof that it ended
		atSend := baseline.Newer(k.content.To, time.Time{}, a.Sent) && k.content.To.Before(a.Sent.Add(atOnce))
		return a.Answered() || atSend && k.at.Sub(a.Sent) >= freshness
	}
	grown, untilSend := k.content.To.Sub(before[baseline.EndedAt]), a.Sent.Sub(before[baseline.LookedAt])
	still := k.at.Sub(before[baseline.LookedAt]) - grown
	if a.Answered() {
		return still >= 3*time.Second && grown <= untilSend+2*time.Second
	}
	return still >= freshness && grown <= untilSend+atOnce &&
		baseline.Newer(k.content.To, before[baseline.EndedAt], a.Sent)
}

// provesRestart: there is new material.
func provesRestart(k recordState, before baseline.Baseline, a op.Attempt) bool {
	return k.phase != notRecorded && baseline.Newer(k.content.From, before[baseline.BeganAt], a.Sent)
}

// atOnce is how soon after the send something must have happened to be its doing.
const atOnce = 15 * time.Second

// provesFile: a file was made at once, and well before the delay of the pause would have made it.
func provesFile(k recordState, before baseline.Baseline, a op.Attempt) bool {
	for _, f := range k.files {
		atSend := baseline.Newer(f.Created, before[baseline.FileAt], a.Sent) && !f.Created.After(a.Sent.Add(atOnce))
		if atSend && f.Created.Before(before[baseline.DueAt].Add(-5*time.Second)) {
			return true
		}
	}
	return false
}

func seenStart(k recordState) op.Line {
	return op.L("The cloud lists material of it", op.Told(" since ", op.At, k.content.From), ".")
}

func seenStop(k recordState) op.Line {
	return op.L("Its material ends at ", op.At(k.content.To), " and does not grow.")
}

func seenRestart(k recordState) op.Line {
	return op.L("The cloud lists new material since ", op.At(k.content.From), ".")
}

func seenFile(k recordState) op.Line {
	latest := live.File{}
	for i, f := range k.files {
		if i == 0 || f.To.After(latest.To) {
			latest = f
		}
	}
	return op.L("Its file exists", op.Told(": ", op.At, latest.From), op.Told(" to ", op.At, latest.To), ", ",
		op.For(latest.Duration), ".")
}
