package commands

import (
	"context"
	"net/url"
	"path"
	"slices"
	"time"

	"casterbot/commands/baseline"
	"casterbot/commands/nextcmd"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

const (
	// overdue is how long after its time a file is looked for.
	overdue = time.Minute
	// lookOften is the time between the looks at a file that is due.
	lookOften = 10 * time.Second
)

// afterDelay: a pause leads to a file after the delay of its configuration, as the plan saw it.
func afterDelay(a op.Attempt) time.Time {
	delay, _ := time.ParseDuration(a.Plan.Seen[delaySeen])
	return a.Sent.Add(delay)
}

// atSend: a cut leads to a file at once.
func atSend(a op.Attempt) time.Time { return a.Sent }

// followFile looks for the file that a command leads to: when it is due, and then for a minute. A file counts that was
// made since the send and is newer than every one that the plan saw.
func (s table) followFile(due func(op.Attempt) time.Time) func(context.Context, op.Attempt) (op.Followup, error) {
	if due == nil {
		return nil
	}
	return func(ctx context.Context, a op.Attempt) (op.Followup, error) {
		t, err := targetOf(a.Plan)
		if err != nil {
			return op.Followup{}, err
		}
		next := []op.Next{nextcmd.OnStream("files", t.String())}
		k, err := s.readState(ctx, t.Stream, seeContent|seeFiles)
		if err != nil {
			if s.now().Before(a.Sent.Add(window)) {
				return op.Followup{}, err
			}
			return op.Followup{Text: op.L("I could not look for its file."), Next: next}, nil
		}
		before := baseline.WhatIsKnown(a.Plan.Seen, baseline.LookedAt, baseline.BeganAt, baseline.EndedAt, baseline.FileAt)
		when := due(a)
		f, found := madeSince(k, before, a)
		switch {
		case found:
			return op.Followup{Text: op.L("The cloud lists its file: ", fileWords(f), "."), Next: next}, nil
		case wentOn(k, before, a):
			return op.Followup{Text: op.L("Recording has gone on since, so there is no file of this pause."),
				Next: []op.Next{nextcmd.OnStream("pause", t.String())}}, nil
		case k.at.Before(when):
			return op.Followup{Again: when}, nil
		case k.at.Before(when.Add(overdue)):
			return op.Followup{Again: slices.MinFunc([]time.Time{k.at.Add(lookOften), when.Add(overdue)},
				time.Time.Compare)}, nil
		}
		return op.Followup{Text: op.L("Its file was due at ", op.At(when), "; at ", op.At(k.at),
			" the cloud did not list it."), Next: next}, nil
	}
}

// madeSince is the newest file that can be the command's doing: made since the send, and of the material that was seen
// before it.
func madeSince(k recordState, before baseline.Baseline, a op.Attempt) (f live.File, found bool) {
	for _, made := range k.files {
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
func wentOn(k recordState, before baseline.Baseline, a op.Attempt) bool {
	if before[baseline.EndedAt].IsZero() || !k.content.From.Equal(before[baseline.BeganAt]) {
		return false
	}
	return k.content.To.Sub(before[baseline.EndedAt]) > a.Sent.Sub(before[baseline.LookedAt])+2*atOnce
}

// fileWords names a file without its address, which may carry a key.
func fileWords(f live.File) op.Line {
	line := op.L(op.At(f.From), " to ", op.At(f.To), ", ", op.For(f.Duration))
	if u, err := url.Parse(f.URL); err == nil && path.Base(u.Path) != "." && path.Base(u.Path) != "/" {
		line = op.L(op.Code(path.Base(u.Path)), ", ", line)
	}
	return line
}
