package commands

import (
	"context"
	"errors"
	"time"

	"casterbot/commands/baseline"
	"casterbot/commands/failure"
	"casterbot/commands/nextcmd"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/parallel"
	"casterbot/internal/tally"
)

const standbyUsage = "caster standby {caster}"

// casterStandby is the panic slate. The API has no call that ends it and none that tells whether it is shown; what it
// documents for giving PROGRAM a picture is the take, so that is the way back which the card offers.
func (s table) casterStandby() op.Command {
	return op.Command{
		Usage:    standbyUsage,
		Short:    "Panic slate: viewers see the standby slate until a PREVIEW is taken.",
		Examples: []string{`caster standby "Evening News"`},
		Verb:     "caster.standby", Effect: op.OnAir, Sends: "EffectCasterUrgent", Starts: []op.Condition{op.StandbyShown},
		Urgent: true,
		Plan:   s.planStandby, Apply: s.applyStandby, Verify: s.verifyStudio(standbyShown),
		Follow: s.followStudio(op.StandbyShown, true), Then: afterStandby,
	}
}

// planStandby refuses a studio that has no standby picture. That its settings cannot be read, or that it is not told
// whether it is on air, is no reason to refuse: this is for emergencies, and the API refuses by itself. Whatever
// viewers see and whoever has changed it since, the decision is the same, so nothing of that is in the fingerprint.
// API:
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-effectcasterurgent
func (s table) planStandby(ctx context.Context, call op.Call) (op.Plan, error) {
	if call.Confirmed != nil {
		return s.replanStandby(ctx, call)
	}
	looking, cancel := context.WithTimeout(ctx, standbyLooks)
	defer cancel()
	p, err := s.seenStandby(looking, call)
	if err != nil {
		return s.unseenStandby(ctx, call, err)
	}
	return p, nil
}

// seenStandby is planStandby where the studio can be looked at.
func (s table) seenStandby(ctx context.Context, call op.Call) (op.Plan, error) {
	c, look, err := besides(ctx, s, call, s.insideOf(ctx, call))
	if err != nil {
		return op.Plan{}, err
	}
	late, err := s.refuseOffAir(ctx, c)
	if err != nil {
		return op.Plan{}, err
	}
	c.Untold = c.Untold || len(late) > 0
	seen, err := look()
	all, err := inOrder(c, func() ([]live.Scene, error) { return seen.scenes, err })
	if err != nil {
		return op.Plan{}, err
	}
	if seen.unset == nil && !seen.config.Standby && !seen.config.StandbyUntold {
		return op.Plan{}, op.Refuse(op.L(op.B(c.Name), " has no standby slate, so there is nothing to switch to."),
			op.L("Set one in the ApsaraVideo Live console, in the settings of the studio.")).
			WithNext(nextcmd.OnCaster("show", c.ID)).InShort(op.L("no standby slate"))
	}
	if err := requireProgram(c, all); err != nil {
		return op.Plan{}, err
	}
	facts := append(append(late, returnLine(all)), s.airLines(ctx, c, all)...)
	if seen.unset != nil {
		facts = append([]op.Line{
			op.L("Whether a standby slate is configured could not be seen: ", failure.Explain(seen.unset).Text, ".")}, facts...)
	}
	if seen.config.StandbyUntold {
		facts = append([]op.Line{op.L(slateUntold)}, facts...)
	}
	return op.Plan{
		Args: op.Args{"caster": c.ID}, Target: onStudio(c), Title: op.L("Standby slate on ", op.B(c.Name)),
		Viewers: op.L("Viewers will then see the standby slate."), Facts: facts, OnAir: true,
		Button: "Switch to standby", Fingerprint: op.Fingerprint(c.ID), Seen: s.pictures(ctx, c, live.Scene{}, all),
	}, nil
}

const slateUntold = "ApsaraVideo Live does not say whether a standby slate is configured."

// standbyLooks is how long a look before a standby may take.
const standbyLooks = 3 * time.Second

