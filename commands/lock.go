package commands

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"casterbot/commands/history"
	"casterbot/commands/nextcmd"
	"casterbot/commands/report"
	"casterbot/internal/civiltime"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// Records is what the commands need of the bot's own knowledge; *records.Records is the real one, but for what is
// allowed: *authz.Judge.
type Records interface {
	Rights
	Lock(ctx context.Context, target op.Target) (op.Lock, error)
	Locks(ctx context.Context) ([]op.Lock, error)
	RanOut(ctx context.Context, target op.Target, until time.Time) (bool, error)
	Hold(ctx context.Context, lock op.Lock) (now op.Lock, held bool, err error)
	Release(ctx context.Context, lock op.Lock, by, why string) (now op.Lock, gone bool, err error)
	Board(ctx context.Context, channel string) (op.Board, error)
	PutBoard(ctx context.Context, board op.Board, by string) (now op.Board, done bool, err error)
	TakeCare(ctx context.Context, channel, alert, person string, now time.Time) (op.Care, error)
	// Standings gives how conditions of targets stand by what the bot did itself.
	Standings(ctx context.Context) (op.Standings, error)
	// Saw keeps what a look has shown of one of these.
	Saw(ctx context.Context, target op.Target, x op.Condition, seen op.Seen) error
	// Unsettled gives the operations on a target of which nobody knows whether they happened.
	Unsettled(ctx context.Context) (func(op.Target) []op.Operation, error)
	history.Reader
	report.Reader
}

// maxWhy is the longest reason, in characters.
const maxWhy = 200

// ownCommands are the commands about what the bot itself knows. They judge other commands, so they are told the whole
// table.
func (s table) ownCommands(known *op.Table) []op.Command {
	r := policyQuestions{table: s, known: known}
	return []op.Command{s.casterLock(), s.casterUnlock(), s.casterBreak(), s.casterAsk(), r.casterWhy(), r.casterWho(),
		s.casterHistory(), s.recordHistory(), s.casterReport(), s.casterBoard(), s.casterCare()}
}

func (s table) casterLock() op.Command {
	return op.Command{
		Usage:    "caster lock {caster} {until?} {why?}",
		Short:    "Reserve a studio: changes by others are refused until you unlock it or the time is over.",
		Examples: []string{`caster lock "Evening News" until 22:00 election night`, `caster lock "Evening News" for 90m`},
		Verb:     "caster.lock", Effect: op.Change, Starts: []op.Condition{op.IsLocked},
		Plan: s.planLock, Apply: s.applyLock, Verify: s.verifyLock, Follow: s.followLock, Then: afterLock,
	}
}

func (s table) planLock(ctx context.Context, call op.Call) (op.Plan, error) {
	c, err := s.caster(ctx, call)
	if err != nil {
		return op.Plan{}, err
	}
	why, err := reason(call)
	if err != nil {
		return op.Plan{}, err
	}
	e, err := civiltime.EndOf(call.Args["until"], call.Person.Zone, s.now())
	if err != nil {
		return op.Plan{}, spelledOut(err, op.Args{"caster": c.ID, "why": why})
	}
	lock, err := s.records.Lock(ctx, onStudio(c))
	if err != nil {
		return op.Plan{}, err
	}
	p := lockPlan(lock, op.Args{"caster": c.ID, "until": e.At.UTC().Format(civiltime.WholeMoment), "why": why,
		"by": call.Person.ID}, lock.Other(call.Person.ID))
	p.Target, p.Title, p.Button = onStudio(c), op.L("Lock studio ", op.B(c.Name), " until ", op.At(e.At)), "Lock studio"
	if lock.Held() && lock.Holder == call.Person.ID {
		if lock.Until.Equal(e.At) && lock.Why == why {
			return op.Plan{}, op.Already(op.L("You have locked ", op.B(c.Name), " until then already."))
		}
		p.Title, p.Button = op.L("Extend the lock of studio ", op.B(c.Name), " until ", op.At(e.At)), "Extend the lock"
		if e.At.Before(lock.Until) {
			p.Title, p.Button = op.L("Shorten the lock of studio ", op.B(c.Name), " to ", op.At(e.At)), "Shorten the lock"
		}
	}
	p.Facts = append(e.Facts(), reasonFact(why)...)
	return p, nil
}

