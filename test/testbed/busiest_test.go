package testbed

import (
	"testing"
	"time"

	"casterbot/internal/sandbox/fakelive"
)

// The window begins wherever most fall into it; what is a whole window apart does not share one.
func TestBusiest(t *testing.T) {
	for _, c := range []struct {
		ms           []int
		most, begins int
	}{
		{nil, 0, 0},
		{[]int{5}, 1, 5},
		{[]int{0, 1000, 2000}, 1, 0},
		{[]int{0, 999, 1998}, 2, 0},
		{[]int{0, 999, 1000}, 2, 0},
		{[]int{0, 900, 950, 1850}, 3, 0},
		{[]int{0, 900, 1800}, 2, 0},
		{[]int{0, 500, 990, 1000, 1400, 5000}, 4, 500},
		{[]int{0, 900, 1100, 1800, 1899, 1900}, 4, 900},
		{[]int{500, 1499, 1500, 1501}, 3, 1499},
	} {
		var times []time.Time
		for _, ms := range c.ms {
			times = append(times, time.UnixMilli(int64(ms)))
		}
		most, begins := Busiest(times, time.Second)
		if most != c.most || most > 0 && begins != time.UnixMilli(int64(c.begins)) {
			t.Errorf("%v: %d from %v, want %d from %d ms", c.ms, most, begins, c.most, c.begins)
		}
	}
}

func TestArrivals(t *testing.T) {
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	got := Arrivals([]fakelive.Call{{Action: "a", Arrived: at(2), Time: at(9)}, {Action: "b", Arrived: at(3)},
		{Action: "a", Arrived: at(1)}})
	if len(got) != 2 || len(got["a"]) != 2 || got["a"][0] != at(1) || got["a"][1] != at(2) || len(got["b"]) != 1 {
		t.Errorf("%v", got)
	}
}
