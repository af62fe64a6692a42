package op

import "slices"

// claimedEnds are those conditions whose end is what the card of a command says: off air, closed, free again. Of a
// recording that has ended it speaks as of a file, which stays; and a picture stays in PROGRAM under the slate.
var claimedEnds = []Condition{IsOnAir, PreviewOpen, IsLocked}

// again reports a call after which what an earlier card says of a condition is as true as before: a slate that is put
// up twice is shown. Of all others a card says more that is another way then: until when, since when, which picture.
func (c Command) again(x Condition) bool { return x == StandbyShown && !slices.Contains(c.Ends, x) }

// MayOutdate reports whether something that the card of an earlier command says of how things stand is over with this
// one.
func (c Command) MayOutdate(claim Command) bool { return len(c.outdated(claim)) > 0 }

// Outdates is MayOutdate for one thing: a scene is meant where one is named.
func (u Use) Outdates(claim Use) bool {
	return slices.ContainsFunc(u.Command.outdated(claim.Command), func(x Condition) bool {
		return x.Same(claim.Plan, u.Plan)
	})
}

// outdated are the conditions of which an earlier card speaks and which are another way with this command: what was
// there is ended, or started anew; what had ended is there again.
func (c Command) outdated(claim Command) (all []Condition) {
	for _, x := range slices.Concat(claim.Starts, claim.Tells) {
		if c.Touches(x) && !c.again(x) {
			all = append(all, x)
		}
	}
	for _, x := range claim.Ends {
		if slices.Contains(claimedEnds, x) && slices.Contains(c.Starts, x) {
			all = append(all, x)
		}
	}
	return all
}