// wrongEnd refuses what is no end of a lock.
func (s table) wrongEnd(_ context.Context, call op.Call) error {
	_, err := civiltime.EndOf(civiltime.Spelled(call.Args["until"]), call.Person.Zone, s.now())
	return err
}

// lockPlan is a plan about a lock as it is seen now. What it does to that one version and no other is for the call to
// say; of is what of the lock would make another decision.
func lockPlan(lock op.Lock, args op.Args, of ...any) op.Plan {
	version := strconv.FormatInt(lock.Version, 10)
	return op.Plan{Args: args, Viewers: op.Unnoticed(), Fingerprint: op.Fingerprint(args, of),
		Seen: map[string]string{"lock": version}}
}

// seenLock is the version of the lock that a plan saw.
func seenLock(p op.Plan) int64 {
	version, _ := strconv.ParseInt(p.Seen["lock"], 10, 64)
	return version
}

// reason gives why something is done, in one line.
func reason(call op.Call) (string, error) {
	why := strings.Join(strings.Fields(call.Args["why"]), " ")
	if n := utf8.RuneCountInString(why); n > maxWhy {
		return "", op.Refuse(op.L("The reason has ", op.N(n), " characters, at most ",
			op.N(maxWhy), " will do.")).About("why")
	}
	return why, nil
}

func reasonFact(why string) []op.Line {
	if why == "" {
		return nil
	}
	return []op.Line{op.L("Reason: ", op.V(op.Visible(why)), ".")}
}

func (s table) applyLock(ctx context.Context, p op.Plan, _ string, _ op.SendPermit) op.Outcome {
	until, err := time.Parse(civiltime.WholeMoment, p.Args["until"])
	if err != nil {
		return op.Outcome{State: op.Failed, Text: op.L("The time of the lock cannot be read. Nothing was changed.")}
	}
	lock := op.Lock{
		Target: p.Target, Holder: p.Args["by"], Why: p.Args["why"], Since: s.now(), Until: until, Version: seenLock(p),
	}
	now, held, err := s.records.Hold(ctx, lock)
	return lockOutcome(op.Outcome{
		Text: withFacts(op.L(op.B(p.Target.Name), " is locked by ", op.Who(lock.Holder), " until ", op.At(until), "."), p),
	}, op.L(op.B(p.Target.Name), " was not locked"), now, held, err)
}

// lockOutcome is what became of a change of a lock: what is said of its success, or what was denied because the lock is
// another one now.
func lockOutcome(success op.Outcome, denied op.Line, now op.Lock, done bool, err error) op.Outcome {
	switch {
	case err != nil:
		return unwritten()
	case !done:
		return op.Outcome{State: op.Failed, Text: op.L(denied, ": it is ", standing(now), ". Nothing was changed.")}
	}
	success.State = op.Succeeded
	return success
}

func afterLock(p op.Plan) []op.Next { return []op.Next{nextcmd.Command("unlock", p.Args)} }

// withFacts adds what a plan said to the sentence that stays on the card.
func withFacts(text op.Line, p op.Plan) op.Line {
	for _, fact := range p.Facts {
		text = op.L(text, " ", fact)
	}
	return text
}

// unwritten is the outcome of a change of the bot's own records that may have been written or not.
func unwritten() op.Outcome {
	return op.Outcome{State: op.Unknown, Text: op.L("it could not be told whether casterbot's own record of it was written.")}
}

func standing(l op.Lock) op.Line {
	if !l.Held() {
		return op.L("not locked")
	}
	return l.Line()
}

// lockFact says that a studio is locked, or that this cannot be told; nothing otherwise.
func (s table) lockFact(ctx context.Context, c live.Caster) []op.Line {
	lock, err := s.records.Lock(ctx, onStudio(c))
	switch {
	case err != nil:
		return []op.Line{op.L("whether it is locked could not be read")}
	case !lock.Held():
		return nil
	}
	return []op.Line{op.L("🔒 ", lock.Line())}
}

