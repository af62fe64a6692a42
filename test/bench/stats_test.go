package main

import (
	"math"
	"testing"
	"time"
)

func TestSampleAtNearestRank(t *testing.T) {
	hundred := sample{}
	for i := 100; i > 0; i-- {
		hundred = append(hundred, time.Duration(i))
	}
	for _, c := range []struct {
		name string
		in   sample
		q    float64
		want time.Duration
	}{
		{"empty", nil, 0.5, 0},
		{"one", sample{7}, 0.99, 7},
		{"median of a hundred", hundred, 0.5, 50},
		{"p95 of a hundred", hundred, 0.95, 95},
		{"p99 of a hundred", hundred, 0.99, 99},
		{"most", hundred, 1, 100},
		{"least", hundred, 0, 1},
		{"p99 of few is the most", sample{1, 9, 3}, 0.99, 9},
	} {
		if got := c.in.at(c.q); got != c.want {
			t.Errorf("%s: at(%v) = %d, want %d", c.name, c.q, got, c.want)
		}
	}
	if hundred[0] != 100 {
		t.Error("at changed the order of the sample")
	}
}

func TestSpreadOf(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		in   []float64
		want spread
	}{
		{"odd", []float64{3, 1, 2}, spread{2, 1, 3}},
		{"even", []float64{4, 1, 2, 3}, spread{2.5, 1, 4}},
		{"a run without the figure", []float64{nan, 5, 7, 6}, spread{6, 5, 7}},
	} {
		if got := spreadOf(c.in); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := spreadOf([]float64{nan}); !math.IsNaN(got.median) {
		t.Errorf("no values: %v, want NaN", got)
	}
}

func TestStampReadsMicroseconds(t *testing.T) {
	at, ok := stamp("1700000000.000123")
	if want := time.UnixMicro(1700000000000123); !ok || !at.Equal(want) {
		t.Errorf("stamp = %v %v, want %v", at, ok, want)
	}
	if _, ok := stamp("now"); ok {
		t.Error("stamp took a word for a time")
	}
}

func TestCell(t *testing.T) {
	for _, c := range []struct {
		in   spread
		unit string
		want string
	}{
		{spread{0.946, 0.9, 1.25}, "ms", "0.95 (0.90–1.25)"},
		{spread{5188, 5000, 5300}, "/s", "5188 (5000–5300)"},
		{spread{0, 0, 0}, "", "0"},
		{spread{math.NaN(), math.NaN(), math.NaN()}, "ms", "–"},
	} {
		if got := cell(c.in, c.unit); got != c.want {
			t.Errorf("cell(%v, %q) = %q, want %q", c.in, c.unit, got, c.want)
		}
	}
}
