package op

import (
	"slices"
	"testing"
	"time"
)

// A decision about several is never weaker than that about any of them, in whichever order they stand.
func TestNoPartIsStrongerThanTheWhole(t *testing.T) {
	var all []Decision
	for _, confirm := range []Confirm{ConfirmNone, ConfirmSelf, ConfirmOther} {
		for _, approvers := range [][]string{nil, {"U1"}, {"U1", "U2"}, {"S1"}} {
			for _, expires := range []time.Duration{0, 5 * time.Minute, 30 * time.Minute} {
				for _, lets := range []bool{false, true} {
					all = append(all, Decision{Allowed: true, Confirm: confirm, Approvers: approvers, Expires: expires, External: lets,
						Guests: lets, Rule: "a"})
				}
			}
		}
	}
	all = append(all, Decision{Rule: "denied"})
	weaker := func(whole, part Decision) bool {
		if !part.Allowed || !whole.Allowed {
			return whole.Allowed
		}
		if strictness[whole.Confirm] < strictness[part.Confirm] ||
			part.Expires > 0 && (whole.Expires <= 0 || whole.Expires > part.Expires) {
			return true
		}
		if part.Confirm != ConfirmOther {
			return false
		}
		more := slices.ContainsFunc(whole.Approvers, func(id string) bool { return !slices.Contains(part.Approvers, id) })
		return more || whole.External && !part.External || whole.Guests && !part.Guests
	}
	for _, a := range all {
		for _, b := range all {
			for _, c := range all {
				whole := Strictest([]Decision{a, b, c})
				for _, part := range []Decision{a, b, c} {
					if weaker(whole, part) {
						t.Fatalf("%+v is weaker than %+v, of %+v %+v %+v", whole, part, a, b, c)
					}
				}
			}
		}
	}
}
