package commands

import (
	"context"
	"fmt"
	"strings"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// maxItems is how many things one answer lists.
const maxItems = 30

func (s set) casterList() op.Command {
	return op.Command{
		Usage:    "caster list {text?}",
		Short:    "The studios of this channel: on air or idle.",
		Examples: []string{"caster list", "caster list evening"},
		Verb:     "caster.list", Effect: op.Read,
		Read: s.readCasters,
	}
}

func (s set) readCasters(ctx context.Context, call op.Call) (op.Answer, error) {
	all, err := s.studios(ctx, call.Scope)
	if err != nil {
		return op.Answer{}, err
	}
	text := fold(call.Args["text"])
	answer := op.Answer{Mark: op.MarkNeutral}
	onAir, found := 0, 0
	for _, c := range all {
		if !strings.Contains(fold(c.Name), text) && !strings.Contains(fold(c.ID), text) {
			continue
		}
		if found++; c.OnAir {
			onAir++
		}
		if found <= maxItems {
			answer.Items = append(answer.Items, studioItem(c))
		}
	}
	answer.Title = op.L(fmt.Sprintf("%s, %d on air", count(found, "studio"), onAir))
	switch {
	case len(all) == 0:
		answer.Title = op.L("There are no studios in this channel.")
	case found == 0:
		answer.Title = op.L("No studio of this channel has ", op.B(op.Visible(call.Args["text"])), " in its name.")
	}
	if found > maxItems {
		answer.Note = op.L(fmt.Sprintf("%d more. Narrow the list with ", found-maxItems), op.Code("/caster list text"), ".")
	}
	return answer, nil
}

func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

func studioItem(c live.Caster) op.Item {
	facts := op.L(airFact(c), " · ", c.Mode.String(), " · ", op.Code(c.ID))
	return op.Item{
		Mark: airMark(c), Title: op.L(op.B(c.Name)), Facts: []op.Line{facts},
		Next: []op.Next{{Label: "Show", Text: "caster show " + c.ID}},
	}
}

func airMark(c live.Caster) op.Mark {
	if c.OnAir {
		return op.MarkProgram
	}
	return op.MarkIdle
}

// airFact says whether the studio is on air, and since when if the API tells.
func airFact(c live.Caster) op.Line {
	switch {
	case !c.OnAir:
		return op.L("idle")
	case c.Started.IsZero():
		return op.L("on air")
	}
	return op.L("on air since ", op.On(c.Started))
}

func (s set) casterShow() op.Command {
	return op.Command{
		Usage:    "caster show {caster}",
		Short:    "One studio: its scenes, what is on PROGRAM and what is open as PREVIEW.",
		Examples: []string{`caster show "Evening News"`},
		Verb:     "caster.show", Effect: op.Read,
		Read: s.readCaster,
	}
}

func (s set) readCaster(ctx context.Context, call op.Call) (op.Answer, error) {
	c, err := s.caster(ctx, call)
	if err != nil {
		return op.Answer{}, err
	}
	all, err := s.scenes(ctx, c)
	if err != nil {
		return op.Answer{}, err
	}
	answer := op.Answer{
		Mark: airMark(c), Title: op.L(op.B(c.Name), " · ", airFact(c)),
		Lines: []op.Line{op.L("Type ", c.Mode.String(), " · id ", op.Code(c.ID)), s.setup(ctx, c)},
		Next:  []op.Next{{Label: "Copy…", Text: op.Format("caster copy {caster} {name}", op.Args{"caster": c.ID})}},
	}
	for _, scene := range all {
		answer.Items = append(answer.Items, sceneItem(c, scene))
	}
	if c.OnAir && restartable(c) == nil {
		answer.Next = append(answer.Next, op.Next{Label: "Restart…", Text: "caster restart " + c.ID})
	}
	return answer, nil
}

// setup tells how the studio is set up; that it cannot be read is no reason to show nothing.
func (s set) setup(ctx context.Context, c live.Caster) op.Line {
	config, err := s.cloud.CasterConfig(ctx, c.ID)
	if err != nil {
		return op.L("Its settings could not be read: ", explain(err).text, ".")
	}
	line := op.L("No domain")
	if config.Domain != "" {
		line = op.L("Domain ", op.Code(config.Domain))
	}
	if config.Delay > 0 {
		line = op.L(line, " · delay ", span(config.Delay))
	}
	if config.Recorded {
		line = op.L(line, " · its programme can be recorded")
	}
	if config.Standby {
		return op.L(line, " · standby picture set")
	}
	return op.L(line, " · no standby picture")
}

func sceneItem(c live.Caster, scene live.Scene) op.Item {
	item := op.Item{Mark: op.MarkIdle, Title: op.L(op.B(scene.Name)), Facts: []op.Line{op.L(sceneWord(scene), " · ", op.Code(scene.ID))}}
	switch {
	case scene.Program && scene.Open && c.OnAir:
		item.Mark = op.MarkProgram
	case scene.Program:
	case scene.Open:
		item.Mark, item.Next = op.MarkPreview, []op.Next{closeNext(c.ID, scene.ID)}
	case c.OnAir:
		item.Next = []op.Next{openNext(c.ID, scene.ID)}
	}
	return item
}
