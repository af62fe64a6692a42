package live

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

// lines takes the log of a client and gives a clock that can be set.
type lines struct {
	bytes.Buffer
	at time.Time
}

func (l *lines) watch(c *Client) *Client {
	l.at = time.Now()
	c.state.log, c.state.now = slog.New(slog.NewJSONHandler(&l.Buffer, nil)), func() time.Time { return l.at }
	return c
}

// all gives the lines since the last time.
func (l *lines) all(t *testing.T) []map[string]any {
	t.Helper()
	var list []map[string]any
	for line := range strings.Lines(l.String()) {
		one := map[string]any{}
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(err)
		}
		list = append(list, one)
	}
	l.Reset()
	return list
}

func TestStateOfTheService(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"well":              {ok(), "answers"},
		"throttled":         {refuse(400, "Throttling.User"), "answers"},
		"wrong secret":      {refuse(400, "SignatureDoesNotMatch"), "refuses"},
		"unknown key":       {refuse(404, "InvalidAccessKeyId.NotFound"), "refuses"},
		"expired token":     {refuse(400, "InvalidSecurityToken.Expired"), "refuses"},
		"wrong region":      {refuse(400, "InvalidRegionId.NotFound"), "refuses"},
		"no list of studio": {refuse(403, "Forbidden.RAM"), "refuses"},
		"no studio here":    {refuse(400, "RegionNoResource"), "refuses"},
		"another endpoint":  {answer(200, "<html>"), "unclear"},
		"broken":            {reset, "unclear"},
		"down":              {refuse(503, "ServiceUnavailable"), "unclear"},
	} {
		t.Run(name, func(t *testing.T) {
			client := newCloud(t, c.answer).client(t)
			if got := client.State().Word(); got != "unasked" {
				t.Errorf("before: %s", got)
			}
			_, _ = client.Casters(t.Context())
			if got := client.State(); got.Word() != c.want || got.Asked.IsZero() {
				t.Errorf("%s, want %s: %v", got.Word(), c.want, got.Failure)
			}
		})
	}
	dead := newCloud(t, ok())
	client := dead.client(t)
	dead.Close()
	_, _ = client.Casters(t.Context())
	if got := client.State().Word(); got != "unreachable" {
		t.Errorf("a dead endpoint: %s", got)
	}
}

func TestStateFollowsTheCalls(t *testing.T) {
	l := &lines{}
	wrong, gone := refuse(400, "SignatureDoesNotMatch"), refuse(400, "InvalidCaster.NotFound")
	client := l.watch(newCloud(t, ok(), wrong, gone, ok()).client(t))
	began := l.at
	ask := func(want string, since time.Time) {
		t.Helper()
		l.at = l.at.Add(time.Second)
		_, _ = client.CasterConfig(t.Context(), "one")
		if got := client.State(); got.Word() != want || !got.Since.Equal(since) {
			t.Errorf("%s since %v, want %s since %v", got.Word(), got.Since, want, since)
		}
	}
	ask("answers", began.Add(time.Second))
	ask("refuses", began.Add(2*time.Second))
	ask("answers", began.Add(3*time.Second))
	ask("answers", began.Add(3*time.Second))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.CasterConfig(ended, "one"); err == nil || client.State().Word() != "answers" {
		t.Errorf("given up by the caller: %v, %s", err, client.State().Word())
	}
}

// Each kind of failure is in the log once a minute, with what it is known by.
func TestFailuresAreLoggedOnceAMinute(t *testing.T) {
	l := &lines{}
	client := l.watch(newCloud(t, refuse(403, "Forbidden.RAM")).client(t))
	for range 5 {
		_, _ = client.CasterConfig(t.Context(), "one")
	}
	_, _ = client.Scenes(t.Context(), "one")
	got := l.all(t)
	if len(got) != 2 || got[0]["action"] != "DescribeCasterConfig" || got[0]["code"] != "Forbidden.RAM" ||
		got[0]["requestId"] != "R-1" || got[0]["why"] != "because" || got[1]["action"] != "DescribeCasterScenes" {
		t.Errorf("%v", got)
	}
	l.at = l.at.Add(61 * time.Second)
	_, _ = client.CasterConfig(t.Context(), "one")
	got = l.all(t) // with a line about the clock, which is a minute ahead now
	if len(got) != 2 || got[1]["more of it since the line before"] != 4.0 {
		t.Errorf("a minute later: %v", got)
	}
}

