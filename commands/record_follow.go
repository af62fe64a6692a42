package commands

import (
	"context"
	"net/url"
	"path"
	"slices"
	"time"

	"casterbot/commands/baseline"
	"casterbot/commands/nextcmd"
	"casterbot/commands/recording"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

const (
	// overdue is how long after its time a file is looked for.
	overdue = time.Minute
	// lookOften is the time between the looks at a file that is due.
	lookOften = 10 * time.Second
)

// followRecord says the file that a command leads to, and then, where it says that a recording goes on, that this has
// ended.
func (s table) followRecord(r recordCommand) func(context.Context, op.Attempt) (op.Followup, error) {
	file := s.followFile(r.due)
	if !slices.Contains(r.row.Starts, op.IsRecorded) {
		return file
	}
	return func(ctx context.Context, a op.Attempt) (op.Followup, error) {
		if file == nil || len(a.Outcome.After) > 0 {
			return s.stillRecorded(ctx, a)
		}
		f, err := file(ctx, a)
		if err == nil && len(f.Text) > 0 {
			f.Again = s.later(a)
		}
		return f, err
	}
}

// stillRecorded says when a recording that was started has ended by other hands, or with its stream. That it was
// through the bot its end by a command says. A look that fails, or that shows nothing of it, leaves it as it is.
func (s table) stillRecorded(ctx context.Context, a op.Attempt) (op.Followup, error) {
	t, err := targetOf(a.Plan)
	if err != nil || s.now().Sub(a.Sent) >= followFor {
		return op.Followup{}, err
	}
	k, err := s.recordingOf(ctx, t.Stream, recording.SeeContent)
	switch own := k.Own; {
	case own.Since.After(a.Sent):
		return op.Followup{}, nil
	case err == nil && own.Later.Ends() && own.Since.Equal(a.Sent):
		return op.Followup{Over: tally.Over(own.Later, own)}, nil
	}
	return op.Followup{Again: s.later(a)}, nil
}

// sawEnd keeps that a look has shown the end of a recording which the bot started.
func (s table) sawEnd(ctx context.Context, stream live.Stream, r tally.Recording) tally.Recording {
	if end, over := r.Against(); over {
		r.Own.Later = end
		t := op.Target{Kind: "stream", ID: stream.String()}
		_ = s.records.Saw(ctx, t, op.IsRecorded, end) // the next look sees it again
	}
	return r
}

// afterDelay: a pause leads to a file after the delay of its configuration, as the plan saw it.
func afterDelay(a op.Attempt) time.Time {
	delay, _ := time.ParseDuration(a.Plan.Seen[tally.DelaySeen])
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
		k, err := s.recordingOf(ctx, t.Stream, recording.SeeContent|recording.SeeFiles)
		if err != nil {
			if s.now().Before(a.Sent.Add(recording.Window)) {
				return op.Followup{}, err
			}
			return op.Followup{Text: op.L("Its file could not be looked for."), Next: next}, nil
		}
		before, _ := baseline.Of(a.Plan.Seen, baseline.LookedAt, baseline.BeganAt, baseline.EndedAt, baseline.FileAt)
		when := due(a)
		f, found := recording.MadeSince(k, before, a)
		switch {
		case found:
			return op.Followup{Text: op.L("Its file: ", fileWords(f), "."), Next: next}, nil
		case recording.WentOn(k, before, a):
			return op.Followup{Text: op.L("Recording went on after this pause, so it has no file of its own."),
				Next: []op.Next{nextcmd.OnStream("pause", t.String())}}, nil
		case k.At.Before(when):
			return op.Followup{Again: when}, nil
		case k.At.Before(when.Add(overdue)):
			return op.Followup{Again: slices.MinFunc([]time.Time{k.At.Add(lookOften), when.Add(overdue)},
				time.Time.Compare)}, nil
		}
		return op.Followup{Text: op.L("Its file was due at ", op.At(when), "; at ", op.At(k.At),
			" ApsaraVideo Live did not show it."), Next: next}, nil
	}
}

// fileWords names a file without its address, which may carry a key.
func fileWords(f live.File) op.Line {
	line := op.L(op.At(f.From), " to ", op.At(f.To), ", ", op.For(f.Duration))
	if u, err := url.Parse(f.URL); err == nil && path.Base(u.Path) != "." && path.Base(u.Path) != "/" {
		line = op.L(op.Code(path.Base(u.Path)), ", ", line)
	}
	return line
}

// sawFile keeps that a look has shown the file of a recording which the bot paused or ended, and gives what is known of
// it.
func (s table) sawFile(ctx context.Context, stream live.Stream, k recording.State) op.Seen {
	own := k.Paused
	before, _ := baseline.Of(own.Seen, baseline.LookedAt, baseline.BeganAt, baseline.EndedAt, baseline.FileAt)
	f, found := recording.MadeSince(k, before, op.Attempt{Sent: own.Since})
	if own.Op == "" || own.Later.Cause != "" || !found {
		return own.Later
	}
	seen := op.Seen{Op: own.Op, At: k.At, Cause: op.SeenWritten, From: f.From, To: f.To}
	t := op.Target{Kind: "stream", ID: stream.String()}
	_ = s.records.Saw(ctx, t, op.IsPaused, seen) // the next look sees it again
	return seen
}
