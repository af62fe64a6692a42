package op

import (
	"slices"
	"strings"
	"testing"
)

// TestShortID: an id is as short as it may be, no other has it, and it is understood as it is shown or typed.
func TestShortID(t *testing.T) {
	ids := []string{"4f0c7a1e-0000-4000-8000-000000000007", "4f0c7a1e-0000-4000-8000-000000000008",
		"9999999e-0000-4000-8000-000000000007", "c1", "live.example.com/show/main"}
	want := []string{"…1e-0000-4000-8000-000000000007", "…000008", "…9e-0000-4000-8000-000000000007", "c1",
		"live.example.com/show/main"}
	for i, id := range ids {
		short := ShortID(id, ids)
		if short != want[i] {
			t.Errorf("%s is %s", id, short)
		}
		if short == id {
			continue
		}
		for _, typed := range []string{short, strings.Replace(short, "…", "...", 1), strings.ToUpper(short)} {
			meant := slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return !ShortOf(typed, other) })
			if len(meant) != 1 || meant[0] != id {
				t.Errorf("%s means %q", typed, meant)
			}
		}
	}
	for _, typed := range []string{"000008", "…00008", "…", "", "…/main"} {
		if slices.ContainsFunc(ids, func(id string) bool { return ShortOf(typed, id) }) {
			t.Errorf("%q is no cut id", typed)
		}
	}
}

// TestSome: what is left out of a list is counted.
func TestSome(t *testing.T) {
	all := People([]string{"U0A", "U0B", "U0C", "U0D"})
	for most, want := range map[int]string{4: "@U0A, @U0B, @U0C, @U0D", 2: "@U0A, @U0B, …and 2 more"} {
		if got := Some(all, most).Plain(); got != want {
			t.Errorf("%d: %s", most, got)
		}
	}
}
