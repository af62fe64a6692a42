package fakeslack

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack/socketmode"
)

func TestHelloCountsSockets(t *testing.T) {
	w := newFixture(t, Config{Lifetime: 90 * time.Minute})
	_, first := w.dial()
	_, second := w.dial()
	same(t, "first", first["num_connections"], 1)
	same(t, "second", second["num_connections"], 2)
	same(t, "app", first["connection_info"], map[string]any{"app_id": AppID})
	same(t, "life", first["debug_info"].(map[string]any)["approximate_connection_time"], 5400)
}

func TestRoutingUsesAllSockets(t *testing.T) {
	w := newFixture(t, Config{Seed: 7})
	var got [2][]map[string]any
	var ended [2]chan struct{}
	for i := range got {
		conn, _ := w.dial()
		ended[i] = echo(conn, &got[i])
	}
	ids := map[string]bool{}
	for range 200 {
		s, err := w.Type("U0ANA", "C0SHOW", "/caster list", "")
		must(t, err)
		ids[s.Envelope] = true
		if a := <-s.Done; a.Err != "" || a.After <= 0 {
			t.Fatalf("ack %+v", a)
		}
	}
	w.Close()
	<-ended[0]
	<-ended[1]
	if len(got[0]) < 50 || len(got[1]) < 50 || len(got[0])+len(got[1]) != 200 || len(ids) != 200 {
		t.Errorf("%d and %d envelopes, %d ids", len(got[0]), len(got[1]), len(ids))
	}
}

func TestTooManyWebsockets(t *testing.T) {
	w := newFixture(t, Config{})
	for range maxSockets {
		w.dial()
	}
	conn, first := w.dial()
	same(t, "reason", first["reason"], "too_many_websockets")
	if _, _, err := conn.ReadMessage(); err == nil {
		t.Error("the eleventh socket stays open")
	}
	same(t, "sockets", len(w.Sockets()), maxSockets)
}

func TestTicketWorksOnce(t *testing.T) {
	w := newFixture(t, Config{})
	link := w.call("apps.connections.open", xapp)["url"].(string)
	conn, _, err := (&websocket.Dialer{}).Dial(link, nil)
	must(t, err)
	defer conn.Close()
	if again, _, err := (&websocket.Dialer{}).Dial(link, nil); err == nil {
		again.Close()
		t.Error("a ticket worked twice")
	}
}

func TestWarningKeepsTheSocketForAWhile(t *testing.T) {
	w := newFixture(t, Config{Grace: time.Second})
	conn, _ := w.dial()
	same(t, "told", w.Disconnect("", "warning"), 1)
	same(t, "reason", w.frame(conn)["reason"], "warning")
	s, err := w.Type("U0ANA", "C0SHOW", "/caster", "")
	must(t, err)
	same(t, "still routed", w.frame(conn)["envelope_id"], s.Envelope)
	same(t, "then", w.frame(conn)["reason"], "refresh_requested")
	_, _, err = conn.ReadMessage()
	if !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("closed with %v", err)
	}
}

func TestRefreshedClientComesBack(t *testing.T) {
	w := newFixture(t, Config{})
	hellos := make(chan bool, 10)
	w.connect(func(sm *socketmode.Client, e socketmode.Event) {
		if e.Type == socketmode.EventTypeHello {
			hellos <- true
		}
		if e.Request != nil {
			_ = sm.Ack(*e.Request)
		}
	})
	<-hellos
	for _, reason := range []string{"refresh_requested", ""} {
		w.Disconnect("", reason)
		<-hellos
		same(t, "after "+reason, w.typed("U0ANA", "C0SHOW", "/caster").Err, "")
	}
}

func TestLifetimeEndsWithAWarning(t *testing.T) {
	w := newFixture(t, Config{Lifetime: 20 * time.Millisecond})
	conn, _ := w.dial()
	same(t, "reason", w.frame(conn)["reason"], "warning")
}

func TestNoSocketAndNoAck(t *testing.T) {
	w := newFixture(t, Config{AckWithin: 50 * time.Millisecond})
	same(t, "no socket", w.typed("U0ANA", "C0SHOW", "/caster").Err, ErrDispatch)
	w.dial() // never acks
	same(t, "no ack", w.typed("U0ANA", "C0SHOW", "/caster").Err, ErrTimeout)
	toasts := w.screen("U0ANA").Toasts
	if len(toasts) != 2 || toasts[0].Kind != ErrDispatch || !strings.Contains(toasts[1].Text, "operation_timeout") {
		t.Errorf("toasts %+v", toasts)
	}
	same(t, "others see nothing", len(w.screen("U0BO").Toasts), 0)
}

func TestBigAckIsDropped(t *testing.T) {
	w := newFixture(t, Config{AckWithin: 100 * time.Millisecond})
	conn, _ := w.dial()
	s, err := w.Type("U0ANA", "C0SHOW", "/caster", "")
	must(t, err)
	must(t, conn.WriteJSON(map[string]any{"envelope_id": w.frame(conn)["envelope_id"],
		"payload": map[string]any{"text": strings.Repeat("x", maxAck)}}))
	same(t, "ack", (<-s.Done).Err, ErrTimeout)
	same(t, "posted", w.texts("U0ANA", "C0SHOW"), []string{})
}

