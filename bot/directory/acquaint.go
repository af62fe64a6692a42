package directory

import (
	"context"
	"slices"
	"time"
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
	people := make([]string, 0, len(who))
	for _, id := range who {
		if !slices.Contains(d.groups(), id) {
			people = append(people, id)
			continue
		}
		all, err := d.members.Get(ctx, everyGroup, time.Time{}, d.askGroups)
		if err == nil {
			people = append(people, all.Value[id]...)
		}
	}
	acquaint(ctx, d, channels, func(id string) (time.Time, bool) { a, ok := d.channels.Last(id); return a.Asked, ok },
		func(id string) error { _, err := d.channels.Get(ctx, id, time.Time{}, d.askChannel); return err })
	acquaint(ctx, d, people, func(id string) (time.Time, bool) { a, ok := d.people.Last(id); return a.Asked, ok },
		func(id string) error { _, err := d.people.Get(ctx, id, time.Time{}, d.askPerson); return err })
}

func acquaint(ctx context.Context, d *Directory, ids []string, last func(string) (time.Time, bool),
	ask func(string) error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, id := range ids[:min(acquaintAtMax, len(ids))] {
		asked, known := last(id)
		if age := d.now().Sub(asked); known && age >= 0 && age < knownFor {
			continue
		}
		_ = ask(id)
		if d.holds.pause(ctx, acquaintPace) != nil {
			return
		}
	}
}
