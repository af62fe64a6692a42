package app

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"casterbot/internal/config"
	"casterbot/internal/health"
)

// The sample of docs/operations.md has the fields that /readyz has.
func TestSampleOfReadyz(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	sample := regexp.MustCompile("(?s)```json\n(\\{\"audit.*?)```").FindSubmatch(page)
	want, got := map[string]map[string]any{}, map[string]map[string]any{}
	if sample == nil || json.Unmarshal(sample[1], &want) != nil {
		t.Fatalf("no sample: %q", sample)
	}
	a, err := New(t.Context(), Options{Log: slog.New(slog.DiscardHandler), Settings: config.Config{
		PolicyFile: "../../docs/policy.example.yml", AccessKeyID: "LTAIfakefake", AccessKeySecret: "fake", QuotaShare: 90,
		LiveEndpoint: "http://127.0.0.1:1", SlackAPIURL: "http://127.0.0.1:1/api/",
		DatabaseURL: config.Secret("sqlite:" + filepath.Join(t.TempDir(), "casterbot.db")),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.close(t.Context())
	_, _ = a.cloud.Casters(t.Context())
	w := httptest.NewRecorder()
	health.Handler(a.probes(), http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, failed := range []string{"code", "requestId"} {
		delete(got["cloud"], failed)
	}
	keys := func(m map[string]map[string]any) (all []string) {
		for name, part := range m {
			for key := range maps.Keys(part) {
				all = append(all, name+"."+key)
			}
		}
		slices.Sort(all)
		return all
	}
	if !slices.Equal(keys(want), keys(got)) {
		t.Errorf("the page has\n%v, /readyz\n%v", keys(want), keys(got))
	}
}
