package commands

import (
	"context"

	"casterbot/internal/op"
)

// casterCare is behind the button of an alert.
func (s table) casterCare() op.Command {
	return op.Command{
		Usage:    "caster care {alert}",
		Short:    "Say that you take care of an alert; its button does the same.",
		Examples: []string{"caster care 5f0c7a1e42"},
		Verb:     "caster.care", Effect: op.Read,
		Read: s.readCare,
	}
}

func (s table) readCare(ctx context.Context, call op.Call) (op.Answer, error) {
	c, err := s.records.TakeCare(ctx, call.Scope.Channel, call.Args["alert"], call.Person.ID, s.now())
	switch {
	case err != nil:
		return op.Answer{}, err
	case c.By == "":
		return op.Answer{Mark: op.MarkNeutral, Title: op.L("There is no such alert in this channel, or it is over.")}, nil
	case c.By == call.Person.ID:
		return op.Answer{Mark: op.MarkOK, Title: op.L("You take care of it. The alert says so in a moment.")}, nil
	}
	return op.Answer{Mark: op.MarkNeutral,
		Title: op.L(op.Who(c.By), " has been taking care of it since ", op.At(c.Since), ".")}, nil
}