// From a minute on the clock is told, from ten on no change leaves; looks go on, so that it heals by itself.
func TestClockOfThisMachine(t *testing.T) {
	for off, want := range map[time.Duration]struct {
		level string
		leave bool
	}{
		0: {"", true}, 59 * time.Second: {"", true}, -59 * time.Second: {"", true},
		62 * time.Second: {"WARN", true}, -62 * time.Second: {"WARN", true}, 9 * time.Minute: {"WARN", true},
		11 * time.Minute: {"ERROR", false}, -11 * time.Minute: {"ERROR", false},
	} {
		l := &lines{}
		theirs := time.Now().Truncate(time.Second)
		server := newCloud(t, headed("Date: "+theirs.UTC().Format(http.TimeFormat), 200, `{"RequestId":"R-1"}`))
		client := l.watch(server.client(t))
		l.at = theirs.Add(off)
		if _, err := client.Casters(t.Context()); err != nil {
			t.Fatal(err)
		}
		level := ""
		for _, line := range l.all(t) {
			level += line["level"].(string)
		}
		_, err := client.RestartCaster(t.Context(), permitted, "one")
		if level != want.level || client.State().Skew != off || (err == nil) != want.leave {
			t.Errorf("%v: %q, skew %v, %v", off, level, client.State().Skew, err)
		}
		if !want.leave && (wantClass(t, err, NotSent).Code != skewCode || len(server.requests()) != 1) {
			t.Errorf("%v: %v, %d requests", off, err, len(server.requests()))
		}
		l.at = theirs
		_, _ = client.Casters(t.Context())
		if _, err := client.RestartCaster(t.Context(), permitted, "one"); err != nil {
			t.Errorf("%v, set right: %v", off, err)
		}
	}
}

// A profile that does not exist is named, and nothing of the files is told.
func TestMissingProfileIsNamed(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	keys, err := NewCredentials(CredentialsConfig{Profile: "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	l := &lines{}
	client := l.watch(newCloud(t, ok()).client(t, func(c *Config) { c.Credentials = keys }))
	_, err = client.Casters(t.Context())
	e := wantClass(t, err, NotSent)
	if !e.Keys || !strings.Contains(e.Message, `a profile "nobody"`) || client.State().Word() != "no credentials" {
		t.Errorf("%v, %s", err, client.State().Word())
	}
	if got := l.all(t); len(got) != 1 || got[0]["code"] != noKeys || !strings.Contains(got[0]["why"].(string), "nobody") {
		t.Errorf("%v", got)
	}
}

// Whoever measures is told of each send, with its class and how long it took; of waiting for a turn nothing.
func TestSendsAreTold(t *testing.T) {
	var told []string
	client := newCloud(t, refuse(400, "Throttling.User"), ok(), refuse(403, "Forbidden.RAM")).client(t, func(c *Config) {
		c.Sent = func(action string, class Class, took time.Duration) {
			if took <= 0 || took > time.Minute {
				t.Errorf("%s took %s", action, took)
			}
			told = append(told, action+" "+string(class))
		}
	})
	if _, err := client.RestartCaster(t.Context(), permitted, "one"); err != nil {
		t.Fatal(err)
	}
	if _, err := client.StopCaster(t.Context(), permitted, "one"); err == nil {
		t.Error("a refusal is none")
	}
	if _, err := client.StopCaster(t.Context(), op.SendPermit{}, "one"); err == nil {
		t.Error("it leaves without a permit")
	}
	if want := []string{"RestartCaster throttled", "RestartCaster ", "StopCaster refused",
		"StopCaster not-sent"}; !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
}

// A call that gets no answer, or cannot leave, has its line too, with the reason.
func TestFailuresWithoutAnAnswerAreLogged(t *testing.T) {
	cut := newCloud(t, reset)
	dead := newCloud(t, ok())
	dead.Close()
	for class, server := range map[Class]*cloud{Unknown: cut, NotSent: dead} {
		l := &lines{}
		client := l.watch(server.client(t))
		_, _ = client.CasterConfig(t.Context(), "one")
		_, _ = client.CasterConfig(t.Context(), "one")
		got := l.all(t)
		if len(got) != 1 || got[0]["class"] != string(class) || got[0]["action"] != "DescribeCasterConfig" ||
			len(got[0]["why"].(string)) < 10 {
			t.Errorf("%s: %v", class, got)
		}
	}
}
