package live

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

const maxBody = 1 << 20

// exchange is one request and what became of it: the transport under one SDK client, which lives as long. It lets
// one request through, whatever the SDK tries, and takes the whole answer out of the SDK's hands.
type exchange struct {
	ctx    context.Context
	base   http.RoundTripper
	now    func() time.Time
	before time.Time // when a send would be stale, by the wall clock; zero: never

	called   bool // the SDK has made its one request
	late     bool // it was held back because too much time had passed
	released bool // it went on to base
	status   int  // 0: no answer
	header   http.Header
	body     []byte
	err      error // why there is no whole answer

	traced, handed atomic.Bool
}

// RoundTrip implements http.RoundTripper for the SDK.
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	if x.called || r.Method != http.MethodPost {
		return nil, errors.New("a second request, or one that is not a POST")
	}
	x.called = true
	if x.err = x.ready(); x.err != nil {
		return nil, x.err
	}
	x.released = true
	response, err := x.base.RoundTrip(r.Clone(httptrace.WithClientTrace(x.ctx, x.trace())))
	if err != nil {
		x.err = err
		return nil, err
	}
	return x.take(response)
}

// ready is the last look before the request is out of hand. A machine may have slept since the call began, which the
// monotonic clock does not show.
func (x *exchange) ready() error {
	if err := x.ctx.Err(); err != nil {
		return err
	}
	if !x.before.IsZero() && !x.now().Before(x.before) {
		x.late = true
		return errors.New("too late to send")
	}
	return nil
}

// trace watches for the moment from which the request may reach the server. That is GotConn rather than WroteHeaders:
// when the context ends between the two, net/http returns while its writer may still be at work. Failures of DNS,
// dial, proxy and TLS all come before.
func (x *exchange) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { x.traced.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { x.handed.Store(true) },
	}
}

// unsent reports that the request certainly never reached a connection. A transport that does not trace proves nothing.
func (x *exchange) unsent() bool {
	return !x.released || x.status == 0 && x.traced.Load() && !x.handed.Load()
}

// take reads the answer whole, up to maxBody, and gives the SDK a copy. A redirect in it ends at called.
func (x *exchange) take(response *http.Response) (*http.Response, error) {
	defer response.Body.Close()
	x.status, x.header = response.StatusCode, response.Header.Clone()
	x.body, x.err = io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if x.err == nil && len(x.body) > maxBody {
		x.err = errors.New("the answer is too long")
	}
	if x.err != nil {
		return nil, x.err
	}
	response.Body = io.NopCloser(bytes.NewReader(x.body))
	return response, nil
}
