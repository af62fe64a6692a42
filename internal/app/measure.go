package app

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/authz"
	"casterbot/internal/engine"
	"casterbot/internal/live"
	"casterbot/internal/metrics"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/store"
)

// meter is what the parts tell of their work, as metrics. A nil one is told nothing.
type meter struct {
	*metrics.Metrics
	presses *metrics.Presses
}

// Words of labels that the parts have no value for.
const (
	noFailure = "ok"
	otherKind = "other"
	seen      = "seen"
	failed    = "failed"
)

// outcomes are the states that an operation comes to.
var outcomes = []op.State{op.Succeeded, op.Failed, op.Unknown, op.Expired, op.Cancelled}

// openStates are those of an operation that has not ended.
var openStates = []op.State{op.Pending, op.Queued, op.Running, op.Unknown}

// classes are what may become of a send.
var classes = []live.Class{"", live.Refused, live.Throttled, live.NotSent, live.Unknown}

// envelopeKinds are what Slack sends.
var envelopeKinds = []string{"slash_commands", "interactive", "events_api", otherKind}

// newMeter begins every series that there can be, so that the first of anything is seen to be one more than none.
func newMeter(verbs []string) *meter {
	m := &meter{Metrics: metrics.New()}
	m.presses = metrics.NewPresses(m.Metrics)
	for _, verb := range verbs {
		m.Begin(metrics.Requests, verb)
		for _, s := range outcomes {
			m.Begin(metrics.Operations, verb, string(s))
		}
	}
	for _, a := range live.Actions() {
		m.Begin(metrics.CallTime, a.Name)
		for _, class := range classes {
			m.Begin(metrics.Calls, a.Name, classWord(class))
		}
	}
	for _, kind := range envelopeKinds {
		m.Begin(metrics.Acknowledged, kind)
		for _, f := range webapi.Fates() {
			m.Begin(metrics.Envelopes, kind, string(f))
		}
	}
	for _, g := range authz.Grounds() {
		m.Begin(metrics.Denials, string(g))
	}
	for _, c := range quota.Classes() {
		m.Begin(metrics.QuotaWait, c.String())
	}
	m.Begin(metrics.DatabaseTime, string(store.Reads))
	m.Begin(metrics.DatabaseTime, string(store.Writes))
	return m
}

func (m *meter) store() store.Watch {
	return store.Watch{
		Made: func(o op.Operation) {
			if o.Group == "" {
				m.Count(metrics.Requests, o.Verb)
			}
		},
		Moved: func(from op.State, o op.Operation) {
			if ended(from, o) {
				m.Count(metrics.Operations, o.Verb, string(o.State))
			}
		},
		Took: func(kind store.Kind, took time.Duration, lost bool) {
			m.Observe(metrics.DatabaseTime, took, string(kind))
			if lost {
				m.Count(metrics.DatabaseFailed)
			}
		},
	}
}

// ended reports that an operation has come to an outcome of its own: that of several has its members' from the moment
// at which it has any.
func ended(from op.State, o op.Operation) bool {
	begun := from == op.Running || from == op.Unknown
	return (o.State.Final() || o.State == op.Unknown) && !(begun && o.IsSeveral())
}

func (m *meter) engine() engine.Watch {
	return engine.Watch{Confirmed: m.presses.Confirmed, Leaves: m.presses.Leaves, Shown: m.presses.Shown}
}

func (m *meter) refused(g authz.Ground) { m.Count(metrics.Denials, string(g)) }

func (m *meter) sent(action string, class live.Class, took time.Duration) {
	m.Count(metrics.Calls, action, classWord(class))
	m.Observe(metrics.CallTime, took, action)
}

func classWord(c live.Class) string {
	if c == "" {
		return noFailure
	}
	return string(c)
}

func (m *meter) waited(c quota.Class, d time.Duration) { m.Observe(metrics.QuotaWait, d, c.String()) }

