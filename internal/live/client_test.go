package live

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestNewRefuses(t *testing.T) {
	keys, _ := NewCredentials(CredentialsConfig{AccessKeyID: fakeID, AccessKeySecret: fakeSecret})
	tests := []struct {
		name, endpoint, region, debug string
		keys                          Credentials
		want                          string
	}{
		{"plain http", "http://live.aliyuncs.com", "", "", keys, "loopback"},
		{"plain http to a private address", "http://10.0.0.1", "", "", keys, "loopback"},
		{"a name that only begins like loopback", "http://127.0.0.1.example.com", "", "", keys, "loopback"},
		{"no scheme", "live.aliyuncs.com", "", "", keys, "CASTERBOT_LIVE_ENDPOINT"},
		{"another scheme", "ftp://live.aliyuncs.com", "", "", keys, "CASTERBOT_LIVE_ENDPOINT"},
		{"a path", "https://live.aliyuncs.com/x", "", "", keys, "CASTERBOT_LIVE_ENDPOINT"},
		{"a password", "https://me:canary@live.aliyuncs.com", "", "", keys, "CASTERBOT_LIVE_ENDPOINT"},
		{"empty", "", "", "", keys, "CASTERBOT_LIVE_ENDPOINT"},
		{"debug output of the SDK", "https://live.aliyuncs.com", "", "http, sdk", keys, "DEBUG"},
		{"no credentials", "https://live.aliyuncs.com", "", "", Credentials{}, "credentials"},
		{"region", "https://live.aliyuncs.com", "cn shanghai", "", keys, "REGION"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("DEBUG", test.debug)
			_, err := New(Config{Endpoint: test.endpoint, Region: test.region, Credentials: test.keys})
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, want something about %s", err, test.want)
			}
		})
	}
}

func TestNewAccepts(t *testing.T) {
	t.Setenv("DEBUG", "http")
	for _, endpoint := range []string{"https://live.aliyuncs.com", "https://live.aliyuncs.com/", "http://localhost:1",
		"http://127.0.0.1:1", "http://[::1]:1"} {
		newClient(t, endpoint)
	}
}

func TestAWrongClockIsNamed(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f := newCloud(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", now.Add(-16*time.Minute).Format(http.TimeFormat))
		refuse(400, "InvalidTimeStamp.Expired")(w, r)
	})
	c := f.client(t)
	_, err := c.RestartCaster(t.Context(), permitted, "c1")
	if e := wantClass(t, err, Refused); !strings.Contains(e.Message, "clock") {
		t.Errorf("message %q", e.Message)
	}
}

// wantSecretFree looks at every way in which an error is usually printed.
func wantSecretFree(t *testing.T, err error) {
	t.Helper()
	e, _ := err.(*Error)
	for _, text := range []string{err.Error(), fmt.Sprintf("%v %+v %#v %q", err, *e, *e, err)} {
		for _, canary := range []string{"canary", "LTAI", "Signature=", "http://", "https://", "rtmp://", "%2F%2F"} {
			if strings.Contains(text, canary) {
				t.Errorf("%q has %q in it", text, canary)
			}
		}
	}
}

func TestErrorsHoldNoSecret(t *testing.T) {
	say := func(code, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			message := strings.NewReplacer("{query}", r.URL.RawQuery, "{id}", fakeID, "{token}", fakeToken).Replace(message)
			answer(400, fmt.Sprintf(`{"RequestId":"R","Code":%q,"Message":%q}`, code, message))(w, r)
		}
	}
	answers := map[string]http.HandlerFunc{
		"signature":       say("SignatureDoesNotMatch", "server string to sign is:POST&%2F&{query}"),
		"query":           say("X", "bad query {query}"),
		"encoded query":   say("X", "POST&%2F&AccessKeyId%3D{id}%26SecurityToken%3Dfakestscanary%252F"),
		"key":             say("X", "key {id} with {token}"),
		"other key":       say("X", "key LTAIfakefakeother is inactive"),
		"playback":        say("X", "see rtmp://host/app/canary?auth_key=canary or auth_key=canary"),
		"code":            say("X https://canary", "no"),
		"reset":           reset,
		"page":            answer(502, "<a href=https://canary>"+fakeID),
		"SDK breaks down": answer(400, `{"RequestId":"R","Code":["`+fakeID+`"]}`),
	}
	for name, a := range answers {
		t.Run(name, func(t *testing.T) {
			f := newCloud(t, a)
			_, err := f.client(t).RestartCaster(t.Context(), permitted, "c1")
			if name == "code" {
				if e := err.(*Error); e.Code != "Xhttpscanary" {
					t.Errorf("code %q", e.Code)
				}
				return
			}
			wantSecretFree(t, err)
		})
	}
}

