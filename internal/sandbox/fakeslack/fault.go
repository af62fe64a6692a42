package fakeslack

import (
	"io"
	"net/http"
	"strconv"
	"time"
)

// Fail makes a Web API method misbehave; "*" stands for all of them, and
// "response_url" for posts to response URLs. The zero Fault makes it well.
func (w *Workspace) Fail(method string, f Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f == (Fault{}) {
		delete(w.faults, method)
		return
	}
	w.faults[method] = &f
}

// takeFault returns the fault that this call meets, or nil.
func (w *Workspace) takeFault(method string) *Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := method
	f := w.faults[key]
	if f == nil && method != "response_url" {
		key = "*"
		f = w.faults[key]
	}
	if f == nil {
		return nil
	}
	if f.Times > 0 {
		f.Times--
		if f.Times == 0 {
			delete(w.faults, key)
		}
	}
	taken := *f
	return &taken
}

func (w *Workspace) logFault(c *call, f *Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	code := f.code()
	if code == "" {
		code = strconv.Itoa(f.status())
	}
	w.record(Call{Method: c.method, Channel: c.args["channel"], Text: c.args["text"], Args: c.args, Error: code})
}

func (f *Fault) status() int {
	switch {
	case f.Status != 0:
		return f.Status
	case f.RetryAfter > 0:
		return http.StatusTooManyRequests
	}
	return http.StatusOK
}

func (f *Fault) code() string {
	if f.Error == "" && f.status() == http.StatusTooManyRequests {
		return "ratelimited"
	}
	return f.Error
}

// misbehave answers as the fault says.
func (w *Workspace) misbehave(rw http.ResponseWriter, r *http.Request, f *Fault) {
	if f.Silent {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server notices when the client goes
		select {
		case <-r.Context().Done():
		case <-w.done:
		}
		return
	}
	w.late(r)
	if f.status() == http.StatusTooManyRequests {
		seconds := (f.RetryAfter + time.Second - 1) / time.Second
		rw.Header().Set("Retry-After", strconv.Itoa(int(max(1, seconds))))
	}
	if code := f.code(); code != "" {
		writeJSON(rw, f.status(), fail(code).reply())
		return
	}
	http.Error(rw, http.StatusText(f.status()), f.status())
}

// Deafen makes a socket deaf and dumb, as a network does that has forgotten a connection: it stays open and gets its
// share of the envelopes, but nothing arrives on either side any more, pings and pongs included. The empty id means all
// that are open.
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
