package e2e

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"casterbot/internal/metrics"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	query "github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
	"github.com/prometheus/prometheus/model/rulefmt"
)

// panel is as much of one as is looked at here.
type panel struct {
	ID      int
	Type    string
	Title   string
	GridPos struct{ X, W int }
	Targets []struct{ RefID, Expr string }
}

// board reads the board as Grafana does, and takes nothing that it does not know.
func board(t *testing.T) []panel {
	t.Helper()
	known := cog.NewRuntime()
	known.RegisterDataqueryVariant(query.VariantConfig())
	known.RegisterPanelcfgVariant(stat.VariantConfig())
	known.RegisterPanelcfgVariant(table.VariantConfig())
	known.RegisterPanelcfgVariant(timeseries.VariantConfig())
	data, err := os.ReadFile("../../deploy/grafana/casterbot.json")
	if err != nil {
		t.Fatal(err)
	}
	//lint:ignore SA1019 version 2 is another format, which no Grafana before 12 reads
	read := dashboard.Dashboard{}
	if err := read.UnmarshalJSONStrict(data); err != nil && err.Error() != "" { // an empty list of mistakes is none
		t.Fatal(err)
	}
	if err := read.Validate(); err != nil {
		t.Error(err)
	}
	var seen struct{ Panels []panel }
	if err := json.Unmarshal(data, &seen); err != nil {
		t.Fatal(err)
	}
	return seen.Panels
}

// expressions are those of the board and of the rules, by where they stand.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, rule := range rules(t) {
		found[rule.Alert] = rule.Expr
	}
	fill := strings.NewReplacer("$job", ".+", "$__rate_interval", "5m")
	ids := map[int]bool{}
	for _, p := range board(t) {
		if ids[p.ID] || p.GridPos.X+p.GridPos.W > 24 || (p.Type == "row") != (len(p.Targets) == 0) {
			t.Errorf("panel %d, %q: its place, its number or its targets are wrong", p.ID, p.Title)
		}
		ids[p.ID] = true
		for _, target := range p.Targets {
			found[p.Title+" "+target.RefID] = fill.Replace(target.Expr)
		}
	}
	if len(found) < 60 {
		t.Errorf("only %d expressions", len(found))
	}
	return found
}

// rules reads the rules as Prometheus does.
func rules(t *testing.T) []rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.ParseFile("../../deploy/prometheus/alerts.yml", false)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var all []rulefmt.Rule
	for _, g := range groups.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

// TestEveryAlertHasItsParagraph: what it means and what to do stands in the page, where the alert says; and every
// metric stands there too.
func TestEveryAlertHasItsParagraph(t *testing.T) {
	data, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	paragraphs := map[string]string{}
	for _, m := range regexp.MustCompile(`(?ms)^#### (Casterbot\w+)\n\n(.+?)\n\n`).FindAllStringSubmatch(page+"\n\n", -1) {
		paragraphs[m[1]] = m[2]
	}
	for _, rule := range rules(t) {
		text := paragraphs[rule.Alert]
		if len(text) < 80 || rule.Annotations["runbook"] != "docs/operations.md#"+strings.ToLower(rule.Alert) {
			t.Errorf("%s: runbook %q, its paragraph is %q", rule.Alert, rule.Annotations["runbook"], text)
		}
		if rule.Annotations["summary"] == "" || !slices.Contains([]string{"page", "ticket"}, rule.Labels["severity"]) {
			t.Errorf("%s: summary %q, labels %v", rule.Alert, rule.Annotations["summary"], rule.Labels)
		}
		delete(paragraphs, rule.Alert)
	}
	for name := range paragraphs {
		t.Errorf("docs/operations.md has a paragraph for %s, and there is no such alert", name)
	}
	for _, name := range metrics.Names() {
		if !strings.Contains(page, "`"+string(name)+"`") && !strings.Contains(page, "`"+string(name)+"{") {
			t.Errorf("docs/operations.md does not speak of %s", name)
		}
	}
}
