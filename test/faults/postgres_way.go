package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/test/oracle"
	"casterbot/test/testbed"
)

// way is the way of one process to the cloud. It knows what came over it.
type way struct {
	address string
	world   http.Handler

	mu    sync.Mutex
	calls int
	times []time.Time // of the calls that change something
}

// way opens a door to the cloud for one process alone.
func (r *run) way(w *testbed.World) (*way, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	y := &way{address: "http://" + l.Addr().String(), world: w.Live}
	s := &http.Server{Handler: y, ReadHeaderTimeout: 10 * time.Second}
	r.later(func() { _ = s.Close() })
	go func() { _ = s.Serve(l) }()
	return y, nil
}

// ServeHTTP notes a call and lets the cloud answer it.
func (y *way) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	said, _ := url.ParseQuery(string(body) + "&" + r.URL.RawQuery) // what cannot be read, the cloud refuses
	y.mu.Lock()
	y.calls++
	if oracle.Changes(fakelive.Call{Action: said.Get("Action"),
		Params: map[string]string{"Command": said.Get("Command")}}) {
		y.times = append(y.times, time.Now())
	}
	y.mu.Unlock()
	y.world.ServeHTTP(rw, r)
}

func (y *way) count() int {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.calls
}

// changes counts the calls that change something in a span of time.
func (y *way) changes(from, to time.Time) (n int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, at := range y.times {
		if at.After(from) && at.Before(to) {
			n++
		}
	}
	return n
}

// apart starts a process on each of these addresses of one database, each with a way of its own to the cloud.
func (r *run) apart(w *testbed.World, databases ...string) (ways []*way, list []*testbed.Process, err error) {
	for i, database := range databases {
		y, err := r.way(w)
		if err != nil {
			return nil, nil, err
		}
		p, err := r.begin(w,
			testbed.Life{Database: database, Log: logs[i], Env: []string{"CASTERBOT_LIVE_ENDPOINT=" + y.address}})
		if err != nil {
			return nil, nil, err
		}
		ways, list = append(ways, y), append(list, p)
	}
	return ways, list, w.Up(2*len(list), 20*time.Second, list...)
}
