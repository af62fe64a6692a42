package bot

import "context"

// isFirst reports whether an envelope is the one of its key to be taken. Any other is seen to.
func (d *dispatcher) isFirst(e *envelope, key string) bool {
	e.link.pending.Add(1) // for one that waits
	is := d.seen.meet(key, e)
	if is != waits {
		e.link.pending.Add(-1)
	}
	switch is {
	case again:
		d.ack(*e, nil)
	case excess:
		d.log.Warn("too many copies of one envelope at once, one is not taken")
	}
	return is == fresh
}

// ack acknowledges an envelope, and the copies of it that have waited for that.
func (d *dispatcher) ack(e envelope, payload any) {
	d.write(e, payload)
	for _, c := range d.seen.decided(e.fate, true) {
		d.write(c, payload)
		c.link.pending.Add(-1)
	}
}

func (d *dispatcher) write(e envelope, payload any) {
	if err := e.ack(payload); err != nil {
		d.log.Warn("an acknowledgement did not leave", "error", err)
	}
}

// abandon leaves an envelope unacknowledged. The next one like it is taken in its place.
func (d *dispatcher) abandon(e envelope) {
	for _, c := range d.seen.decided(e.fate, false) {
		if !d.front.offer(func(ctx context.Context) { d.handle(ctx, c) }) {
			c.link.pending.Add(-1)
			d.log.Warn("too many envelopes at once, one is not taken")
		}
	}
}
