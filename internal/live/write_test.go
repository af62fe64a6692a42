package live

import (
	"casterbot/internal/op"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Every row: what the service says to a write, what it means, and that it was asked exactly once.
func TestWriteOutcomes(t *testing.T) {
	tests := []struct {
		name    string
		answer  http.HandlerFunc
		want    Class
		code    string
		request string
	}{
		{"refusal", refuse(400, "IncorrectCasterStatus.Idle"), Refused, "IncorrectCasterStatus.Idle", "R-1"},
		{"conflict is a refusal", refuse(409, "TaskAlreadyStarted"), Refused, "TaskAlreadyStarted", "R-1"},
		{"access denied, with a text where the SDK wants an object",
			answer(403, `{"RequestId":"R-2","Code":"NoPermission","Message":"no","AccessDeniedDetail":"text"}`), Refused,
			"NoPermission", "R-2"},
		{"numeric code, on which the SDK panics", answer(400, `{"RequestId":"R-2","Code":123,"Message":"no"}`),
			Unknown, "", ""},
		{"refusal without request id", answer(400, `{"Code":"X","Message":"no"}`), Unknown, "", ""},
		{"refusal cut short", answer(400, `{"RequestId":"R-2","Code":"X","Mess`), Unknown, "", ""},
		{"timeout of the service", refuse(408, "CopyCaster.Timeout"), Unknown, "CopyCaster.Timeout", "R-1"},
		{"nonce seen before", refuse(400, "SignatureNonceUsed"), Unknown, "SignatureNonceUsed", "R-1"},
		{"500", refuse(500, "InternalError"), Unknown, "InternalError", "R-1"},
		{"503", refuse(503, "ServiceUnavailable"), Unknown, "ServiceUnavailable", "R-1"},
		{"502 of a proxy", answer(502, "<html>Bad Gateway</html>"), Unknown, "", ""},
		{"403 of a proxy", answer(403, "<html>Forbidden</html>"), Unknown, "", ""},
		{"400 in XML", answer(400, "<Error><Code>X</Code></Error>"), Unknown, "", ""},
		{"200 with HTML", answer(200, "<html>Sign in</html>"), Unknown, "", ""},
		{"200 empty", answer(200, ""), Unknown, "", ""},
		{"200 without request id", answer(200, `{}`), Unknown, "", ""},
		{"200 cut short", answer(200, `{"RequestId":"R-`), Unknown, "", ""},
		{"200 too long", answer(200, `{"RequestId":"R-1"}`+strings.Repeat(" ", maxBody)), Unknown, "", ""},
		{"200 shorter than announced", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"RequestId":"R-1"}`))
		}, Unknown, "", ""},
		{"reset", reset, Unknown, "", ""},
		{"200 cut short without a length", raw("HTTP/1.0 200 OK\r\n\r\n{\"RequestId\":\"R-"), Unknown, "", ""},
		{"refusal shorter than announced",
			raw("HTTP/1.1 400 Bad Request\r\nContent-Length: 999\r\n\r\n" + `{"RequestId":"R-1","Code":"X"}`), Unknown, "", ""},
		{"refusal in chunks that do not end",
			raw("HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n" + `{"RequestId":"R-1","Code":"X"}` +
				"\r\n"), Unknown, "", ""},
		{"refusal too long", answer(400, `{"RequestId":"R-1","Code":"X"}`+strings.Repeat(" ", maxBody)), Unknown, "", ""},
		{"only a 100", raw("HTTP/1.1 100 Continue\r\n\r\n"), Unknown, "", ""},
		{"a 103 and nothing", raw("HTTP/1.1 103 Early Hints\r\n\r\n"), Unknown, "", ""},
		{"101 and something else, which does not end", switched, Unknown, "", ""},
		{"no HTTP", raw("SSH-2.0-x\r\n"), Unknown, "", ""},
		{"201", answer(201, `{"RequestId":"R-1"}`), Unknown, "", ""},
		{"202: taken, not done", answer(202, `{"RequestId":"R-1"}`), Unknown, "", ""},
		{"203 of a proxy that changed it", answer(203, `{"RequestId":"R-1"}`), Unknown, "", ""},
		{"204", answer(204, ""), Unknown, "", ""},
		{"206 that reads like a whole", answer(206, `{"RequestId":"R-1"}`), Unknown, "", ""},
		{"304", answer(304, ""), Unknown, "", ""},
		{"200 with a code", answer(200, `{"RequestId":"R-1","Code":"IncorrectCasterStatus","Message":"The studio is busy."}`),
			Unknown, "IncorrectCasterStatus", "R-1"},
		{"200 with a code that throttles", answer(200, `{"RequestId":"R-1","Code":"Throttling.User"}`), Unknown,
			"Throttling.User", "R-1"},
		{"200 without success", answer(200, `{"RequestId":"R-1","Success":false}`), Unknown, "", "R-1"},
		{"200 without success, as a text", answer(200, `{"RequestId":"R-1","Code":"OK","Success":"false"}`), Unknown,
			"", "R-1"},
		{"200 without success, as a number", answer(200, `{"RequestId":"R-1","Success":0}`), Unknown, "", "R-1"},
		{"200 without success, in another case", answer(200, `{"RequestId":"R-1","success":false}`), Unknown, "", ""},
		{"200 with a numeric code", answer(200, `{"RequestId":"R-1","Code":500}`), Unknown, "", ""},
		{"200 with null", answer(200, `null`), Unknown, "", ""},
		{"200 with a list", answer(200, `[{"RequestId":"R-1"}]`), Unknown, "", ""},
		{"200 with two values", answer(200, `{"RequestId":"R-1"}{"Code":"X"}`), Unknown, "", ""},
		{"200 with a request id of another type", answer(200, `{"RequestId":1}`), Unknown, "", ""},
		{"200 with a request id of null", answer(200, `{"RequestId":null}`), Unknown, "", ""},
		{"200 with a blank request id", answer(200, `{"RequestId":"  "}`), Unknown, "", ""},
		{"200 with a request id in another case", answer(200, `{"requestid":"R-1"}`), Unknown, "", ""},
		{"200 with two request ids", answer(200, `{"RequestId":"R-1","RequestId":"R-2"}`), Unknown, "", ""},
		{"200 with a byte order mark", answer(200, "\ufeff"+`{"RequestId":"R-1"}`), Unknown, "", ""},
		{"200 as a page, in gzip", headed("Content-Encoding: gzip", 200, "\x1f\x8b\x08garbage"), Unknown, "", ""},
		{"200 of a proxy with the service's header", headed("x-acs-request-id: R-9", 200, "<html>"), Unknown, "", "R-9"},
		{"400 empty", answer(400, ""), Unknown, "", ""},
		{"refusal without code", answer(400, `{"RequestId":"R-1","Message":"no"}`), Unknown, "", ""},
		{"refusal with an empty code", answer(400, `{"RequestId":"R-1","Code":"","Message":"no"}`), Unknown, "", ""},
		{"refusal with two codes", answer(400, `{"RequestId":"R-1","Code":"CopyCaster.Timeout","Code":"X"}`),
			Unknown, "", ""},
		{"refusal in another case, of somebody else", answer(403, `{"requestId":"R-1","code":"blocked","message":"no"}`),
			Unknown, "", ""},
		{"refusal cut short after what counts", raw("HTTP/1.0 400 Bad Request\r\n\r\n" + `{"RequestId":"R-1","Code":"X"`),
			Unknown, "", ""},
		{"refusal with more behind it", answer(400, `{"RequestId":"R-1","Code":"X"} and more`), Unknown, "", ""},
		{"refusal that says OK", answer(400, `{"RequestId":"R-1","Code":"OK"}`), Unknown, "", ""},
		{"refusal with a request id of another type", answer(400, `{"RequestId":1,"Code":"X"}`), Unknown, "", ""},
		{"refusal as a text", headed("Content-Type: text/html", 400, `{"RequestId":"R-1","Code":"X","Message":"no"}`),
			Refused, "X", "R-1"},
		{"refusal with a null success and a number as message",
			answer(400, `{"RequestId":"R-1","Code":"IncompleteSignature","Success":null,"Message":1}`), Refused,
			"IncompleteSignature", "R-1"},
		{"refusal of something too long", refuse(413, "X"), Refused, "X", "R-1"},
		{"407 of a proxy that talks like the service", refuse(407, "X"), Unknown, "X", "R-1"},
		{"499", refuse(499, "X"), Unknown, "X", "R-1"},
		{"a refusal's code with 500", refuse(500, "IncorrectCasterStatus.Idle"), Unknown,
			"IncorrectCasterStatus.Idle", "R-1"},
		{"throttled with 503", refuse(503, "Throttling.User"), Unknown, "Throttling.User", "R-1"},
		{"a trouble of the service with 400", refuse(400, "InternalError"), Unknown, "InternalError", "R-1"},
		{"a timeout of the service with 400", refuse(400, "ServiceTimeout"), Unknown, "ServiceTimeout", "R-1"},
		{"429 without the API's form", answer(429, `{"error":"slow down"}`), Unknown, "", ""},
		{"a status of nobody", refuse(600, "X"), Unknown, "X", "R-1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newCloud(t, test.answer)
			_, err := f.client(t).RestartCaster(t.Context(), permitted, "c1")
			e := wantClass(t, err, test.want)
			if e.Code != test.code || e.RequestID != test.request || e.Action != "RestartCaster" || e.Message == "" {
				t.Errorf("got %+v", e)
			}
			wantSends(t, f, 1)
		})
	}
}

// What is no error is a success.
func TestGoodAnswers(t *testing.T) {
	for _, body := range []string{
		`{"RequestId":"R-1"}`, ` {"RequestId":"R-1","Code":"OK","Message":"done"}`, `{"RequestId":"R-1","Code":"200"}`,
		`{"RequestId":"R-1","Code":200}`,
		`{"RequestId":"R-1","Code":"Success","Success":true}`, `{"RequestId":"R-1","Code":null,"Success":null}`,
		`{"RequestId":"R-1","Code":"","Success":"true"}`,
		`{"RequestId":"R-1","List":[{"Code":"X","Success":false}]}`,
	} {
		f := newCloud(t, answer(200, body))
		got, err := f.client(t).RestartCaster(t.Context(), permitted, "c1")
		if err != nil || got.RequestID != "R-1" {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestReceipts(t *testing.T) {
	stream := Stream{"live.example.com", "show", "main"}
	tests := []struct {
		name, body string
		call       func(context.Context, *Client) (Receipt, error)
		want       Receipt
		sent       map[string]string
	}{
		{"copy", `{"RequestId":"R","CasterId":"new"}`, func(ctx context.Context, c *Client) (Receipt, error) {
			return c.CopyCaster(ctx, permitted, "src", "A & B*~ü", "tok")
		},
			Receipt{RequestID: "R", CasterID: "new"},
			map[string]string{"Action": "CopyCaster", "SrcCasterId": "src", "CasterName": "A & B*~ü", "ClientToken": "tok"}},
		{"restart", `{"RequestId":"R"}`, func(ctx context.Context, c *Client) (Receipt, error) {
			return c.RestartCaster(ctx, permitted, "c1")
		},
			Receipt{RequestID: "R"}, map[string]string{"Action": "RestartCaster", "CasterId": "c1"}},
		{"start", `{"RequestId":"R","StreamUrl":"rtmp://x/y"}`, func(ctx context.Context, c *Client) (Receipt, error) {
			return c.StartScene(ctx, permitted, "c1", "s1")
		},
			Receipt{RequestID: "R", PlayURL: "rtmp://x/y"},
			map[string]string{"Action": "StartCasterScene", "CasterId": "c1", "SceneId": "s1"}},
		{"stop", `{"RequestId":"R"}`, func(ctx context.Context, c *Client) (Receipt, error) {
			return c.StopScene(ctx, permitted, "c1", "s1")
		},
			Receipt{RequestID: "R"}, map[string]string{"Action": "StopCasterScene", "CasterId": "c1", "SceneId": "s1"}},
		{"studio on", `{"RequestId":"R","PgmSceneInfos":{"SceneInfo":[{"SceneId":"s1","StreamUrl":"rtmp://x"}]}}`,
			func(ctx context.Context, c *Client) (Receipt, error) {
				return c.StartCaster(ctx, permitted, "c1")
			},
			Receipt{RequestID: "R"}, map[string]string{"Action": "StartCaster", "CasterId": "c1"}},
		{"studio off", `{"RequestId":"R"}`, func(ctx context.Context, c *Client) (Receipt, error) {
			return c.StopCaster(ctx, permitted, "c1")
		},
			Receipt{RequestID: "R"}, map[string]string{"Action": "StopCaster", "CasterId": "c1"}},
		{"take", `{"RequestId":"R"}`, func(ctx context.Context, c *Client) (Receipt, error) {
			return c.TakeScene(ctx, permitted, "c1", "pvw", "pgm")
		},
			Receipt{RequestID: "R"},
			map[string]string{"Action": "CopyCasterSceneConfig", "CasterId": "c1", "FromSceneId": "pvw", "ToSceneId": "pgm"}},
		{"standby", `{"RequestId":"R"}`, func(ctx context.Context, c *Client) (Receipt, error) {
			return c.Standby(ctx, permitted, "c1", "pgm")
		},
			Receipt{RequestID: "R"}, map[string]string{"Action": "EffectCasterUrgent", "CasterId": "c1", "SceneId": "pgm"}},
		{"record", `{"RequestId":"R"}`, func(ctx context.Context, c *Client) (Receipt, error) {
			return c.Record(ctx, permitted, stream, "stop")
		},
			Receipt{RequestID: "R"}, map[string]string{"Action": "RealTimeRecordCommand", "Command": "stop",
				"DomainName": "live.example.com", "AppName": "show", "StreamName": "main"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newCloud(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPost {
					t.Errorf("method %s", r.Method)
				}
				answer(200, test.body)(w, r)
			})
			got, err := test.call(t.Context(), f.client(t))
			if err != nil || got != test.want {
				t.Fatalf("got %+v, %v", got, err)
			}
			sent := f.requests()[0]
			test.sent["RegionId"], test.sent["Version"], test.sent["SecurityToken"] = "cn-shanghai", "2016-11-01", fakeToken
			for name, value := range test.sent {
				if sent.Get(name) != value {
					t.Errorf("%s = %q, want %q", name, sent.Get(name), value)
				}
			}
			if sent.Get("Signature") != signature(sent) {
				t.Error("the signature is not the one of these parameters")
			}
			wantSends(t, f, 1)
		})
	}
}

// signature is computed here as the API documents it, without the SDK.
func signature(form url.Values) string {
	signed := url.Values{}
	for name, values := range form {
		if name != "Signature" {
			signed[name] = values
		}
	}
	escape := strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace
	mac := hmac.New(sha1.New, []byte(fakeSecret+"&"))
	mac.Write([]byte("POST&%2F&" + escape(url.QueryEscape(escape(signed.Encode())))))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestCopyNeedsItsCaster(t *testing.T) {
	f := newCloud(t, ok())
	_, err := f.client(t).CopyCaster(t.Context(), permitted, "src", "name", "tok")
	wantClass(t, err, Unknown)
	wantSends(t, f, 1)
}

func TestNothingIsSentForWrongArguments(t *testing.T) {
	f := newCloud(t, ok())
	c := f.client(t)
	for _, token := range []string{"", "with space", "ümlaut", strings.Repeat("x", 65)} {
		_, err := c.CopyCaster(t.Context(), permitted, "src", "name", token)
		wantClass(t, err, NotSent)
	}
	_, err := c.RestartCaster(t.Context(), permitted, "")
	wantClass(t, err, NotSent)
	_, err = c.Record(t.Context(), permitted, Stream{Domain: "d", App: "a"}, "start")
	wantClass(t, err, NotSent)
	wantSends(t, f, 0)
}

func TestThrottledWriteIsTriedAgain(t *testing.T) {
	throttled := refuse(400, "Throttling.User")
	tests := []struct {
		name    string
		answers []http.HandlerFunc
		want    Class
		sends   int
	}{
		{"three times, then done", []http.HandlerFunc{throttled, throttled, throttled, ok()}, "", 4},
		{"for ever", []http.HandlerFunc{throttled}, Throttled, writeTries},
		{"then unknown", []http.HandlerFunc{throttled, refuse(500, "InternalError")}, Unknown, 2},
		{"by another name", []http.HandlerFunc{refuse(400, "Rejected.Throttling"), ok()}, "", 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var told atomic.Int32
			f := newCloud(t, test.answers...)
			c := f.client(t, func(c *Config) {
				c.Waiting = func(_ context.Context, _ op.SendPermit, action string, _ Class, wait time.Duration) {
					if action == "RestartCaster" && wait == time.Microsecond {
						told.Add(1)
					}
				}
			})
			c.jitter = func(time.Duration) time.Duration { return time.Microsecond }
			_, err := c.RestartCaster(t.Context(), permitted, "c1")
			wantClass(t, err, test.want)
			wantSends(t, f, test.sends)
			if int(told.Load()) != test.sends-1 {
				t.Errorf("told of %d pauses", told.Load())
			}
			nonces := map[string]bool{}
			for _, sent := range f.requests() {
				nonces[sent.Get("SignatureNonce")] = true
			}
			if len(nonces) != test.sends {
				t.Errorf("%d nonces for %d sends", len(nonces), test.sends)
			}
		})
	}
}

func TestThrottledWriteKeepsToTheDeadline(t *testing.T) {
	f := newCloud(t, refuse(400, "Throttling"))
	c := f.client(t)
	c.jitter = func(time.Duration) time.Duration { return time.Hour }
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := c.RestartCaster(ctx, permitted, "c1")
	wantClass(t, err, Throttled)
	wantSends(t, f, 1)
}

// A redirect proves nothing about the effect of a write. A look has failed, and is not tried again.
func TestRedirectIsNotFollowed(t *testing.T) {
	var reached atomic.Int32
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer trap.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		f := newCloud(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, trap.URL, status) })
		_, err := f.client(t).RestartCaster(t.Context(), permitted, "c1")
		wantClass(t, err, Unknown)
		wantSends(t, f, 1)
		_, err = f.client(t).Scenes(t.Context(), "c1")
		if e := wantClass(t, err, Refused); !strings.Contains(e.Message, "redirect") {
			t.Errorf("%v", e)
		}
		wantSends(t, f, 2)
	}
	if reached.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

// net/http repeats some requests by itself on a connection used before, so no write may come by one.
func TestEveryWriteHasItsOwnConnection(t *testing.T) {
	f := newCloud(t, answer(200, `{"RequestId":"R"}`))
	c := f.client(t)
	for range 3 {
		if _, err := c.Casters(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := c.RestartCaster(t.Context(), permitted, "c1"); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.from) != 4 {
		t.Errorf("3 reads and 3 writes came by %d connections, want 1 + 3", len(f.from))
	}
}

// A read leaves a connection open; a write whose own is dropped after the effect must not be repeated.
func TestDroppedConnectionIsOneSend(t *testing.T) {
	f := newCloud(t, answer(200, `{"RequestId":"R"}`), reset)
	c := f.client(t)
	if _, err := c.Casters(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := c.RestartCaster(t.Context(), permitted, "c1")
	wantClass(t, err, Unknown)
	wantSends(t, f, 2)
}

func TestSlowAnswer(t *testing.T) {
	tests := []struct {
		name  string
		wait  time.Duration
		limit time.Duration
	}{
		{"longer than the client waits", 50 * time.Millisecond, time.Minute},
		{"longer than the caller waits", time.Minute, 50 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newCloud(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			c := f.client(t, func(c *Config) { c.Wait = test.wait })
			ctx, cancel := context.WithTimeout(t.Context(), test.limit)
			defer cancel()
			_, err := c.RestartCaster(ctx, permitted, "c1")
			wantClass(t, err, Unknown)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v is not a deadline", err)
			}
			wantSends(t, f, 1)
		})
	}
}

func TestCancelled(t *testing.T) {
	t.Run("after it was sent", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := newCloud(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
		_, err := f.client(t).RestartCaster(ctx, permitted, "c1")
		wantClass(t, err, Unknown)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v is not a cancellation", err)
		}
		wantSends(t, f, 1)
	})
	t.Run("before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		f := newCloud(t, ok())
		_, err := f.client(t).RestartCaster(ctx, permitted, "c1")
		wantClass(t, err, NotSent)
		wantSends(t, f, 0)
	})
}
