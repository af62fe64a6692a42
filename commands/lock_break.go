package commands

import (
	"context"

	"casterbot/commands/nextcmd"
	"casterbot/internal/civiltime"
	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

func (s table) casterBreak() op.Command {
	return op.Command{
		Usage:    "caster break {caster} {why}",
		Short:    "Break somebody else's lock, for a reason that everybody sees.",
		Examples: []string{`caster break "Evening News" Ana is on a train and the stream is black`},
		Verb:     "caster.break", Effect: op.Change, PastLock: true, Ends: []op.Condition{op.IsLocked},
		Plan: s.planBreak, Apply: s.applyBreak, Verify: s.verifyUnlocked,
	}
}

func (s table) planBreak(ctx context.Context, call op.Call) (op.Plan, error) {
	target, lock, why, err := s.othersLock(ctx, call)
	switch {
	case err != nil:
		return op.Plan{}, err
	case why == "":
		return op.Plan{}, op.Refuse(op.L("To break a lock a reason is needed: everybody sees it.")).About("why")
	}
	p := lockPlan(lock, op.Args{"caster": target.ID, "why": why, "by": call.Person.ID, "holder": lock.Holder},
		lock.Version)
	p.Target, p.Title, p.Button = target,
		op.L("Break the lock of ", op.Who(lock.Holder), " on studio ", op.B(target.Name)), "Break the lock"
	p.Facts = append(reasonFact(why), op.L("It is ", lock.Line(), "."))
	return p, nil
}

// othersLock resolves {caster} to a studio that somebody else has locked, and says why it is wanted.
func (s table) othersLock(ctx context.Context, call op.Call) (target op.Target, lock op.Lock, why string, err error) {
	target, lock, err = s.lockedStudio(ctx, call)
	switch {
	case err != nil:
	case lock.Holder == call.Person.ID:
		err = op.Refuse(op.L("You have locked ", op.B(target.Name), " yourself.")).
			WithNext(nextcmd.OnCaster("unlock", target.ID))
	default:
		why, err = reason(call)
	}
	return target, lock, why, err
}

func (s table) applyBreak(ctx context.Context, p op.Plan, _ string, _ op.SendPermit) op.Outcome {
	lock := op.Lock{Target: p.Target, Holder: p.Args["holder"], Version: seenLock(p)}
	now, gone, err := s.records.Release(ctx, lock, p.Args["by"], p.Args["why"])
	return lockOutcome(op.Outcome{
		Text: op.L(op.Who(p.Args["by"]), " broke the lock of ", op.Who(p.Args["holder"]), " on studio ",
			op.B(p.Target.Name),
			". Reason: ", op.V(op.Visible(p.Args["why"])), ". It is free now."),
		Next: []op.Next{nextcmd.OnCaster("lock", p.Target.ID)}, Concerns: p.Args["holder"],
	}, op.L("The lock of ", op.B(p.Target.Name), " was not broken"), now, gone, err)
}

func (s table) casterAsk() op.Command {
	return op.Command{
		Usage:    "caster ask {caster} {why?}",
		Short:    "Ask whoever has locked a studio to release it, in front of everybody.",
		Examples: []string{`caster ask "Evening News" may I restart it?`},
		Verb:     "caster.ask", Effect: op.Preview, PastLock: true, Tells: []op.Condition{op.IsLocked},
		Plan: s.planAsk, Apply: applyAsk, NoVerify: "the card is the message: there is nothing else to see",
		Follow: s.followAsk,
	}
}

// followAsk says when the lock has run out that the card speaks of.
func (s table) followAsk(ctx context.Context, a op.Attempt) (op.Followup, error) {
	return s.followUntil(ctx, a.Plan.Target, a.Plan.Seen["until"])
}

// planAsk names the holder in the title, which the card shows from its first moment: that is what calls them.
func (s table) planAsk(ctx context.Context, call op.Call) (op.Plan, error) {
	target, lock, why, err := s.othersLock(ctx, call)
	if err != nil {
		return op.Plan{}, err
	}
	p := lockPlan(lock, op.Args{"caster": target.ID, "why": why, "by": call.Person.ID}, lock.Holder)
	p.Target, p.Title, p.Button = target,
		op.L(op.Who(lock.Holder), ", ", op.Who(call.Person.ID), " asks you to release ", op.B(target.Name)), "Ask"
	p.Facts = []op.Line{op.L("It is ", lock.Line(), ".")}
	p.Seen["holder"] = lock.Holder
	p.Seen["until"] = lock.Until.UTC().Format(civiltime.WholeMoment)
	if why != "" {
		p.Facts = append([]op.Line{op.L("“", op.V(op.Visible(why)), "”")}, p.Facts...)
	}
	return p, nil
}

func applyAsk(_ context.Context, p op.Plan, _ string, _ op.SendPermit) op.Outcome {
	return op.Outcome{
		State: op.Succeeded, Calls: true, Concerns: p.Seen["holder"], Text: withFacts(op.L(p.Title, "."), p),
		Next: []op.Next{nextcmd.Command("unlock", p.Args)},
	}
}

// pastLock are the ways on for somebody who meets another's lock.
func pastLock(lock op.Lock, p op.Plan) []op.Next {
	return []op.Next{
		nextcmd.Command("ask", op.Args{"caster": lock.Target.ID, "why": op.Visible(p.Title.Plain())}),
		{Label: "Break the lock…", Text: grammar.Format("caster break {caster}", op.Args{"caster": lock.Target.ID}) + " ?"},
	}
}

// spelledOut makes whole commands out of the ends that a refusal offers.
func spelledOut(err error, args op.Args) error {
	refusal, ok := err.(*op.Refusal)
	if !ok {
		return err
	}
	for i, next := range refusal.Answer.Next {
		refusal.Answer.Next[i].Text = nextcmd.Command("lock",
			op.Args{"caster": args["caster"], "until": next.Text, "why": args["why"]}).Text
	}
	return refusal
}
