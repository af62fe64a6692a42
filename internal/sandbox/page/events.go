package page

import (
	"fmt"
	"net/http"
	"time"
)

const (
	pause     = 50 * time.Millisecond // between two ticks: at most 20 in a second
	heartbeat = 15 * time.Second
)

// Poke tells every open page that something changed that neither fake reports,
// such as a jump of the clock.
func (p *Page) Poke() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ch := range p.pokes {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

func (p *Page) poked() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pokes[ch] = true
	return ch, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.pokes, ch)
	}
}

// serveEvents streams a "changed" event after changes. Changes that come close
// together are one event.
func (p *Page) serveEvents(rw http.ResponseWriter, r *http.Request) {
	slack, endSlack := p.cfg.Slack.Subscribe()
	defer endSlack()
	live, endLive := p.cfg.Live.Subscribe()
	defer endLive()
	poke, endPoke := p.poked()
	defer endPoke()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()

	rw.Header().Set("Content-Type", "text/event-stream")
	line := ": hello\n\n"
	for {
		if !push(rw, line) {
			return
		}
		line = "event: changed\ndata: {}\n\n"
		select {
		case <-r.Context().Done():
			return
		case <-p.done:
			return
		case <-beat.C:
			line = ": still here\n\n"
		case <-slack:
		case <-live:
		case <-poke:
		}
		if !p.rest(r) {
			return
		}
	}
}

func push(rw http.ResponseWriter, line string) bool {
	if _, err := fmt.Fprint(rw, line); err != nil {
		return false
	}
	return http.NewResponseController(rw).Flush() == nil
}

// rest waits for the pause, and says whether the stream goes on.
func (p *Page) rest(r *http.Request) bool {
	select {
	case <-time.After(pause):
		return true
	case <-r.Context().Done():
		return false
	case <-p.done:
		return false
	}
}
