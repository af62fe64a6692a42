package commands

import (
	"context"

	"casterbot/commands/naming"
	"casterbot/internal/op"
)

// casterOptions offers the channel's studios, on air first. Names that are not unique carry their id.
func (s table) casterOptions(ctx context.Context, call op.Call) ([]op.Option, error) {
	all, err := s.studios(ctx, call.Scope)
	if err != nil {
		return nil, err
	}
	return naming.Pick(studioThings(all)), nil
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
	return naming.Pick(previews(all)), nil
}
