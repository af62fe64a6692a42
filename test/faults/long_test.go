package main

import (
	"math"
	"testing"
	"time"
)

// TestFit: the straight line through samples.
func TestFit(t *testing.T) {
	var list []sample
	for i, memory := range []float64{10, 14, 12, 16} {
		list = append(list, sample{at: time.Duration(i) * time.Minute, memory: memory, goroutines: 7})
	}
	if got := fit(list, func(m sample) float64 { return m.memory }); math.Abs(got.slope-1.6) > 1e-9 || got.mean != 13 ||
		got.most != 16 {
		t.Errorf("got %+v", got)
	}
	if got := fit(list, func(m sample) float64 { return m.goroutines }); got.slope != 0 || got.mean != 7 {
		t.Errorf("what is flat has %+v", got)
	}
}
