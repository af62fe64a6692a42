package fakelive

import "time"

// family is a group of operations that share a rate.
type family int

const (
	writes  family = iota // studio changes
	lists                 // studio reads
	records               // recording commands and record reads
	reads                 // everything else
)

// rates are calls per second and account. That a family shares one rate is the
// emulator's own choice: the pages give the figures per operation, and whether
// operations share them is not said.
var rates = map[family]int{writes: 10, lists: 15, records: 50, reads: 100}

// window counts the admitted calls of one second of the gateway's clock.
type window struct {
	second int64
	count  int
}

// within counts a call; false means that it is beyond the rate of its family.
func (w *World) within(f family, at time.Time) bool {
	now := w.windows[f]
	if now.second != at.Unix() {
		now = window{second: at.Unix()}
	}
	if now.count >= rates[f] {
		return false
	}
	now.count++
	w.windows[f] = now
	return true
}
