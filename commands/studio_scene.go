package commands

import (
	"context"
	"fmt"
	"slices"

	"casterbot/commands/failure"
	"casterbot/commands/naming"
	"casterbot/commands/nextcmd"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

const (
	sceneStartUsage = "caster scene start {caster} {scene}"
	sceneStopUsage  = "caster scene stop {caster} {scene}"
)

func (s table) sceneStart() op.Command {
	return op.Command{
		Usage:    sceneStartUsage,
		Aliases:  []string{"caster scene open {caster} {scene}"},
		Short:    "Open a PREVIEW scene and give its playback address. PROGRAM is not touched.",
		Examples: []string{`caster scene start "Evening News" "Preview 2"`},
		Verb:     "caster.scene.start", Effect: op.Preview, Sends: "StartCasterScene", Starts: []op.Condition{op.PreviewOpen},
		Plan: s.planSceneStart, Apply: s.applySceneStart, Verify: s.verifyScene(true), Then: afterSceneStart,
		Follow: s.followPreview(true),
	}
}

func (s table) sceneStop() op.Command {
	return op.Command{
		Usage:    sceneStopUsage,
		Aliases:  []string{"caster scene close {caster} {scene}"},
		Short:    "Close a PREVIEW scene. PROGRAM is not touched.",
		Examples: []string{`caster scene stop "Evening News" "Preview 1"`},
		Verb:     "caster.scene.stop", Effect: op.Preview, Sends: "StopCasterScene", Ends: []op.Condition{op.PreviewOpen},
		Plan: s.planSceneStop, Apply: s.applySceneStop, Verify: s.verifyScene(false), Then: afterSceneStop,
		Follow: s.followPreview(false),
	}
}

func (s table) planSceneStart(ctx context.Context, call op.Call) (op.Plan, error) {
	c, scene, _, err := s.preview(ctx, call, "opened and closed")
	if err != nil {
		return op.Plan{}, err
	}
	if err := requireOnAir(c, "no PREVIEW of it can be opened", "Start it, then ask again.", "start"); err != nil {
		return op.Plan{}, err
	}
	if scene.Open {
		return op.Plan{}, op.Already(op.L(ofScene(c, scene), " is already open. Nothing was changed."),
			nextcmd.OnScene("close", c.ID, scene.ID), nextcmd.OnScene("take", c.ID, scene.ID)).SaysSo().
			InShort(op.L("already open"))
	}
	return scenePlan("Open PREVIEW of ", "Open preview", c, scene), nil
}

func (s table) planSceneStop(ctx context.Context, call op.Call) (op.Plan, error) {
	c, scene, _, err := s.preview(ctx, call, "opened and closed")
	if err != nil {
		return op.Plan{}, err
	}
	if !scene.Open {
		already := op.Already(op.L(ofScene(c, scene), " is already closed. Nothing was changed.")).SaysSo().InShort(
			op.L("already closed"))
		if c.OnAir {
			already = already.WithNext(nextcmd.OnScene("open", c.ID, scene.ID))
		}
		return op.Plan{}, already
	}
	p := scenePlan("Close PREVIEW of ", "Close preview", c, scene)
	p.Facts = []op.Line{op.L("Its playback ends.")}
	return p, nil
}

// preview resolves studio and scene among all of its scenes, and refuses the PROGRAM scene: only previews can be
// "opened".
func (s table) preview(ctx context.Context, call op.Call, can op.Text) (c live.Caster, scene live.Scene,
	all []live.Scene, err error) {
	c, all, err = s.withScenes(ctx, call, nil)
	if err != nil {
		return c, scene, nil, err
	}
	i, err := naming.Scenes.Find(call.Args["scene"], sceneThings(all))
	if err != nil {
		return c, scene, all, err
	}
	refusal := op.Refuse(op.L(ofScene(c, all[i]),
		" is the PROGRAM scene, which viewers see. Only PREVIEW scenes can be ", can, ".")).
		InShort(op.L("the PROGRAM scene"))
	switch scene = all[i]; {
	case isPreview(scene):
		return c, scene, all, nil
	case scene.Untold:
		refusal = op.Refuse(op.L("ApsaraVideo Live does not say how ", ofScene(c, scene),
			" stands. Only scenes that are known to be PREVIEW can be ", can, ".")).InShort(op.L("not known to be PREVIEW"))
	}
	refusal.Answer.Items = naming.Items(previews(all), sceneThings(all))
	return c, scene, all, refusal.About("scene")
}

// isPreview reports a scene that is known to be a PREVIEW, and whether it is open.
func isPreview(scene live.Scene) bool { return !scene.Program && !scene.Untold }

// previews gives the PREVIEW scenes out of all.
func previews(all []live.Scene) []naming.Thing {
	return sceneThings(slices.DeleteFunc(slices.Clone(all), func(scene live.Scene) bool { return !isPreview(scene) }))
}

func ofScene(c live.Caster, scene live.Scene) op.Line {
	return op.L(op.B(c.Name), " / ", op.B(scene.Name))
}

func scenePlan(title, button op.Text, c live.Caster, scene live.Scene) op.Plan {
	return op.Plan{
		Args: op.Args{"caster": c.ID, "scene": scene.ID}, Target: onStudio(c),
		Title: op.L(title, ofScene(c, scene)), Button: string(button),
		Viewers:     op.L("Viewers notice nothing: PROGRAM stays as it is."),
		Fingerprint: op.Fingerprint(c.ID, c.Name, scene.ID, scene.Name), // all else is refused by itself
	}
}

// applySceneStart puts the address for playback into the outcome; whoever knows the decision shows it or drops it.
func (s table) applySceneStart(ctx context.Context, p op.Plan, _ string, permit op.SendPermit) op.Outcome {
	receipt, err := s.cloud.StartScene(ctx, permit, p.Args["caster"], p.Args["scene"])
	return failure.Failure{
		Usage: sceneStartUsage, Args: p.Args, Denied: op.L("PREVIEW of ", p.Subject(), " was not opened"),
		Before: op.L("PREVIEW of ", p.Subject(), " was already open"), Next: afterSceneStart(p),
	}.Outcome(op.Outcome{Text: op.L("PREVIEW of ", p.Subject(), " is open."), Play: receipt.PlayURL}, receipt, err)
}

func afterSceneStart(p op.Plan) []op.Next {
	return []op.Next{nextcmd.Command("close", p.Args), nextcmd.Command("take", p.Args)}
}

func (s table) applySceneStop(ctx context.Context, p op.Plan, _ string, permit op.SendPermit) op.Outcome {
	receipt, err := s.cloud.StopScene(ctx, permit, p.Args["caster"], p.Args["scene"])
	return failure.Failure{
		Usage: sceneStopUsage, Args: p.Args, Denied: op.L("PREVIEW of ", p.Subject(), " was not closed"),
		Before: op.L("PREVIEW of ", p.Subject(), " was already closed"), Next: afterSceneStop(p),
	}.Outcome(op.Outcome{Text: op.L("PREVIEW of ", p.Subject(), " is closed.")}, receipt, err)
}

func afterSceneStop(p op.Plan) []op.Next { return []op.Next{nextcmd.Command("open", p.Args)} }

// verifyScene looks whether the scene is as it was asked for: open, or closed. A scene that is gone proves neither.
func (s table) verifyScene(open bool) func(context.Context, op.Attempt) (op.Evidence, error) {
	return func(ctx context.Context, a op.Attempt) (op.Evidence, error) {
		p := a.Plan
		all, err := s.cloud.Scenes(ctx, p.Args["caster"])
		if err != nil {
			return op.Evidence{}, fmt.Errorf("look at scene %s: %w", p.Args["scene"], err)
		}
		for _, scene := range all {
			if scene.ID == p.Args["scene"] {
				return op.Evidence{Happened: !scene.Untold && scene.Open == open,
					Seen: op.L(op.B(scene.Name), " is ", openWord(scene), " now.")}, nil
			}
		}
		return op.Evidence{Seen: op.L("The scene does not exist any more.")}, nil
	}
}
