package op

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// What a form or a button writes for as many targets as one press may start is read again, however long their ids are.
func TestAsManyAsOnePressStartsCanBeRead(t *testing.T) {
	table := Table{Commands: []Command{
		{Usage: "record start {stream}", Many: &Several{Of: "stream"}}, {Usage: "record show {stream}"},
	}}
	var ids []string
	for i := range MostAtOnce {
		ids = append(ids, fmt.Sprintf("%s.example.com/election/cam-%02d", strings.Repeat("x", 200), i))
	}
	if got := SplitSeveral(Join(ids)); len(got) != len(ids) {
		t.Errorf("%d of %d are left", len(got), len(ids))
	}
	p, err := table.Parse(FormatSeveral("record start {stream}", ids))
	if err != nil || len(p.Several) != len(ids) || p.Several[49] != ids[49] {
		t.Errorf("%d targets: %v", len(p.Several), err)
	}
	for _, text := range []string{
		FormatSeveral("record start {stream}", append(ids, "one-more")), FormatSeveral("record show {stream}", ids),
		"record " + strings.Repeat("x ", MaxText), "record help " + strings.Repeat("x ", MaxText),
	} {
		if _, err := table.Parse(text); err == nil || !strings.Contains(err.Error(), "too long") {
			t.Errorf("%.40s… is read: %v", text, err)
		}
	}
}

// A name in quotes is a name: among several it never becomes everything.
func TestAllInQuotesIsNotEverything(t *testing.T) {
	table := Table{Commands: []Command{{Usage: "caster stop {caster}", Many: &Several{Of: "caster"}}}}
	for text, refused := range map[string]bool{
		`caster stop "all" main`: true, `caster stop main “All”`: true, `caster stop all "Evening News"`: false,
		`caster stop "Evening News" main`: false,
	} {
		if p, err := table.Parse(text); (err != nil) != refused {
			t.Errorf("%s: %q, %v", text, p.Several, err)
		}
	}
	if p, err := table.Parse(`caster stop "all"`); err != nil || len(p.Several) > 0 || p.Args["caster"] != "all" {
		t.Errorf("%+v, %v", p, err)
	}
}

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
