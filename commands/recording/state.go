// Package recording judges how the recording of a stream stands, and whether a command to it took effect, by what the
// cloud lists. No API says what is being recorded now: it must claim no more than it saw.
package recording

import (
	"context"
	"time"

	"casterbot/commands/nextcmd"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/parallel"
	"casterbot/internal/tally"
)

// Window is how far back recordings are looked for; the API takes at most four days.
const Window = 24 * time.Hour

// Aspect is what of a stream is looked at, at one call of the API each.
type Aspect int

const (
	SeeOnline  Aspect = 1 << iota // is it live, out of the list of its app: the same look for all streams of the app
	SeeIngest                     // is it live, asked about this stream alone
	SeeConfig                     // how it is recorded
	SeeContent                    // the material
	SeeFiles                      // the files
	SeeAll     = SeeOnline | SeeConfig | SeeContent | SeeFiles
)

func (s Aspect) Has(any Aspect) bool { return s&any != 0 }

// State is what the cloud shows of one stream, as far as it was looked at.
type State struct {
	tally.Recording
	Seen   Aspect
	Online *live.Online       // nil when nothing is pushed
	Config *live.RecordConfig // nil when none applies
	Files  []live.File        // of the window
}

// Cloud is what a look needs of ApsaraVideo Live.
type Cloud interface {
	OnlineStreams(ctx context.Context, domain, app, name string) ([]live.Online, error)
	RecordConfigs(ctx context.Context, streams ...live.Stream) ([]live.RecordConfig, error)
	RecordContent(ctx context.Context, s live.Stream, from, to time.Time) ([]live.Content, error)
	RecordFiles(ctx context.Context, s live.Stream, from, to time.Time) ([]live.File, error)
}

// Read looks at a stream, side by side.
func Read(ctx context.Context, cloud Cloud, now time.Time, stream live.Stream,
	what Aspect) (State, error) {
	k := State{Seen: what, Recording: tally.Recording{At: now, SawFiles: what.Has(SeeFiles)}}
	var online []live.Online
	var configs []live.RecordConfig
	var contents []live.Content
	from, to := k.At.Add(-Window), k.At.Add(time.Minute) // a minute ahead, for clocks that differ
	asks := map[Aspect]func() error{
		SeeOnline: parallel.Into(&online, func() ([]live.Online, error) {
			return cloud.OnlineStreams(ctx, stream.Domain, stream.App, "")
		}),
		SeeIngest: parallel.Into(&online, func() ([]live.Online, error) {
			return cloud.OnlineStreams(ctx, stream.Domain, stream.App, stream.Name)
		}),
		SeeConfig: parallel.Into(&configs, func() ([]live.RecordConfig, error) { return cloud.RecordConfigs(ctx, stream) }),
		SeeContent: parallel.Into(&contents, func() ([]live.Content, error) {
			return cloud.RecordContent(ctx, stream, from, to)
		}),
		SeeFiles: parallel.Into(&k.Files, func() ([]live.File, error) { return cloud.RecordFiles(ctx, stream, from, to) }),
	}
	var wanted []func() error
	for one := SeeOnline; one <= SeeFiles; one <<= 1 {
		if what.Has(one) {
			wanted = append(wanted, asks[one])
		}
	}
	if err := parallel.Together(wanted...); err != nil {
		return k, err
	}
	k.Judge(stream, online, configs, contents)
	return k, nil
}

// Judge makes a view of one stream out of lists that hold others too.
func (k *State) Judge(stream live.Stream, online []live.Online, configs []live.RecordConfig,
	contents []live.Content) {
	for i := range online {
		if online[i].Stream == stream {
			k.Online = &online[i]
		}
	}
	if k.Config = live.InForce(configs, stream); k.Config != nil {
		k.Delay = k.Config.Delay
	}
	k.Phase, k.Content = tally.PhaseOf(contents, k.Files, k.At)
}

// Facts says what was seen, in times that stay true while the card waits.
func (k State) Facts(stream live.Stream) []op.Line { return append(k.Setup(stream), k.Line()) }

// Setup says of it what is no recording: the path of the stream, whether it is live, and how it is recorded.
func (k State) Setup(stream live.Stream) []op.Line {
	where := op.L(op.Code(stream.String()))
	switch {
	case k.Online != nil:
		where = op.L(op.Code(stream.String()), " · ", op.Strong("live"), op.Told(" since ", op.At, k.Online.Since))
	case k.Seen.Has(SeeOnline | SeeIngest):
		where = op.L(op.Code(stream.String()), " · not live")
	}
	if k.Seen.Has(SeeConfig) {
		return []op.Line{where, k.how()}
	}
	return []op.Line{where}
}

// how says how the stream is recorded.
func (k State) how() op.Line {
	if k.Config == nil {
		return op.L("No recording configuration.")
	}
	how := op.Text("Records on command only; the file follows ")
	switch {
	case k.Config.OnDemand == live.OnDemandUntold:
		how = "Whether it records automatically or on command only is not told; the file follows "
	case k.automatic():
		how = "Records automatically whenever it is live; the file follows "
	}
	return op.L(how, op.For(k.Config.Delay), " after a pause.")
}

// automatic reports a configuration that starts recordings without a command.
func (k State) automatic() bool { return k.Config != nil && k.Config.OnDemand != 7 }

// Latest is the recording that was seen last. It leaves out what time alone changes: the end of the material while a
// recording runs, and with it whether that end lies just before or just after the moment of the look.
func (k State) Latest() []any { return []any{string(k.settled()), k.Content.From.Unix()} }

// settled is the phase without that difference.
func (k State) settled() tally.Phase {
	if k.Phase == tally.Running && !k.Content.To.IsZero() {
		return tally.Ended
	}
	return k.Phase
}

// With judges the latest recording by files that were looked at beside it.
func (k State) With(files []live.File) State {
	k.Seen, k.SawFiles = k.Seen|SeeFiles, true
	if k.Files = files; k.Phase == tally.Ended {
		k.Phase, k.Content = tally.PhaseOf([]live.Content{k.Content}, files, k.At)
	}
	return k
}

// Mark is how it stands as a colour.
func (k State) Mark() op.Mark { return k.Recording.Mark(k.Online != nil) }

// Ways offers what can sensibly follow; there is always one.
func (k State) Ways(path string) []op.Next {
	switch {
	case k.Config == nil:
		return []op.Next{nextcmd.OnStream("status", path)}
	case k.Going() || k.Started():
		return []op.Next{nextcmd.OnStream("pause", path), nextcmd.OnStream("cut", path)}
	case k.Waits():
		return []op.Next{nextcmd.OnStream("write", path), nextcmd.OnStream("resume", path)}
	case k.Online != nil:
		return []op.Next{nextcmd.OnStream("record", path)}
	}
	return []op.Next{nextcmd.OnStream("status", path)}
}

// Unwritten is the latest recording as long as there is no file of it.
func (k State) Unwritten(path string) []op.Item {
	if !k.Seen.Has(SeeContent) || k.Phase == tally.NotRecorded || k.Phase == tally.Written {
		return nil
	}
	return []op.Item{{Mark: k.Mark(), Title: op.L("(no file yet)"), Facts: []op.Line{k.Line()}, Next: k.Ways(path)[:1]}}
}
