package main

import (
	"math"
	"slices"
	"time"
)

// sample is a list of measured times.
type sample []time.Duration

// at gives the smallest value that is not below the share q of all values (nearest rank); 0 for an empty sample.
func (s sample) at(q float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Clone(s)
	slices.Sort(sorted)
	rank := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[min(max(rank, 0), len(sorted)-1)]
}

// spread is what one figure was over all runs.
type spread struct{ median, least, most float64 }

// spreadOf takes one value of each run. NaN stands for a run without this figure and is left out; all NaN gives NaN.
func spreadOf(values []float64) spread {
	kept := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(kept) == 0 {
		return spread{math.NaN(), math.NaN(), math.NaN()}
	}
	slices.Sort(kept)
	middle := kept[len(kept)/2]
	if len(kept)%2 == 0 {
		middle = (middle + kept[len(kept)/2-1]) / 2
	}
	return spread{middle, kept[0], kept[len(kept)-1]}
}

// ms is a time in milliseconds.
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
