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

// aspect is what of a stream is looked at, at one call of the API each.
type aspect int

const (
	seeOnline  aspect = 1 << iota // is it live, out of the list of its app: the same look for all streams of the app
	seeIngest                     // is it live, asked about this stream alone
	seeConfig                     // how it is recorded
	seeContent                    // the material
	seeFiles                      // the files
	seeAll     = seeOnline | seeConfig | seeContent | seeFiles
)

func (s aspect) has(any aspect) bool { return s&any != 0 }

// recordState is what the cloud shows of one stream, as far as it was looked at.
type recordState struct {
	seen    aspect
	at      time.Time
	online  *live.Online       // nil when nothing is pushed
	config  *live.RecordConfig // nil when none applies
	phase   phase
	content live.Content // the latest recording's
	files   []live.File  // of the window
	delay   time.Duration
}

// readState looks at a stream, side by side.
func (s table) readState(ctx context.Context, stream live.Stream, what aspect) (recordState, error) {
	k := recordState{seen: what, at: s.now()}
	var online []live.Online
	var configs []live.RecordConfig
	var contents []live.Content
	from, to := k.at.Add(-window), k.at.Add(time.Minute) // a minute ahead, for clocks that differ
	asks := map[aspect]func() error{
		seeOnline: into(&online, func() ([]live.Online, error) {
			return s.cloud.OnlineStreams(ctx, stream.Domain, stream.App, "")
		}),
		seeIngest: into(&online, func() ([]live.Online, error) {
			return s.cloud.OnlineStreams(ctx, stream.Domain, stream.App, stream.Name)
		}),
		seeConfig:  into(&configs, func() ([]live.RecordConfig, error) { return s.cloud.RecordConfigs(ctx, stream) }),
		seeContent: into(&contents, func() ([]live.Content, error) { return s.cloud.RecordContent(ctx, stream, from, to) }),
		seeFiles:   into(&k.files, func() ([]live.File, error) { return s.cloud.RecordFiles(ctx, stream, from, to) }),
	}
	var wanted []func() error
	for one := seeOnline; one <= seeFiles; one <<= 1 {
		if what.has(one) {
			wanted = append(wanted, asks[one])
		}
	}
	if err := together(wanted...); err != nil {
		return k, err
	}
	k.judge(stream, online, configs, contents)
	return k, nil
}

// judge makes a view of one stream out of lists that hold others too.
func (k *recordState) judge(stream live.Stream, online []live.Online, configs []live.RecordConfig,
	contents []live.Content) {
	for i := range online {
		if online[i].Stream == stream {
			k.online = &online[i]
		}
	}
	if k.config = inForce(configs, stream); k.config != nil {
		k.delay = k.config.Delay
	}
	k.phase, k.content = phaseOf(contents, k.files, k.at)
}

// inForce gives the recording configuration that applies to a stream: the one that names it most closely.
func inForce(all []live.RecordConfig, stream live.Stream) *live.RecordConfig {
	var best *live.RecordConfig
	closest := -1
	for i, c := range all {
		if n := closeness(c, stream); n > closest {
			best, closest = &all[i], n
		}
	}
	return best
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
func (k recordState) fresh() bool {
	return k.phase == running || k.phase == ended && k.at.Sub(k.content.To) < freshness
}

// due is when the file of a paused recording is written.
func (k recordState) due() time.Time { return k.content.To.Add(k.delay) }

// facts says what was seen, in times that stay true while the card waits.
func (k recordState) facts(stream live.Stream) []op.Line {
	where := op.L(op.Code(stream.String()))
	switch {
	case k.online != nil:
		where = op.L(op.Code(stream.String()), " · ", op.Strong("live"), op.Told(" since ", op.On, k.online.Since))
	case k.seen.has(seeOnline | seeIngest):
		where = op.L(op.Code(stream.String()), " · not live")
	}
	facts := []op.Line{where}
	if k.seen.has(seeConfig) {
		facts = append(facts, k.how())
	}
	return append(facts, k.shown())
}

// how says how the stream is recorded.
func (k recordState) how() op.Line {
	if k.config == nil {
		return op.L("No recording configuration.")
	}
	how := op.Text("Records on command only; the file follows ")
	if k.automatic() {
		how = "Records by itself whenever it is live; the file follows "
	}
	return op.L(how, op.For(k.config.Delay), " after a pause.")
}

// automatic reports a configuration that starts recordings without a command.
func (k recordState) automatic() bool { return k.config != nil && k.config.OnDemand != 7 }

// shown words the phase, labelled as what it is: a view from outside. Where the files were not looked at it says
// nothing of them.
func (k recordState) shown() op.Line {
	const far = "As far as the cloud shows, "
	switch {
	case k.phase == running:
		return op.L(far, "it is recording", op.Told(" since ", op.On, k.content.From), ".")
	case k.phase == written:
		return op.L(far, "the last recording ended at ", op.On(k.content.To), " and its file is written.")
	case k.fresh():
		return op.L(far, "it is recording", op.Told(" since ", op.On, k.content.From), ", or was paused at ",
			op.At(k.content.To), ".")
	case k.waits() && !k.seen.has(seeFiles):
		return op.L(far, "recording was paused at ", op.At(k.content.To), " and its file is written by ", op.At(k.due()),
			" at the latest.")
	case k.waits():
		return op.L(far, "recording was paused at ", op.At(k.content.To), " and its file is written at ", op.At(k.due()), ".")
	case k.phase == ended && !k.seen.has(seeFiles):
		return op.L(far, "the last recording ended at ", op.On(k.content.To), ".")
	case k.phase == ended:
		return op.L(far, "the last recording ended at ", op.On(k.content.To), "; I see no file of it yet.")
	}
	return op.L("I see no running recording.")
}

// waits reports a pause whose delay has not passed. Where the files were not looked at its file may be written all the
// same.
func (k recordState) waits() bool { return k.phase == ended && k.due().After(k.at) }