func TestPingsArrive(t *testing.T) {
	w := newFixture(t, Config{Ping: 5 * time.Millisecond})
	conn, _ := w.dial()
	pings := make(chan bool, 1)
	conn.SetPingHandler(func(string) error {
		select {
		case pings <- true:
		default:
		}
		return nil
	})
	// Reading goes on until the workspace gives up on a client that never
	// answers with a PONG.
	_, _, err := conn.ReadMessage()
	if err == nil {
		t.Fatal("unexpected frame")
	}
	<-pings
}

func TestEventsAreRetried(t *testing.T) {
	w := newFixture(t, Config{AckWithin: 20 * time.Millisecond, Retries: []time.Duration{0, 0, 0}})
	conn, _ := w.dial()
	s, err := w.Type("U0ANA", "C0SHOW", "@casterbot help", "")
	must(t, err)
	envelopes, events := map[string]bool{}, map[string]bool{}
	for attempt := range 4 {
		f := w.frame(conn)
		pay := f["payload"].(map[string]any)
		same(t, "attempt", f["retry_attempt"], attempt)
		same(t, "accepts", f["accepts_response_payload"], false)
		envelopes[f["envelope_id"].(string)], events[pay["event_id"].(string)] = true, true
		same(t, "text", pay["event"].(map[string]any)["text"], "<@U0BOT> help")
	}
	same(t, "ack", (<-s.Done).Err, ErrTimeout)
	if len(envelopes) != 4 || len(events) != 1 {
		t.Errorf("%d envelopes, %d events", len(envelopes), len(events))
	}
}

func TestEventWaitsForASocket(t *testing.T) {
	w := newFixture(t, Config{Retries: []time.Duration{time.Second}})
	s, err := w.Type("U0ANA", "C0SHOW", "<@U0BOT> help", "")
	must(t, err)
	conn, _ := w.dial()
	must(t, conn.WriteJSON(map[string]any{"envelope_id": w.frame(conn)["envelope_id"]}))
	same(t, "ack", (<-s.Done).Err, "")
}

func TestReplayAndRaw(t *testing.T) {
	w := newFixture(t, Config{})
	conn, _ := w.dial()
	var got []map[string]any
	ended := echo(conn, &got)
	s, err := w.Type("U0ANA", "C0SHOW", "/caster", "")
	must(t, err)
	<-s.Done
	again, err := w.Replay(s.Envelope, false)
	must(t, err)
	<-again.Done
	fresh, err := w.Replay(s.Envelope, true)
	must(t, err)
	<-fresh.Done
	<-w.Raw("mystery", json.RawMessage(`{"a":1}`)).Done
	if _, err := w.Replay("nope", false); err == nil {
		t.Error("replayed an envelope that never was")
	}
	w.Close()
	<-ended
	same(t, "same id", []any{got[1]["envelope_id"], again.Envelope}, []any{s.Envelope, s.Envelope})
	same(t, "fresh payload", got[2]["payload"], got[0]["payload"])
	if fresh.Envelope == s.Envelope || got[2]["envelope_id"] != fresh.Envelope {
		t.Error("fresh replay kept the id")
	}
	same(t, "raw", []any{got[3]["type"], got[3]["payload"]}, []any{"mystery", map[string]any{"a": 1}})
}

// A replay under the same id while the first is still open: one ack serves both.
func TestReplayWhileOpen(t *testing.T) {
	w := newFixture(t, Config{})
	conn, _ := w.dial()
	s, err := w.Type("U0ANA", "C0SHOW", "/caster", "")
	must(t, err)
	again, err := w.Replay(s.Envelope, false)
	must(t, err)
	must(t, conn.WriteJSON(map[string]any{"envelope_id": s.Envelope}))
	same(t, "both", []string{(<-s.Done).Err, (<-again.Done).Err}, []string{"", ""})
}

func TestCloseEndsWhatIsOpen(t *testing.T) {
	w := newFixture(t, Config{})
	w.dial()
	open, err := w.Type("U0ANA", "C0SHOW", "/caster", "")
	must(t, err)
	w.Close()
	same(t, "open", (<-open.Done).Err, ErrClosed)
	same(t, "later", w.typed("U0ANA", "C0SHOW", "/caster").Err, ErrClosed)
}

// BenchmarkSlash drives typed commands through one socket and back.
func BenchmarkSlash(b *testing.B) {
	w := newFixture(b, Config{})
	conn, _ := w.dial()
	var got []map[string]any
	ended := echo(conn, &got)
	window := make(chan Sent, 64)
	finished := make(chan struct{})
	b.ResetTimer()
	go func() {
		defer close(finished)
		for s := range window {
			<-s.Done
		}
	}()
	for range b.N {
		s, err := w.Type("U0ANA", "C0SHOW", "/caster help", "")
		if err != nil {
			b.Fatal(err)
		}
		window <- s
	}
	close(window)
	<-finished
	b.StopTimer()
	w.Close()
	<-ended
}
