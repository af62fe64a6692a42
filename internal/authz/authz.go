// Package authz answers one question for every path: may this person do that, here, now, and by which line of the
// policy?
//
// questions.go lists the paths: what is asked when somebody asks, confirms, approves, declines or settles, when a
// form, a picker, help or the bot's own page is shown, when a button is offered, and once more right before a call
// leaves. check.go decides all of them. explain.go tells of the same decisions: why, and who may.
//
// It keeps true that a change rests on facts as fresh as its path demands, and that whatever cannot be found out
// refuses; that facts at hand may refuse at once, but where fresh ones are wanted never allow; that the person, the
// channel as it is now, the policy, the second person and the lock are asked in that order, before a call what the
// record says before all of them, and the first that refuses gives the words; and that what somebody tried and the
// policy refused is in the audit trail.
//
// It must not know Slack, the cloud or the states of an operation.
package authz

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/policy"
)

// Directory tells who people are and what channels are.
type Directory interface {
	// Person looks somebody up. since asks for facts that were looked up after that moment; when it is zero, up to 60
	// s old ones will do. When the look-up fails and older facts exist they come back with Stale set; without any,
	// the error does.
	Person(ctx context.Context, id, team string, since time.Time) (op.Person, error)
	// Channel looks a channel up, likewise.
	Channel(ctx context.Context, id string, since time.Time) (op.Channel, error)
	// Rooms gives the ids of the channels that somebody is in, as far as the bot sees them, looked up after since; when it
	// is zero, not older than 60 s.
	Rooms(ctx context.Context, id string, since time.Time) ([]string, error)
	// Peek gives facts that were looked up after since without asking anybody; false when they are not at hand.
	// When since is zero, up to 60 s old ones will do.
	Peek(person, team, channel string, since time.Time) (op.Person, op.Channel, bool)
	// Last gives what Slack told last of them, however long ago, without asking anybody; false when it never told, or has
	// said since that something changed, without saying what.
	Last(person, team, channel string) (Remembered, bool)
}

// Grounds are those that a refusal can rest on.
func Grounds() []Ground {
	return []Ground{Unvouched, Answerer, Away, Unknown, Denied, NotMember, Changed, Second, Locked}
}

// Policy is the policy in force; a reload swaps it as a whole.
type Policy interface {
	// Decide says whether the person may use the verb on the target in the channel. An empty target asks for the verb
	// as such.
	Decide(p op.Person, c op.Channel, verb string, effect op.Effect, target op.Target) op.Decision
	// Approves says whether the person may be the second person for a decision, and why not.
	Approves(d op.Decision, asker string, p op.Person) (bool, op.Line)
	// ApprovesAs gives the entry of the approvers by which they may.
	ApprovesAs(d op.Decision, p op.Person) string
	// Scope gives what the channel may touch; false when the policy does not name it.
	Scope(channel string) (op.Scope, bool)
	// Explain decides like Decide, and tells how it came to that.
	Explain(p op.Person, c op.Channel, verb string, effect op.Effect, target op.Target) policy.Explanation
	// Who lists the lines by which people may use the verb on the target, those of the channel first.
	Who(reader op.Person, channel, verb string, effect op.Effect, target op.Target) []op.Line
}

// Locks tells who holds a target.
type Locks interface {
	Lock(ctx context.Context, target op.Target) (op.Lock, error)
}

// Trail keeps what was refused.
type Trail interface {
	Record(ctx context.Context, e op.Event) error
}

// Config is what a judge is made of. All fields are needed but Log and Vouches. The table may be filled in after New.
type Config struct {
	Table     *op.Table
	Directory Directory
	Policy    Policy
	Locks     Locks
	Trail     Trail
	Now       func() time.Time
	Log       *slog.Logger
	// asked before a call leaves: an error says that the record does not tell how the operation came to it
	Vouches func(context.Context, op.Operation) error
	Refused func(Ground) // told of each refusal of what somebody tried, for those who measure; may be nil
}

// Judge decides.
type Judge struct{ Config }

// New makes a judge.
func New(c Config) *Judge {
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	if c.Vouches == nil {
		c.Vouches = func(context.Context, op.Operation) error { return nil }
	}
	if c.Refused == nil {
		c.Refused = func(Ground) {}
	}
	return &Judge{c}
}

// refused tells of a refusal, unless it was only asked what would be.
func (j *Judge) refused(q Question, v Verdict, err error) {
	if err != nil && (q.tried || q.answer != noAnswer) {
		j.Refused(v.Ground)
	}
}

