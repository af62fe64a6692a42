package monitor

import (
	"context"
	"slices"
	"sync"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/records"
)

// Trail is the cloud's own record; *live.Client is the real one.
type Trail interface {
	// Touched gives what was done to a caster in a time, by anybody, the latest first.
	Touched(ctx context.Context, caster string, from, to time.Time) ([]live.TrailEvent, error)
}

// The cloud's own record shows within about ten minutes who did what: from trailFirst after a change was seen by other
// hands until trailLast it is asked, beside the looks, which wait for nothing of it.
const (
	trailFirst  = 2 * time.Minute
	trailEvery  = 2 * time.Minute
	trailLast   = 12 * time.Minute
	trailWithin = 20 * time.Second
)

// doer is who did something to a studio by other hands, as the cloud's own record has it; zero: that is not known.
type doer struct {
	Did     string `json:"did,omitempty"` // the operation of the API
	Kind    string `json:"kind,omitempty"`
	User    string `json:"user,omitempty"`
	Session string `json:"session,omitempty"`
	From    string `json:"from,omitempty"`
	At      int64  `json:"at,omitempty"`
}

// inquiries are the questions to the cloud's own record, by what they are about.
type inquiries struct {
	mu   sync.Mutex
	all  map[string]inquiry
	work sync.WaitGroup
}

type inquiry struct {
	since time.Time // what it is about was seen
	asked time.Time
	busy  bool
	found doer
}

// underway counts those that are not answered yet.
func (q *inquiries) underway() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for _, one := range q.all {
		if one.busy {
			n++
		}
	}
	return n
}

// doing are the operations of the API that can have made a change; none: whichever did something.
var doing = map[change][]string{
	putOn:     {"StartCaster", "RestartCaster"},
	restarted: {"RestartCaster", "StartCaster", "StopCaster"},
}

var darken = []string{"StopCaster", "DeleteCaster", "RestartCaster"}

// whoDid fills in who did what an observation says was done by other hands, once the cloud's own record knows.
func (w *Monitor) whoDid(ctx context.Context, id string, j *round, v observation) observation {
	if w.Trail == nil {
		return v
	}
	if v.Gone > 0 && v.GoneBy == (doer{}) {
		v.GoneBy = w.inquire(ctx, j, question{id, moment(v.Gone), moment(v.Before), darken})
	}
	if v.Changed > 0 { // who did it last, and until that is known who did it before
		from := moment(v.Changed).Add(-apart)
		if v.Then > 0 && v.Then < v.Changed {
			from = moment(v.Then)
		}
		if by := w.inquire(ctx, j, question{id, v.latest(), from, doing[v.What]}); by != (doer{}) {
			v.ChangedBy = by
		}
	}
	return v
}

// question is about one thing that was done to a studio, not before since and not after it was seen.
type question struct {
	id          string
	seen, since time.Time
	by          []string
}

// inquire gives what the cloud's own record has said, and asks it when that is due.
func (w *Monitor) inquire(ctx context.Context, j *round, about question) doer {
	q := &w.inquiries
	q.mu.Lock()
	defer q.mu.Unlock()
	for key, one := range q.all {
		if j.at.Sub(one.since) > time.Hour {
			delete(q.all, key)
		}
	}
	key := about.id + "/" + about.seen.String()
	one, age := q.all[key], j.at.Sub(about.seen)
	if one.found != (doer{}) || one.busy || age < trailFirst || age > trailLast+trailEvery ||
		j.at.Sub(one.asked) < trailEvery {
		return one.found
	}
	if q.all == nil {
		q.all = map[string]inquiry{}
	}
	q.all[key] = inquiry{since: about.seen, asked: j.at, busy: true}
	history := j.history
	ctx = context.WithoutCancel(ctx)
	q.work.Go(func() { w.answer(ctx, key, about, history) })
	return doer{}
}

// answer asks the cloud's own record. What it shows is told with the next look, which is made then.
func (w *Monitor) answer(ctx context.Context, key string, about question, own history) {
	ctx, cancel := context.WithTimeout(ctx, trailWithin)
	defer cancel()
	from := about.since
	if oldest := about.seen.Add(-time.Hour); from.Before(oldest) {
		from = oldest
	}
	all, err := w.Trail.Touched(ctx, about.id, from.Add(-lag), about.seen.Add(lag))
	if err != nil {
		w.Log.Info("who changed a studio is not known yet", "studio", about.id, "error", err)
	}
	found := doer{}
	i := slices.IndexFunc(all, func(e live.TrailEvent) bool {
		return e.Code == "" && (len(about.by) == 0 || slices.Contains(about.by, e.Name)) && !own.made(e)
	})
	if i >= 0 {
		e := all[i]
		found = doer{e.Name, e.Type, e.User, e.Session, e.Address, ms(e.At)}
	}
	w.inquiries.mu.Lock()
	defer w.inquiries.mu.Unlock()
	if i >= 0 {
		w.Soon()
	}
	one := w.inquiries.all[key]
	one.busy, one.found = false, found
	w.inquiries.all[key] = one
}

// made reports an event that was the bot's own doing.
func (d history) made(e live.TrailEvent) bool {
	return slices.ContainsFunc(d, func(o records.Change) bool {
		id := o.Outcome != nil && o.Outcome.RequestID != "" && o.Outcome.RequestID == e.RequestID
		return id || e.Session != "" && e.Session == o.Session()
	})
}

// names adds who did it, and from where.
func (by doer) names(lines []op.Line) []op.Line {
	if by == (doer{}) {
		return lines
	}
	line := op.L("ActionTrail shows ", op.Code(by.Did), " at ", op.At(moment(by.At)), " by ", by.who())
	if by.From != "" {
		line = op.L(line, ", from ", op.Code(by.From))
	}
	return append(lines[:len(lines):len(lines)], op.L(line, "."))
}

func (by doer) who() op.Line {
	switch {
	case by.Kind == "ram-user":
		return op.L("the RAM user ", op.B(by.User))
	case by.Kind == "assumed-role":
		return op.L("the role ", op.B(by.User), ", session ", op.Code(by.Session))
	case by.Kind == "root-account":
		return op.L("the account itself")
	case by.User != "":
		return op.L(op.B(by.User))
	}
	return op.L("somebody whom it does not name")
}
