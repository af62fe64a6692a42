package commands

import (
	"cmp"
	"context"
	"slices"

	"casterbot/commands/failure"
	"casterbot/commands/naming"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// studios lists what the channel may touch: on air first, then what may be, then by name.
func (s table) studios(ctx context.Context, scope op.Scope) ([]live.Caster, error) {
	all, err := s.cloud.Casters(ctx)
	if err != nil {
		return nil, failure.CannotLook(op.L("the studios"), err)
	}
	mine := slices.DeleteFunc(slices.Clone(all), func(c live.Caster) bool { return !scope.Studio(c.ID, c.Name) })
	slices.SortStableFunc(mine, func(a, b live.Caster) int {
		return cmp.Or(first(a.OnAir, b.OnAir), first(a.Untold, b.Untold),
			cmp.Compare(naming.Fold(a.Name), naming.Fold(b.Name)), cmp.Compare(a.ID, b.ID))
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

func studioThings(all []live.Caster) []naming.Thing {
	return op.Each(all, func(c live.Caster) naming.Thing {
		return naming.Thing{ID: c.ID, Name: c.Name, Note: airWord(c)}
	})
}

func airWord(c live.Caster) op.Text {
	switch {
	case c.OnAir:
		return "on air"
	case c.Untold:
		return "on air or idle, not told"
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

func sceneThings(all []live.Scene) []naming.Thing {
	return op.Each(all, func(scene live.Scene) naming.Thing {
		return naming.Thing{ID: scene.ID, Name: scene.Name, Note: sceneWord(scene)}
	})
}

func sceneWord(scene live.Scene) op.Text {
	switch {
	case scene.Untold:
		return "PREVIEW or PROGRAM, open or closed: not told"
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
	switch {
	case scene.Open:
		return "open"
	case scene.Untold:
		return "open or closed, which is not told,"
	}
	return "closed"
}

// casterOptions offers the channel's studios, on air first. Names that are not unique carry their id.
func (s table) casterOptions(ctx context.Context, call op.Call) ([]op.Option, error) {
	all, err := s.studios(ctx, call.Scope)
	if err != nil {
		return nil, err
	}
	standby := s.standbys(ctx) // what the list shows against it is kept
	for _, c := range all {
		standby(c, nil)
	}
	return naming.Pick(studioThings(all)), nil
}

// sceneOptions offers the PREVIEW scenes of the studio that was chosen; both commands on scenes take no other.
func (s table) sceneOptions(ctx context.Context, call op.Call) ([]op.Option, error) {
	_, all, err := s.withScenes(ctx, call, nil)
	if err != nil {
		return nil, err
	}
	return naming.Pick(previews(all)), nil
}
