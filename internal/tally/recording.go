package tally

import (
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

const (
	// Freshness is how old the end of a recording's material may be while it may still be running.
	Freshness = time.Minute
	// quiet is for how long nothing is listed of a recording that has ended: the lists lag behind.
	quiet = 3 * time.Minute
	// pausedFor is how long it is said of a paused recording that its file was due and was not seen.
	pausedFor = 24 * time.Hour
	// AtOnce is how long after the send of a pause its material may still grow.
	AtOnce = 15 * time.Second
)

// Phase is where a stream's latest recording stands, as far as the cloud shows. No API says "recording now".
type Phase string

// The phases.
const (
	NotRecorded Phase = "none"    // nothing within the window
	Running     Phase = "running" // material without an end
	Ended       Phase = "ended"   // material with an end, no file of it: paused, or running and listed up to a moment ago
	Written     Phase = "written" // its file exists
)

// DelaySeen is where the plan of a pause keeps the time from it to its file, as Go writes durations.
const DelaySeen = "delay"

// Recording is how the recording of one stream stands.
type Recording struct {
	At       time.Time     // of the look
	Phase    Phase         // by the lists alone
	Content  live.Content  // the latest material
	Delay    time.Duration // from a pause to its file
	SawFiles bool          // the files were looked at too
	Own      op.Standing   // what the bot did about its being recorded
	Paused   op.Standing   // and about its waiting for more, or for its file
}

// PhaseOf judges lists of material and of files by a moment, and gives the latest material.
func PhaseOf(contents []live.Content, files []live.File, now time.Time) (Phase, live.Content) {
	latest := live.Latest(contents)
	switch {
	case len(contents) == 0:
		return NotRecorded, latest
	case latest.To.IsZero() || latest.To.After(now):
		return Running, latest
	}
	for _, f := range files { // a file that ends where the latest material begins is that of the recording before
		if !f.To.Before(latest.To.Add(-time.Second)) && f.To.After(latest.From) {
			return Written, latest
		}
	}
	return Ended, latest
}

// Fresh reports a recording that may be running, by the lists alone: its material has no end, or one of the last
// minute.
func (r Recording) Fresh() bool {
	return r.Phase == Running || r.Phase == Ended && r.At.Sub(r.Content.To) < Freshness
}

// Stopped reports that the bot has paused or ended the recording, and that nothing was listed since which contradicts
// it. Lists lag behind, so for a minute material without an end does not.
func (r Recording) Stopped() bool {
	switch {
	case !r.Own.Ended() || r.Content.From.After(r.Own.Since.Add(AtOnce)):
		return false
	case r.Phase == Running && r.Content.To.IsZero():
		return r.At.Sub(r.Own.Since) < Freshness
	}
	return !r.Content.To.After(r.Own.Since.Add(AtOnce))
}

// Going reports a recording that goes on: by the lists, or as the bot started it and its material grew since.
func (r Recording) Going() bool { return r.Fresh() && !r.Stopped() }

// unlistedFor is how long it is said of a recording that the bot started and that is not listed.
const unlistedFor = time.Hour

// Unlisted reports a recording that the bot started within the last hour, and of which nothing is listed since. The
// moments of lists have whole seconds.
func (r Recording) Unlisted() bool {
	return r.Own.Began() && r.Own.Doubt == "" && r.At.Sub(r.Own.Since) < unlistedFor && r.Phase != Running &&
		!r.Content.To.After(r.Own.Since) && r.Content.From.Before(r.Own.Since.Truncate(time.Second))
}

// Started is Unlisted for as long as the lists may lag behind.
func (r Recording) Started() bool { return r.Unlisted() && r.At.Sub(r.Own.Since) < Freshness }

// Sure reports a recording that goes on, without a doubt but that of a look a moment ago: the bot started it, and there
// is material of after that.
func (r Recording) Sure() bool {
	return r.Going() && (r.Phase == Running || r.Own.Began() && r.Own.Doubt == "" && r.Content.To.After(r.Own.Since))
}

// Against is what the lists show against a recording that the bot started: it went on, and nothing is listed of it any
// more.
func (r Recording) Against() (op.Seen, bool) {
	end := r.Content.To
	over := r.Own.Began() && !r.Going() && end.After(r.Own.Since) && r.At.Sub(end) >= quiet
	return op.Seen{Op: r.Own.Op, At: r.At, Cause: op.SeenEnded, When: end}, over
}

// Due is when the file of a recording that was paused is written: from the bot's own pause on, else by the cloud's
// moments.
func (r Recording) Due() time.Time {
	if r.pausedBy() {
		return r.Own.Since.Add(r.delay())
	}
	return r.Content.To.Add(r.delay())
}

func (r Recording) delay() time.Duration {
	if d, err := time.ParseDuration(r.Paused.Seen[DelaySeen]); err == nil && r.Delay == 0 {
		return d
	}
	return r.Delay
}

// Waits reports a pause whose delay has not passed. Where the files were not looked at its file may be written all the
// same.
func (r Recording) Waits() bool {
	_, written := r.file()
	return r.Phase == Ended && !r.Going() && !written && r.Due().After(r.At)
}

// file is what is in the file of a recording that the bot paused or ended; false as long as no look has shown it.
func (r Recording) file() (op.Seen, bool) {
	f := r.Paused.Later
	return f, f.Cause == op.SeenWritten && r.Stopped() && r.Paused.Since.Equal(r.Own.Since)
}

// News reports a file that was seen within the last hour.
func (r Recording) News() bool {
	f, written := r.file()
	return written && r.At.Sub(f.At) < SaidFor
}

// pausedBy reports a pause through the bot that stands.
func (r Recording) pausedBy() bool {
	return r.Stopped() && r.Paused.Began() && r.Paused.Since.Equal(r.Own.Since) && r.Phase != Written
}

// again says that a recording goes on although the bot has paused it; nothing when it has not.
func (r Recording) again() op.Line {
	if !r.Own.Ended() || r.Content.From.After(r.Own.Since) {
		return nil
	}
	if r.Own.Word {
		return op.L(", so the pause by ", op.Who(r.Own.By), " at ", op.At(r.Own.Since), " seems to have had no effect")
	}
	return op.L(", although ", op.Who(r.Own.By), " paused it through casterbot at ", op.At(r.Own.Since))
}

// Fact is how it stands, in a row among others; nothing when there is nothing to say of now.
func (r Recording) Fact() op.Line {
	f, written := r.file()
	switch {
	case r.News():
		return op.L("file written: ", op.At(f.From), " to ", op.At(f.To))
	case written || r.pausedBy() && r.At.Sub(r.Due()) >= pausedFor:
		return nil
	case r.pausedBy():
		due := op.Text(", file due ")
		if !r.Due().After(r.At) {
			due = ", its file was due "
		}
		return op.L("paused ", op.At(r.Own.Since), " by ", op.Who(r.Own.By), due, op.At(r.Due()))
	case r.Started():
		return op.L("recording started ", op.At(r.Own.Since), " by ", op.Who(r.Own.By), ", not listed yet")
	case r.Unlisted():
		return op.L("recording started ", op.At(r.Own.Since), " by ", op.Who(r.Own.By), ", but nothing of it is listed")
	case r.Sure():
		return op.L("recording", op.Told(" since ", op.At, r.Content.From), r.again())
	case r.Going():
		return op.L("recording", op.Told(" since ", op.At, r.Content.From), ", as far as the cloud shows", r.again())
	}
	return nil
}

// Known is what the bot did, where nobody looked at what became of it.
func (r Recording) Known() []op.Line {
	switch {
	case r.Own.Began():
		return []op.Line{op.L("recording started ", op.At(r.Own.Since), " by ", op.Who(r.Own.By))}
	case len(r.Fact()) > 0 && (r.News() || r.pausedBy()):
		return []op.Line{r.Fact()}
	}
	return nil
}

// Line is how it stands, as a sentence.
func (r Recording) Line() op.Line {
	const far = "As far as the cloud shows, "
	f, written := r.file()
	switch {
	case written && r.Paused.Holds:
		return op.L("Recording was paused at ", op.At(r.Own.Since), " by ", op.Who(r.Own.By), "; its file is written: ",
			op.At(f.From), " to ", op.At(f.To), ".")
	case written:
		return op.L("Recording was ended at ", op.At(r.Own.Since), " by ", op.Who(r.Own.By), "; its file is written: ",
			op.At(f.From), " to ", op.At(f.To), ".")
	case r.pausedBy() && r.Due().After(r.At):
		return op.L("Recording was paused at ", op.At(r.Own.Since), " by ", op.Who(r.Own.By), "; its file is due at ",
			op.At(r.Due()), ".")
	case r.pausedBy():
		return op.L("Recording was paused at ", op.At(r.Own.Since), " by ", op.Who(r.Own.By), "; its file was due at ",
			op.At(r.Due()), ".")
	case r.Started():
		return op.L("Recording was started at ", op.At(r.Own.Since), " by ", op.Who(r.Own.By),
			"; ApsaraVideo Live does not list it yet.")
	case r.Unlisted():
		return op.L("Recording was started at ", op.At(r.Own.Since), " by ", op.Who(r.Own.By),
			", but ApsaraVideo Live lists nothing of it.")
	case r.Sure() && !r.Content.To.IsZero():
		return op.L("Recording", op.Told(" since ", op.At, r.Content.From), " (material up to ", op.At(r.Content.To), ")",
			r.again(), ".")
	case r.Phase == Running:
		return op.L(far, recordingSince(r.Content.From), r.again(), ".")
	case r.Phase == Written:
		return op.L(far, "the last recording ended at ", op.At(r.Content.To), " and its file is written.")
	case r.Going():
		return op.L(far, recordingSince(r.Content.From), ", or was paused at ",
			op.At(r.Content.To), r.again(), ".")
	case r.Waits() && !r.SawFiles:
		return op.L(far, "recording was paused at ", op.At(r.Content.To), " and its file is due by ", op.At(r.Due()),
			" at the latest.")
	case r.Waits():
		return op.L(far, "recording was paused at ", op.At(r.Content.To), " and its file is due at ", op.At(r.Due()), ".")
	case r.Phase == Ended && !r.SawFiles:
		return op.L(far, "the last recording ended at ", op.At(r.Content.To), ".")
	case r.Phase == Ended:
		return op.L(far, "the last recording ended at ", op.At(r.Content.To), "; its file is not there yet.")
	}
	return op.L("No running recording is seen.")
}

func recordingSince(from time.Time) op.Line {
	if from.IsZero() {
		return op.L("it is recording")
	}
	return op.L("it has been recording since ", op.At(from))
}

// Mark is how it stands as a colour, of a stream that is live or not.
func (r Recording) Mark(live bool) op.Mark {
	switch {
	case r.Going() || r.Started():
		return op.MarkRecording
	case r.Waits():
		return op.MarkPaused
	case !live:
		return op.MarkIdle
	}
	return op.MarkNeutral
}
