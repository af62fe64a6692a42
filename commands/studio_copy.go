package commands

import (
	"context"
	"fmt"
	"time"

	"casterbot/commands/failure"
	"casterbot/commands/naming"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

const copyUsage = "caster copy {caster} {name}"

func (s table) casterCopy() op.Command {
	return op.Command{
		Usage:    copyUsage,
		Short:    "Make a new, identical studio under a new name. It starts idle.",
		Examples: []string{`caster copy "Evening News" "Evening News 47"`},
		Verb:     "caster.copy", Effect: op.Change, Sends: "CopyCaster", Starts: []op.Condition{op.Exists},
		Plan: s.planCopy, Apply: s.applyCopy, Verify: s.verifyCopy,
		Repeatable: true,
	}
}

func (s table) planCopy(ctx context.Context, call op.Call) (op.Plan, error) {
	name, err := naming.NewName(call.Args["name"])
	if err != nil {
		return op.Plan{}, err
	}
	source, all, err := s.casterByList(ctx, call)
	if err != nil {
		return op.Plan{}, err
	}
	if err := unused(name, all); err != nil {
		return op.Plan{}, err
	}
	target := onStudio(source)
	target.NewName = name
	return op.Plan{
		Args: op.Args{"caster": source.ID, "name": name}, Target: target,
		Title:   op.L("Copy studio ", op.B(source.Name), " as ", op.B(name)),
		Viewers: op.L("Viewers notice nothing: ", op.B(source.Name), " stays as it is."),
		Facts:   []op.Line{op.L("The copy gets the same scenes and settings and is idle.")},
		Button:  "Copy studio", Fingerprint: op.Fingerprint(source.ID, source.Name, name),
	}, nil
}

// wrongName refuses what a new studio cannot be called.
func (s table) wrongName(ctx context.Context, call op.Call) error {
	name, err := naming.NewName(call.Args["name"])
	if err != nil {
		return err
	}
	all, err := s.studios(ctx, call.Scope)
	if err != nil {
		return err
	}
	return unused(name, all)
}

// unused refuses a name that people could take for that of another studio of the channel.
func unused(name string, all []live.Caster) error {
	for _, c := range all {
		if naming.Skeleton(c.Name) != naming.Skeleton(name) && c.ID != name {
			continue
		}
		return naming.NameRefusal(op.L("A studio called ", op.B(op.Visible(c.Name)), " exists already."),
			op.L("Choose a name that looks different."))
	}
	return nil
}

func (s table) applyCopy(ctx context.Context, p op.Plan, token string, permit op.SendPermit) op.Outcome {
	receipt, err := s.cloud.CopyCaster(ctx, permit, p.Args["caster"], p.Args["name"], token)
	return failure.Failure{Usage: copyUsage, Args: p.Args,
		Denied: op.L(op.B(p.Target.Name), " was not copied")}.Outcome(op.Outcome{
		Text: op.L(op.B(p.Args["name"]), " copied from ", op.B(p.Target.Name), ". A copy begins idle."),
		Next: []op.Next{{Label: "Show", Text: "caster show " + receipt.CasterID},
			{Label: "Start", Text: "caster start " + receipt.CasterID}},
	}, receipt, err)
}

// verifyCopy looks for the studio that was made with the operation's own token. Where the list shows no tokens, the one
// studio of exactly the new name that was made since the send will do.
func (s table) verifyCopy(ctx context.Context, a op.Attempt) (op.Evidence, error) {
	all, err := s.cloud.Casters(ctx)
	if err != nil {
		return op.Evidence{}, fmt.Errorf("look for the copy of %s: %w", a.Plan.Args["caster"], err)
	}
	name := a.Plan.Args["name"]
	made := madeBy(a, all)
	switch len(made) {
	case 0:
		return op.Evidence{Seen: a.Unseen(op.L("No new studio called ", op.B(name), " is listed."))}, nil
	case 1:
		seen := op.L(op.B(name), " was made", op.Told(" at ", op.At, made[0].Created), ".")
		return op.Evidence{Happened: true, Own: made[0].Token == a.Token, Seen: seen}, nil
	}
	return op.Evidence{Seen: op.L(op.HowMany(len(made), " new studio", " new studios"), " called ",
		op.B(name), " are listed.")}, nil
}

// madeBy gives the studios that the attempt can have made: the one with its token, else those that fit by name and
// time.
func madeBy(a op.Attempt, all []live.Caster) []live.Caster {
	var made []live.Caster
	for _, c := range all {
		if c.Token != "" && c.Token == a.Token {
			return []live.Caster{c}
		}
		if c.Token == "" && c.Name == a.Plan.Args["name"] && after(c.Created, a.Sent) &&
			c.Created.Before(a.Sent.Add(copyWindow)) {
			made = append(made, c)
		}
	}
	return made
}

// copyWindow is how long after the send a studio may have been made by it, repetitions included.
const copyWindow = 15 * time.Minute

// after reports whether the cloud's time t, which has whole seconds, is not before the send.
func after(t, sent time.Time) bool {
	return !t.IsZero() && !t.Before(sent.Truncate(time.Second))
}