func (s table) verifyLock(ctx context.Context, a op.Attempt) (op.Evidence, error) {
	lock, err := s.records.Lock(ctx, a.Plan.Target)
	if err != nil {
		return op.Evidence{}, err
	}
	if lock.Version > seenLock(a.Plan) && lock.Holder == a.Plan.Args["by"] {
		return op.Evidence{Happened: true, Same: true, Seen: op.L("The lock stands.")}, nil
	}
	return op.Evidence{Seen: op.L("It is ", standing(lock), ".")}, nil
}

// followLock says when the lock has run out. That it was given back or broken its end by a command says.
func (s table) followLock(ctx context.Context, a op.Attempt) (op.Followup, error) {
	return s.followUntil(ctx, a.Plan.Target, a.Plan.Args["until"])
}

// followUntil says when a lock that ends at a moment has run out.
func (s table) followUntil(ctx context.Context, target op.Target, end string) (op.Followup, error) {
	until, err := time.Parse(civiltime.WholeMoment, end)
	switch {
	case err != nil:
		return op.Followup{}, nil
	case s.now().Before(until):
		return op.Followup{Again: until}, nil
	}
	if out, err := s.records.RanOut(ctx, target, until); err != nil || !out {
		return op.Followup{}, err
	}
	return op.Followup{Over: op.L("Ended ", op.At(until), ": the time of the lock has passed.")}, nil
}

func (s table) casterUnlock() op.Command {
	return op.Command{
		Usage:    "caster unlock {caster}",
		Short:    "Unlock a studio that you have locked.",
		Examples: []string{`caster unlock "Evening News"`},
		Verb:     "caster.unlock", Effect: op.Change, Ends: []op.Condition{op.IsLocked},
		Plan: s.planUnlock, Apply: s.applyUnlock, Verify: s.verifyUnlocked,
	}
}

func (s table) planUnlock(ctx context.Context, call op.Call) (op.Plan, error) {
	target, lock, err := s.lockedStudio(ctx, call)
	if err != nil {
		return op.Plan{}, err
	}
	p := lockPlan(lock, op.Args{"caster": target.ID, "by": call.Person.ID}, lock.Other(call.Person.ID))
	p.Target, p.Title, p.Button = target, op.L("Unlock studio ", op.B(target.Name)), "Unlock studio"
	p.Facts = []op.Line{op.L("It is ", lock.Line(), ".")}
	return p, nil
}

// lockedStudio resolves {caster} to a studio that is locked.
func (s table) lockedStudio(ctx context.Context, call op.Call) (op.Target, op.Lock, error) {
	c, err := s.caster(ctx, call)
	if err != nil {
		return op.Target{}, op.Lock{}, err
	}
	lock, err := s.records.Lock(ctx, onStudio(c))
	if err == nil && !lock.Held() {
		err = op.Already(op.L(op.B(c.Name), " is not locked."))
	}
	return onStudio(c), lock, err
}

// applyUnlock gives back the lock that the plan saw. That it is the asker's own is looked at once more.
func (s table) applyUnlock(ctx context.Context, p op.Plan, _ string, _ op.SendPermit) op.Outcome {
	denied := op.L(op.B(p.Target.Name), " was not unlocked")
	lock, err := s.records.Lock(ctx, p.Target)
	switch {
	case err != nil:
		return op.Outcome{State: op.Failed, Text: op.L(denied, ": its lock could not be read. Nothing was changed.")}
	case lock.Version != seenLock(p) || lock.Holder != p.Args["by"]:
		return op.Outcome{State: op.Failed, Text: op.L(denied, ": the lock is another one now. Nothing was changed.")}
	}
	now, gone, err := s.records.Release(ctx, lock, p.Args["by"], "")
	return lockOutcome(op.Outcome{Text: op.L(op.B(p.Target.Name), " is free again.")}, denied, now, gone, err)
}

func (s table) verifyUnlocked(ctx context.Context, a op.Attempt) (op.Evidence, error) {
	lock, err := s.records.Lock(ctx, a.Plan.Target)
	if err != nil {
		return op.Evidence{}, err
	}
	return op.Evidence{Happened: lock.Version != seenLock(a.Plan), Same: !lock.Held(),
		Seen: op.L("It is ", standing(lock), ".")}, nil
}
