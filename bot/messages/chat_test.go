package messages

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"casterbot/bot/render"
	"casterbot/bot/webapi"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"
)

func TestShowPostsOnceAndEdits(t *testing.T) {
	w := newWorld(t)
	c := New(w.Config)
	root := w.card(slackworld.Operation(op.Pending))
	o := slackworld.Operation(op.Pending, func(o *op.Operation) { o.Thread = root })
	ts, err := show(c, o)
	if err != nil {
		t.Fatal(err)
	}
	done := slackworld.Operation(op.Cancelled, func(o *op.Operation) { o.Card = ts })
	if again, err := show(c, done); err != nil || again != ts {
		t.Fatalf("edited %s into %s: %v", ts, again, err)
	}
	m, ok := w.Message("C0SHOW", ts)
	if !ok || !strings.Contains(m.Text, "cancelled by <@U0ANA>") ||
		strings.Contains(string(m.Attachments), "op:confirm") || !strings.Contains(string(m.Attachments), "op:again") {
		t.Errorf("the card is now %s %s", m.Text, m.Attachments)
	}
	posts := w.Calls("chat.postMessage")
	if len(posts) != 2 || posts[1].Args["thread_ts"] != root || posts[1].Args["unfurl_links"] == "true" {
		t.Errorf("posted with %+v", posts)
	}
}

// TestShowErrors: what Slack refuses is sorted into what the engine can act upon.
func TestShowErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault fakeslack.Fault
		edit  bool
		want  error
	}{
		{"not in the channel", fakeslack.Fault{Error: "not_in_channel"}, false, notify.ErrNotInChannel},
		{"no such channel", fakeslack.Fault{Error: "channel_not_found"}, false, notify.ErrNotInChannel},
		{"archived", fakeslack.Fault{Error: "is_archived"}, true, notify.ErrNotInChannel},
		{"deleted", fakeslack.Fault{Error: "message_not_found"}, true, notify.ErrGone},
		{"not ours", fakeslack.Fault{Error: "cant_update_message"}, true, notify.ErrGone},
		{"too fast", fakeslack.Fault{RetryAfter: 30 * time.Second}, false, notify.ErrBusy},
		{"too fast to edit", fakeslack.Fault{RetryAfter: 30 * time.Second}, true, notify.ErrBusy},
		{"down", fakeslack.Fault{Status: 503}, false, notify.ErrNoAnswer},
		{"refused", fakeslack.Fault{Error: "fatal_error"}, true, nil},
	} {
		w := newWorld(t)
		chat := New(w.Config)
		o, method := slackworld.Operation(op.Pending), "chat.postMessage"
		if c.edit {
			o.Card, method = "1.1", "chat.update"
		}
		w.Fail(method, c.fault)
		_, err := show(chat, o)
		if err == nil || c.want != nil && !errors.Is(err, c.want) ||
			c.want != notify.ErrNoAnswer && errors.Is(err, notify.ErrNoAnswer) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if c.fault.RetryAfter == 0 {
			continue
		}
		if _, err := chat.Turn(context.Background(), o); !errors.Is(err, notify.ErrBusy) {
			t.Errorf("%s: it is not left alone for as long as Slack asked: %v", c.name, err)
		}
	}
}

// TestTheCardOfAnEmergencyGoesFirst: however much is to be written in its channel.
func TestTheCardOfAnEmergencyGoesFirst(t *testing.T) {
	w := newWorld(t)
	w.Config.Urgent = func(o op.Operation) bool { return o.Command == "caster standby {caster}" }
	chat := New(w.Config)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		_ = chat.limits.Post(gone, "C0SHOW")
	}
	if _, err := show(chat, slackworld.Operation(op.Pending)); !errors.Is(err, notify.ErrBusy) {
		t.Errorf("there is room for others: %v", err)
	}
	emergency := slackworld.Operation(op.Pending, func(o *op.Operation) { o.Command = "caster standby {caster}" })
	if ts, err := show(chat, emergency); err != nil || ts == "" {
		t.Errorf("it waits: %v", err)
	}
}

func TestShowFallsBackToPlainBlocks(t *testing.T) {
	w := newWorld(t)
	w.Fail("chat.postMessage", fakeslack.Fault{Error: "invalid_blocks", Times: 2}) // also with buttons that all see
	ts := w.card(slackworld.Operation(op.Pending))
	m, _ := w.Message("C0SHOW", ts)
	if all := string(m.Blocks) + string(m.Attachments); !strings.Contains(all, "op:confirm") ||
		!strings.Contains(all, "Restart studio") || len(m.Attachments) > len("[]") {
		t.Errorf("the plain card is %s", all)
	}
}

// TestButtonsThatSomeSee: a card is refused once for the field that says who sees a button, and drawn without it at
// once; no later one is tried with it.
func TestButtonsThatSomeSee(t *testing.T) {
	const field = "visible_to_user_ids"
	w := newWorld(t)
	chat := New(w.Config)
	card := func() string {
		t.Helper()
		ts, err := show(chat, slackworld.Operation(op.Pending))
		if err != nil {
			t.Fatal(err)
		}
		m, _ := w.Message("C0SHOW", ts)
		return string(m.Attachments)
	}
	if drawn := card(); !strings.Contains(drawn, field) {
		t.Errorf("everybody sees the buttons of %s", drawn)
	}
	w.Fail("chat.postMessage", fakeslack.Fault{Error: "invalid_attachments", Times: 1})
	for range 2 {
		if drawn := card(); strings.Contains(drawn, field) || !strings.Contains(drawn, "op:confirm") {
			t.Errorf("after the refusal: %s", drawn)
		}
	}
	if n := len(w.Calls("chat.postMessage")); n != 4 {
		t.Errorf("%d posts for three cards and one refusal", n)
	}
}

