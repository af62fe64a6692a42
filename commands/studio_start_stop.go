package commands

import (
	"context"

	"casterbot/commands/baseline"
	"casterbot/commands/failure"
	"casterbot/commands/nextcmd"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

const (
	startUsage = "caster start {caster}"
	stopUsage  = "caster stop {caster}"
)

// casterStart is a change and not one on air: before it there is no programme that it could cut.
func (s table) casterStart() op.Command {
	return op.Command{
		Usage:    startUsage,
		Short:    "Put an idle studio on air. Billing starts.",
		Examples: []string{`caster start "Evening Sports"`},
		Verb:     "caster.start", Effect: op.Change, Sends: "StartCaster", Starts: []op.Condition{op.IsOnAir},
		Plan: s.planStart, Apply: s.applyStart, Verify: s.verifyPower(true), Then: afterStart,
		Follow: s.followStudio(op.IsOnAir, true),
	}
}

func (s table) casterStop() op.Command {
	return op.Command{
		Usage:    stopUsage,
		Short:    "Take a studio off air and close all its scenes. Viewers lose the programme.",
		Examples: []string{`caster stop "Evening News"`},
		Verb:     "caster.stop", Effect: op.OnAir, Sends: "StopCaster",
		Ends: []op.Condition{op.IsOnAir, op.PreviewOpen, op.StandbyShown, op.PictureTaken},
		Plan: s.planStop, Apply: s.applyStop, Verify: s.verifyPower(false), Then: afterStop,
		Follow: s.followStudio(op.IsOnAir, false),
	}
}

// planStart refuses a studio without a domain, which the API documents as the one thing that must be set before.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-startcaster
func (s table) planStart(ctx context.Context, call op.Call) (op.Plan, error) {
	c, setup, err := besides(ctx, s, call, func(id string) (live.CasterConfig, error) {
		return s.cloud.CasterConfig(ctx, id)
	})
	switch {
	case err != nil:
		return op.Plan{}, err
	case c.OnAir:
		return op.Plan{}, op.Already(op.L(op.B(c.Name), " is on air already",
			op.Told(", since ", op.At, c.Started), ". Nothing was changed."),
			nextcmd.OnCaster("show", c.ID)).SaysSo().
			InShort(op.L("already on air"))
	case c.Untold:
		return op.Plan{}, refuseUntold(c)
	}
	var facts []op.Line
	config, err := setup()
	switch {
	case err != nil:
		facts = append(facts, op.L("Its settings could not be read: ", failure.Explain(err).Text, "."))
	case config.Domain == "":
		return op.Plan{}, op.Refuse(op.L(op.B(c.Name), " has no streaming domain, so it cannot be started."),
			op.L("Set its domain in the ApsaraVideo Live console, then ask again.")).WithNext(nextcmd.OnCaster("show", c.ID)).
			InShort(op.L("no streaming domain"))
	default:
		facts = readiness(config)
	}
	return op.Plan{
		Args: op.Args{"caster": c.ID}, Target: onStudio(c), Title: op.L("Start studio ", op.B(c.Name)),
		Viewers: op.L("Viewers will see PROGRAM, and billing starts."), Facts: facts, Button: "Start studio",
		Fingerprint: op.Fingerprint(c.ID, c.Name),
		Seen:        baseline.Baseline{baseline.StartedAt: c.Started}.Seen(),
	}, nil
}

// readiness says of the settings what matters when a show begins.
func readiness(config live.CasterConfig) []op.Line {
	var facts []op.Line
	if config.Recorded && config.RecordOnDemand == 0 {
		facts = append(facts, op.L("Its programme is recorded automatically from the start."))
	}
	if !config.Standby {
		facts = append(facts, op.L("It has no standby slate for an emergency."))
	}
	return facts
}

// planStop says what goes dark. A recording of it is a fact for the card; what is looked at once more before the call
// is that viewers still have the programme that they had. API:
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-stopcaster
func (s table) planStop(ctx context.Context, call op.Call) (op.Plan, error) {
	c, all, err := s.withScenes(ctx, call, s.refuseIdle)
	if err != nil {
		return op.Plan{}, err
	}
	var facts []op.Line
	if call.Confirmed == nil {
		facts = s.cut(ctx, call.Scope, c, output{from: tally.Program(all).PlayURL}).facts()
	}
	facts = append(facts, s.airLines(ctx, c, all)...)
	if open := openPreviews(all); len(open) > 0 {
		facts = append(facts, op.L("Closed with it: PREVIEW of ", open, "."))
	}
	program := tally.Program(all)
	return op.Plan{
		Args: op.Args{"caster": c.ID}, Target: onStudio(c), Title: op.L("Stop studio ", op.B(c.Name)),
		Viewers: op.L("Viewers lose the programme at once."), Facts: facts, Details: s.pictureLine(all), OnAir: true,
		Button:      "Stop on-air studio",
		Fingerprint: op.Fingerprint(c.ID, c.Name, c.Started.Unix(), program.ID, tally.Picture(program)),
		Seen:        baseline.Baseline{baseline.StartedAt: c.Started, baseline.ModifiedAt: c.Modified}.Seen(),
	}, nil
}

func (table) refuseIdle(c live.Caster) error {
	switch {
	case c.OnAir:
		return nil
	case c.Untold:
		return refuseUntold(c)
	}
	return op.Already(op.L(op.B(c.Name), " is already idle. Nothing was changed."),
		nextcmd.OnCaster("start", c.ID), nextcmd.OnCaster("show", c.ID)).SaysSo().InShort(op.L("already idle"))
}

// openPreviews names the PREVIEW scenes that are open.
func openPreviews(all []live.Scene) op.Line {
	var names []op.Span
	for _, scene := range all {
		if isPreview(scene) && scene.Open {
			names = append(names, op.B(scene.Name))
		}
	}
	return op.List(names, ", ")
}

func (s table) applyStart(ctx context.Context, p op.Plan, _ string, permit op.SendPermit) op.Outcome {
	receipt, err := s.cloud.StartCaster(ctx, permit, p.Args["caster"])
	return failure.Failure{
		Usage: startUsage, Args: p.Args, Denied: op.L(p.Subject(), " was not started"),
		Before: op.L(p.Subject(), " was already on air"), Next: afterStart(p),
	}.Outcome(op.Outcome{Text: op.L(p.Subject(), " is on air. Billing has started.")}, receipt, err)
}

func afterStart(p op.Plan) []op.Next { return []op.Next{nextcmd.OnCaster("show", p.Args["caster"])} }

func (s table) applyStop(ctx context.Context, p op.Plan, _ string, permit op.SendPermit) op.Outcome {
	receipt, err := s.cloud.StopCaster(ctx, permit, p.Args["caster"])
	return failure.Failure{
		Usage: stopUsage, Args: p.Args, Denied: op.L(p.Subject(), " was not stopped"),
		Before: op.L(p.Subject(), " was already idle"), Next: afterStop(p),
	}.Outcome(op.Outcome{Text: op.L(p.Subject(), " is off air.")}, receipt, err)
}

func afterStop(p op.Plan) []op.Next {
	return []op.Next{nextcmd.OnCaster("show", p.Args["caster"]), nextcmd.OnCaster("start", p.Args["caster"])}
}

// verifyPower takes it as proof that the studio is as it was asked for. It was the other way round just before the
// call.
func (s table) verifyPower(onAir bool) func(context.Context, op.Attempt) (op.Evidence, error) {
	return s.verifyStudio(func(c live.Caster, _ op.Attempt) op.Evidence {
		return op.Evidence{Happened: !c.Untold && c.OnAir == onAir, Seen: op.L(airSentence(c), ".")}
	})
}
