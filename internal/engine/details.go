package engine

import (
	"context"

	"casterbot/internal/op"
)

// details tells in private what was seen when an operation was asked for and has no room on its card. It is what the
// operation keeps, so it is told whatever became of that since, and nothing is looked at.
func (e *Engine) details(ctx context.Context, o op.Operation, c op.Click) error {
	if err := e.authz.Reads(ctx, o, c, e.browse.Shows(o.Plan)); err != nil {
		return err
	}
	answer := op.Answer{Mark: op.StateMarks[o.State], Title: o.Plan.Title,
		Note: op.L("As it was seen when this was asked, ", op.At(o.Created), ".")}
	if _, answer.Lines = o.Plan.OnCard(); len(answer.Lines) == 0 {
		answer.Lines = []op.Line{op.L("The card says all that was seen.")}
	}
	e.notify.Reply(ctx, c.Address, answer)
	return nil
}