func TestMessagesAreOneShortLine(t *testing.T) {
	got := keys{}.redact("a\r\nb\x1b[31m\u202ec\x00 " + strings.Repeat("ü", 400))
	if n := len([]rune(got)); n != maxMessage || !strings.HasPrefix(got, "a b [31m c ü") {
		t.Errorf("%d runes: %q", n, got)
	}
}

func TestErrorText(t *testing.T) {
	e := &Error{Class: Refused, Action: "RestartCaster", Code: "IncorrectCasterStatus.Idle", RequestID: "R-1", Status: 400,
		Message: "not started"}
	want := "RestartCaster refused: IncorrectCasterStatus.Idle (HTTP 400): not started [request R-1]"
	if e.Error() != want {
		t.Errorf("got %q", e.Error())
	}
	if ClassOf(fmt.Errorf("apply: %w", e)) != Refused || ClassOf(fmt.Errorf("other")) != Unknown || ClassOf(nil) != "" {
		t.Error("ClassOf")
	}
}

// A right that is missing has several names; an account that is held back is another matter.
func TestForbidden(t *testing.T) {
	for code, want := range map[string]bool{"Forbidden": true, "Forbidden.RAM": true, "NoPermission": true,
		"PermissionDenied": true, "IllegalOperation": true, "Forbidden.RiskControl": false, "InsufficientBalance": false,
		"": false} {
		if e := (&Error{Code: code}); e.Forbidden() != want {
			t.Errorf("%q: %v", code, !want)
		}
	}
}

// The table of actions is what a RAM policy is made from: it must be what is sent, no more and no less.
func TestActionsAreWhatIsSent(t *testing.T) {
	f := newCloud(t, answer(200, `{"RequestId":"R","CasterId":"c"}`))
	c, s, ctx := f.client(t), Stream{"d", "a", "s"}, t.Context()
	_, _ = c.CopyCaster(ctx, permitted, "a", "b", "t")
	_, _ = c.RestartCaster(ctx, permitted, "a")
	_, _ = c.StartCaster(ctx, permitted, "a")
	_, _ = c.StopCaster(ctx, permitted, "a")
	_, _ = c.TakeScene(ctx, permitted, "a", "b", "c")
	_, _ = c.Standby(ctx, permitted, "a", "b")
	_, _ = c.StartScene(ctx, permitted, "a", "b")
	_, _ = c.StopScene(ctx, permitted, "a", "b")
	_, _ = c.Record(ctx, permitted, s, "start")
	_, _ = c.Caster(ctx, "a")
	_, _ = c.Scenes(ctx, "a")
	_, _ = c.CasterConfig(ctx, "a")
	_, _ = c.Domains(ctx)
	_, _ = c.OnlineStreams(ctx, "d", "", "")
	_, _ = c.RecordConfigs(ctx, s)
	_, _ = c.RecordContent(ctx, s, time.Now(), time.Now())
	_, _ = c.RecordFiles(ctx, s, time.Now(), time.Now())
	var sent, table []string
	for _, r := range f.requests() {
		sent = append(sent, r.Get("Action"))
	}
	for _, a := range Actions() {
		table = append(table, a.Name)
		if a.Resource == "" || a.Write == strings.HasPrefix(a.Name, "Describe") {
			t.Errorf("row %+v", a)
		}
	}
	slices.Sort(sent)
	slices.Sort(table)
	if !slices.Equal(sent, table) {
		t.Errorf("sent %v, table %v", sent, table)
	}
}
