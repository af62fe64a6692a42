package main

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// lines are the connections of the sockets. One can be made to seem alive: it stays open, and nothing comes through any
// more, in neither direction.
type lines struct {
	mu   sync.Mutex
	list []*line
}

// line is the connection of one socket.
type line struct {
	net.Conn
	deaf atomic.Bool
}

// before stands before the workspace.
func (l *lines) before(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/link") {
			rw = &tapped{rw, l}
		}
		h.ServeHTTP(rw, r)
	})
}

// tapped hands out the connection of a socket with a line around it.
type tapped struct {
	http.ResponseWriter
	lines *lines
}

func (t *tapped) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffer, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	own := &line{Conn: conn}
	t.lines.mu.Lock()
	defer t.lines.mu.Unlock()
	t.lines.list = append(t.lines.list, own)
	return own, buffer, nil
}

// deafen makes the oldest connection deaf; false when there is none.
func (l *lines) deafen() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) == 0 {
		return false
	}
	l.list[0].deaf.Store(true)
	return true
}

func (l *line) Write(b []byte) (int, error) {
	if l.deaf.Load() {
		return len(b), nil
	}
	return l.Conn.Write(b)
}

func (l *line) Read(b []byte) (int, error) {
	for {
		n, err := l.Conn.Read(b)
		if err != nil || !l.deaf.Load() {
			return n, err
		}
	}
}

// deaf measures for how long commands are lost when one of two sockets only seems alive: until six seconds have gone
// without a loss, of which the workspace needs three to see one.
func (st *fixture) deaf() error {
	const every, calm = 200 * time.Millisecond, 6 * time.Second
	if !st.lines.deafen() {
		return nil
	}
	begun := time.Now()
	var waiting sync.WaitGroup
	var lost, last atomic.Int64
	for i := 0; time.Since(begun)-time.Duration(last.Load()) < calm; i++ {
		due := time.Since(begun)
		sent, err := st.world.Slack.Type(people[i%len(people)], channel(0), help, "")
		if err != nil {
			return err
		}
		waiting.Go(func() {
			if a := <-sent.Done; a.Err != "" {
				lost.Add(1)
				for before := last.Load(); int64(due) > before && !last.CompareAndSwap(before, int64(due)); before = last.Load() {
				}
			}
		})
		if !st.until(begun.Add(time.Duration(i+1) * every)) {
			break
		}
	}
	waiting.Wait()
	st.add("lost", float64(lost.Load()))
	st.add("until", time.Duration(last.Load()).Seconds())
	return nil
}
