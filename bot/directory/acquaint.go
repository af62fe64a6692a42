package directory

import (
	"context"
	"slices"
	"time"

	"casterbot/internal/cache"
)

// Those who may act in an emergency are looked up before there is one: what Slack told of them counts when it is away
// then (authz.Remembered), on a replica too that they have never asked anything.
const (
	knownFor      = 2 * time.Hour   // so long somebody is not looked up anew for that
	acquaintPace  = 2 * time.Second // a look: Slack answers some fifty of the rarest kind a minute
	acquaintAtMax = 500             // people and channels each
)

// Acquaint looks up people, the members of user groups, and channels of which nothing is known that is of the last
// hours, one after the other. What Slack does not tell stays as it was.
func (d *Directory) Acquaint(ctx context.Context, who, channels []string) {
	people, groups := who, d.groups()
	if slices.ContainsFunc(who, func(id string) bool { return slices.Contains(groups, id) }) {
		all, _ := d.members.Get(ctx, everyGroup, time.Time{}, d.askGroups) // none, when Slack does not tell them
		people = nil
		for _, id := range who {
			if !slices.Contains(groups, id) {
				people = append(people, id)
			}
			people = append(people, all.Value[id]...)
		}
	}
	acquaint(ctx, d, d.channels, channels, d.askChannel)
	acquaint(ctx, d, d.people, people, d.askPerson)
}

func acquaint[V any](ctx context.Context, d *Directory, known *cache.Cache[string, V], ids []string,
	ask func(context.Context, string) (V, error)) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for _, id := range ids[:min(acquaintAtMax, len(ids))] {
		last, ok := known.Last(id)
		if age := d.now().Sub(last.Asked); ok && age >= 0 && age < knownFor {
			continue
		}
		_, _ = known.Get(ctx, id, time.Time{}, ask)
		if d.holds.pause(ctx, acquaintPace) != nil {
			return
		}
	}
}
