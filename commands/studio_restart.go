package commands

import (
	"cmp"
	"context"

	"casterbot/commands/baseline"
	"casterbot/commands/failure"
	"casterbot/commands/nextcmd"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

const restartUsage = "caster restart {caster}"

func (s table) casterRestart() op.Command {
	return op.Command{
		Usage:    restartUsage,
		Short:    "Reload the studio's settings and restore its playback. Viewers may see an interruption.",
		Examples: []string{`caster restart "Evening News"`},
		Verb:     "caster.restart", Effect: op.OnAir, Sends: "RestartCaster",
		Ends: []op.Condition{op.IsOnAir, op.StandbyShown}, Starts: []op.Condition{op.IsOnAir},
		Plan: s.planRestart, Apply: s.applyRestart, Verify: s.verifyStudio(restarted), Then: afterRestart,
		Follow: s.followStudio(op.IsOnAir, true),
	}
}

// planRestart shows what viewers and recordings would miss. Before the call it looks at the studio and at the recording
// only.
func (s table) planRestart(ctx context.Context, call op.Call) (op.Plan, error) {
	if call.Confirmed != nil {
		return s.replanRestart(ctx, call)
	}
	c, all, err := s.withScenes(ctx, call, restartable)
	if err != nil {
		return op.Plan{}, err
	}
	recorded := s.cut(ctx, call.Scope, c, output{from: tally.Program(all).PlayURL})
	p := restartPlan(c, recorded, recorded.name)
	p.Facts, p.Details = append(p.Facts, s.airLines(ctx, c, all)...), s.pictureLine(all)
	return p, nil
}

// replanRestart says of what was confirmed only what is another way now. Another recording than the one that was spoken
// of would be cut too; that it has ended, or cannot be seen now, makes no other decision of it.
func (s table) replanRestart(ctx context.Context, call op.Call) (op.Plan, error) {
	seen := call.Confirmed.Seen
	c, look, err := besides(ctx, s, call, func(id string) (outageFacts, error) {
		return s.cut(ctx, call.Scope, live.Caster{ID: id}, output{path: seen[outputSeen]}), nil
	})
	if err != nil {
		return op.Plan{}, err
	}
	if err := restartable(c); err != nil {
		return op.Plan{}, err
	}
	recorded, err := look()
	p := restartPlan(c, recorded, cmp.Or(recorded.name, seen[recordedSeen]))
	if p.Seen[baseline.StartedAt] != seen[baseline.StartedAt] {
		p.Facts = append(p.Facts, s.airLines(ctx, c, nil)...)
	}
	return p, err
}

// recordedSeen is where a plan keeps the name of the recording that would be cut.
const recordedSeen = "recorded"

func restartPlan(c live.Caster, recorded outageFacts, cuts string) op.Plan {
	seen := baseline.Baseline{baseline.StartedAt: c.Started, baseline.ModifiedAt: c.Modified}.Seen()
	seen[outputSeen], seen[recordedSeen] = recorded.path, cuts
	return op.Plan{
		Args: op.Args{"caster": c.ID}, Target: onStudio(c), Title: op.L("Restart studio ", op.B(c.Name)),
		Viewers: op.L("Viewers may see an interruption."), Facts: recorded.facts(), OnAir: true,
		Button:      "Restart on-air studio",
		Fingerprint: op.Fingerprint(c.ID, c.Name, c.Started.Unix(), cuts), Seen: seen,
	}
}

// restartable refuses what the API would refuse, with the way out.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-restartcaster
func restartable(c live.Caster) error {
	if c.Mode == live.ModeVirtual || c.Mode == live.ModeLightweight {
		refusal := op.Refuse(op.L(op.B(c.Name), " is a ", mode(c),
			" studio: only general and playlist studios can be restarted."),
			op.L("Stop and start it instead.")).InShort(op.L("a studio of this type cannot be restarted"))
		if c.OnAir {
			return refusal.WithNext(nextcmd.OnCaster("stop", c.ID), nextcmd.OnCaster("show", c.ID))
		}
		return refusal.WithNext(nextcmd.OnCaster("start", c.ID), nextcmd.OnCaster("show", c.ID))
	}
	return requireOnAir(c, "there is nothing to restart", "It reads its settings when it is started.", "instead")
}

func (s table) applyRestart(ctx context.Context, p op.Plan, _ string, permit op.SendPermit) op.Outcome {
	receipt, err := s.cloud.RestartCaster(ctx, permit, p.Args["caster"])
	return failure.Failure{Usage: restartUsage, Args: p.Args, Denied: op.L(p.Subject(), " was not restarted")}.
		Outcome(op.Outcome{Text: op.L(p.Subject(), " restarted.")}, receipt, err)
}

func afterRestart(p op.Plan) []op.Next {
	return []op.Next{nextcmd.OnCaster("slate", p.Args["caster"]), nextcmd.OnCaster("show", p.Args["caster"])}
}

// restarted takes another start time than before as proof; a change time may confirm an answer.
func restarted(c live.Caster, a op.Attempt) op.Evidence {
	before, known := baseline.Of(a.Plan.Seen, baseline.StartedAt)
	if known && c.OnAir && baseline.Newer(c.Started, before[baseline.StartedAt], a.Sent) {
		return op.Evidence{Happened: true, Seen: op.L("Back on air since ", op.At(c.Started), ".")}
	}
	return touched(c, a)
}
