package commands

import (
	"context"

	"casterbot/internal/op"
)

// casterOptions offers the channel's studios, on air first. Names that are not unique carry their id.
func (s set) casterOptions(ctx context.Context, call op.Call) ([]op.Option, error) {
	all, err := s.studios(ctx, call.Scope)
	if err != nil {
		return nil, err
	}
	return pick(studioThings(all)), nil
}

// sceneOptions offers the PREVIEW scenes of the studio that was chosen; both commands on scenes take no other.
func (s set) sceneOptions(ctx context.Context, call op.Call) ([]op.Option, error) {
	studio, err := s.caster(ctx, call)
	if err != nil {
		return nil, err
	}
	all, err := s.scenes(ctx, studio)
	if err != nil {
		return nil, err
	}
	return pick(previews(all)), nil
}

// pick turns things into options: "Evening News · on air".
func pick(things []thing) []op.Option {
	seen := map[string]int{}
	for _, t := range things {
		seen[skeleton(t.name)]++
	}
	var options []op.Option
	for _, t := range things {
		label := op.Visible(t.name)
		if seen[skeleton(t.name)] > 1 {
			label += " " + suffix(t.id)
		}
		options = append(options, op.Option{Label: label + " · " + t.note, Value: t.id})
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
