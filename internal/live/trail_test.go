package live

import (
	"encoding/json"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/quota"
	"casterbot/internal/sandbox/fakelive"
)

func (w *roleWorld) called(t *testing.T, trace op.Trace) op.Recorded {
	t.Helper()
	r, err := w.client.Called(t.Context(), trace)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What became of a call without an answer is found by its session, whatever became of the answer.
func TestCallIsFoundByItsSession(t *testing.T) {
	for kind, want := range map[fakelive.Kind]op.Recorded{
		fakelive.ResetAfter:  {Found: true, Done: true},
		fakelive.StatusAfter: {Found: true, Done: true},
		fakelive.ResetBefore: {},
		fakelive.Status:      {Found: true, Code: "InternalError"},
	} {
		w := newRoleWorld(t)
		began := time.Now()
		if _, err := w.Inject(fakelive.Fault{Action: "RestartCaster", Kind: kind}); err != nil {
			t.Fatal(err)
		}
		_, err := w.client.RestartCaster(t.Context(), permitted.In(op.Session{Name: anas}), testCaster)
		wantClass(t, err, Unknown)
		got := w.called(t, op.Trace{Action: "RestartCaster", Session: anas, Since: began})
		if got.Found != want.Found || got.Done != want.Done || got.Code != want.Code || got.Refused {
			t.Errorf("%s: %+v", kind, got)
		}
		if got.Found && (got.Session != anas || got.RequestID == "" || got.At.IsZero()) {
			t.Errorf("%s: %+v", kind, got)
		}
		for _, other := range []op.Trace{{Action: "RestartCaster", Session: "U0KEN." + anas[6:], Since: began},
			{Action: "StopCaster", Session: anas, Since: began}, {Action: "RestartCaster", Since: began}} {
			if r := w.called(t, other); r.Found {
				t.Errorf("%s: %+v finds %+v", kind, other, r)
			}
		}
	}
}

func TestCallIsFoundByItsRequest(t *testing.T) {
	w := newRoleWorld(t)
	if _, err := w.Inject(fakelive.Fault{Action: "RestartCaster", Kind: fakelive.StatusAfter}); err != nil {
		t.Fatal(err)
	}
	_, err := w.client.RestartCaster(t.Context(), permitted, testCaster)
	e := wantClass(t, err, Unknown)
	got := w.called(t, op.Trace{Action: "RestartCaster", RequestID: e.RequestID, Since: time.Now()})
	if !got.Done || got.RequestID != e.RequestID {
		t.Errorf("%+v", got)
	}
}

// A refusal of the service is one for good. What it put off, what it does not know itself, and keys that it did not
// take are none: the call is made again, or may have been taken.
func TestWhichRefusalsCount(t *testing.T) {
	for code, want := range map[string]bool{"IncorrectCasterStatus.Idle": true, "NoPermission": true,
		"Throttling.User": false, "ServiceUnavailable": false, "InternalError": false, "CopyCaster.Timeout": false,
		"InvalidSecurityToken.Expired": false, "SignatureDoesNotMatch": false} {
		f := newCloud(t, answer(200, `{"RequestId":"L","Events":[{"eventName":"RestartCaster","requestId":"R","errorCode":"`+
			code+`"}]}`))
		c := f.client(t, func(c *Config) { c.TrailEndpoint = f.URL })
		got, err := c.Called(t.Context(), op.Trace{Action: "RestartCaster", RequestID: "R", Since: time.Now()})
		if err != nil || got.Refused != want || got.Done || got.Code != code {
			t.Errorf("%s: %+v, %v", code, got, err)
		}
	}
}

// Of several calls in one session a success decides, whatever else is found; then a refusal.
func TestSuccessDecides(t *testing.T) {
	event := func(code string) string {
		return `{"eventName":"CopyCaster","userIdentity":{"type":"assumed-role","principalId":"3:` + anas + `"},"errorCode":"` +
			code + `"}`
	}
	refusals := event("Throttling") + `,` + event("NoPermission")
	f := newCloud(t, answer(200, `{"RequestId":"L","Events":[`+refusals+`,`+event("")+`]}`),
		answer(200, `{"RequestId":"L","Events":[`+refusals+`]}`))
	c := f.client(t, func(c *Config) { c.TrailEndpoint = f.URL })
	for _, done := range []bool{true, false} {
		got, err := c.Called(t.Context(), op.Trace{Action: "CopyCaster", Session: anas})
		if err != nil || got.Done != done || got.Refused == done {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

// Whoever touched a studio is named, with where they came from.
func TestWhoTouchedAStudio(t *testing.T) {
	w := newRoleWorld(t)
	began := time.Now().Add(-time.Minute)
	_ = w.SetStudio(testCaster, func(s *fakelive.Studio) { s.OnAir = false })
	_ = w.SetStudio("4f0c7a1e-0000-4000-8000-000000000003", func(s *fakelive.Studio) { s.OnAir = false })
	all, err := w.client.Touched(t.Context(), testCaster, began, time.Now())
	if err != nil || len(all) != 1 || all[0].Name != "StopCaster" || all[0].User != "ken" || all[0].Type != "ram-user" ||
		all[0].Address != "203.0.113.24" {
		t.Errorf("%+v, %v", all, err)
	}
}

// Pages are read to the end, but never for ever, and at most two requests a second may leave.
func TestPagesOfTheTrail(t *testing.T) {
	full, _ := json.Marshal(make([]struct{}, trailPage))
	f := newCloud(t, answer(200, `{"RequestId":"L","NextToken":"more","Events":`+string(full)+`}`))
	c := f.client(t, func(c *Config) { c.TrailEndpoint = f.URL })
	all, err := c.events(t.Context(), "EventRW", "Write", time.Now().Add(-time.Hour), time.Now())
	if err != nil || len(all) != trailPages*trailPage {
		t.Errorf("%d events, %v", len(all), err)
	}
	wantSends(t, f, trailPages)
	if last := f.requests()[trailPages-1]; last.Get("NextToken") != "more" ||
		last.Get("LookupAttribute.1.Key") != "EventRW" || last.Get("Version") != "2020-07-06" {
		t.Errorf("%v", last)
	}
	if n := quota.Limit(lookupEvents.Name); n != 2 {
		t.Errorf("%d calls a second", n)
	}
}

// Events in other forms than the documented one are read as far as they go, and secrets in them are not kept.
func TestFormsOfEvents(t *testing.T) {
	for raw, want := range map[string]TrailEvent{
		`{"eventName":"StopCaster","requestParameterJson":"{\"CasterId\":\"c1\",\"n\":7}","userIdentity":{"type":"root-account"}}`: {
			Name: "StopCaster", Type: "root-account", Params: map[string]string{"CasterId": "c1", "n": "7"}},
		`{"eventName":"StopCaster","requestParameters":{"CasterId":"c1","x":{"y":1}},"errorCode":"OK","sourceIpAddress":7}`: {
			Name: "StopCaster", Address: "7", Params: map[string]string{"CasterId": "c1", "x": ""}},
		`{"userIdentity":{"type":"assumed-role","userName":"casterbot:U0ANA.8F2K5Z","principalId":"3:U0ANA.8F2K5Z"}}`: {
			Type: "assumed-role", User: "casterbot", Session: anas, Params: map[string]string{}},
		`{"userIdentity":{"type":"ram-user","userName":"LTAIfakefakecanary x"},"sourceIpAddress":"https://x/?a=b"}`: {
			Type: "ram-user", User: "[key] x", Address: "[address]", Params: map[string]string{}},
		`7`: {Params: map[string]string{}},
	} {
		got, _ := json.Marshal(trailEvent(json.RawMessage(raw)))
		if wanted, _ := json.Marshal(want); string(got) != string(wanted) {
			t.Errorf("%s:\n got %s\nwant %s", raw, got, wanted)
		}
	}
}

// That ActionTrail is away, or refuses, says nothing of Live.
func TestTrailIsNotLive(t *testing.T) {
	trail := newCloud(t, refuse(403, "NoPermission"))
	f := newCloud(t, answer(200, `{"RequestId":"R"}`))
	c := f.client(t, func(c *Config) { c.TrailEndpoint = trail.URL })
	if _, err := c.RestartCaster(t.Context(), permitted, "c1"); err != nil {
		t.Fatal(err)
	}
	_, err := c.Called(t.Context(), op.Trace{Action: "RestartCaster", RequestID: "R", Since: time.Now()})
	if e := wantClass(t, err, Refused); e.Action != "LookupEvents" || c.State().Word() != "answers" {
		t.Errorf("%v, %s", e, c.State().Word())
	}
	trail.Close()
	if _, err := c.Called(t.Context(), op.Trace{Action: "RestartCaster", RequestID: "R"}); err == nil ||
		c.State().Word() != "answers" {
		t.Errorf("%v, %s", err, c.State().Word())
	}
}

func TestEndpointsOfTheRecord(t *testing.T) {
	for region, want := range map[string]string{"cn-shanghai": "actiontrail.cn-shanghai.aliyuncs.com",
		"ap-southeast-1": "actiontrail.ap-southeast-1.aliyuncs.com"} {
		if s, err := (Config{Region: region}).trailAPI(); err != nil || s.host != want || s.scheme != "https" {
			t.Errorf("%+v, %v", s, err)
		}
	}
	if _, err := (Config{TrailEndpoint: "http://elsewhere"}).trailAPI(); err == nil {
		t.Error("plain http to elsewhere")
	}
	if _, err := NewCredentials(CredentialsConfig{AccessKeyID: fakeID, AccessKeySecret: fakeSecret, RoleARN: testRole,
		STSEndpoint: "http://elsewhere"}); err == nil {
		t.Error("plain http to elsewhere")
	}
	for _, test := range []struct{ vpc, region, want string }{{"", "", "sts.aliyuncs.com"},
		{"", "cn-shanghai", "sts.cn-shanghai.aliyuncs.com"}, {"true", "cn-shanghai", "sts-vpc.cn-shanghai.aliyuncs.com"}} {
		t.Setenv("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", test.vpc)
		t.Setenv("ALIBABA_CLOUD_STS_REGION", test.region)
		if s, err := (CredentialsConfig{}).stsEndpoint(); err != nil || s.host != test.want {
			t.Errorf("%+v, %v", s, err)
		}
	}
}
