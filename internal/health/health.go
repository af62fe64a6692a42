// Package health serves /healthz, /readyz and /metrics on an address of its own. It keeps true that nothing can be
// changed through it and that it names no studio, channel or person. It knows only what it is given.
package health

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Probe tells whether the process is ready as far as a part goes, and what to show of it; "ok" in that is the part's
// own word when it has one.
type Probe func(ctx context.Context) (state map[string]any, ok bool)

// Start listens; an empty address means that nobody does. The server can be closed in any case. The process is healthy
// while it answers at all; it is ready while every probe is.
func Start(addr string, probes map[string]Probe, metrics http.Handler, log *slog.Logger) (*http.Server, error) {
	s := &http.Server{Handler: Handler(probes, metrics), ReadHeaderTimeout: 5 * time.Second}
	if addr == "" {
		return s, nil
	}
	listener, err := Listen(addr)
	if err != nil {
		return s, err
	}
	s.Addr = listener.Addr().String()
	go func() {
		if err := s.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("admin server", "error", err)
		}
	}()
	return s, nil
}

// Listen takes the address.
func Listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("CASTERBOT_ADMIN_ADDR: cannot listen on %s: %w", addr, errors.Unwrap(err))
	}
	return listener, nil
}

// Handler answers GET /healthz, GET /readyz and GET /metrics.
func Handler(probes map[string]Probe, metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, map[string]any{"ok": true})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		status, body := http.StatusOK, map[string]any{}
		for name, probe := range probes {
			state, ok := probe(ctx)
			if !ok {
				status = http.StatusServiceUnavailable
			}
			if _, own := state["ok"]; !own {
				state["ok"] = ok
			}
			body[name] = state
		}
		write(w, status, body)
	})
	return mux
}

func write(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
