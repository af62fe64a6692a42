package fakeslack

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// TestRates: at once as many as a burst allows, then as the time goes; what is too much is not done.
func TestRates(t *testing.T) {
	w := newFixture(t, Config{Limits: true})
	begun := time.Now()
	for _, c := range []struct {
		method, channel string
		after           time.Duration
		allowed         int
	}{
		{"chat.postMessage", "C0SHOW", 0, 5}, {"chat.postMessage", "C0MORN", 0, 5},
		{"chat.postMessage", "C0SHOW", 3 * time.Second, 3},
		{"chat.update", "C0SHOW", 0, 30}, {"chat.update", "C0MORN", 0, 0}, {"chat.update", "C0SHOW", 10 * time.Second, 10},
		{"chat.update", "C0SHOW", time.Hour, 30},
		{"usergroups.list", "", 0, 20}, {"users.info", "", 0, 100}, {"conversations.info", "", 0, 50},
		{"chat.postEphemeral", "C0SHOW", 0, 100},
	} {
		n := 0
		for ; n < 200 && w.overRate(&call{method: c.method, args: map[string]string{"channel": c.channel}},
			begun.Add(c.after)) == 0; n++ {
		}
		same(t, c.method+" "+c.channel+" after "+c.after.String(), n, c.allowed)
	}
	same(t, "others", w.overRate(&call{method: "auth.test"}, begun), time.Duration(0))
}

func TestRatesOnTheWire(t *testing.T) {
	w := newFixture(t, Config{Limits: true})
	for range 20 {
		must(t, w.limited())
	}
	err, ok := w.limited().(*slack.RateLimitedError)
	if !ok || err.RetryAfter < time.Second || err.RetryAfter > 3*time.Second {
		t.Errorf("the 21st: %v", err)
	}
	log := w.Log(0)
	same(t, "log", []any{len(log), log[20].Method, log[20].Error}, []any{21, "usergroups.list", "ratelimited"})
	off := newFixture(t, Config{})
	for range 40 {
		must(t, off.limited())
	}
}

func (w *fixture) limited() error {
	_, err := w.api.GetUserGroups()
	return err
}

// TestLatency: a message stands in its channel while the answer is still on its way.
func TestLatency(t *testing.T) {
	w := newFixture(t, Config{Latency: time.Hour})
	done := make(chan struct{})
	changed, cancel := w.Subscribe()
	defer cancel()
	go func() {
		defer close(done)
		_, _, _ = w.api.PostMessage("C0SHOW", slack.MsgOptionText("early", false))
	}()
	for len(w.texts("U0BO", "C0SHOW")) == 0 {
		<-changed
	}
	w.SetLatency(0)
	same(t, "near again", w.call("team.info", xoxb)["ok"], true)
	w.SetLatency(time.Hour)
	hung := &http.Client{Transport: w.http.Transport, Timeout: 20 * time.Millisecond}
	for _, path := range []string{"/actions/T/none", "/api/team.info"} {
		if _, err := hung.Post(w.url+path, "application/json", strings.NewReader(`{}`)); err == nil {
			t.Errorf("%s answered at once", path)
		}
	}
	w.Close()
	<-done
}
