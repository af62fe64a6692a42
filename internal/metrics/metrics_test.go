package metrics

import (
	"context"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"casterbot/internal/op"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// scrape reads what a server of metrics says, as Prometheus would.
func scrape(t *testing.T, m *Metrics, read func(context.Context, *Reading)) map[string]*dto.MetricFamily {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler(read).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if want := "text/plain; version=0.0.4; charset=utf-8"; w.Header().Get("Content-Type") != want {
		t.Errorf("Content-Type %q, want %q", w.Header().Get("Content-Type"), want)
	}
	parser := expfmt.TextParser{}
	families, err := parser.TextToMetricFamilies(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return families
}

func nothing(context.Context, *Reading) {}

// labels are those of one series, as text.
func labels(m *dto.Metric) string {
	var all []string
	for _, pair := range m.GetLabel() {
		all = append(all, pair.GetName()+"="+pair.GetValue())
	}
	return strings.Join(all, " ")
}

func TestCounting(t *testing.T) {
	m := New()
	m.Begin(Operations, "record.stop", "failed")
	for range 3 {
		m.Count(Operations, "record.stop", "succeeded")
	}
	m.Observe(ClickToCall, 30*time.Millisecond)
	m.Observe(ClickToCall, 3*time.Minute)
	m.Observe(ClickToCall, -time.Second) // the clock was moved
	got := scrape(t, m, func(_ context.Context, r *Reading) {
		r.Set(Open, 2, "unknown")
		r.Age(OpenAge, time.Unix(100, 0), time.Unix(160, 0), "unknown")
		r.Age(OpenAge, time.Time{}, time.Unix(160, 0), "running")
	})
	count := map[string]float64{}
	for _, s := range got[string(Operations)].GetMetric() {
		count[labels(s)] = s.GetCounter().GetValue()
	}
	if want := map[string]float64{"verb=record.stop outcome=failed": 0,
		"verb=record.stop outcome=succeeded": 3}; !maps.Equal(count, want) {
		t.Errorf("%v, want %v", count, want)
	}
	h := got[string(ClickToCall)].GetMetric()[0].GetHistogram()
	if h.GetSampleCount() != 3 || h.GetSampleSum() != 180.03 || h.GetBucket()[1].GetCumulativeCount() != 2 {
		t.Errorf("a histogram: %v", h)
	}
	age := map[string]float64{}
	for _, s := range got[string(OpenAge)].GetMetric() {
		age[labels(s)] = s.GetGauge().GetValue()
	}
	if want := map[string]float64{"state=unknown": 60, "state=running": 0}; !maps.Equal(age, want) {
		t.Errorf("%v, want %v", age, want)
	}
}

// Conventions of Prometheus (https://prometheus.io/docs/practices/naming/).
func TestTable(t *testing.T) {
	names := map[Name]bool{}
	for _, r := range table {
		name := string(r.name)
		own := strings.HasPrefix(name, prefix)
		if names[r.name] || !own && !strings.HasPrefix(name, "process_") && !strings.HasPrefix(name, "go_") {
			t.Errorf("%s is there twice, or is nobody's", name)
		}
		names[r.name] = true
		if (r.kind == counter) != strings.HasSuffix(name, "_total") || (r.kind == histogram) != (r.buckets != nil) ||
			r.kind == histogram && !strings.HasSuffix(name, "_seconds") {
			t.Errorf("%s is a %s", name, r.kind)
		}
		if len(r.help) == 0 || !strings.HasSuffix(r.help, ".") || !slices.IsSorted(r.buckets) {
			t.Errorf("%s: help %q, buckets %v", name, r.help, r.buckets)
		}
		for _, label := range r.labels {
			if !slices.Contains(bounded, label) {
				t.Errorf("%s has a label %s, which nobody has said to have few values", name, label)
			}
		}
	}
}

// bounded are the labels whose values are few, and none of which names a person, a channel, a studio or a stream.
var bounded = []string{"verb", "outcome", "state", "reason", "kind", "fate", "action", "class", "result", "hash",
	"version", "goversion"}

// Every metric has HELP and TYPE from the table.
func TestHelpAndType(t *testing.T) {
	m := New()
	got := scrape(t, m, func(_ context.Context, r *Reading) {
		for _, row := range table {
			if row.kind == gauge {
				r.Set(row.name, 1)
			} else {
				m.Begin(row.name)
			}
		}
	})
	for _, r := range table {
		f := got[string(r.name)]
		if f == nil || f.GetHelp() != r.help || strings.ToLower(f.GetType().String()) != string(r.kind) {
			t.Errorf("%s: %v", r.name, f)
		}
	}
	if len(got) != len(table) {
		t.Errorf("%d families, the table has %d", len(got), len(table))
	}
}

// Whatever a value holds, the answer can be read, and there are not too many of them.
func TestLabelsAreBounded(t *testing.T) {
	m := New()
	odd := "a \"b\" \\ \n{c}=,é"
	m.Count(Denials, odd)
	for i := range 2 * mostSeries {
		m.Count(Denials, strings.Repeat("x", i+1))
	}
	series := scrape(t, m, nothing)[string(Denials)].GetMetric()
	found, sum := false, 0.0
	for _, s := range series {
		found = found || labels(s) == "reason="+odd
		sum += s.GetCounter().GetValue()
	}
	if !found || len(series) > mostSeries+1 || sum != 2*mostSeries+1 {
		t.Errorf("%t, %d series, together %v", found, len(series), sum)
	}
}

// What somebody reads for too long does not hold up the answer.
func TestReadingEnds(t *testing.T) {
	m := New()
	got := scrape(t, m, func(ctx context.Context, r *Reading) {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("it may take for ever")
		}
		r.Set(DatabaseUp, 0)
	})
	if got[string(Open)] != nil || got[string(DatabaseUp)].GetMetric()[0].GetGauge().GetValue() != 0 {
		t.Errorf("%v", got)
	}
}

func TestManyAtOnce(t *testing.T) {
	m := New()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 500 {
				m.Count(Calls, "RestartCaster", []string{"ok", "refused"}[i%2])
				m.Observe(CallTime, time.Millisecond, "RestartCaster")
				if i%100 == 0 {
					scrape(t, m, nothing)
				}
			}
		})
	}
	all.Wait()
	sum := 0.0
	for _, s := range scrape(t, m, nothing)[string(Calls)].GetMetric() {
		sum += s.GetCounter().GetValue()
	}
	if sum != 4000 {
		t.Errorf("%v of 4000", sum)
	}
	var none *Metrics
	none.Count(Calls, "RestartCaster", "ok")
	none.Observe(CallTime, time.Second, "RestartCaster")
}

