// Package metrics shows in Prometheus' text format how casterbot does. Names, labels and help stand in one table
// (table.go). What happens is counted when it happens; how things stand is read when somebody asks, within a time.
//
// It keeps true that only what the table has is shown, with its HELP and TYPE; that the values of a label are few and
// none of them names a person, a channel, a studio or a stream; and that counting waits for nobody. It knows nothing of
// what is measured, and nobody measures but by functions that the wiring hands out.
package metrics

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	vm "github.com/VictoriaMetrics/metrics"
)

const (
	readWithin = 2 * time.Second // for everything that is read when somebody asks
	mostSeries = 500             // of one metric
	others     = "other"         // the value of a label that has none
	prefix     = "casterbot_"    // of all names but those of the process itself
)

// Metrics counts. All methods may be used by many goroutines at once; a nil one counts nothing.
type Metrics struct {
	sets map[Name]*series
}

// series are those of one metric.
type series struct {
	row
	set   *vm.Set
	known sync.Map // by name with labels
	n     atomic.Int64
}

// New makes metrics that have counted nothing yet.
func New() *Metrics {
	m := &Metrics{sets: map[Name]*series{}}
	for _, r := range table {
		m.sets[r.name] = &series{row: r, set: vm.NewSet()}
		if len(r.labels) == 0 && strings.HasPrefix(string(r.name), prefix) {
			m.Begin(r.name)
		}
	}
	return m
}

// Begin shows a series of a counter or a histogram from the start, with nothing in it: what appears with a one has
// grown by nothing.
func (m *Metrics) Begin(name Name, values ...string) {
	switch s := m.sets[name]; s.kind {
	case counter:
		s.counter(values)
	case histogram:
		s.histogram(values)
	}
}

// Count adds one to a counter.
func (m *Metrics) Count(name Name, values ...string) {
	if m != nil {
		m.sets[name].counter(values).Inc()
	}
}

// Observe adds a time to a histogram.
func (m *Metrics) Observe(name Name, took time.Duration, values ...string) {
	if m != nil {
		m.sets[name].histogram(values).Update(max(0, took.Seconds()))
	}
}

func (s *series) counter(values []string) *vm.Counter {
	return one(s, values, s.set.GetOrCreateCounter)
}

func (s *series) histogram(values []string) *vm.PrometheusHistogram {
	return one(s, values, func(name string) *vm.PrometheusHistogram {
		return s.set.GetOrCreatePrometheusHistogramExt(name, s.buckets)
	})
}

// one gives the series with these values of its labels. Beyond so many all others are one.
func one[T any](s *series, values []string, made func(name string) T) T {
	name := s.labelled(values)
	if known, ok := s.known.Load(name); ok {
		return known.(T)
	}
	if s.n.Add(1) > mostSeries {
		name = s.labelled(nil)
	}
	x := made(name)
	s.known.Store(name, x)
	return x
}

// Reading takes how things stand.
type Reading struct {
	lines map[Name]*bytes.Buffer
}

// Set says how a gauge stands, or what somebody else has counted.
func (r *Reading) Set(name Name, value float64, values ...string) {
	b := r.lines[name]
	if b == nil {
		b = &bytes.Buffer{}
		r.lines[name] = b
	}
	vm.WriteGaugeFloat64(b, find(name).labelled(values), value)
}

// Age says how long ago something was: nothing when it never was.
func (r *Reading) Age(name Name, since, now time.Time, values ...string) {
	age := time.Duration(0)
	if !since.IsZero() {
		age = max(0, now.Sub(since))
	}
	r.Set(name, age.Seconds(), values...)
}

// Handler answers GET with all metrics. read is asked each time how things stand; what it does not say within its
// context's time is left out. One is read after the other, so that many who ask do not keep the bot from its database.
func (m *Metrics) Handler(read func(context.Context, *Reading)) http.Handler {
	turn := make(chan struct{}, 1)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readWithin)
		defer cancel()
		now := &Reading{lines: map[Name]*bytes.Buffer{}}
		inTurn(ctx, turn, func() { read(ctx, now) })
		now.process()
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write(m.text(now))
	})
}

// inTurn reads alone. When no turn comes in time, what is at hand is read all the same.
func inTurn(ctx context.Context, turn chan struct{}, read func()) {
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
	}
	read()
}

func (m *Metrics) text(now *Reading) []byte {
	all := &bytes.Buffer{}
	for _, r := range table {
		lines := now.lines[r.name]
		if lines == nil {
			lines = &bytes.Buffer{}
			m.sets[r.name].set.WritePrometheus(lines)
		}
		if lines.Len() > 0 {
			fmt.Fprintf(all, "# HELP %s %s\n# TYPE %s %s\n", r.name, r.help, r.name, r.kind)
			_, _ = lines.WriteTo(all)
		}
	}
	return all.Bytes()
}

// process takes what the table has of the process itself.
func (r *Reading) process() {
	all := &bytes.Buffer{}
	vm.WriteProcessMetrics(all)
	vm.WriteFDMetrics(all)
	for line := range strings.Lines(all.String()) {
		name, _, _ := strings.Cut(line, " ")
		if slices.ContainsFunc(table, func(r row) bool { return string(r.name) == name }) {
			r.lines[Name(name)] = bytes.NewBufferString(line)
		}
	}
}
