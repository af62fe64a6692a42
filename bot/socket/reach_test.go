package socket

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"casterbot/bot/webapi"

	"github.com/gorilla/websocket"
)

// says is a server that says one thing on every socket.
func says(t *testing.T, text string) string {
	t.Helper()
	up := websocket.Upgrader{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		_ = c.WriteMessage(websocket.TextMessage, []byte(text))
		_, _, _ = c.ReadMessage()
	}))
	t.Cleanup(server.Close)
	return "ws" + strings.TrimPrefix(server.URL, "http") + "/link/?ticket=fake"
}

// A socket that is opened to look says what Slack says on it.
func TestGreet(t *testing.T) {
	hello := `{"type":"hello","num_connections":3,"connection_info":{"app_id":"A0CASTER"}}`
	if got, err := Greet(t.Context(), says(t, hello)); err != nil || got != (Greeting{"A0CASTER", 3}) {
		t.Errorf("%+v, %v", got, err)
	}
	off, _ := json.Marshal(map[string]string{"type": "disconnect", "reason": "link_disabled"})
	if _, err := Greet(t.Context(), says(t, string(off))); !errors.Is(err, webapi.ErrSocketModeOff) {
		t.Error(err)
	}
	for text, want := range map[string]string{
		`{"type":"disconnect","reason":"too_many_websockets"}`: "ten sockets of the app are open elsewhere",
		"hello": "does not speak",
	} {
		if _, err := Greet(t.Context(), says(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	page := httptest.NewServer(http.NotFoundHandler())
	defer page.Close()
	address := "ws" + strings.TrimPrefix(page.URL, "http") + "/?ticket=faketicket"
	if _, err := Greet(t.Context(), address); err == nil || strings.Contains(err.Error(), "faketicket") {
		t.Errorf("no upgrade: %v", err)
	}
}

// The way to the sockets is tried without asking for one.
func TestReach(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	address := "ws" + strings.TrimPrefix(server.URL, "http") + "/?ticket=fake"
	if err := Reach(t.Context(), address); err != nil || asked {
		t.Errorf("%v, asked %v", err, asked)
	}
	server.Close()
	if err := Reach(t.Context(), address); err == nil {
		t.Error("a closed port is reached")
	}
	if err := Reach(t.Context(), "ws://slack.example/"); !errors.Is(err, errPlainSocket) {
		t.Error(err)
	}
}