// A press is measured to its first call and to the first card that shows it, once each.
func TestPresses(t *testing.T) {
	m := New()
	p := NewPresses(m)
	counts := func() (calls, cards uint64) {
		got := scrape(t, m, nothing)
		return got[string(ClickToCall)].GetMetric()[0].GetHistogram().GetSampleCount(),
			got[string(ClickToCard)].GetMetric()[0].GetHistogram().GetSampleCount()
	}
	now := time.Now()
	shown := func(id string, s op.State) { p.Shown(op.Operation{ID: id, State: s}) }
	for name, c := range map[string]struct {
		happens      func(id string)
		calls, cards uint64
		left         int
	}{
		"call, then card": {func(id string) { p.Leaves(id); shown(id, op.Succeeded); shown(id, op.Succeeded) }, 1, 1, 0},
		"card, then call": {func(id string) { shown(id, op.Queued); p.Leaves(id); p.Leaves(id) }, 1, 1, 0},
		"an older card":   {func(id string) { shown(id, op.Pending) }, 0, 0, 1},
		"never called":    {func(id string) { shown(id, op.Queued); shown(id, op.Failed); p.Leaves(id) }, 0, 1, 0},
		"several calls":   {func(id string) { p.Leaves(id); p.Leaves(id); shown(id, op.Running) }, 1, 1, 0},
		"somebody else's": {func(string) { p.Leaves("other"); shown("other", op.Succeeded) }, 0, 0, 1},
	} {
		calls, cards := counts()
		p.Confirmed(name, now)
		c.happens(name)
		nowCalls, nowCards := counts()
		if nowCalls-calls != c.calls || nowCards-cards != c.cards || len(p.open) != c.left {
			t.Errorf("%s: %d calls, %d cards, %d open", name, nowCalls-calls, nowCards-cards, len(p.open))
		}
		clear(p.open)
	}
	p.Confirmed("before a restart", time.Time{})
	if len(p.open) != 0 {
		t.Error("it is waited for without a time")
	}
}

// What is waited for in vain is forgotten when there is much of it, and never more than that.
func TestPressesAreForgotten(t *testing.T) {
	p := NewPresses(New())
	for i := range mostPresses {
		p.Confirmed(strings.Repeat("x", i+1), time.Now().Add(-time.Hour))
	}
	p.Confirmed("new", time.Now())
	if len(p.open) != 1 || p.open["new"] == nil {
		t.Errorf("%d are open", len(p.open))
	}
	for i := range mostPresses {
		p.Confirmed(strings.Repeat("x", i+1), time.Now())
	}
	if len(p.open) != mostPresses {
		t.Errorf("%d are open", len(p.open))
	}
}

// TestOneReadsAtATime: whoever asks often, or many who ask at once, take one connection of the database at most, and each
// gets an answer in time.
func TestOneReadsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reading, most, answered atomic.Int64
		h := New().Handler(func(ctx context.Context, r *Reading) {
			r.Set(DatabaseUp, 0)
			if ctx.Err() != nil {
				return
			}
			most.Store(max(most.Load(), reading.Add(1)))
			<-ctx.Done() // the database hangs
			reading.Add(-1)
		})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
				if w.Code == 200 && strings.Contains(w.Body.String(), "\ncasterbot_database_up 0\n") {
					answered.Add(1)
				}
			})
			synctest.Wait()
		}
		time.Sleep(readWithin)
		all.Wait()
		if most.Load() != 1 || answered.Load() != 20 {
			t.Errorf("%d read at once, %d of 20 were answered", most.Load(), answered.Load())
		}
	})
}
