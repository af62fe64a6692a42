package app

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/config"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/store"
)

// scraped is what /metrics says, line by line.
func scraped(t *testing.T, a *App) map[string]bool {
	t.Helper()
	w := httptest.NewRecorder()
	a.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	text, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		lines[strings.TrimSpace(line)] = true
	}
	return lines
}

// What is owed is counted from the database, with how long it has been owed; of several with one press the members
// count; nobody invents a kind of envelope.
func TestWhatIsCounted(t *testing.T) {
	now := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	a, err := New(t.Context(), Options{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
		Version: "v9", Settings: config.Config{PolicyFile: "../../docs/policy.example.yml", AccessKeyID: "LTAIfakefake",
			AccessKeySecret: "fake", QuotaShare: 90, LiveEndpoint: "http://127.0.0.1:1", SlackAPIURL: "http://127.0.0.1:1/api/",
			DatabaseURL: config.Secret("sqlite:" + filepath.Join(t.TempDir(), "casterbot.db"))}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.close(t.Context())
	_, err = a.Store.Create(t.Context(), op.Operation{Key: "one", State: op.Pending, Verb: "caster.start",
		Expires: now.Add(time.Hour)}, op.Event{Name: op.EventReceived})
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Store.PutDocument(t.Context(), store.Document{Key: "tell/1", Kind: notify.KindTell,
		Ends: now.Add(notify.TellFor - 20*time.Second)}, op.Event{})
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	whole := op.Operation{Verb: "caster.start", State: op.Succeeded, Plan: op.Plan{Parts: make([]op.Part, 2)}}
	member := op.Operation{Verb: "caster.start", State: op.Succeeded, Group: "whole"}
	watch := a.meter.store()
	watch.Moved(op.Running, whole)
	watch.Moved(op.Running, member)
	watch.Moved(op.Queued, op.Operation{Verb: "caster.start", State: op.Running})
	watch.Made(member)
	whole.State = op.Expired
	watch.Moved(op.Pending, whole)
	a.meter.fate("block_suggestion_of_tomorrow", webapi.Acknowledged, time.Second)
	got := scraped(t, a)
	for _, line := range []string{
		`casterbot_operations_open{state="pending"} 1`,
		`casterbot_operations_oldest_age_seconds{state="pending"} 60`,
		`casterbot_cards_owed 1`, `casterbot_cards_owed_oldest_age_seconds 60`,
		`casterbot_answers_owed 1`, `casterbot_answers_owed_oldest_age_seconds 80`,
		`casterbot_requests_total{verb="caster.start"} 1`,
		`casterbot_operations_total{verb="caster.start",outcome="succeeded"} 1`,
		`casterbot_operations_total{verb="caster.start",outcome="expired"} 1`,
		`casterbot_operations_total{verb="caster.start",outcome="unknown"} 0`,
		`casterbot_envelopes_total{kind="other",fate="acknowledged"} 1`,
		`casterbot_acknowledgement_seconds_count{kind="other"} 1`,
		`casterbot_cloud_up 0`,
	} {
		if !got[line] {
			t.Errorf("%s is not said", line)
		}
	}
}
