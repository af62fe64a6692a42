package socket

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"casterbot/bot/webapi"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// AcceptWithin is counted from the arrival; Slack waits for three seconds.
const AcceptWithin = 2500 * time.Millisecond

// Limits of one socket.
const (
	maxFrame   = 4 << 20          // bytes of one envelope
	pingWithin = 30 * time.Second // the client's own patience with Slack's pings, for a connection that ours do not reach
	ackWithin  = 2 * time.Second
	defaultAge = time.Hour // of a socket, when Slack does not say
	quietTime  = 5 * time.Millisecond
	quietTries = int((AcceptWithin + time.Second) / quietTime) // whatever is being taken gets its acknowledgement
)

// Envelope is one thing that Slack wants acknowledged, and the link that brought it.
type Envelope struct {
	Link    *Link
	Id      string
	Kind    string
	Payload json.RawMessage
	At      time.Time // when it arrived
}

// Link is one Socket Mode client. It reconnects by itself; between two connections it is not up.
type Link struct {
	client *socketmode.Client
	lines  *conns
	owner  *Sockets
	acked  ackLog

	state
	signals

	cancel context.CancelFunc
	ended  chan struct{}
	err    error // why it ended; to be read after ended
}

// state is what a connection is in.
type state struct {
	up      atomic.Bool
	deaf    atomic.Bool  // nothing is heard any more: it is as good as gone
	age     atomic.Int64 // how long Slack means to keep the connection, in nanoseconds
	Pending atomic.Int64 // envelopes that are not seen through yet
	hello   atomic.Int64 // the last one, in Unix nanoseconds
	since   time.Time    // the last hello; for the reader only
}

// signals wake whoever keeps the links.
type signals struct {
	ready  chan struct{} // closed by the first hello
	greets chan struct{} // one for each hello
	warned chan struct{} // Slack will close the connection soon
	tired  chan struct{} // the client means to wait for longer than we do
	silent chan struct{} // nothing is heard any more
}

// start opens a link in the background.
func (l *Link) start(ctx context.Context, p pulse) {
	ctx, l.cancel = context.WithCancel(ctx)
	go l.listen(ctx, p)
	fatal := make(chan error, 1)
	reader := make(chan struct{})
	go func() {
		defer close(reader)
		l.read(ctx, fatal)
	}()
	go func() {
		defer close(l.ended)
		err := l.client.RunContext(ctx)
		stopped := ctx.Err() != nil
		l.up.Store(false)
		l.cancel()
		<-reader
		l.lines.release()
		select {
		case l.err = <-fatal:
		default:
			if !stopped {
				l.err = webapi.FatalOr(err)
			}
		}
	}()
}

// read hands events over and does nothing else: a slow reader would keep Slack's pings from being answered.
func (l *Link) read(ctx context.Context, fatal chan<- error) {
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-l.client.Events:
			if err := l.event(event); err != nil {
				fatal <- err
				l.cancel()
				return
			}
		}
	}
}

// Event sorts what the client says; an error is one that trying again cannot mend.
func (l *Link) event(e socketmode.Event) error {
	if e.Request != nil || e.Type == socketmode.EventTypeErrorBadMessage || e.Type == socketmode.EventTypeIncomingError {
		defer l.lines.took()
	}
	switch e.Type {
	case socketmode.EventTypeSlashCommand, socketmode.EventTypeInteractive, socketmode.EventTypeEventsAPI:
		l.hand(Envelope{Link: l, Id: e.Request.EnvelopeID, Kind: e.Request.Type, Payload: e.Request.Payload})
	case socketmode.EventTypeErrorBadMessage:
		l.bad(e)
	case socketmode.EventTypeHello:
		l.greeted(e.Request)
	case socketmode.EventTypeConnecting:
		l.lost(l.lines.parted.Load())
		if l.lines.parted.Load() {
			l.cancel()
		} else if l.up.Swap(false) {
			return l.owner.lived(time.Since(l.since), l.lines.why())
		}
	case socketmode.EventTypeConnectionError:
		return l.failed(e)
	case socketmode.EventTypeErrorWriteFailed:
		l.unwritten(e)
	}
	return nil
}

// bad takes what the client could not read, so that it is acknowledged all the same.
func (l *Link) bad(e socketmode.Event) {
	what, ok := e.Data.(*socketmode.ErrorBadMessage)
	if !ok {
		return
	}
	var frame struct {
		ID      string          `json:"envelope_id"`
		Type    string          `json:"type"`
		Payload json.RawMessage `json:"payload"`
	}
	if json.Unmarshal(what.Message, &frame) != nil || frame.ID == "" {
		l.log().Warn("a frame without an envelope id")
		return
	}
	l.hand(Envelope{Link: l, Id: frame.ID, Kind: frame.Type, Payload: frame.Payload})
}

func (l *Link) log() *slog.Logger { return l.owner.config.Log }

func (l *Link) hand(e Envelope) {
	l.Pending.Add(1)
	l.owner.take(e)
}

func (l *Link) greeted(r *socketmode.Request) {
	age := time.Duration(r.DebugInfo.ApproximateConnectionTime) * time.Second
	if age <= 0 {
		age = defaultAge
	}
	l.age.Store(int64(age))
	l.since = time.Now()
	l.hello.Store(l.since.UnixNano())
	l.up.Store(true)
	l.owner.greeted(r.ConnectionInfo.AppID, r.NumConnections)
	select {
	case <-l.ready:
	default:
		close(l.ready)
	}
	signal(l.greets)
}

func (l *Link) failed(e socketmode.Event) error {
	l.up.Store(false)
	what, ok := e.Data.(*slack.ConnectionErrorEvent)
	if !ok || errors.Is(what.ErrorObj, errParted) {
		return nil
	}
	if err := webapi.AppTokenError(what.ErrorObj); err != nil {
		return err
	}
	wait := min(what.Backoff, longestWait)
	l.log().Warn("could not connect to Slack", "attempt", what.Attempt, "again in", wait, "error",
		webapi.Bare(what.ErrorObj))
	if what.Backoff > longestWait {
		time.AfterFunc(longestWait, func() { signal(l.tired) })
	}
	return nil
}

// longestWait is between two tries to connect. The client would wait for up to five minutes, also when Slack is back; a
// new one takes its place.
const longestWait = 10 * time.Second

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// announced is called when Slack says that it will close the connection.
func (l *Link) announced(reason string) {
	l.lines.parted.Store(true)
	l.log().Info("Slack will close a socket, another one is opened first", "reason", reason)
	signal(l.warned)
}

// close ends the link: what was read is acknowledged first, then a close frame tells Slack to route elsewhere.
func (l *Link) close() {
	quiet := 0
	for range quietTries {
		if l.Pending.Load() > 0 {
			quiet = 0
		} else if quiet++; quiet > 1 {
			break
		}
		time.Sleep(quietTime)
	}
	l.lines.goodbye()
	l.cancel()
	<-l.ended
	l.acked.take(true) // what is acknowledged from now on goes over another link
}
