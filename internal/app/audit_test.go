package app

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casterbot/internal/audit"
	"casterbot/internal/config"
	"casterbot/internal/health"
	"casterbot/internal/op"
)

// A bot with a key seals its events, and its checkpoints come to the file, the last one when it stops.
func TestABotSignsItsRecord(t *testing.T) {
	secret, _, err := audit.NewKey("example.com/casterbot")
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	file, policy := filepath.Join(t.TempDir(), "checkpoints"), filepath.Join(t.TempDir(), "policy.yml")
	example, err := os.ReadFile("../../docs/policy.example.yml")
	if err == nil { // nothing of this test could get to its channel
		text, _, _ := strings.Cut(string(example), "\naudit:")
		err = os.WriteFile(policy, []byte(text+"\n"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), Options{Log: slog.New(slog.DiscardHandler), Version: "v1", Settings: config.Config{
		PolicyFile: policy, AccessKeyID: "LTAIfakefake", AccessKeySecret: "fake", QuotaShare: 90,
		LiveEndpoint: "http://127.0.0.1:1", SlackAPIURL: "http://127.0.0.1:1/api/",
		DatabaseURL: config.Secret("sqlite:" + filepath.Join(t.TempDir(), "casterbot.db")),
		AuditKey:    config.Secret(secret), AuditFile: file,
	}})
	if err != nil {
		t.Fatal(err)
	}
	record := func(n int) {
		for range n {
			if err := a.Store.Record(t.Context(), op.Event{Name: op.EventBoard, Actor: "U0ANA"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	record(3)
	if err := a.audit.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.audit.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	record(1)
	w := httptest.NewRecorder()
	health.Handler(a.probes(), http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	var ready struct {
		Audit struct {
			Entries, Waiting, Signed int
			Outside                  map[string]struct{ Entries int }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &ready); err != nil || ready.Audit.Entries != 4 || ready.Audit.Waiting != 1 ||
		ready.Audit.Signed != 4 || ready.Audit.Outside["file"].Entries != 4 { // the policy is one of them
		t.Errorf("%+v, %v", ready, err)
	}
	events, err := a.Store.Recent(t.Context(), 1)
	if err != nil || !audit.IsSealed(key.Verifier(), events[0]) {
		t.Errorf("%+v, %v", events, err)
	}
	a.close(t.Context())
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), "— example.com/casterbot ") != 2 {
		t.Errorf("%v:\n%s", err, text)
	}
}
