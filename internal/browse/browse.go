// Package browse tells people what they can do: help, forms, what can be picked, and the bot's own page.
//
// It keeps true that nobody is shown what authz would refuse them, that a list says how old it is once something was
// changed since, and that a picker is answered within Slack's three seconds, whatever the cloud does. It changes
// nothing: what people pick or fill in becomes a command that they could have typed, and is taken by the engine like
// one.
//
// It must not know Slack, the cloud or any single command.
package browse

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/grammar"
	"casterbot/internal/op"
	"casterbot/internal/store"

	"golang.org/x/time/rate"
)

// Config is what a browser is made of.
type Config struct {
	Table  *op.Table
	Store  *store.Store
	Authz  *authz.Judge
	Now    func() time.Time
	Spawn  func(work func(context.Context))         // runs work behind the caller's back
	Answer func(err error, about ...any) *op.Answer // words an error for people
	// time does not matter where everything runs on one busy machine: waits of a second or two may last a minute
	Patient bool
}

// Browser tells people what they can do.
type Browser struct {
	table   *op.Table
	helps   []helpRow
	store   *store.Store
	authz   *authz.Judge
	now     func() time.Time
	answer  func(error, ...any) *op.Answer
	cache   *optionCache
	named   atomic.Int64 // nanoseconds since 1970: when a change made a name last
	patient bool
	refresh *rate.Limiter // of rounds of looks for the bot's own page
}

// within bounds how long something waits.
func (b *Browser) within(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	if b.patient {
		most = time.Minute
	}
	return context.WithTimeout(ctx, most)
}

// New makes a browser.
func New(c Config) *Browser {
	return &Browser{
		table: c.Table, helps: helpRows(*c.Table), store: c.Store, authz: c.Authz, now: c.Now, answer: c.Answer,
		patient: c.Patient, cache: newOptionCache(c), refresh: rate.NewLimiter(rate.Every(homeEvery), 1),
	}
}

// shows gives the command that shows one thing of a kind that can be picked: the first that only looks and needs
// nothing else.
func (b *Browser) shows(name string) (op.Command, bool) {
	needed := func(p grammar.Placeholder) bool { return !p.Optional }
	kind, _ := b.table.Kind(name)
	for _, c := range b.table.Commands {
		places := grammar.Placeholders(c.Usage)
		if c.Effect == op.Read && kind.Options != nil && kind.Needs == "" && len(places) > 0 && places[0].Name == kind.Name &&
			!slices.ContainsFunc(places[1:], needed) {
			return c, true
		}
	}
	return op.Command{}, false
}

// Shows gives the command that shows what a plan is about; of what is no studio or stream, the first that only looks.
func (b *Browser) Shows(p op.Plan) op.Command {
	target := p.Target
	if len(p.Parts) > 0 {
		target = p.Parts[0].Plan.Target
	}
	if c, ok := b.shows(target.Kind); ok {
		return c
	}
	i := slices.IndexFunc(b.table.Commands, func(c op.Command) bool { return c.Effect == op.Read })
	return b.table.Commands[max(i, 0)]
}
