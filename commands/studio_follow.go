package commands

import (
	"context"
	"slices"
	"time"

	"casterbot/commands/nextcmd"
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

// later is when it is looked again at what viewers have nothing of: the longer it stands the less often.
func (s table) later(a op.Attempt) time.Time {
	const seldom, part = 10 * time.Minute, 60 // of its age
	now := s.now()
	return now.Add(min(max(followEvery, now.Sub(a.Sent)/part), seldom))
}

// followStudio says when other hands have ended what a card claims: a slate was taken down, a studio went off air or,
// where holds is false, came back on, PROGRAM has another picture. That it was through the bot its end by a command
// says.
func (s table) followStudio(x op.Condition, holds bool) func(context.Context, op.Attempt) (op.Followup, error) {
	return func(ctx context.Context, a op.Attempt) (op.Followup, error) {
		c, all, unseen := s.lookAt(ctx, a.Plan.Target.ID, x)
		stands, err := s.records.Standings(ctx) // what was done through the bot before the look is in it
		if err != nil {
			return op.Followup{}, err
		}
		own, seen, now := stands(a.Plan.Target, x), all, s.now()
		// it was put up once more: of both the same is true
		more := x == op.StandbyShown && own.Holds && own.Since.After(a.Sent)
		switch {
		case own.Since.After(a.Sent) && !more || own.Since.Equal(a.Sent) && own.Holds != holds,
			now.Sub(a.Sent) >= followFor:
			return op.Followup{}, nil
		case !more && !own.Since.Equal(a.Sent): // that is not known any more
			own = op.Standing{Holds: holds, Since: a.Sent, Seen: a.Plan.Seen, Doubt: own.Doubt}
		}
		if x == op.PictureTaken && !a.Outcome.Checked { // what was never seen there is not known to be replaced
			if seen = nil; own.Later.Cause == op.SeenChanged {
				own.Later = op.Seen{}
			}
		}
		end, over := own.Later, own.Later.Ends()
		if !over && unseen == nil {
			if end, over = tally.Against(c, seen, own, x, now); over {
				_ = s.records.Saw(ctx, a.Plan.Target, x, end) // the next look sees it again
			}
		}
		switch {
		case over:
			return op.Followup{Over: tally.Over(end, own)}, nil
		case holds:
			return op.Followup{Again: now.Add(followEvery), Next: otherBack(a, all)}, nil
		}
		return op.Followup{Again: s.later(a)}, nil
	}
}

// otherBack gives the ways on that do not name the PREVIEW which is offered as the way back, when that has another
// picture than then. Nil leaves those that there are.
func otherBack(a op.Attempt, all []live.Scene) []op.Next {
	p := a.Plan
	i := slices.IndexFunc(all, func(scene live.Scene) bool { return scene.ID == p.Seen[formerSeen] })
	if i < 0 || tally.Picture(all[i]) == p.Seen[tally.PictureSeen] {
		return nil
	}
	named, any := wayBack(p, "back"), nextcmd.OnCaster("take", p.Args["caster"])
	next := op.Each(a.Outcome.Next, func(n op.Next) op.Next {
		if n.Text == named.Text {
			return any
		}
		return n
	})
	if slices.Equal(next, a.Outcome.Next) {
		return nil
	}
	return next
}

// lookAt looks at a studio and, where a condition is seen there, at its scenes. Who removes a studio has taken it off
// air first.
func (s table) lookAt(ctx context.Context, id string, x op.Condition) (c live.Caster, all []live.Scene, err error) {
	c, err = s.cloud.Caster(ctx, id)
	if live.ClassOf(err) == live.NotFound {
		return live.Caster{ID: id}, nil, nil
	}
	if err == nil && c.OnAir && x != op.IsOnAir {
		if seen, err := s.cloud.Scenes(ctx, id); err == nil {
			all = seen
		}
	}
	return c, all, err
}

// followPreview says when other hands have closed a PREVIEW that was opened, or opened one that was closed. One that is
// not listed leaves it open, but for one of a studio that is gone.
func (s table) followPreview(open bool) func(context.Context, op.Attempt) (op.Followup, error) {
	return func(ctx context.Context, a op.Attempt) (op.Followup, error) {
		now := s.now()
		if now.Sub(a.Sent) >= followFor {
			return op.Followup{}, nil
		}
		all, err := s.cloud.Scenes(ctx, a.Plan.Args["caster"])
		other := slices.ContainsFunc(all, func(scene live.Scene) bool {
			return scene.ID == a.Plan.Args["scene"] && scene.Open != open && !scene.Untold
		})
		if err != nil {
			_, err = s.cloud.Caster(ctx, a.Plan.Args["caster"])
			gone := live.ClassOf(err) == live.NotFound
			if other = gone && open; gone && !open {
				return op.Followup{}, nil
			}
		}
		switch {
		case !other || now.Sub(a.Sent) < followEvery: // what was changed just before may be listed late
			return op.Followup{Again: s.later(a)}, nil
		case open:
			return op.Followup{Over: op.L("Ended: this PREVIEW was seen closed at ", op.At(now), ".")}, nil
		}
		return op.Followup{Over: op.L("Ended: this PREVIEW was seen open at ", op.At(now), ".")}, nil
	}
}
