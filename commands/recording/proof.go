package recording

import (
	"slices"
	"time"

	"casterbot/commands/baseline"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

// Proof tells whether a command took effect, by traces of it that were not there before. After an answer a consistent
// picture is enough; without one only a trace that nothing but the command explains counts: an encoder that went off or
// came back since ends material and begins some by itself.
type Proof struct {
	Look    Aspect   // what it looks at
	Dated   bool     // it says itself that it happened at the send
	moments []string // of before that it compares with; without an answer it needs that of the encoder too
	holds   func(k State, before baseline.Baseline, a op.Attempt) bool
	words   func(k State) op.Line
}

var (
	material = []string{baseline.LookedAt, baseline.BeganAt, baseline.EndedAt}
	file     = []string{baseline.LookedAt, baseline.FileAt, baseline.DueAt}
)

// The proofs of the four commands.
var (
	Started   = Proof{Look: SeeContent, moments: material, holds: provesStart, words: seenStart}
	Paused    = Proof{Look: SeeContent, moments: material, holds: provesStop, words: seenStop, Dated: true}
	Restarted = Proof{Look: SeeContent, moments: material, holds: provesRestart, words: seenRestart}
	Finished  = Proof{Look: SeeFiles, moments: file, holds: provesFile, words: seenFile, Dated: true}
)

// Evidence is what was seen of an attempt.
func (p Proof) Evidence(k State, a op.Attempt) op.Evidence {
	before, known := baseline.Of(a.Plan.Seen, p.moments...)
	switch {
	case known && (a.Answered() || steady(k, a)) && p.holds(k, before, a):
		return op.Evidence{Happened: true, Dated: p.Dated, Seen: p.words(k)}
	case p.Look == SeeFiles:
		return op.Evidence{Seen: a.Unseen(op.L("No file is listed that was written since."))}
	}
	return op.Evidence{Seen: a.Unseen(k.Line())}
}

// Trace keeps what was seen of the recording.
func (k State) Trace() baseline.Baseline {
	t := baseline.Baseline{baseline.LookedAt: k.At}
	if k.Seen.Has(SeeContent) {
		t[baseline.BeganAt], t[baseline.EndedAt] = k.Content.From, k.Content.To
	}
	if k.Seen.Has(SeeOnline | SeeIngest) {
		t[baseline.OnlineAt] = k.onlineSince()
	}
	if k.Seen.Has(SeeFiles) {
		t[baseline.FileAt], t[baseline.DueAt] = time.Time{}, time.Time{}
		for _, f := range k.Files {
			if f.Created.After(t[baseline.FileAt]) {
				t[baseline.FileAt] = f.Created
			}
		}
		if k.Phase == tally.Ended {
			t[baseline.DueAt] = k.Due()
		}
	}
	return t
}

// onlineSince is when the encoder began to publish; zero while it does not.
func (k State) onlineSince() time.Time {
	if k.Online == nil {
		return time.Time{}
	}
	return k.Online.Since
}

// steady reports that the encoder has published without a break since the plan, or not at all. Where the plan did not
// look at it, only one that has published since clearly before the send is known to be so.
func steady(k State, a op.Attempt) bool {
	if before, known := baseline.Of(a.Plan.Seen, baseline.OnlineAt); known {
		return k.onlineSince().Equal(before[baseline.OnlineAt])
	}
	return !k.onlineSince().IsZero() && k.onlineSince().Before(a.Sent.Add(-baseline.Clocks))
}

// provesStart: there is new material. After a pause the old material may go on instead, which shows only by its end
// growing; that alone does not prove who started it.
func provesStart(k State, before baseline.Baseline, a op.Attempt) bool {
	if k.Phase == tally.NotRecorded {
		return false
	}
	goesOn := k.Content.To.IsZero() || baseline.Newer(k.Content.To, before[baseline.EndedAt], a.Sent)
	return baseline.Newer(k.Content.From, before[baseline.BeganAt], a.Sent) || a.Answered() && goesOn
}

// provesStop: the material went on until the send and has not grown since. How far it grew is read off the cloud's
// clock, how much time passed off the bot's. Without an answer its end must be another one than before, or it may have
// been paused already; and it must have stood still for a minute, as a running recording may be listed up to a moment
// ago.
func provesStop(k State, before baseline.Baseline, a op.Attempt) bool {
	if k.Phase != tally.Ended && k.Phase != tally.Written || before[baseline.BeganAt].IsZero() ||
		!k.Content.From.Equal(before[baseline.BeganAt]) {
		return false
	}
	if before[baseline.EndedAt].IsZero() { // it was listed without an end, so an end is proof that it ended
		atSend := baseline.Newer(k.Content.To, time.Time{}, a.Sent) && k.Content.To.Before(a.Sent.Add(tally.AtOnce))
		return a.Answered() || atSend && k.At.Sub(a.Sent) >= tally.Freshness
	}
	grown, untilSend := k.Content.To.Sub(before[baseline.EndedAt]), a.Sent.Sub(before[baseline.LookedAt])
	still := k.At.Sub(before[baseline.LookedAt]) - grown
	if a.Answered() {
		return still >= 3*time.Second && grown <= untilSend+2*time.Second
	}
	return still >= tally.Freshness && grown <= untilSend+tally.AtOnce &&
		baseline.Newer(k.Content.To, before[baseline.EndedAt], a.Sent)
}

// provesRestart: there is new material.
func provesRestart(k State, before baseline.Baseline, a op.Attempt) bool {
	return k.Phase != tally.NotRecorded && baseline.Newer(k.Content.From, before[baseline.BeganAt], a.Sent)
}

// provesFile: a file was made at once, and well before the delay of the pause would have made it.
func provesFile(k State, before baseline.Baseline, a op.Attempt) bool {
	for _, f := range k.Files {
		atSend := baseline.Newer(f.Created, before[baseline.FileAt], a.Sent) && !f.Created.After(a.Sent.Add(tally.AtOnce))
		if atSend && f.Created.Before(before[baseline.DueAt].Add(-5*time.Second)) {
			return true
		}
	}
	return false
}

func seenStart(k State) op.Line {
	if k.Content.From.IsZero() {
		return op.L("ApsaraVideo Live shows recorded material.")
	}
	return op.L("ApsaraVideo Live shows recorded material from ", op.At(k.Content.From), " on.")
}

func seenStop(k State) op.Line {
	return op.L("The last recorded picture is from ", op.At(k.Content.To), "; nothing was added since.")
}

func seenRestart(k State) op.Line {
	return op.L("ApsaraVideo Live shows new recorded material from ", op.At(k.Content.From), " on.")
}

func seenFile(k State) op.Line {
	latest := slices.MaxFunc(k.Files, func(a, b live.File) int { return a.To.Compare(b.To) }) // one of them is the proof
	return op.L("The file is written", op.Told(": ", op.At, latest.From), op.Told(" to ", op.At, latest.To), ", ",
		op.For(latest.Duration), ".")
}

// MadeSince is the newest file that can be the command's doing: made since the send, and of the material that was seen
// before it.
func MadeSince(k State, before baseline.Baseline, a op.Attempt) (f live.File, found bool) {
	for _, made := range k.Files {
		if baseline.Newer(made.Created, before[baseline.FileAt], a.Sent) && holds(made, before) &&
			!made.Created.Before(f.Created) {
			f, found = made, true
		}
	}
	return f, found
}

// holds reports a file that reaches as far as the material did. One that ends where the material begins is that of the
// recording before.
func holds(f live.File, before baseline.Baseline) bool {
	return f.To.IsZero() ||
		!f.To.Before(before[baseline.EndedAt].Add(-time.Second)) && f.To.After(before[baseline.BeganAt])
}

// wentOn: the material that was paused has grown by more than the time until the send explains. Both lengths are read
// off one clock each.
func WentOn(k State, before baseline.Baseline, a op.Attempt) bool {
	if before[baseline.EndedAt].IsZero() || !k.Content.From.Equal(before[baseline.BeganAt]) {
		return false
	}
	return k.Content.To.Sub(before[baseline.EndedAt]) > a.Sent.Sub(before[baseline.LookedAt])+2*tally.AtOnce
}
