package live

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"casterbot/internal/quota"
)

const maxBody = 1 << 20

// exchange is one request and what became of it: the transport under one SDK client, which lives as long. It lets
// one request through, whatever the SDK tries, and takes the whole answer out of the SDK's hands.
type exchange struct {
	ctx   context.Context
	base  http.RoundTripper
	leave func() error // asked before a write leaves; nil: a read
	turn  *quota.Permit

	called   bool  // the SDK has made its one request
	held     error // why it was held back
	stale    bool  // by its turn
	released bool  // it went on to base
	status   int   // 0: no answer
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
	if x.err = x.ctx.Err(); x.err != nil {
		return nil, x.err
	}
	x.released = true
	response, err := x.base.RoundTrip(r.Clone(httptrace.WithClientTrace(x.ctx, x.trace())))
	if err != nil {
		x.err = cmp.Or(x.held, err)
		return nil, x.err
	}
	return x.take(response)
}

// trace watches for the moment from which the request may reach the server. That is GotConn rather than WroteHeaders:
// when the context ends between the two, net/http returns while its writer may still be at work. Failures of DNS,
// dial, proxy and TLS all come before.
func (x *exchange) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { x.traced.Store(true) },
		GotConn: x.connected,
	}
}

// connected is the last look before the request is out of hand: to connect may have taken long, or the process stood
// still meanwhile. On a connection that is closed here nothing can leave.
func (x *exchange) connected(on httptrace.GotConnInfo) {
	if on.Conn != nil {
		if x.held = x.mayLeave(); x.held != nil {
			_ = on.Conn.Close()
			return
		}
	}
	x.handed.Store(true)
}

// mayLeave asks for the turn last: from there on its second is counted.
func (x *exchange) mayLeave() error {
	if x.leave != nil {
		if err := x.leave(); err != nil {
			return err
		}
	}
	err := x.turn.Left()
	x.stale = err != nil
	return err
}

// unsent reports that the request certainly never reached a connection. A transport that does not trace proves nothing.
func (x *exchange) unsent() bool {
	return !x.released || x.status == 0 && x.traced.Load() && !x.handed.Load()
}

// take reads the answer whole, up to maxBody, and gives the SDK a copy. A redirect in it ends at called.
func (x *exchange) take(response *http.Response) (*http.Response, error) {
	defer response.Body.Close()
	x.status, x.header = response.StatusCode, response.Header.Clone()
	if x.status < http.StatusOK { // 101: what follows is no answer, and reading it would not end with the context
		x.err = errors.New("the answer is not one of HTTP")
		return nil, x.err
	}
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
