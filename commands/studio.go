package commands

import (
	"context"
	"regexp"
	"strings"
	"time"

	"casterbot/commands/failure"
	"casterbot/commands/naming"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/parallel"
)

// idForm is the form that ids of studios have, digits among it: names are seldom like that, and one that is costs one
// look more.
var idForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,}$`)

// known gives the id of the studio that a call is about, if it needs no list of names to find it: that of a confirmed
// plan, or one that was given as an id.
func known(call op.Call) (id string, ok bool) {
	id = call.Args["caster"]
	return id, call.Confirmed != nil || idForm.MatchString(id) && strings.ContainsAny(id, "0123456789")
}

// caster resolves the argument {caster}. One that is known by its id is looked at alone; that it is none of the
// channel's is for the list to say.
func (s table) caster(ctx context.Context, call op.Call) (live.Caster, error) {
	if id, ok := known(call); ok {
		c, err := s.cloud.Caster(ctx, id)
		switch {
		case err == nil && call.Scope.Studio(c.ID, c.Name):
			return c, nil
		case err != nil && live.ClassOf(err) != live.NotFound:
			return live.Caster{}, failure.CannotLook(op.L("the studios"), err)
		}
	}
	c, _, err := s.casterByList(ctx, call)
	return c, err
}

// casterByList finds the studio that is meant among all of the channel.
func (s table) casterByList(ctx context.Context, call op.Call) (live.Caster, []live.Caster, error) {
	all, err := s.studios(ctx, call.Scope)
	if err != nil {
		return live.Caster{}, nil, err
	}
	i, err := naming.Studios.Find(call.Args["caster"], studioThings(all))
	if err != nil {
		return live.Caster{}, nil, err
	}
	return all[i], all, nil
}

// besides looks at a studio and at something of it: side by side where its id is known, else one after the other. What
// is beside it is given apart, as the studio itself may decide before that.
func besides[T any](ctx context.Context, s table, call op.Call, look func(id string) (T, error)) (c live.Caster,
	beside func() (T, error), err error) {
	id, ok := known(call)
	if !ok {
		c, err = s.caster(ctx, call)
		return c, func() (T, error) { return look(c.ID) }, err
	}
	var seen T
	var unseen error
	err = parallel.Together(
		parallel.Into(&c, func() (live.Caster, error) { return s.caster(ctx, call) }),
		func() error { seen, unseen = look(id); return nil },
	)
	return c, func() (T, error) { return seen, unseen }, err
}

// withScenes looks at a studio and at its scenes. What refuse says of the studio goes before whatever its scenes are;
// it may be nil.
func (s table) withScenes(ctx context.Context, call op.Call, refuse func(live.Caster) error) (live.Caster, []live.Scene,
	error) {
	c, raw, err := besides(ctx, s, call, func(id string) ([]live.Scene, error) { return s.cloud.Scenes(ctx, id) })
	if err == nil && refuse != nil {
		err = refuse(c)
	}
	if err != nil {
		return c, nil, err
	}
	all, err := inOrder(c, raw)
	return c, all, err
}

// inside is what a studio holds and how it is set up.
type inside struct {
	scenes []live.Scene
	config live.CasterConfig
	unset  error // why the settings could not be read
}

// setupWithin is how long the settings of a studio, which nothing depends on, may hold up what is seen of it.
const setupWithin = 3 * time.Second

// insideOf looks at a studio's scenes and, but for the moment before a call, at its settings.
func (s table) insideOf(ctx context.Context, call op.Call) func(id string) (inside, error) {
	return func(id string) (i inside, err error) {
		asks := []func() error{parallel.Into(&i.scenes, func() ([]live.Scene, error) { return s.cloud.Scenes(ctx, id) })}
		if call.Confirmed == nil {
			asks = append(asks, func() error {
				aside, cancel := context.WithTimeout(ctx, setupWithin)
				defer cancel()
				i.config, i.unset = s.cloud.CasterConfig(aside, id)
				return nil
			})
		}
		err = parallel.Together(asks...)
		return i, err
	}
}
