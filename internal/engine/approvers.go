package engine

import (
	"context"
	"errors"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// A card that waits for a second person names those who may approve it, and may show its buttons to them alone. Who may
// approve is decided by the policy at the click, so a card is drawn anew when that policy is another one than the
// card's. Of a user group that a card names everybody sees the buttons, so who is in it makes no difference.

// renewAtOnce is how many cards are brought up to date at once: a reload edits no channel in a storm.
const renewAtOnce = 20

// renewApprovers brings cards that wait up to date with the policy in force, the oldest first, each once for a policy.
func (e *Engine) renewApprovers(ctx context.Context) error {
	waiting, err := e.store.List(ctx, store.Query{States: []op.State{op.Pending}, Alone: true})
	judged := map[string]string{}
	begun := 0
	for _, o := range waiting {
		policy := e.authz.InForce(o)
		if o.Decision.Confirm != op.ConfirmOther || policy == o.Decision.Policy {
			continue
		}
		if e.sweeper.judged[o.ID] == policy {
			judged[o.ID] = policy
		} else if begun++; begun <= renewAtOnce {
			failed := e.renew(ctx, o)
			if err = errors.Join(err, failed); failed == nil {
				judged[o.ID] = policy
			}
		}
	}
	e.sweeper.judged = judged
	return err
}

// renew writes down who may approve an operation now, so that its card says so. Where the policy asks for something
// else than the card the card stays as it is.
func (e *Engine) renew(ctx context.Context, o op.Operation) error {
	d, may, err := e.authz.Renewed(ctx, o)
	if err != nil || !may {
		return err
	}
	o.Decision = d
	err = e.note(ctx, o, store.Note{Decision: &d, Version: o.Version}, op.EventApprovers)
	e.notify.EnqueueCard(o.ID)
	if errors.Is(err, store.ErrLost) { // somebody has answered it meanwhile, or another replica was first
		return nil
	}
	return err
}
