package commands

import (
	"cmp"
	"context"
	"slices"

	"casterbot/commands/naming"
	"casterbot/internal/op"
)

// casterOptions offers the channel's studios, on air first. Names that are not unique carry their id.
func (s table) casterOptions(ctx context.Context, call op.Call) ([]op.Option, error) {
	all, err := s.studios(ctx, call.Scope)
	if err != nil {
		return nil, err
	}
	return pick(studioThings(all)), nil
}

// sceneOptions offers the PREVIEW scenes of the studio that was chosen; both commands on scenes take no other.
func (s table) sceneOptions(ctx context.Context, call op.Call) ([]op.Option, error) {
	_, scenes, err := s.withScenes(ctx, call)
	if err != nil {
		return nil, err
	}
	all, err := scenes()
	if err != nil {
		return nil, err
	}
	return pick(previews(all)), nil
}

// shelves says in which group of a picker a thing with this note stands, and how it is marked. The groups come in this
// order.
var shelves = []struct {
	note, group op.Text
	mark        op.Mark
}{
	{"on air", "On air", op.MarkProgram},
	{"PREVIEW · open", "Preview open", op.MarkPreview},
	{"live", "Live", op.MarkNeutral},
	{"PREVIEW · closed", "Preview closed", op.MarkIdle},
	{"idle", "Idle", op.MarkIdle},
	{"not live", "Not live", op.MarkIdle},
}

// pick turns things into options: "Evening News · on air", by group. Names that are not unique carry the end of their
// id, and the whole of it as a hint.
func pick(things []thing) []op.Option {
	seen := map[string]int{}
	for _, t := range things {
		seen[naming.Skeleton(t.name)]++
	}
	rank := func(t thing) int {
		for i, s := range shelves {
			if s.note == t.note {
				return i
			}
		}
		return len(shelves)
	}
	sorted := slices.SortedStableFunc(slices.Values(things), func(a, b thing) int { return cmp.Compare(rank(a), rank(b)) })
	var options []op.Option
	for _, t := range sorted {
		o := op.Option{Label: op.Visible(t.name), Note: t.note, Value: t.id}
		if seen[naming.Skeleton(t.name)] > 1 {
			o.Label, o.Hint = op.Visible(t.name)+" "+suffix(t.id), t.id
		}
		if i := rank(t); i < len(shelves) {
			o.Group, o.Mark = op.L(shelves[i].group), shelves[i].mark
		}
		options = append(options, o)
	}
	return options
}

// suffix is the end of an id, enough to tell two apart in a picker.
func suffix(id string) string {
	if len(id) <= 8 {
		return id
	}
	return "…" + id[len(id)-6:]
}