// Record puts a refusal by the policy into the trail.
func (j *Judge) Record(ctx context.Context, q Question, v Verdict) {
	err := j.Trail.Record(ctx, op.Event{
		At: j.Now(), Name: op.EventDenied, Actor: q.Person, Team: q.Team, Channel: q.Channel,
		Detail: map[string]string{"verb": q.Command.Verb, "rule": v.Rule, "policy": v.Policy},
	})
	if err != nil {
		j.Log.Error("record a denial", "error", err)
	}
}

// Facts are who asks and where, as they were at one moment.
type Facts struct {
	Person  op.Person
	Channel op.Channel
}

// Glance gives facts as fresh as the question wants them without asking anybody; false when they are not at hand.
func (j *Judge) Glance(q Question) (Facts, bool) {
	person, channel, ok := j.Directory.Peek(q.Person, q.Team, q.Channel, q.Since)
	return Facts{person, channel}, ok
}

// Look gives who asks and where, asked for side by side.
func (j *Judge) Look(ctx context.Context, q Question) (Facts, error) {
	asked := j.asking(ctx, q.Person, q.Team, q.Since)
	channel, err := j.Directory.Channel(ctx, q.Channel, q.Since)
	person, unknown := asked()
	if unknown != nil {
		j.Log.Warn("look a person up", "person", q.Person, "error", unknown)
		err = unknown
	}
	if err != nil {
		err = rightsUnknown(err)
	}
	return Facts{person, channel}, err
}

// asking looks a person up while the caller does something else; what it gives waits for the answer.
func (j *Judge) asking(ctx context.Context, id, team string, since time.Time) func() (op.Person, error) {
	var person op.Person
	var err error
	var asked sync.WaitGroup
	asked.Go(func() { person, err = j.Directory.Person(ctx, id, team, since) })
	return func() (op.Person, error) {
		asked.Wait()
		return person, err
	}
}

// Visitor gives somebody with the channels that they are in, as of the last minute.
func (j *Judge) Visitor(ctx context.Context, id, team string) (op.Person, []string, error) {
	person, err := j.Directory.Person(ctx, id, team, time.Time{})
	var rooms []string
	if err == nil {
		rooms, err = j.Directory.Rooms(ctx, id, time.Time{})
	}
	if err != nil {
		err = rightsUnknown(err)
	}
	return person, rooms, err
}

// Channel looks a channel up, as of the last minute.
func (j *Judge) Channel(ctx context.Context, id string) (op.Channel, error) {
	return j.Directory.Channel(ctx, id, time.Time{})
}

// Tells reports whether a channel may be told unasked how its studios and streams stand: the policy names it, it is not
// archived, and nobody of another organisation reads it unless the policy gives them something there. Of a channel that
// Slack does not show to the bot that is not known.
func (j *Judge) Tells(ctx context.Context, id string) (bool, error) {
	scope, named := j.Scope(id)
	if !named {
		return false, nil
	}
	c, err := j.Channel(ctx, id)
	if err == nil && c.Hidden {
		err = errHidden
	}
	return err == nil && !c.Archived && (!c.External || scope.External), err
}

// TellsOf reports whether the channel of an operation may be told unasked what came of it: also that it may touch still
// what the operation is about, by its name of now.
func (j *Judge) TellsOf(ctx context.Context, o op.Operation) (bool, error) {
	may, err := j.Tells(ctx, o.Channel)
	scope, _ := j.Scope(o.Channel)
	return may && j.named(scope, o), err
}

// named reports whether all that an operation is about may be named where that is the scope, by its name of now.
func (j *Judge) named(scope op.Scope, o op.Operation) bool {
	return !slices.ContainsFunc(o.Plan.Targets(), func(t op.Target) bool { return !scope.Names(j.Table.Now(t)) })
}

var errHidden = errors.New("the bot is not shown the channel")

// Scope gives what a channel may touch; false when the policy does not name it.
func (j *Judge) Scope(channel string) (op.Scope, bool) { return j.Policy.Scope(channel) }

// Lock gives the lock of a target, whomever it stops.
func (j *Judge) Lock(ctx context.Context, target op.Target) (op.Lock, error) {
	return j.Locks.Lock(ctx, target)
}

// Call gives a command what it may know of whoever asks. For an emergency that is their name: nobody is waited for.
func (j *Judge) Call(
	ctx context.Context, c op.Command, person, team string, args op.Args, scope op.Scope,
) op.Call {
	if c.Urgent {
		return op.Call{Args: args, Scope: scope, Person: op.Person{ID: person, Team: team}}
	}
	p, err := j.Directory.Person(ctx, person, team, time.Time{})
	if err != nil {
		p = op.Person{ID: person, Team: team} // their rights are judged by who asks for them
	}
	return op.Call{Args: args, Scope: scope, Person: p}
}
