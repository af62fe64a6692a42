package commands

import (
	"context"
	"slices"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

const (
	// followEvery is how often it is looked whether what a card claims still is so, where nobody else has seen that it is
	// not.
	followEvery = time.Minute
	followFor   = 30 * 24 * time.Hour // what the bot did stands for as long (records.StandsFor)
)

// followStudio says when a condition that a command brought about was ended by other hands: a slate was taken down, a
// studio went off air. That it was through the bot its end by a command says.
func (s table) followStudio(x op.Condition) func(context.Context, op.Attempt) (op.Followup, error) {
	return func(ctx context.Context, a op.Attempt) (op.Followup, error) {
		stands, err := s.records.Standings(ctx)
		if err != nil {
			return op.Followup{}, err
		}
		own := stands(a.Plan.Target, x)
		if !own.Holds || !own.Since.Equal(a.Sent) {
			return op.Followup{}, nil
		}
		end, over := own.Later, own.Later.Ends()
		if !over {
			end, over = s.lookAgainst(ctx, a.Plan.Target, own, x)
		}
		if over {
			return op.Followup{Over: tally.Over(end, own)}, nil
		}
		return op.Followup{Again: s.now().Add(followEvery)}, nil
	}
}

// lookAgainst looks for what contradicts that a condition is as the bot left it. A look that fails shows nothing.
func (s table) lookAgainst(ctx context.Context, studio op.Target, own op.Standing, x op.Condition) (op.Seen, bool) {
	c, err := s.cloud.Caster(ctx, studio.ID)
	if live.ClassOf(err) == live.NotFound {
		c, err = live.Caster{ID: studio.ID}, nil // who removes a studio has taken it off air first
	}
	if err != nil {
		return op.Seen{}, false
	}
	var all []live.Scene
	if c.OnAir && x == op.StandbyShown {
		if all, err = s.cloud.Scenes(ctx, studio.ID); err != nil {
			all = nil
		}
	}
	end, over := tally.Against(c, all, own, x, s.now())
	if over {
		_ = s.records.Saw(ctx, studio, x, end) // the next look sees it again
	}
	return end, over
}

// followPreview says when a PREVIEW was closed by other hands. One that is not listed leaves it open, but for one of a
// studio that is gone.
func (s table) followPreview(ctx context.Context, a op.Attempt) (op.Followup, error) {
	now, closed := s.now(), false
	if now.Sub(a.Sent) >= followFor {
		return op.Followup{}, nil
	}
	all, err := s.cloud.Scenes(ctx, a.Plan.Args["caster"])
	if err != nil {
		_, err = s.cloud.Caster(ctx, a.Plan.Args["caster"])
		closed = live.ClassOf(err) == live.NotFound
	} else {
		closed = slices.ContainsFunc(all, func(scene live.Scene) bool {
			return scene.ID == a.Plan.Args["scene"] && !scene.Open && !scene.Untold
		})
	}
	if closed && now.Sub(a.Sent) >= followEvery { // what was opened just before may be listed late
		return op.Followup{Over: op.L("Ended: this PREVIEW was seen closed at ", op.At(now), ".")}, nil
	}
	return op.Followup{Again: now.Add(followEvery)}, nil
}
