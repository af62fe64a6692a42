package authz

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/op"
)

// Why says what is decided about a person, a command and a target in a channel, and the lines of the policy that were
// read on the way. Whoever belongs to another organisation is shown no lines.
func (j *Judge) Why(
	ctx context.Context, reader op.Person, person, channel string, c op.Command, target op.Target,
) (op.Decision, []op.Line, error) {
	meant := reader
	if person != "" && person != reader.ID {
		var err error
		if meant, err = j.Directory.Person(ctx, person, "", time.Time{}); err != nil {
			return op.Decision{}, nil, errors.Join(unknownPerson(person), err)
		}
	}
	place, err := j.Directory.Channel(ctx, channel, time.Time{})
	if err != nil {
		return op.Decision{}, nil, err
	}
	e := j.Policy.Explain(meant, place, c.Verb, c.Effect, target)
	if reader.External {
		return e.Decision, nil, nil
	}
	return e.Decision, e.Steps, nil
}

func unknownPerson(id string) error {
	return op.Refuse(op.L("Slack does not say who ", op.Code(op.Visible(id)), " is."),
		op.L("Name somebody of this workspace, as in ", op.Code("for @somebody"), "."))
}

// Who says who may use a command on a target: in the channel, then in others.
func (j *Judge) Who(reader op.Person, channel string, c op.Command, target op.Target) []op.Line {
	return j.Policy.Who(reader, channel, c.Verb, c.Effect, target)
}

// Bound gives the lock that, whatever the policy says, stops a person from changing the target; false when none is
// known to.
func (j *Judge) Bound(ctx context.Context, c op.Command, target op.Target, person string) (op.Lock, bool) {
	lock, err := j.bound(ctx, c, target, person)
	return lock, err == nil && lock.Held()
}

// Reads refuses whoever may neither look at what an operation is about nor answer its card: they are told nothing that
// the card does not say.
func (j *Judge) Reads(ctx context.Context, o op.Operation, c op.Click, shows op.Command) error {
	q := reads(o, c, shows)
	v, err := j.Check(ctx, q)
	if v.Ground != Denied {
		return err
	}
	if facts, unknown := j.Look(ctx, q); unknown == nil && j.Awaits(o, facts.Person) {
		return nil
	}
	j.Record(ctx, q, v)
	return err
}
