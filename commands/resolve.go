package commands

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"casterbot/commands/failure"
	"casterbot/commands/naming"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// thing is one of those that a word may mean.
type thing struct {
	id   string
	name string
	note op.Text // "on air"; shown beside it
}

// noun is how a kind of things is called in refusals. Its find is the one rule by which words become ids.
type noun struct {
	field string  // placeholder
	one   op.Text // "studio"
	many  op.Text
	where op.Text // "in this channel"
}

var (
	studios = noun{field: "caster", one: "studio", many: "studios", where: "in this channel"}
	streams = noun{field: "stream", one: "stream", many: "streams", where: "in this channel"}
	scenes  = noun{field: "scene", one: "scene", many: "scenes", where: "in this studio"}
)

// find gives the index of the one thing that was meant. An id always wins; a name counts when no other looks like it.
// Anything else is a refusal that lists the candidates: the beginning of a name is a question, not an answer.
func (n noun) find(typed string, all []thing) (int, error) {
	if i := slices.IndexFunc(all, func(t thing) bool { return t.id == typed }); i >= 0 {
		return i, nil
	}
	wanted := naming.Skeleton(typed)
	var alike []int
	for i, t := range all {
		if naming.Skeleton(t.name) == wanted || strings.EqualFold(t.id, typed) {
			alike = append(alike, i)
		}
	}
	if len(alike) == 0 {
		return 0, n.unknown(typed, all)
	}
	only := all[alike[0]]
	exact := strings.EqualFold(only.id, typed) ||
		naming.Fold(only.name) == naming.Fold(typed) && !naming.Deceptive(only.name)
	if len(alike) == 1 && exact {
		return alike[0], nil
	}
	return 0, n.unclear(typed, all, alike)
}

func (n noun) unclear(typed string, all []thing, alike []int) error {
	title := op.L("More than one ", n.one, " could be meant by ", op.B(op.Visible(typed)), ".")
	if len(alike) == 1 {
		title = op.L("A ", n.one, " looks like ", op.B(op.Visible(typed)), " but is written with other characters.")
	}
	refusal := op.Refuse(title, op.L("Give the id of the one you mean.")).About(n.field).InShort(op.L("unclear name"))
	for _, i := range alike {
		refusal.Answer.Items = append(refusal.Answer.Items, all[i].item())
	}
	return refusal
}

func (n noun) unknown(typed string, all []thing) error {
	refusal := op.Refuse(op.L("There is no ", n.one, " ", op.B(op.Visible(typed)), " ", n.where,
		".")).About(n.field).InShort(op.L("unknown name"))
	near := nearest(typed, all, 5)
	if len(near) == 0 {
		refusal.Field = ""
		refusal.Answer.Lines = []op.Line{op.L("There are no ", n.many, " ", n.where, ".")}
		return refusal
	}
	refusal.Answer.Lines, refusal.Answer.Items = []op.Line{op.L("The nearest names:")}, mapped(near, thing.item)
	return refusal
}

// item shows a candidate: its name, its id as code, and what is known of it.
func (t thing) item() op.Item {
	item := op.Item{Title: op.L(op.B(op.Visible(t.name)), " ", op.Code(t.id))}
	if t.note != "" {
		item.Facts = []op.Line{op.L(t.note)}
	}
	return item
}

// nearest sorts things by how close their names are: those that hold the text first, then by edits.
func nearest(typed string, all []thing, n int) []thing {
	text := naming.Fold(typed)
	distance := func(t thing) int {
		name := naming.Fold(t.name)
		switch {
		case text != "" && strings.HasPrefix(name, text):
			return -2
		case text != "" && strings.Contains(name, text):
			return -1
		}
		return op.Distance(text, name)
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b thing) int { return cmp.Compare(distance(a), distance(b)) })
	return sorted[:min(n, len(sorted))]
}

// studios lists what the channel may touch: on air first, then by name.
func (s table) studios(ctx context.Context, scope op.Scope) ([]live.Caster, error) {
	all, err := s.cloud.Casters(ctx)
	if err != nil {
		return nil, failure.CannotLook(op.L("the studios"), err)
	}
	mine := slices.DeleteFunc(slices.Clone(all), func(c live.Caster) bool { return !scope.Studio(c.ID, c.Name) })
	slices.SortStableFunc(mine, func(a, b live.Caster) int {
		return cmp.Or(first(a.OnAir, b.OnAir), cmp.Compare(naming.Fold(a.Name), naming.Fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return mine, nil
}

// first orders true before false.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func studioThings(all []live.Caster) []thing {
	return mapped(all, func(c live.Caster) thing { return thing{id: c.ID, name: c.Name, note: airWord(c.OnAir)} })
}

func airWord(onAir bool) op.Text {
	if onAir {
		return "on air"
	}
	return "idle"
}

// inOrder lists a studio's scenes: PROGRAM first, then by name.
func inOrder(studio live.Caster, look func() ([]live.Scene, error)) ([]live.Scene, error) {
	all, err := look()
	if err != nil {
		return nil, failure.CannotLook(op.L("the scenes of ", op.V(op.Visible(studio.Name))), err)
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b live.Scene) int {
		return cmp.Or(first(a.Program, b.Program), cmp.Compare(naming.Fold(a.Name), naming.Fold(b.Name)),
			cmp.Compare(a.ID, b.ID))
	})
	return sorted, nil
}

func sceneThings(all []live.Scene) []thing {
	return mapped(all, func(scene live.Scene) thing {
		return thing{id: scene.ID, name: scene.Name, note: sceneWord(scene)}
	})
}

func sceneWord(scene live.Scene) op.Text {
	switch {
	case scene.Program && scene.Open:
		return "PROGRAM · open"
	case scene.Program:
		return "PROGRAM · closed"
	case scene.Open:
		return "PREVIEW · open"
	}
	return "PREVIEW · closed"
}

func openWord(scene live.Scene) op.Text {
	if scene.Open {
		return "open"
	}
	return "closed"
}
