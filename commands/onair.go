package commands

import (
	"cmp"
	"context"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

func onStudio(c live.Caster) op.Target { return op.Target{Kind: "caster", ID: c.ID, Name: c.Name} }

// programOf is the scene that viewers see, zero when the studio has none.
func programOf(all []live.Scene) live.Scene {
	i := slices.IndexFunc(all, func(scene live.Scene) bool { return scene.Program })
	if i < 0 {
		return live.Scene{}
	}
	return all[i]
}

// picture is equal for scenes that show the same, empty for one that shows nothing. It is told by layout and components; that
// a take makes both equal is concluded from the API's words "copies the configuration".
func picture(scene live.Scene) string {
	if scene.Layout == "" && len(scene.Components) == 0 {
		return ""
	}
	return fingerprint(scene.Layout, slices.Sorted(slices.Values(scene.Components)))
}

// former is the PREVIEW, open if there is an open one, that holds the picture on air now: a take of it brings that picture back.
func former(all []live.Scene) (live.Scene, bool) {
	var found live.Scene
	shown := picture(programOf(all))
	for _, scene := range all {
		if !scene.Program && shown != "" && picture(scene) == shown && (found.ID == "" || scene.Open && !found.Open) {
			found = scene
		}
	}
	return found, found.ID != ""
}

// airLine is what viewers have now: "🔴 ON AIR since 18:59 · PROGRAM scene Main, with the picture of Preview 1".
func airLine(c live.Caster, all []live.Scene) op.Line {
	line := op.L("🔴 ", op.Strong("ON AIR"), told(" since ", op.On, c.Started))
	if program := programOf(all); program.ID != "" {
		line = op.L(line, " · PROGRAM scene ", op.B(program.Name))
	}
	if scene, ok := former(all); ok {
		line = op.L(line, ", with the picture of ", op.B(scene.Name))
	}
	return line
}

// cut is what viewers and recordings would miss: what is on air, and a recording of it that runs.
func (s set) cut(ctx context.Context, scope op.Scope, c live.Caster, all []live.Scene) (recording string, facts []op.Line) {
	facts = []op.Line{airLine(c, all)}
	name, err := s.recordedAs(ctx, scope, c, programOf(all))
	switch {
	case err != nil:
		return "", append(facts, op.L("I could not see whether its programme is being recorded."))
	case name == "":
		return "", facts
	}
	return name, append(facts, op.L("Recording of its programme, ", op.B(name), ", is running and may be cut."))
}

// recordedAs is the name under which the studio's own output is being recorded, the channel's if it has one; empty when it is
// not. It costs one read, and another one where recordings are configured.
func (s set) recordedAs(ctx context.Context, scope op.Scope, c live.Caster, program live.Scene) (string, error) {
	name := outputName(program.PlayURL)
	if name == "" {
		return "", nil
	}
	config, err := s.cloud.CasterConfig(ctx, c.ID)
	if err != nil || !config.Recorded || config.Domain == "" {
		return "", err
	}
	now := s.now()
	stream := live.Stream{Domain: config.Domain, App: "caster", Name: name}
	contents, err := s.cloud.RecordContent(ctx, stream, now.Add(-window), now.Add(time.Minute))
	if err != nil {
		return "", err
	}
	k := look{at: now}
	if k.phase, k.content = phaseOf(contents, nil, now); !k.fresh() {
		return "", nil
	}
	return labelled(stream, scope).label, nil
}

// outputName is the stream name in the address of a studio's output, whose app is always "caster".
func outputName(address string) string {
	u, err := url.Parse(address)
	if err != nil || path.Dir(u.Path) != "/caster" {
		return ""
	}
	return strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path))
}

// awake refuses an idle studio: what completes "it is idle, so …", button is the way that starts it.
func awake(c live.Caster, what, advice op.Text, button string) error {
	if c.OnAir {
		return nil
	}
	return op.Refuse(op.L(op.B(c.Name), " is idle, so ", what, "."), op.L(advice)).WithNext(onCaster(button, c.ID), onCaster("show", c.ID))
}

// programmed refuses a studio without a PROGRAM scene.
func programmed(c live.Caster, all []live.Scene) error {
	if programOf(all).ID != "" {
		return nil
	}
	return op.Refuse(op.L(op.B(c.Name), " has no PROGRAM scene."), op.L("A studio gets one when it is started.")).WithNext(onCaster("show", c.ID))
}

// played is the address of an open scene after some words, where the channel may see such addresses.
func played(before op.Text, scope op.Scope, scene live.Scene) op.Line {
	address := cmp.Or(scene.WatchURL, scene.PlayURL)
	if !scope.URLs || address == "" {
		return nil
	}
	return op.L(before, op.Link(address, "▶ "+op.Visible(scene.Name)))
}

// touched words a look at a studio whose change time is all that can tell. A change time proves little, as any edit moves it, so
// it only confirms an answer that came.
func touched(c live.Caster, a op.Attempt) op.Evidence {
	seen := op.L("The studio is ", airFact(c))
	if !c.Modified.IsZero() {
		seen = op.L(seen, ", last changed ", op.On(c.Modified))
	}
	before, known := traceOf(a.Plan.Seen, modifiedAt)
	changed := known && answered(a) && c.OnAir && news(c.Modified, before[modifiedAt], a.Sent)
	return op.Evidence{Happened: changed, Seen: op.L(seen, ".")}
}
