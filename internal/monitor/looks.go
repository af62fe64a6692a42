package monitor

import (
	"sync/atomic"
	"time"
)

// looks counts the calls that look.
type looks struct{ seen, failed, last atomic.Int64 }

// Looks says how many looks of this process have shown something and how many could not, and when the last one did;
// zero: none has.
func (w *Monitor) Looks() (seen, failed int64, last time.Time) {
	if at := w.looks.last.Load(); at != 0 {
		last = time.Unix(0, at)
	}
	return w.looks.seen.Load(), w.looks.failed.Load(), last
}