func TestTellFindsAWay(t *testing.T) {
	said := op.Answer{Title: op.L("only for you")}
	for _, c := range []struct {
		name    string
		arrange func(*world)
		to      op.Address
		method  string
	}{
		{"in the channel", func(*world) {}, op.Address{Person: "U0ANA", Channel: "C0SHOW"}, "chat.postEphemeral"},
		{"in a thread", func(*world) {}, op.Address{Person: "U0ANA", Channel: "C0SHOW", Thread: "1.0"}, "chat.postEphemeral"},
		{"the bot is not there", func(*world) {}, op.Address{Person: "U0ANA", Channel: "C0NOBOT"}, "chat.postMessage"},
		{"no channel", func(*world) {}, op.Address{Person: "U0ANA"}, "chat.postMessage"},
		{"Slack asks to wait", func(w *world) {
			w.Fail("chat.postEphemeral", fakeslack.Fault{RetryAfter: time.Second, Times: 1})
		}, op.Address{Person: "U0ANA", Channel: "C0SHOW"}, "chat.postEphemeral"},
		{"blocks are refused", func(w *world) {
			w.Fail("chat.postEphemeral", fakeslack.Fault{Error: "invalid_blocks", Times: 1})
		}, op.Address{Person: "U0ANA", Channel: "C0SHOW"}, "chat.postEphemeral"},
		{"a bad address", func(*world) {}, op.Address{Person: "U0ANA", Channel: "C0SHOW", ReplyTo: "https://evil.example/x"},
			"chat.postEphemeral"},
	} {
		w := newWorld(t)
		c.arrange(w)
		if err := New(w.Config).Tell(context.Background(), c.to, said); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		calls := w.Log(0)
		if last := calls[len(calls)-1]; last.Method != c.method || last.Error != "" ||
			!strings.Contains(last.Text, "only for you") {
			t.Errorf("%s: told by %+v", c.name, last)
		}
		if w.Reads("U0BO", "C0SHOW", "only for you") {
			t.Errorf("%s: others see it", c.name)
		}
	}
}

func TestResponseAddresses(t *testing.T) {
	h := responseURL{api: "https://slack.example:8443/api/"}
	local := responseURL{api: "http://127.0.0.1:8788/api/"}
	for _, c := range []struct {
		hooks   responseURL
		address string
		want    bool
	}{
		{h, "https://hooks.slack.com/commands/T1/2/3", true},
		{h, "https://slack.example:8443/hook/1", true},
		{h, "http://hooks.slack.com/commands/T1/2/3", false},
		{h, "https://hooks.slack.com.evil.example/x", false},
		{h, "https://hooks.slack.com@evil.example/x", false},
		{h, "https://user:pw@hooks.slack.com/x", false},
		{h, "https://hooks.slack.com:444/x", false},
		{h, "https://evil.example/hooks.slack.com", false},
		{h, "https://slack.example/hook/1", false},
		{h, "http://169.254.169.254/latest", false},
		{h, "http://127.0.0.1:8788/hook", false},
		{h, "//hooks.slack.com/x", false},
		{h, "file:///etc/passwd", false},
		{h, "https:hooks.slack.com/x", false},
		{h, "::", false},
		{h, "", false},
		{local, "http://127.0.0.1:8788/hook", true},
		{local, "http://127.0.0.1:8789/hook", false},
		{local, "http://localhost:8788/hook", false},
		{responseURL{api: "http://slack.example/api/"}, "http://slack.example/hook", false},
	} {
		if got := c.hooks.allowed(c.address); got != c.want {
			t.Errorf("%s with API %s: %v", c.address, c.hooks.api, got)
		}
	}
}

// TestResponseAddressTrap: a redirect is not followed, a refusal in the body is seen, and no error shows the address.
func TestResponseAddressTrap(t *testing.T) {
	var trapped atomic.Bool
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { trapped.Store(true) }))
	defer trap.Close()
	answers := map[string]http.HandlerFunc{
		"/redirect": func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, trap.URL, http.StatusTemporaryRedirect)
		},
		"/used": func(rw http.ResponseWriter, _ *http.Request) {
			_, _ = rw.Write([]byte(`{"ok":false,"error":"used_url"}`))
		},
		"/gone": func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(404) },
		"/cut":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"/ok":   func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("ok")) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		answers[r.URL.Path](rw, r)
	}))
	defer server.Close()
	config := webapi.Config{APIURL: server.URL + "/api",
		HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}.Filled()
	h := responseURL{client: config.HTTP, api: config.APIURL}
	for path := range answers {
		err := h.post(context.Background(), server.URL+path+"?secret=canary",
			render.Printer{}.Answer(op.Answer{Title: op.L("x")}))
		if (err == nil) != (path == "/ok") {
			t.Errorf("%s: %v", path, err)
		}
		if err != nil && (strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), server.URL)) {
			t.Errorf("%s: the error shows the address: %v", path, err)
		}
	}
	if trapped.Load() {
		t.Error("the redirect was followed")
	}
}
