package commands

import (
	"context"
	"fmt"
	"slices"

	"casterbot/commands/baseline"
	"casterbot/commands/failure"
	"casterbot/commands/nextcmd"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

const takeUsage = "caster take {caster} {scene}"

func (s table) casterTake() op.Command {
	return op.Command{
		Usage:    takeUsage,
		Short:    "Give PROGRAM the picture of an open PREVIEW scene: viewers see it at once.",
		Examples: []string{`caster take "Evening News" "Preview 1"`},
		Verb:     "caster.take", Effect: op.OnAir, Sends: "CopyCasterSceneConfig",
		Starts: []op.Condition{op.PictureTaken}, Ends: []op.Condition{op.StandbyShown},
		Plan: s.planTake, Apply: s.applyTake, Verify: s.verifyTake, Then: afterTake,
		Follow: s.followStudio(op.PictureTaken, true),
	}
}

// What a plan saw of the pictures, for the call and for the look after it.
const (
	programSeen = "program" // id of the PROGRAM scene
	formerSeen  = "former"  // id of the open PREVIEW that holds the picture on air, if there is one
)

// planTake shows what viewers see now and what they will see. A change of either picture in between is noticed; since
// when the studio is on air makes no other decision of it.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-copycastersceneconfig
func (s table) planTake(ctx context.Context, call op.Call) (op.Plan, error) {
	c, scene, all, err := s.preview(ctx, call, "taken to PROGRAM")
	if err != nil {
		return op.Plan{}, err
	}
	if err := takeable(c, scene, all); err != nil {
		return op.Plan{}, err
	}
	program := tally.Program(all)
	facts := s.airLines(ctx, c, all)
	viewers := op.L("Viewers will then see ", op.B(scene.Name), ".")
	switch {
	case tally.Picture(scene) == "":
		facts = append([]op.Line{op.L("It has no layout that can be seen; ApsaraVideo Live may refuse.")}, facts...)
	case tally.Picture(scene) == tally.Picture(program):
		viewers = op.L("PROGRAM has this picture already: viewers notice it only while the standby slate is shown.")
	}
	return op.Plan{
		Args: op.Args{"caster": c.ID, "scene": scene.ID}, Target: onStudio(c),
		Title:   op.L("Take to PROGRAM: ", ofScene(c, scene)),
		Viewers: op.L(viewers, played(" Check it first: ", call.Scope, scene)), Facts: facts,
		Details: s.pictureLine(all), OnAir: true, Button: "Take to PROGRAM",
		Fingerprint: op.Fingerprint(c.ID, c.Name, scene.ID, scene.Name, tally.Picture(scene), program.ID,
			tally.Picture(program)),
		Seen: s.pictures(ctx, c, scene, all),
	}, nil
}

// takeable refuses what the API would refuse, with the way out.
func takeable(c live.Caster, scene live.Scene, all []live.Scene) error {
	if err := requireOnAir(c, "nothing can be taken to its PROGRAM", "Start it, then ask again.", "start"); err != nil {
		return err
	}
	if !scene.Open {
		return op.Refuse(op.L(ofScene(c, scene), " is closed: only a PREVIEW that is open can be taken to PROGRAM."),
			op.L("Open it, look at it, then take it.")).WithNext(nextcmd.OnScene("open", c.ID,
			scene.ID)).InShort(op.L("its preview is closed"))
	}
	return requireProgram(c, all)
}

// pictures keeps what the call and the look after it need. Since when the studio is on air is not among it where the
// list may not have that yet: a start that it gives later would be taken for a new one.
func (s table) pictures(ctx context.Context, c live.Caster, scene live.Scene, all []live.Scene) map[string]string {
	program := tally.Program(all)
	seen := baseline.Baseline{baseline.ModifiedAt: c.Modified}.Seen()
	seen[programSeen] = program.ID
	stands, err := s.records.Standings(ctx)
	if c.OnAir && err == nil && !tally.JustStarted(stands(onStudio(c), op.IsOnAir), s.now()) {
		seen[tally.StartSeen] = tally.Moment(c.Started)
	}
	seen[tally.PictureSeen], seen[tally.TakenSeen] = tally.Picture(program), tally.Picture(scene)
	if back, ok := previousPicture(all); ok && back.Open && back.ID != scene.ID {
		seen[formerSeen] = back.ID
	}
	return seen
}

// wayBack offers to take the picture again that was on air before, in the words of the way on that is named, or to
// choose another one.
func wayBack(p op.Plan, name string) op.Next {
	if p.Seen[formerSeen] == "" {
		return nextcmd.OnCaster("take", p.Args["caster"])
	}
	return nextcmd.OnScene(name, p.Args["caster"], p.Seen[formerSeen])
}

// afterTake is for a take that went wrong: away from the picture at once, or back to the one before.
func afterTake(p op.Plan) []op.Next {
	return []op.Next{nextcmd.OnCaster("slate", p.Args["caster"]), wayBack(p, "before")}
}

func (s table) applyTake(ctx context.Context, p op.Plan, _ string, permit op.SendPermit) op.Outcome {
	receipt, err := s.cloud.TakeScene(ctx, permit, p.Args["caster"], p.Args["scene"], p.Seen[programSeen])
	return failure.Failure{Usage: takeUsage, Args: p.Args, Denied: op.L(p.Subject(), " was not taken to PROGRAM")}.
		Outcome(op.Outcome{Text: op.L("PROGRAM shows the picture of ", p.Subject(), ".")}, receipt, err)
}

// verifyTake takes it as proof that PROGRAM has the picture that was to be taken and had another one before. Where it
// had the same before, as after a standby, the scenes tell nothing; the studio's change time may confirm an answer.
func (s table) verifyTake(ctx context.Context, a op.Attempt) (op.Evidence, error) {
	id, seen := a.Plan.Args["caster"], a.Plan.Seen
	if seen[tally.PictureSeen] == seen[tally.TakenSeen] {
		return s.verifyStudio(touched)(ctx, a)
	}
	all, err := s.cloud.Scenes(ctx, id)
	if err != nil {
		return op.Evidence{}, fmt.Errorf("look at the scenes of %s: %w", id, err)
	}
	i := slices.IndexFunc(all, func(scene live.Scene) bool { return scene.ID == seen[programSeen] })
	if i < 0 || seen[tally.TakenSeen] == "" || tally.Picture(all[i]) != seen[tally.TakenSeen] {
		return op.Evidence{Seen: a.Unseen(op.L("PROGRAM has another picture than ", a.Plan.Subject(), " had."))}, nil
	}
	return op.Evidence{Happened: true, Seen: op.L("PROGRAM now has the layout of ", a.Plan.Subject(), ".")}, nil
}
