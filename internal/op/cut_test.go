package op

import "testing"

func TestCut(t *testing.T) {
	for _, c := range []struct {
		have, most, shown int
		rest              string
	}{{0, 3, 0, ""}, {3, 3, 3, ""}, {4, 3, 3, "…and 1 more"}, {40, 3, 3, "…and 37 more"}} {
		shown, rest := Cut(make([]int, c.have), c.most)
		if len(shown) != c.shown || rest.Plain() != c.rest {
			t.Errorf("%d of %d: %d shown, %q", c.have, c.most, len(shown), rest.Plain())
		}
		if _ = append(shown, 7); c.have > c.most && cap(shown) != c.shown {
			t.Error("whoever adds to what is shown writes over what is left out")
		}
	}
	for n, want := range map[int]string{0: "0 studios", 1: "1 studio", 2: "2 studios"} {
		if got := Count(n, "studio"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := Counted([]Text{"on air", "idle", "on air", "on air"}).Plain(); got != "3 on air, 1 idle" {
		t.Error(got)
	}
}
