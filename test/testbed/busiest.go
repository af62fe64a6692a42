package testbed

import (
	"slices"
	"time"

	"casterbot/internal/sandbox/fakelive"
)

// Arrivals are the moments at which the cloud received calls, by operation, the earliest first.
func Arrivals(calls []fakelive.Call) map[string][]time.Time {
	times := map[string][]time.Time{}
	for _, c := range calls {
		times[c.Action] = append(times[c.Action], c.Arrived)
	}
	for _, list := range times {
		slices.SortFunc(list, time.Time.Compare)
	}
	return times
}

// Busiest finds the window of a length, wherever it begins, into which most of some moments fall. They come in their
// order.
func Busiest(times []time.Time, length time.Duration) (most int, begins time.Time) {
	first := 0
	for i, t := range times {
		for t.Sub(times[first]) >= length {
			first++
		}
		if n := i - first + 1; n > most {
			most, begins = n, times[first]
		}
	}
	return most, begins
}
