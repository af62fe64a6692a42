package commands

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"casterbot/commands/baseline"
	"casterbot/commands/nextcmd"
	"casterbot/commands/recording"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

func onStudio(c live.Caster) op.Target { return c.Target() }

// previousPicture is the PREVIEW, open if there is an open one, that holds the picture on air now: a take of it brings
// that picture back.
func previousPicture(all []live.Scene) (live.Scene, bool) {
	var found live.Scene
	shown := tally.Picture(tally.Program(all))
	for _, scene := range all {
		if isPreview(scene) && shown != "" && tally.Picture(scene) == shown && (found.ID == "" || scene.Open && !found.Open) {
			found = scene
		}
	}
	return found, found.ID != ""
}

// airLine is what viewers have now: "🔴 ON AIR since 18:59 · PROGRAM scene Main".
func airLine(c live.Caster, all []live.Scene) op.Line {
	line := op.L("🔴 ", op.Strong("ON AIR"), op.Told(" since ", op.At, c.Started))
	if program := tally.Program(all); program.ID != "" {
		line = op.L(line, " · PROGRAM scene ", op.B(program.Name))
	}
	return line
}

// airLines is what viewers have now: that it is the standby picture first.
func (s table) airLines(ctx context.Context, c live.Caster, all []live.Scene) []op.Line {
	return append(s.standbys(ctx)(c, all), airLine(c, all))
}

// pictureLine says where the picture on air comes from, as far as that can be told.
func (table) pictureLine(all []live.Scene) []op.Line {
	if scene, ok := previousPicture(all); ok {
		return []op.Line{op.L("PROGRAM has the picture of ", op.B(scene.Name), " now.")}
	}
	return nil
}

// standbyLine says that viewers of a studio have its standby picture, or that this cannot be told, and what else the
// bot did that says how it stands; nothing otherwise.
type standbyLine func(live.Caster, []live.Scene) []op.Line

// standbys reads once, for all studios of an answer, what the bot did about standby pictures. A look that contradicts
// it wins, and is kept for whoever does not look.
func (s table) standbys(ctx context.Context) standbyLine {
	stands, err := s.records.Standings(ctx)
	return func(c live.Caster, all []live.Scene) []op.Line {
		if err != nil {
			return []op.Line{op.L("whether it is on standby could not be read")}
		}
		at := s.now()
		for _, x := range tally.Shown {
			if seen, against := tally.Against(c, all, stands(onStudio(c), x), x, at); against {
				_ = s.records.Saw(ctx, onStudio(c), x, seen) // the next look sees it again
			}
		}
		says, _ := tally.Known(c, all, func(x op.Condition) op.Standing { return stands(onStudio(c), x) }, at)
		return says
	}
}

// knownStudios says what the bot knows of studios that are listed as on air, or of which that is not known.
func (s table) knownStudios(ctx context.Context) func(op.Option) []op.Line {
	stands, err := s.records.Standings(ctx)
	return func(o op.Option) []op.Line {
		c := live.Caster{ID: o.Value, OnAir: o.Mark == op.MarkProgram, Untold: o.Mark == op.MarkUnknown}
		if err != nil {
			return []op.Line{op.L("whether it is on standby could not be read")}
		}
		says, _ := tally.Known(c, nil, func(x op.Condition) op.Standing { return stands(onStudio(c), x) }, s.now())
		return says
	}
}

// outputSeen is where a plan keeps the path of the studio's own output as a stream; empty where it has none.
const outputSeen = "output"

// output is the studio's own output: the address of its PROGRAM scene, or the path that a plan found behind it.
type output struct{ from, path string }

// outageFacts is what a cut of the programme would cut with it: a recording of it that runs.
type outageFacts struct {
	path string // of the output as a stream
	name string // of the recording that runs, the channel's if it has one; empty when there is none
	err  error  // why it could not be seen
}

// facts says that a recording would be cut, or that this cannot be seen.
func (c outageFacts) facts() []op.Line {
	switch {
	case c.err != nil:
		return []op.Line{op.L("Whether its programme is being recorded could not be seen.")}
	case c.name != "":
		return []op.Line{op.L("Its programme is being recorded as ", op.B(c.name), ": that recording may break off.")}
	}
	return nil
}

// cut looks whether the studio's own output is being recorded. The address of the output names domain and stream; only
// where the cloud refuses that domain the studio's settings are asked which one it has. It costs one look, and two more
// then.
func (s table) cut(ctx context.Context, scope op.Scope, c live.Caster, of output) outageFacts {
	stream, ok := parsePath(of.path)
	if !ok {
		stream, ok = outputOf(of.from)
	}
	if !ok {
		return outageFacts{}
	}
	name, err := s.running(ctx, scope, stream)
	if err != nil && of.path == "" && live.ClassOf(err) == live.Refused {
		config, unread := s.cloud.CasterConfig(ctx, c.ID)
		switch {
		case unread != nil || config.Domain == stream.Domain && config.Recorded:
			return outageFacts{path: stream.String(), err: err}
		case !config.Recorded || config.Domain == "":
			return outageFacts{}
		}
		stream.Domain = config.Domain
		name, err = s.running(ctx, scope, stream)
	}
	return outageFacts{path: stream.String(), name: name, err: err}
}

