package commands

import (
	"context"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// window is how far back recordings are looked for; the API takes at most four days.
const window = 24 * time.Hour

// freshness is how old the end of a recording's material may be while it may still be running.
const freshness = time.Minute

// phase is where a stream's latest recording stands, as far as the cloud shows. No API says "recording now".
type phase string

const (
	notRecorded phase = "none"    // nothing within the window
	running     phase = "running" // material without an end
	ended       phase = "ended"   // material with an end, no file of it: paused, or running and listed up to a moment ago
	written     phase = "written" // its file exists
)

// look is what the cloud shows of one stream.
type look struct {
	at      time.Time
	online  *live.Online       // nil when nothing is pushed
	config  *live.RecordConfig // nil when none applies
	phase   phase
	content live.Content // the latest recording's
	files   []live.File  // of the window
}

// lookAt reads everything that bears on recording a stream.
func (s set) lookAt(ctx context.Context, stream live.Stream) (look, error) {
	k := look{at: s.now()}
	online, err := s.cloud.OnlineStreams(ctx, stream.Domain, stream.App, stream.Name)
	if err != nil {
		return k, err
	}
	for i := range online {
		if online[i].Stream == stream {
			k.online = &online[i]
		}
	}
	if k.config, err = s.configOf(ctx, stream); err != nil {
		return k, err
	}
	contents, files, err := s.recorded(ctx, stream)
	if err != nil {
		return k, err
	}
	k.files = files
	k.phase, k.content = phaseOf(contents, files, k.at)
	return k, nil
}

// recorded lists the material and the files of the window. Its end lies a minute ahead, for clocks that differ.
func (s set) recorded(ctx context.Context, stream live.Stream) ([]live.Content, []live.File, error) {
	from, to := s.now().Add(-window), s.now().Add(time.Minute)
	contents, err := s.cloud.RecordContent(ctx, stream, from, to)
	if err != nil {
		return nil, nil, err
	}
	files, err := s.cloud.RecordFiles(ctx, stream, from, to)
	return contents, files, err
}

// configOf gives the recording configuration in force for a stream: the one that names it most closely.
func (s set) configOf(ctx context.Context, stream live.Stream) (*live.RecordConfig, error) {
	all, err := s.cloud.RecordConfigs(ctx, stream)
	if err != nil {
		return nil, err
	}
	var best *live.RecordConfig
	closest := -1
	for i, c := range all {
		if n := closeness(c, stream); n > closest {
			best, closest = &all[i], n
		}
	}
	return best, nil
}

// closeness is higher the more of the stream's names a configuration spells out, -1 when it is for another stream.
func closeness(c live.RecordConfig, stream live.Stream) int {
	n := 0
	for _, pair := range [][2]string{{c.App, stream.App}, {c.Name, stream.Name}} {
		switch pair[0] {
		case "", "*":
		case pair[1]:
			n++
		default:
			return -1
		}
	}
	return n
}

// phaseOf judges the latest recording by its material and files.
func phaseOf(contents []live.Content, files []live.File, now time.Time) (phase, live.Content) {
	var latest live.Content
	for i, c := range contents {
		if i == 0 || c.From.After(latest.From) || c.From.Equal(latest.From) && c.To.After(latest.To) {
			latest = c
		}
	}
	switch {
	case len(contents) == 0:
		return notRecorded, latest
	case latest.To.IsZero() || latest.To.After(now):
		return running, latest
	}
	for _, f := range files { // a file that ends where the latest material begins is that of the recording before
		if !f.To.Before(latest.To.Add(-time.Second)) && f.To.After(latest.From) {
			return written, latest
		}
	}
	return ended, latest
}

// fresh reports that the latest recording may be running: its material has no end, or one of a moment ago.
func (k look) fresh() bool {
	return k.phase == running || k.phase == ended && k.at.Sub(k.content.To) < freshness
}

// due is when the file of a paused recording is written.
func (k look) due() time.Time {
	if k.config == nil {
		return k.content.To
	}
	return k.content.To.Add(k.config.Delay)
}

// facts says what was seen, in times that stay true while the card waits.
func (k look) facts(stream live.Stream) []op.Line {
	where := op.L(op.Code(stream.String()), " · not live")
	if k.online != nil {
		where = op.L(op.Code(stream.String()), " · ", op.Strong("live"), told(" since ", op.On, k.online.Since))
	}
	facts := []op.Line{where}
	if k.config == nil {
		return append(facts, op.L("No recording configuration."), k.shown())
	}
	how := op.Text("Records on command only; the file follows ")
	if k.automatic() {
		how = "Records by itself whenever it is live; the file follows "
	}
	return append(facts, op.L(how, op.For(k.config.Delay), " after a pause."), k.shown())
}

// automatic reports a configuration that starts recordings without a command.
func (k look) automatic() bool { return k.config != nil && k.config.OnDemand != 7 }

// shown words the phase, labelled as what it is: a view from outside.
func (k look) shown() op.Line {
	const far = "As far as the cloud shows, "
	switch {
	case k.phase == running:
		return op.L(far, "it is recording", told(" since ", op.On, k.content.From), ".")
	case k.phase == written:
		return op.L(far, "the last recording ended at ", op.On(k.content.To), " and its file is written.")
	case k.fresh():
		return op.L(far, "it is recording", told(" since ", op.On, k.content.From), ", or was paused at ", op.At(k.content.To), ".")
	case k.phase == ended && k.due().After(k.at):
		return op.L(far, "recording was paused at ", op.At(k.content.To), " and its file is written at ", op.At(k.due()), ".")
	case k.phase == ended:
		return op.L(far, "the last recording ended at ", op.On(k.content.To), "; I see no file of it yet.")
	}
	return op.L("I see no running recording.")
}

// told is a moment after some words, or nothing at all where the API does not tell the moment.
func told(before op.Text, draw func(time.Time) op.Span, t time.Time) op.Line {
	if t.IsZero() {
		return nil
	}
	return op.L(before, draw(t))
}

// unseen words a look that proves nothing. After an answer it must not contradict it: lists lag behind.
func unseen(a op.Attempt, seen op.Line) op.Line {
	if a.Outcome.State == op.Succeeded {
		return op.L("The cloud does not list it yet.")
	}
	return seen
}
