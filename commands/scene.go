package commands

import (
	"context"
	"fmt"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

func (s set) sceneStart() op.Command {
	return op.Command{
		Usage:    "caster scene start {caster} {scene}",
		Aliases:  []string{"caster scene open {caster} {scene}"},
		Short:    "Open a PREVIEW scene and give its playback address. PROGRAM is not touched.",
		Examples: []string{`caster scene start "Evening News" "Preview 2"`},
		Verb:     "caster.scene.start", Effect: op.Preview,
		Plan: s.planSceneStart, Apply: s.applySceneStart, Verify: s.verifyScene(true),
	}
}

func (s set) sceneStop() op.Command {
	return op.Command{
		Usage:    "caster scene stop {caster} {scene}",
		Aliases:  []string{"caster scene close {caster} {scene}"},
		Short:    "Close a PREVIEW scene. PROGRAM is not touched.",
		Examples: []string{`caster scene stop "Evening News" "Preview 1"`},
		Verb:     "caster.scene.stop", Effect: op.Preview,
		Plan: s.planSceneStop, Apply: s.applySceneStop, Verify: s.verifyScene(false),
	}
}

func openNext(studio, scene string) op.Next {
	return op.Next{Label: "Open preview", Text: op.Format("caster scene start {caster} {scene}", op.Args{"caster": studio, "scene": scene})}
}

func closeNext(studio, scene string) op.Next {
	return op.Next{Label: "Close preview", Text: op.Format("caster scene stop {caster} {scene}", op.Args{"caster": studio, "scene": scene})}
}

func (s set) planSceneStart(ctx context.Context, call op.Call) (op.Plan, error) {
	c, scene, err := s.preview(ctx, call)
	switch {
	case err != nil:
		return op.Plan{}, err
	case !c.OnAir:
		return op.Plan{}, op.Refuse(op.L(op.B(c.Name), " is idle: a PREVIEW can only be opened while the studio runs."),
			op.L("Start the studio in the ApsaraVideo Live console, then ask again.")).
			WithNext(op.Next{Label: "Show studio", Text: "caster show " + c.ID})
	case scene.Open:
		return op.Plan{}, op.Already(op.L(ofScene(c, scene), " is already open. Nothing was changed."), closeNext(c.ID, scene.ID))
	}
	p := scenePlan("Open PREVIEW of ", c, scene)
	p.Facts, p.Button = []op.Line{op.L("For the crew only: PROGRAM, which viewers see, stays as it is.")}, "Open preview"
	return p, nil
}

func (s set) planSceneStop(ctx context.Context, call op.Call) (op.Plan, error) {
	c, scene, err := s.preview(ctx, call)
	if err != nil {
		return op.Plan{}, err
	}
	if !scene.Open {
		already := op.Already(op.L(ofScene(c, scene), " is already closed. Nothing was changed."))
		if c.OnAir {
			already = already.WithNext(openNext(c.ID, scene.ID))
		}
		return op.Plan{}, already
	}
	p := scenePlan("Close PREVIEW of ", c, scene)
	p.Facts, p.Button = []op.Line{op.L("Its playback ends. PROGRAM, which viewers see, stays as it is.")}, "Close preview"
	return p, nil
}

// preview resolves studio and scene, and refuses the PROGRAM scene.
func (s set) preview(ctx context.Context, call op.Call) (live.Caster, live.Scene, error) {
	c, err := s.caster(ctx, call)
	if err != nil {
		return c, live.Scene{}, err
	}
	all, err := s.scenes(ctx, c)
	if err != nil {
		return c, live.Scene{}, err
	}
	i, err := scenes.find(call.Args["scene"], sceneThings(all))
	if err != nil {
		return c, live.Scene{}, err
	}
	scene := all[i]
	if !scene.Program {
		return c, scene, nil
	}
	refusal := op.Refuse(op.L(ofScene(c, scene), " is the PROGRAM scene, which viewers see. Only PREVIEW scenes can be opened and closed."))
	for _, t := range previews(all) {
		refusal.Answer.Items = append(refusal.Answer.Items, t.item())
	}
	refusal.Field = "scene"
	return c, scene, refusal
}

// previews gives the PREVIEW scenes out of all.
func previews(all []live.Scene) []thing {
	var things []thing
	for _, scene := range all {
		if !scene.Program {
			things = append(things, sceneThings([]live.Scene{scene})...)
		}
	}
	return things
}

func ofScene(c live.Caster, scene live.Scene) op.Line {
	return op.L(op.B(c.Name), " / ", op.B(scene.Name))
}

func scenePlan(title string, c live.Caster, scene live.Scene) op.Plan {
	return op.Plan{
		Args: op.Args{"caster": c.ID, "scene": scene.ID}, Target: onStudio(c),
		Title:       op.L(title, ofScene(c, scene)),
		Fingerprint: fingerprint(c.ID, c.Name, c.OnAir, scene.ID, scene.Name, scene.Program, scene.Open),
	}
}

func (s set) applySceneStart(ctx context.Context, p op.Plan, _ string) op.Outcome {
	receipt, err := s.cloud.StartScene(ctx, p.Args["caster"], p.Args["scene"])
	next := []op.Next{closeNext(p.Args["caster"], p.Args["scene"])}
	if err != nil {
		o := outcomeOf(op.L("PREVIEW of ", subject(p), " was not opened"), op.L("PREVIEW of ", subject(p), " was already open"), err)
		if o.Already {
			o.Next = next
		}
		return o
	}
	return op.Outcome{
		State: op.Succeeded, Text: op.L("PREVIEW of ", subject(p), " is open."), RequestID: receipt.RequestID,
		Play: receipt.PlayURL, Next: next,
	}
}

func (s set) applySceneStop(ctx context.Context, p op.Plan, _ string) op.Outcome {
	receipt, err := s.cloud.StopScene(ctx, p.Args["caster"], p.Args["scene"])
	if err != nil {
		return outcomeOf(op.L("PREVIEW of ", subject(p), " was not closed"), op.L("PREVIEW of ", subject(p), " was already closed"), err)
	}
	return op.Outcome{
		State: op.Succeeded, Text: op.L("PREVIEW of ", subject(p), " is closed."), RequestID: receipt.RequestID,
		Next: []op.Next{openNext(p.Args["caster"], p.Args["scene"])},
	}
}

// verifyScene looks whether the scene is as it was asked for: open, or closed. A scene that is gone proves neither.
func (s set) verifyScene(open bool) func(context.Context, op.Attempt) (op.Evidence, error) {
	return func(ctx context.Context, a op.Attempt) (op.Evidence, error) {
		p := a.Plan
		all, err := s.cloud.Scenes(ctx, p.Args["caster"])
		if err != nil {
			return op.Evidence{}, fmt.Errorf("look at scene %s: %w", p.Args["scene"], err)
		}
		for _, scene := range all {
			if scene.ID == p.Args["scene"] {
				return op.Evidence{Happened: scene.Open == open, Seen: op.L(op.B(scene.Name), " is "+openWord(scene)+" now.")}, nil
			}
		}
		return op.Evidence{Seen: op.L("The scene does not exist any more.")}, nil
	}
}
