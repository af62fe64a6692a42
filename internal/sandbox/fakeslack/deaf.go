package fakeslack

import "time"

// Deafen makes a socket deaf and dumb, as a network does that has forgotten a connection: it stays open and gets its share of the
// envelopes, but nothing arrives on either side any more, pings and pongs included. The empty id means all that are open.
func (w *Workspace) Deafen(id string) {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	for _, s := range w.hub.sockets {
		if id == "" || s.id == id {
			s.deaf.Store(true)
			_ = s.conn.SetReadDeadline(time.Time{})
		}
	}
}
