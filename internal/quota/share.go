package quota

import (
	"maps"
	"slices"
	"time"
)

// Times of what replicas lend each other.
const (
	leaseFor   = 5 * time.Second         // from the asking
	leaseCools = 1150 * time.Millisecond // after its end: a second since the last request may have arrived
)

// part is what one replica has of the turns of an operation, as it stands in the book.
type part struct {
	Held  int   `json:"held"`  // turns that it may use
	Needs int   `json:"needs"` // turns that it has work for
	Until int64 `json:"until"` // microseconds by the book's clock
}

// page is the book's page of one operation, by replica.
type page map[string]part

// settle forgets parts that ended so long ago that nothing sent with them can count any more.
func (p page) settle(now time.Time) {
	maps.DeleteFunc(p, func(_ string, x part) bool { return now.UnixMicro() >= x.Until+leaseCools.Microseconds() })
}

// share says how many turns a replica should have, and how many it can have now, of so many, when it has work for needs
// of them and so many other replicas live. Each that needs turns has an equal part; what nobody needs is anybody's, but
// for one turn for each other replica that lives.
func (p page) share(me string, needs, all, peers int, now time.Time) (target, can int) {
	taken, claimed, listed, without := 0, 0, 0, 0
	fair := p.fair(me, needs, all, now)
	for name, x := range p {
		if name == me {
			continue
		}
		taken += x.Held
		if x.Until > now.UnixMicro() {
			listed++
			claimed += max(1, min(x.Needs, fair[name]))
			if x.Held == 0 {
				without++
			}
		}
	}
	claimed += max(0, peers-listed)
	without += max(0, peers-listed)
	batch := max(needs, all/(1+max(peers, listed)), 1)
	target = max(1, min(batch, all-claimed))
	if needs == 0 {
		target = 0
	}
	free := all - taken
	return target, max(0, min(target, max(free-without, min(free, 1))))
}

// wanted reports that another replica has work for more turns than it has.
func (p page) wanted(me string, now time.Time) bool {
	for name, x := range p {
		if name != me && x.Needs > x.Held && x.Until > now.UnixMicro() {
			return true
		}
	}
	return false
}

// fair is an equal part for each replica that needs turns; the first ones by name have what is left over.
func (p page) fair(me string, needs, all int, now time.Time) map[string]int {
	var names []string
	for name, x := range p {
		if name != me && x.Needs > 0 && x.Until > now.UnixMicro() {
			names = append(names, name)
		}
	}
	if needs > 0 {
		names = append(names, me)
	}
	slices.Sort(names)
	parts := map[string]int{}
	for i, name := range names {
		parts[name] = all / len(names)
		if i < all%len(names) {
			parts[name]++
		}
	}
	return parts
}