// running is the name of a stream that is being recorded; empty when it is not.
func (s table) running(ctx context.Context, scope op.Scope, stream live.Stream) (string, error) {
	k, err := s.recordingOf(ctx, stream, recording.SeeContent)
	if err != nil || !k.Going() && !k.Started() {
		return "", err
	}
	return labelled(stream, scope).label, nil
}

// outputOf is the stream behind the address of a studio's output, whose app is always "caster".
func outputOf(address string) (live.Stream, bool) {
	u, err := url.Parse(address)
	if err != nil || path.Dir(u.Path) != "/"+outputApp || u.Hostname() == "" {
		return live.Stream{}, false
	}
	return parsePath(u.Hostname() + "/" + outputApp + "/" + strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path)))
}

// outputApp is the app of every studio's own output.
const outputApp = "caster"

// requireOnAir refuses an idle studio: what completes "it is idle, so …", button is the way that starts it.
func requireOnAir(c live.Caster, what, advice op.Text, button string) error {
	switch {
	case c.OnAir:
		return nil
	case c.Untold:
		return refuseUntold(c)
	}
	return op.Refuse(op.L(op.B(c.Name), " is idle, so ", what, "."), op.L(advice)).WithNext(nextcmd.OnCaster(button, c.ID),
		nextcmd.OnCaster("show", c.ID)).
		InShort(op.L("idle"))
}

// refuseUntold refuses a studio of which it is not known whether viewers have it.
func refuseUntold(c live.Caster) error {
	return op.Refuse(op.L("ApsaraVideo Live does not say whether ", op.B(c.Name), " is on air, so nothing was asked for."),
		op.L("Look at it in the ApsaraVideo Live console.")).WithNext(nextcmd.OnCaster("show", c.ID)).
		InShort(op.L("not told whether it is on air"))
}

// requireProgram refuses a studio without a PROGRAM scene, and one of which it is not told which scene that is.
func requireProgram(c live.Caster, all []live.Scene) error {
	if tally.Program(all).ID != "" {
		return nil
	}
	unseen := programUnseen(all)
	refusal := op.Refuse(op.L(op.B(c.Name), " has no PROGRAM scene."),
		op.L("A studio gets one when it is started.")).InShort(op.L("no PROGRAM scene"))
	if len(unseen) > 0 && len(all) > 0 {
		refusal = op.Refuse(op.L("ApsaraVideo Live does not say which scene of ", op.B(c.Name), " is PROGRAM."),
			op.L("Look at it in the ApsaraVideo Live console.")).InShort(op.L("not told which scene is PROGRAM"))
	}
	refusal.Unseen = unseen
	return refusal.WithNext(nextcmd.OnCaster("show", c.ID))
}

// programUnseen says why none of some scenes is known to be PROGRAM although one may be; nothing otherwise.
func programUnseen(all []live.Scene) op.Line {
	switch {
	case tally.Program(all).ID != "":
	case len(all) == 0:
		return op.L("ApsaraVideo Live lists none of its scenes")
	case slices.ContainsFunc(all, func(scene live.Scene) bool { return scene.Untold }):
		return op.L("ApsaraVideo Live does not say which of its scenes is PROGRAM")
	}
	return nil
}

// played is the address of an open scene after some words, where the channel may see such addresses.
func played(before op.Text, scope op.Scope, scene live.Scene) op.Line {
	address := cmp.Or(scene.WatchURL, scene.PlayURL)
	if !scope.URLs || address == "" {
		return nil
	}
	return op.L(before, op.Link(address, "▶ "+op.Visible(scene.Name)))
}

// touched words a look at a studio whose change time is all that can tell. A change time proves little, as any edit
// moves it, so it only confirms an answer that came.
func touched(c live.Caster, a op.Attempt) op.Evidence {
	seen := airSentence(c)
	if !c.Modified.IsZero() {
		seen = op.L(seen, ", last changed ", op.At(c.Modified))
	}
	before, known := baseline.Of(a.Plan.Seen, baseline.ModifiedAt)
	changed := known && a.Answered() && c.OnAir && baseline.Newer(c.Modified, before[baseline.ModifiedAt], a.Sent)
	return op.Evidence{Happened: changed, Seen: op.L(seen, ".")}
}

// verifyStudio looks at the studio of an attempt.
func (s table) verifyStudio(
	proof func(live.Caster, op.Attempt) op.Evidence,
) func(context.Context, op.Attempt) (op.Evidence, error) {
	return func(ctx context.Context, a op.Attempt) (op.Evidence, error) {
		id := a.Plan.Args["caster"]
		c, err := s.cloud.Caster(ctx, id)
		if err != nil {
			return op.Evidence{}, fmt.Errorf("look at studio %s: %w", id, err)
		}
		return proof(c, a), nil
	}
}
