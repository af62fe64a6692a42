package commands

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

func (s set) casterRestart() op.Command {
	return op.Command{
		Usage:    "caster restart {caster}",
		Short:    "Reload the studio's settings and restore its playback. Viewers may see a cut.",
		Examples: []string{`caster restart "Evening News"`},
		Verb:     "caster.restart", Effect: op.OnAir,
		Plan: s.planRestart, Apply: s.applyRestart, Verify: s.verifyRestart,
	}
}

func (s set) planRestart(ctx context.Context, call op.Call) (op.Plan, error) {
	c, err := s.caster(ctx, call)
	if err != nil {
		return op.Plan{}, err
	}
	if err := restartable(c); err != nil {
		return op.Plan{}, err
	}
	all, err := s.scenes(ctx, c)
	if err != nil {
		return op.Plan{}, err
	}
	air, program := op.L("🔴 ", op.B("ON AIR"), since(c)), live.Scene{}
	for _, scene := range all {
		if scene.Program {
			program = scene
			air = op.L(air, " · PROGRAM scene ", op.B(scene.Name))
		}
	}
	recording, fact := s.programmeRecording(ctx, c, program)
	return op.Plan{
		Args: op.Args{"caster": c.ID}, Target: onStudio(c), Title: op.L("Restart studio ", op.B(c.Name)),
		Facts: append([]op.Line{air}, fact...), OnAir: true, Button: "Restart on-air studio",
		Fingerprint: fingerprint(c.ID, c.Name, c.OnAir, c.Started.Unix(), int(c.Mode), program.ID, program.Open, string(recording)),
		Seen:        trace{startedAt: c.Started, modifiedAt: c.Modified}.seen(),
	}, nil
}

// since is " since 18:59" when the API tells since when the studio is on air.
func since(c live.Caster) op.Line {
	if c.Started.IsZero() {
		return nil
	}
	return op.L(" since ", op.On(c.Started))
}

func onStudio(c live.Caster) op.Target { return op.Target{Kind: "caster", ID: c.ID, Name: c.Name} }

// restartable refuses what the API would refuse, with the way out.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-restartcaster
func restartable(c live.Caster) error {
	show := op.Next{Label: "Show studio", Text: "caster show " + c.ID}
	switch {
	case c.Mode == live.ModeVirtual || c.Mode == live.ModeLightweight:
		return op.Refuse(op.L(op.B(c.Name), " is a "+c.Mode.String()+" studio: only general and playlist studios can be restarted."),
			op.L("Stop and start it in the ApsaraVideo Live console.")).WithNext(show)
	case !c.OnAir:
		return op.Refuse(op.L(op.B(c.Name), " is idle, so there is nothing to restart."),
			op.L("It reads its settings when it is started. Start it in the ApsaraVideo Live console.")).WithNext(show)
	}
	return nil
}

// programmeRecording looks whether the studio's own output is being recorded. It is a courtesy: when it cannot be seen, the
// card says so.
func (s set) programmeRecording(ctx context.Context, c live.Caster, program live.Scene) (phase, []op.Line) {
	unseen := []op.Line{op.L("I could not see whether its programme is being recorded.")}
	config, err := s.cloud.CasterConfig(ctx, c.ID)
	if err != nil {
		return notRecorded, unseen
	}
	name := outputName(program.PlayURL)
	if !config.Recorded || config.Domain == "" || name == "" {
		return notRecorded, nil
	}
	now := s.now()
	contents, err := s.cloud.RecordContent(ctx, live.Stream{Domain: config.Domain, App: "caster", Name: name}, now.Add(-window), now.Add(time.Minute))
	if err != nil {
		return notRecorded, unseen
	}
	k := look{at: now}
	if k.phase, k.content = phaseOf(contents, nil, now); k.fresh() {
		return running, []op.Line{op.L("Recording of its programme, ", op.B(name), ", is running and may be cut.")}
	}
	return notRecorded, nil
}

// outputName is the stream name in the address of a studio's output, whose app is always "caster".
func outputName(address string) string {
	u, err := url.Parse(address)
	if err != nil || path.Dir(u.Path) != "/caster" {
		return ""
	}
	return strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path))
}

func (s set) applyRestart(ctx context.Context, p op.Plan, _ string) op.Outcome {
	receipt, err := s.cloud.RestartCaster(ctx, p.Args["caster"])
	if err != nil {
		return outcomeOf(op.L(subject(p), " was not restarted"), nil, err)
	}
	return op.Outcome{State: op.Succeeded, Text: op.L(subject(p), " restarted."), RequestID: receipt.RequestID}
}

// verifyRestart takes another start time than before as proof. A change time proves less, as any edit moves it, so it only
// confirms an answer that came.
func (s set) verifyRestart(ctx context.Context, a op.Attempt) (op.Evidence, error) {
	id := a.Plan.Args["caster"]
	c, err := s.cloud.Caster(ctx, id)
	if err != nil {
		return op.Evidence{}, fmt.Errorf("look at studio %s: %w", id, err)
	}
	before, known := traceOf(a.Plan.Seen, startedAt, modifiedAt)
	if known && c.OnAir && news(c.Started, before[startedAt], a.Sent) {
		return op.Evidence{Happened: true, Seen: op.L("It is on air again since ", op.At(c.Started), ".")}, nil
	}
	seen := op.L("The studio is ", airFact(c))
	if !c.Modified.IsZero() {
		seen = op.L(seen, ", last changed ", op.On(c.Modified))
	}
	changed := known && answered(a) && c.OnAir && news(c.Modified, before[modifiedAt], a.Sent)
	return op.Evidence{Happened: changed, Seen: op.L(seen, ".")}, nil
}
