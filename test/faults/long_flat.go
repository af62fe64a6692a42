package main

import (
	"slices"
	"time"
)

// sample is what the process needs at a moment.
type sample struct {
	at          time.Duration // since the script began
	goroutines  float64
	descriptors float64
	threads     float64
	memory      float64 // MB (10⁶ bytes)
}

// sample takes one. While Slack is away it may fail to be asked; then there is one less.
func (s *soak) sample() {
	parts, _, err := s.p.Ready(s.ctx)
	goroutines, ok := parts["process"]["goroutines"].(float64)
	descriptors, err1 := s.p.Descriptors()
	threads, err2 := s.p.Threads()
	memory, err3 := s.p.Memory("VmRSS")
	if err != nil || !ok || err1 != nil || err2 != nil || err3 != nil {
		return
	}
	s.samples = append(s.samples, sample{time.Since(s.began), goroutines, float64(descriptors), float64(threads), memory})
}

// flat holds the samples against the promise that nothing grows. The first third does not count: caches fill, and
// connections are made.
func (s *soak) flat(lasts time.Duration) {
	list := slices.DeleteFunc(slices.Clone(s.samples), func(m sample) bool { return m.at < lasts/3 || m.at > lasts })
	if len(list) < 10 {
		s.breaks("only %d samples were taken", len(list))
		return
	}
	for _, f := range []struct {
		name   string
		of     func(sample) float64
		spread float64 // what it may grow from the first to the last of these samples
	}{
		{"goroutines", func(m sample) float64 { return m.goroutines }, 10},
		{"descriptors", func(m sample) float64 { return m.descriptors }, 5},
		{"threads", func(m sample) float64 { return m.threads }, 4},
		{"memory in MB", func(m sample) float64 { return m.memory }, 10},
	} {
		line := fit(list, f.of)
		grown := line.slope * (list[len(list)-1].at - list[0].at).Minutes()
		s.say("%s: %.0f on average, %.0f at most, %+.3f a minute, %+.1f over %s", f.name, line.mean, line.most,
			line.slope, grown,
			(list[len(list)-1].at - list[0].at).Round(time.Second))
		s.holds(grown < f.spread, "F42: %s grow by %.1f", f.name, grown)
	}
}

// trend is a straight line through samples, by least squares.
type trend struct{ mean, most, slope float64 } // slope is by the minute

func fit(list []sample, of func(sample) float64) trend {
	var t trend
	n, middle := float64(len(list)), 0.0
	for _, m := range list {
		t.mean += of(m) / n
		t.most = max(t.most, of(m))
		middle += m.at.Minutes() / n
	}
	up, across := 0.0, 0.0
	for _, m := range list {
		x := m.at.Minutes() - middle
		up += x * (of(m) - t.mean)
		across += x * x
	}
	if across > 0 {
		t.slope = up / across
	}
	return t
}