// replanStandby refuses only what it sees to be impossible now: a look that fails, or takes long, leaves things as they
// were when it was asked for.
func (s table) replanStandby(ctx context.Context, call op.Call) (op.Plan, error) {
	p := *call.Confirmed
	ctx, cancel := context.WithTimeout(ctx, standbyLooks)
	defer cancel()
	var c live.Caster
	var all []live.Scene
	var unseen [2]error
	_ = parallel.Together(
		func() error { c, unseen[0] = s.cloud.Caster(ctx, p.Target.ID); return nil },
		func() error { all, unseen[1] = s.cloud.Scenes(ctx, p.Target.ID); return nil })
	if err := s.standbyForbidden(ctx, call, c, unseen[0]); err != nil || unseen[1] != nil || tally.Program(all).ID == "" {
		return p, err
	}
	asked := p.Seen
	p.Seen = s.pictures(ctx, c, live.Scene{}, all)
	if unseen[0] != nil {
		delete(p.Seen, baseline.ModifiedAt)
		for _, name := range []string{baseline.ModifiedAt, baseline.LookedAt, tally.StartSeen} {
			if seen, ok := asked[name]; ok {
				p.Seen[name] = seen
			}
		}
	}
	return p, nil
}

// standbyForbidden refuses a studio that is idle, or none of the channel's any more. That neither it nor all studios
// can be looked at forbids nothing.
func (s table) standbyForbidden(ctx context.Context, call op.Call, c live.Caster, unseen error) error {
	switch {
	case unseen == nil && call.Scope.Studio(c.ID, c.Name):
		_, err := s.refuseOffAir(ctx, c)
		return err
	case unseen == nil || live.ClassOf(unseen) == live.NotFound:
		_, _, err := s.casterByList(ctx, call)
		if refusal, ok := errors.AsType[*op.Refusal](err); ok && unseen != nil && len(refusal.Unseen) > 0 {
			return nil
		}
		return err
	}
	return nil
}

// refuseOffAir refuses a studio that is idle. One of which that is not told is for the API to refuse, and so is one
// that the bot has put on air a moment ago, as late then says.
func (s table) refuseOffAir(ctx context.Context, c live.Caster) (late []op.Line, err error) {
	if c.Untold || c.OnAir {
		return nil, nil
	}
	stands, err := s.records.Standings(ctx)
	if err == nil && tally.Late(c, stands(onStudio(c), op.IsOnAir), s.now()) {
		return []op.Line{op.L("⚠️ It is listed as idle still: casterbot put it on air a moment ago.")}, nil
	}
	return nil, requireOnAir(c, "viewers would not see it", "Start it first.", "start")
}

// returnLine says how the programme comes back.
func returnLine(all []live.Scene) op.Line {
	scene, ok := previousPicture(all)
	switch {
	case ok && scene.Open:
		return op.L("To come back, take ", op.B(scene.Name), ": it holds the picture that is on air now.")
	case ok:
		return op.L("To come back, open ", op.B(scene.Name),
			", which holds the picture that is on air now, and take it.")
	}
	return op.L("To come back, take a PREVIEW; none holds the picture that is on air now.")
}

func (s table) applyStandby(ctx context.Context, p op.Plan, _ string, permit op.SendPermit) op.Outcome {
	done := op.L(p.Subject(), " shows its standby slate. A take brings the programme back.")
	if known, ok := baseline.Of(p.Seen, baseline.LookedAt); ok {
		done = op.L(done, " The studio could not be looked at before: this went by how it was known at ",
			op.At(known[baseline.LookedAt]), ".")
	}
	receipt, err := s.cloud.Standby(ctx, permit, p.Args["caster"], p.Seen[programSeen])
	return failure.Failure{
		Usage: standbyUsage, Args: p.Args, Denied: op.L(p.Subject(), " was not switched to its standby slate"),
	}.Outcome(op.Outcome{Text: done}, receipt, err)
}

func afterStandby(p op.Plan) []op.Next {
	return []op.Next{wayBack(p, "back"), nextcmd.OnCaster("show", p.Args["caster"])}
}

// standbyShown has only the studio's change time to go by; whether the API moves it at a standby is not documented.
func standbyShown(c live.Caster, a op.Attempt) op.Evidence {
	seen := touched(c, a)
	if seen.Happened {
		return seen
	}
	seen.Seen = op.L("Whether the slate is shown cannot be seen: check the programme.")
	if !c.OnAir || c.Untold {
		seen.Seen = op.L(airSentence(c), ". ", seen.Seen)
	} else if !c.Modified.IsZero() {
		seen.Seen = op.L("The studio was last changed ", op.At(c.Modified), ". ", seen.Seen)
	}
	return seen
}
