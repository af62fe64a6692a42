package fakeslack

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestShareAndGroupTellTheApp(t *testing.T) {
	w := newFixture(t, Config{Events: append(slices.Clone(DefaultEvents), "user_change")})
	conn, _ := w.dial()
	kind := func() any {
		return w.frame(conn)["payload"].(map[string]any)["event"].(map[string]any)["type"]
	}
	for _, act := range []struct {
		want string
		do   func() error
	}{
		{"channel_shared", func() error { return w.Share("C0MORN") }},
		{"channel_unshared", func() error { return w.Unshare("C0MORN") }},
		{"channel_rename", func() error { return w.Rename("C0MORN", "early") }},
		{"channel_id_changed", func() error { return w.ChangeID("C0MORN", "C0NEW") }},
		{"channel_archive", func() error { return w.Archive("C0NEW") }},
		{"member_joined_channel", func() error { return w.AddBot("C0NOBOT") }},
		{"subteam_members_changed", func() error { w.SetGroup("S0CREW", []string{"U0PIA"}); return nil }},
		{"user_change", func() error { w.SetUser("U0PIA", func(u *User) { u.Locale = "zh-CN" }); return nil }},
	} {
		must(t, act.do())
		same(t, "event", kind(), act.want)
	}
	same(t, "members", w.call("usergroups.users.list", xoxb, "usergroup", "S0CREW")["users"], []string{"U0PIA"})
	if w.Share("C0MORN") == nil {
		t.Error("the old id still works")
	}
}

func TestSubscribeSignals(t *testing.T) {
	w := newFixture(t, Config{})
	ch, cancel := w.Subscribe()
	defer cancel()
	_, err := w.Type("U0ANA", "C0SHOW", "one", "")
	must(t, err)
	_, err = w.Type("U0ANA", "C0SHOW", "two", "")
	must(t, err)
	<-ch
	select {
	case <-ch:
		t.Error("two signals for one reader who was late")
	default:
	}
	cancel()
	_, err = w.Type("U0ANA", "C0SHOW", "three", "")
	must(t, err)
	select {
	case <-ch:
		t.Error("a signal after cancel")
	default:
	}
}

func TestSaveAndLoad(t *testing.T) {
	w := newFixture(t, Config{})
	ts := w.postCard("C0SHOW")
	_, err := w.Type("U0ANA", "C0SHOW", "hello", ts)
	must(t, err)
	w.call("views.publish", xoxb, "user_id", "U0ANA", "view", `{"type":"home","blocks":[{"type":"divider"}]}`)
	must(t, w.Rename("C0RAND", "misc"))
	data := w.Save()
	other := newFixture(t, Config{Now: func() time.Time { return time.Unix(1, 0) }})
	must(t, other.Load(data))
	a, b := w.screen("U0ANA"), other.screen("U0ANA")
	a.Toasts, b.Toasts = nil, nil
	same(t, "screen", b, a)
	m, err := other.Type("U0ANA", "C0SHOW", "later", "")
	must(t, err)
	if m.TS <= ts {
		t.Errorf("%s does not follow %s", m.TS, ts)
	}
	if other.Load([]byte(`{}`)) == nil || other.Load([]byte(`x`)) == nil {
		t.Error("loaded nonsense")
	}
}

func TestTimestampsRiseWithAFrozenClock(t *testing.T) {
	w := newFixture(t, Config{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
	last := ""
	for range 5 {
		m, err := w.Type("U0ANA", "C0SHOW", "x", "")
		must(t, err)
		if m.TS <= last || !strings.HasPrefix(m.TS, "1800000000.00000") {
			t.Fatalf("%s after %s", m.TS, last)
		}
		last = m.TS
	}
}

func TestLogHasEveryCall(t *testing.T) {
	w := newFixture(t, Config{})
	w.call("auth.test", xoxb)
	ts := w.postCard("C0SHOW")
	w.call("chat.update", xoxb, "channel", "C0SHOW", "ts", ts, "text", "done", "blocks", "[]")
	w.call("chat.delete", xoxb, "channel", "C0SHOW", "ts", "1.1")
	log := w.Log(0)
	var lines [][]string
	for _, c := range log {
		lines = append(lines, []string{c.Method, c.Channel, c.TS, c.Text, c.Error})
	}
	same(t, "log", lines, [][]string{
		{"auth.test", "", "", "", ""}, {"chat.postMessage", "C0SHOW", ts, "card", ""},
		{"chat.update", "C0SHOW", ts, "done", ""}, {"chat.delete", "C0SHOW", "1.1", "", "message_not_found"},
	})
	same(t, "since", len(w.Log(log[2].Seq)), 1)
	if strings.Contains(string(marshal(log)), xoxb) {
		t.Error("the log holds the token")
	}
	var raw []any
	must(t, json.Unmarshal(log[1].Attach, &raw))
}
