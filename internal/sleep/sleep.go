// Package sleep waits until a time has passed or nobody wants it any more. It must not know who does, nor why.
package sleep

import (
	"context"
	"time"
)

// For waits, at most until ctx ends; then it gives the context's error.
func For(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
