package health

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func probe(ok bool) Probe {
	return func(context.Context) (map[string]any, bool) { return map[string]any{"age": 3}, ok }
}

var metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("casterbot_up 1"))
})

func TestHandler(t *testing.T) {
	for name, c := range map[string]struct {
		method, path string
		ok           bool
		status       int
		body         string
	}{
		"healthy":         {"GET", "/healthz", false, 200, `"ok":true`},
		"ready":           {"GET", "/readyz", true, 200, `"store":{"age":3,"ok":true}`},
		"not ready":       {"GET", "/readyz", false, 503, `"store":{"age":3,"ok":false}`},
		"nothing to post": {"POST", "/readyz", true, 405, ""},
		"metrics":         {"GET", "/metrics", true, 200, "casterbot_up 1"},
		"no order":        {"POST", "/metrics", true, 405, ""},
		"nothing else":    {"GET", "/debug/pprof/", true, 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			Handler(map[string]Probe{"store": probe(c.ok)}, metrics).ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestStart(t *testing.T) {
	s, err := Start("127.0.0.1:0", nil, metrics, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout < 6*time.Second || s.IdleTimeout <= 0 {
		t.Errorf("a client can hold a connection for ever, or /readyz has too little time: %+v", s)
	}
	answer, err := http.Get("http://" + s.Addr + "/healthz")
	if err != nil || answer.StatusCode != 200 {
		t.Fatal(err, answer)
	}
	answer.Body.Close()
	if _, err := Start(s.Addr, nil, metrics, nil); err == nil || !strings.Contains(err.Error(), "CASTERBOT_ADMIN_ADDR") {
		t.Fatalf("a taken port: %v", err)
	}
	if none, err := Start("", nil, metrics, nil); err != nil || none.Close() != nil {
		t.Fatalf("no address: %v", err)
	}
}
