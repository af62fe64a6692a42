package bot

// isFirst reports whether an envelope is the one of its key to be taken. Any other is seen to.
func (d *dispatcher) isFirst(e *delivery, key string) bool {
	e.Expect() // for one that waits
	is := d.seen.meet(key, e)
	if is != waits {
		e.Done()
	}
	switch is {
	case again:
		d.ack(*e, nil)
	case excess:
		d.log.Warn("too many copies of one delivery at once, one is not taken")
	}
	return is == fresh
}

// ack acknowledges an envelope, and the copies of it that have waited for that.
func (d *dispatcher) ack(e delivery, payload any) {
	d.write(e, payload)
	for _, c := range d.seen.decided(e.inflight, true) {
		d.write(c, payload)
		c.Done()
	}
}

func (d *dispatcher) write(e delivery, payload any) {
	if err := e.Ack(payload); err != nil {
		d.log.Warn("an acknowledgement did not leave", "error", err)
	}
}

// abandon leaves an envelope unacknowledged. The next one like it is taken in its place.
func (d *dispatcher) abandon(e delivery) {
	for _, c := range d.seen.decided(e.inflight, false) {
		d.enqueue(c)
	}
}
