package e2e

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/metrics"
	"casterbot/internal/sandbox"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// families are what /metrics said, by name.
type families map[string]*dto.MetricFamily

// scrape reads /metrics as Prometheus does.
func (s *fixture) scrape(ctx context.Context) (found families, text string) {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.bot.Metrics().ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/metrics", nil))
	text = w.Body.String()
	reader := expfmt.TextParser{}
	all, err := reader.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		s.t.Fatal(err)
	}
	return all, text
}

// value sums the series of a metric that have these labels; of a histogram it is how much was counted.
func (f families) value(name metrics.Name, want ...string) (sum float64) {
	for _, m := range f[string(name)].GetMetric() {
		has := map[string]bool{}
		for _, l := range m.GetLabel() {
			has[l.GetName()+"="+l.GetValue()] = true
		}
		if !slices.ContainsFunc(want, func(l string) bool { return !has[l] }) {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return sum
}

// TestMetrics lets people work and looks at what /metrics says of it.
func TestMetrics(t *testing.T) {
	s := &counting{fixture: openFixture(t, sandbox.Config{Patient: true, Now: func() time.Time { return start }})}
	s.plays("ana #show-control> /record start main", "ana #show-control> [Start recording] op1",
		"gus #show-control> /record stop backup", "ana #show-control> /record stop main", "ana #show-control> [Cancel] op2",
		"world> the API applies but does not answer", `ana #show-control> /caster standby "Evening News"`, "clock> +10m",
		`policy> "count" becomes "now"`)
	got, text := s.scrape(t.Context())
	for _, name := range metrics.Names() {
		if got[string(name)] == nil {
			t.Errorf("%s is not shown", name)
		}
	}
	for what, c := range map[string]struct{ have, least, most float64 }{
		"one started":       {got.value(metrics.Operations, "verb=record.start", "outcome=succeeded"), 1, 1},
		"one cancelled":     {got.value(metrics.Operations, "verb=record.stop", "outcome=cancelled"), 1, 1},
		"one unknown":       {got.value(metrics.Operations, "verb=caster.standby", "outcome=unknown"), 1, 1},
		"no other":          {got.value(metrics.Operations), 3, 3},
		"three asked":       {got.value(metrics.Requests), 3, 3},
		"one open":          {got.value(metrics.Open), 1, 1},
		"it is unknown":     {got.value(metrics.Open, "state=unknown"), 1, 1},
		"for ten minutes":   {got.value(metrics.OpenAge, "state=unknown"), 600, 601},
		"one click":         {got.value(metrics.ClickToCall), 1, 1},
		"its card":          {got.value(metrics.ClickToCard), 1, 1},
		"one guest":         {got.value(metrics.Denials, "reason=denied"), 1, 1},
		"nobody else":       {got.value(metrics.Denials), 1, 1},
		"commands":          {got.value(metrics.Envelopes, "kind=slash_commands", "fate=acknowledged"), 4, 4},
		"clicks":            {got.value(metrics.Acknowledged, "kind=interactive"), 2, 2},
		"nothing lost":      {got.value(metrics.Envelopes) - got.value(metrics.Envelopes, "fate=acknowledged"), 0, 0},
		"one call":          {got.value(metrics.Calls, "action=RealTimeRecordCommand", "class=ok"), 1, 1},
		"one lost":          {got.value(metrics.Calls, "action=EffectCasterUrgent", "class=unknown"), 1, 1},
		"both were timed":   {got.value(metrics.CallTime) - got.value(metrics.Calls), 0, 0},
		"the cloud is up":   {got.value(metrics.CloudUp), 1, 1},
		"sockets":           {got.value(metrics.Sockets), 2, 2},
		"no strangers":      {got.value(metrics.Strangers), 0, 0},
		"a limit":           {got.value(metrics.QuotaLimit, "action=RestartCaster"), 10, 10},
		"the guardian":      {got.value(metrics.GuardianLooks, "result=seen"), 1, 1e6},
		"it looked":         {got.value(metrics.GuardianLooked), 1, 1e12},
		"a policy":          {got.value(metrics.PolicyInfo, "hash="+s.bot.Policy.Current().Hash()), 1, 1},
		"it is the file's":  {got.value(metrics.PolicyGood), 1, 1},
		"the database":      {got.value(metrics.DatabaseUp), 1, 1},
		"it was written":    {got.value(metrics.DatabaseTime, "kind=write"), 10, 1e6},
		"and read":          {got.value(metrics.DatabaseTime, "kind=read"), 10, 1e6},
		"nothing failed":    {got.value(metrics.DatabaseFailed), 0, 0},
		"one replica":       {got.value(metrics.Replicas), 1, 1},
		"every card drawn":  {got.value(metrics.CardsOwed), 0, 0},
		"every answer said": {got.value(metrics.AnswersOwed), 0, 0},
	} {
		if c.have < c.least || c.have > c.most {
			t.Errorf("%s: %v, want %v to %v", what, c.have, c.least, c.most)
		}
	}
	for _, secret := range s.names() {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in a label", secret)
		}
	}
	t.Run("board and rules", func(t *testing.T) { holdFiles(t, got) })
}

// names are those of people, channels, studios and streams of the world, and their ids.
func (s *fixture) names() []string {
	all := []string{"U0ANA", "U0GUS", "C0SHOW", "show-control", "live.example.com", "friday"}
	for _, c := range s.world.Live.Snapshot().Studios {
		all = append(all, c.ID, c.Name)
	}
	return all
}

// What is left when the database does not answer in time: all but what only it knows.
func TestMetricsWithoutTheDatabase(t *testing.T) {
	s := openFixture(t, sandbox.Config{Patient: true, Now: func() time.Time { return start }})
	over, cancel := context.WithCancel(t.Context())
	cancel()
	got, _ := s.scrape(over)
	if got.value(metrics.DatabaseUp) != 0 || got[string(metrics.Open)] != nil || got.value(metrics.Sockets) != 2 {
		t.Errorf("up %v, open %v, sockets %v", got.value(metrics.DatabaseUp), got[string(metrics.Open)],
			got.value(metrics.Sockets))
	}
}

// holdFiles holds what the board and the rules ask for against what is shown: every selector finds something.
func holdFiles(t *testing.T, shown families) {
	asked := map[string]bool{}
	for what, expression := range expressions(t) {
		tree, err := parser.ParseExpr(expression)
		if err != nil {
			t.Errorf("%s: %s: %v", what, expression, err)
			continue
		}
		parser.Inspect(tree, func(n parser.Node, _ []parser.Node) error {
			if selector, ok := n.(*parser.VectorSelector); ok {
				asked[shown.family(selector.Name)] = true
				if !shown.finds(selector) {
					t.Errorf("%s: %s finds nothing", what, selector)
				}
			}
			return nil
		})
	}
	for name := range shown {
		if !asked[name] {
			t.Errorf("%s is on no board and in no rule", name)
		}
	}
}

// family is the metric that a series belongs to.
func (f families) family(series string) string {
	for _, end := range []string{"_bucket", "_sum", "_count"} {
		if name, is := strings.CutSuffix(series, end); is && f[name].GetType() == dto.MetricType_HISTOGRAM {
			return name
		}
	}
	return series
}

// finds reports whether a series has what a selector asks for; what Prometheus itself adds is not looked at.
func (f families) finds(s *parser.VectorSelector) bool {
	return slices.ContainsFunc(f[f.family(s.Name)].GetMetric(), func(m *dto.Metric) bool {
		has := map[string]string{}
		for _, l := range m.GetLabel() {
			has[l.GetName()] = l.GetValue()
		}
		return !slices.ContainsFunc(s.LabelMatchers, func(l *labels.Matcher) bool {
			return l.Name != labels.MetricName && l.Name != "job" && !l.Matches(has[l.Name])
		})
	})
}