func (m *meter) fate(kind string, f webapi.Fate, after time.Duration) {
	if !slices.Contains(envelopeKinds, kind) {
		kind = otherKind
	}
	m.Count(metrics.Envelopes, kind, string(f))
	if f == webapi.Acknowledged {
		m.Observe(metrics.Acknowledged, after, kind)
	}
}

// read says how everything stands, the database last: what it does not tell in time is left out.
func (a *App) read(ctx context.Context, r *metrics.Reading) {
	a.readSlack(r)
	a.readCloud(r)
	a.readPolicy(r)
	r.Set(metrics.BuildInfo, 1, a.version, runtime.Version())
	r.Set(metrics.Replicas, float64(a.Store.Peers()+1))
	r.Set(metrics.DatabaseUp, yes(a.readStored(ctx, r) == nil))
}

func yes(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func (a *App) readSlack(r *metrics.Reading) {
	h := a.Bot.Health()
	r.Set(metrics.Sockets, float64(h.Sockets))
	r.Set(metrics.SocketsWanted, float64(h.Want))
	r.Set(metrics.SocketAge, h.Oldest.Seconds())
	r.Set(metrics.SocketSilence, h.Age.Seconds())
	r.Set(metrics.SocketsReplaced, float64(h.Replaced))
	r.Set(metrics.Connections, float64(h.Connections))
	r.Set(metrics.Strangers, float64(h.Strangers))
}

func (a *App) readCloud(r *metrics.Reading) {
	s := a.cloud.State()
	r.Set(metrics.CloudUp, yes(s.Failure == nil && !s.Asked.IsZero()))
	r.Set(metrics.ClockSkew, s.Skew.Seconds())
	waiting := map[quota.Class]int{}
	for _, u := range a.limits.Use() {
		r.Set(metrics.QuotaLimit, float64(u.Limit), u.Operation)
		r.Set(metrics.QuotaInUse, float64(u.InUse), u.Operation)
		for class, n := range u.Waiting {
			waiting[class] += n
		}
	}
	for _, class := range quota.Classes() {
		r.Set(metrics.QuotaWaiting, float64(waiting[class]), class.String())
	}
	looked, not, last := a.Watch.Looks()
	r.Set(metrics.GuardianLooks, float64(looked), seen)
	r.Set(metrics.GuardianLooks, float64(not), failed)
	r.Set(metrics.GuardianLooked, seconds(last))
}

func (a *App) readPolicy(r *metrics.Reading) {
	at, same := a.Policy.Loaded()
	r.Set(metrics.PolicyInfo, 1, a.Policy.Current().Hash())
	r.Set(metrics.PolicyLoaded, seconds(at))
	r.Set(metrics.PolicyGood, yes(same))
}

// seconds is a time as Prometheus has it; 0 for none.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

// readStored says what is in the database. It is the same on every replica.
func (a *App) readStored(ctx context.Context, r *metrics.Reading) error {
	now := a.Store.Now()
	open, err := a.Store.OpenNow(ctx)
	if err != nil {
		return err
	}
	cards, err := a.Store.BehindNow(ctx)
	if err != nil {
		return err
	}
	answers, err := a.Store.KeptNow(ctx, notify.KindTell)
	if err != nil {
		return err
	}
	byState := map[op.State]store.Number{}
	for _, n := range open {
		byState[n.State] = n
	}
	for _, s := range openStates {
		r.Set(metrics.Open, float64(byState[s].Count), string(s))
		r.Age(metrics.OpenAge, byState[s].Since, now, string(s))
	}
	r.Set(metrics.CardsOwed, float64(cards.Count))
	r.Age(metrics.CardsOwedAge, cards.Since, now)
	r.Set(metrics.AnswersOwed, float64(answers.Count))
	if !answers.Since.IsZero() { // they end so long after they could not be given
		answers.Since = answers.Since.Add(-notify.TellFor)
	}
	r.Age(metrics.AnswersOwedAge, answers.Since, now)
	return nil
}

// Metrics answers with all that is measured.
func (a *App) Metrics() http.Handler { return a.meter.Handler(a.read) }
