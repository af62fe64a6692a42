package app

import (
	"context"
	"runtime"
	"time"

	"casterbot/internal/health"
	"casterbot/internal/store"
)

func (a *App) probes() map[string]health.Probe {
	return map[string]health.Probe{
		"slack": func(context.Context) (map[string]any, bool) {
			h := a.Bot.Health()
			return map[string]any{"sockets": h.Sockets, "want": h.Want, "ageSeconds": int(h.Age.Seconds()),
				"connections": h.Connections, "strangers": h.Strangers, "replaced": h.Replaced}, h.Ready()
		},
		"store": func(ctx context.Context) (map[string]any, bool) {
			err := a.Store.Ping(ctx)
			state := map[string]any{"writable": err == nil}
			if why := store.Reason(err); why != "" {
				state["why"] = why
			}
			return state, err == nil
		},
		"cloud": a.probeCloud,
		"audit": a.probeAudit,
		"process": func(context.Context) (map[string]any, bool) {
			return map[string]any{"goroutines": runtime.NumGoroutine()}, true
		},
	}
}

// probeCloud is what /readyz shows of it. Commands come in and are refused truly whatever it is, so it makes nobody
// unready.
func (a *App) probeCloud(context.Context) (map[string]any, bool) {
	s, now := a.cloud.State(), time.Now()
	state := map[string]any{"ok": s.Failure == nil && !s.Asked.IsZero(), "state": s.Word(),
		"skewSeconds": int(s.Skew.Seconds())}
	if !s.Asked.IsZero() {
		state["ageSeconds"], state["forSeconds"] = int(now.Sub(s.Asked).Seconds()), int(now.Sub(s.Since).Seconds())
	}
	if s.Failure != nil {
		state["code"], state["requestId"] = s.Failure.Code, s.Failure.RequestID
	}
	return state, true
}
