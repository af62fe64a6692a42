package monitor

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/notify"
	"casterbot/internal/op"
)

// An alert about what is on air or recorded calls the people whom the policy names, and has a button by which one of
// them says that they take care of it. If nobody does they are called once more.
const (
	callAfter     = 5 * time.Minute
	presentWithin = 3 * time.Second // so long a look waits for Slack to say who is in a channel
)

// alertRef names an alert in a command.
func alertRef(key string) string { return op.Fingerprint(key)[:10] }

// withCare is an alert with whom it calls, and who takes care of it.
func (w *Monitor) withCare(j *round, v finding) op.Answer {
	a := v.alert
	if !v.calls || len(a.Title) == 0 {
		return a
	}
	var lines []op.Line
	if scope, ok := w.Policy.Scope(v.about.channel); ok && len(scope.Call) > 0 {
		lines = append(lines, calling(scope.Call))
	}
	care := j.care[alertRef(v.key)]
	if care.By != "" || care.Left != "" {
		lines = append(lines, takesCare(care))
	}
	if care.By == "" {
		a.Next = append(a.Next[:len(a.Next):len(a.Next)], careNext(v.key))
	}
	a.Lines = append(lines, a.Lines...)
	return a
}

func calling(ids []string) op.Line { return op.L("📣 ", op.List(op.People(ids), ", ")) }

func takesCare(c op.Care) op.Line {
	if c.By == "" {
		return op.L("🙋 Nobody takes care of it any more: ", op.Who(c.Left), " is not in this channel now.")
	}
	return op.L("🙋 ", op.Who(c.By), " has been taking care of it since ", op.At(c.Since), ".")
}

func careNext(key string) op.Next {
	return op.Next{Label: "I take care of it", Text: "caster care " + alertRef(key)}
}

// openCare lets people take care of an alert.
func (w *Monitor) openCare(ctx context.Context, j *round, v finding) error {
	if !v.calls {
		return nil
	}
	return w.care.OpenCare(ctx, op.Care{Alert: alertRef(v.key), Channel: v.about.channel}, j.at)
}

// dropOldCare forgets who took care of alerts that are over: a process may die in between, and a press may come just
// then. Who has taken care of one before takes none of the next.
func (w *Monitor) dropOldCare(ctx context.Context, j *round) error {
	said := map[string]alert{}
	for key, a := range j.standing {
		said[alertRef(key)] = a
	}
	var errs []error
	for ref, c := range j.care {
		if a, stands := said[ref]; !stands || c.By != "" && c.Since.Before(a.Since) {
			errs = append(errs, w.care.CloseCare(ctx, c))
			delete(j.care, ref)
		}
	}
	return errors.Join(errs...)
}

// dropAbsentCare says of alerts that nobody takes care of them any more, where whoever did has left the channel, or the
// workspace. As long as Slack does not tell they still do.
func (w *Monitor) dropAbsentCare(ctx context.Context, j *round) error {
	asking, cancel := context.WithTimeout(ctx, presentWithin)
	defer cancel()
	var errs []error
	for ref, c := range j.care {
		if c.By == "" || w.mayTell(ctx, j, c.Channel) != allowed {
			continue
		}
		if there, err := w.Judge.Present(asking, c.Channel, c.By); err != nil || there {
			continue
		}
		now, err := w.care.LeaveCare(ctx, c, j.at)
		errs, j.care[ref] = append(errs, err), now
	}
	return errors.Join(errs...)
}

// closeCare forgets who takes care of an alert that is over.
func (w *Monitor) closeCare(ctx context.Context, key string) error {
	all, err := w.care.Cares(ctx)
	if c, open := all[alertRef(key)]; open {
		return w.care.CloseCare(ctx, c)
	}
	return err
}

// callsAgain reports an alert of which nobody takes care, unless people were called once more, or another is about to
// call them, or they cannot be called now.
func (w *Monitor) callsAgain(j *round, v finding, a alert) bool {
	scope, _ := w.Policy.Scope(v.about.channel)
	if !v.calls || len(scope.Call) == 0 || a.CareBy != "" || j.care[alertRef(v.key)].By != "" || a.Since.IsZero() {
		return false
	}
	free := a.Claimed
	if a.Called {
		free = a.Claimed.Add(postWithin)
	}
	return a.Second == "" && j.at.Sub(a.Since) >= callAfter && !j.at.Before(free)
}

// callAgain calls the people once more, in a message of its own: an edit reaches nobody. If that fails they are called
// with the next look.
func (w *Monitor) callAgain(ctx context.Context, j *round, v finding, before alert) error {
	a := before
	a.Called, a.Claimed = true, j.at
	a, mine, err := w.put(ctx, a)
	if err != nil || !mine {
		return err
	}
	scope, _ := w.Policy.Scope(v.about.channel)
	title := op.L("🔴 Nobody has taken care of this since ", op.At(a.Since), ":")
	if care := j.care[alertRef(v.key)]; care.Left != "" {
		title = takesCare(care)
	}
	a.Second, err = w.Chat.Put(ctx, a.Channel, "", op.Answer{
		Title: title,
		Lines: []op.Line{a.Title, calling(scope.Call)}, Next: []op.Next{careNext(v.key)},
	})
	if err != nil {
		before.version = a.version
		if a = before; errors.Is(err, notify.ErrNotInChannel) {
			a.Claimed = j.at.Add(muteFor)
		}
	}
	_, _, lost := w.put(ctx, a)
	return errors.Join(err, lost)
}
