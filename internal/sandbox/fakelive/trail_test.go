package fakelive

import (
	"strings"
	"testing"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/actiontrail"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/live"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/sts"
)

const testRole = "acs:ram::1000000000000042:role/casterbot"

// assumed is the vendor's client for Live in a role session.
func assumed(t *testing.T, b *bench, name string) (*live.Client, sts.Credentials) {
	t.Helper()
	client, err := sts.NewClientWithAccessKey("cn-shanghai", testKey, testSecret)
	if err != nil {
		t.Fatal(err)
	}
	client.Domain = strings.TrimPrefix(b.url, "http://")
	ask := sts.CreateAssumeRoleRequest()
	ask.Scheme, ask.RoleArn, ask.RoleSessionName, ask.DurationSeconds = "HTTP", testRole, name, "900"
	got, err := client.AssumeRole(ask)
	if err != nil || got.AssumedRoleUser.Arn != testRole+"/"+name {
		t.Fatalf("%+v %v", got, err)
	}
	k := got.Credentials
	session, err := live.NewClientWithOptions("cn-shanghai", sdk.NewConfig().WithScheme("HTTP"),
		credentials.NewStsTokenCredential(k.AccessKeyId, k.AccessKeySecret, k.SecurityToken))
	if err != nil {
		t.Fatal(err)
	}
	session.Domain = client.Domain
	return session, k
}

func restartBy(t *testing.T, client *live.Client, studio string) error {
	t.Helper()
	restart := live.CreateRestartCasterRequest()
	restart.CasterId = studio
	_, err := client.RestartCaster(restart)
	return err
}

// lookUp asks ActionTrail by the vendor's client.
func (b *bench) lookUp(key, value string) []map[string]any {
	b.t.Helper()
	client, err := actiontrail.NewClientWithAccessKey("cn-shanghai", testKey, testSecret)
	if err != nil {
		b.t.Fatal(err)
	}
	client.Domain = strings.TrimPrefix(b.url, "http://")
	var all []map[string]any
	for token := ""; ; {
		ask := actiontrail.CreateLookupEventsRequest()
		ask.Scheme, ask.NextToken, ask.MaxResults = "HTTP", token, "2"
		ask.LookupAttribute = &[]actiontrail.LookupEventsLookupAttribute{{Key: key, Value: value}}
		got, err := client.LookupEvents(ask)
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, got.Events...)
		if token = got.NextToken; token == "" {
			return all
		}
	}
}

func newTrailBench(t *testing.T) *bench {
	return newBench(t, func(c *Config) { c.Gateway = time.Now })
}

func TestSessionsAndTrail(t *testing.T) {
	b := newTrailBench(t)
	ana, key := assumed(t, b, "U0ANA.8F2K5Z")
	if err := restartBy(t, ana, studioN(1)); err != nil {
		t.Fatal(err)
	}
	if err := restartBy(t, ana, studioN(2)); err == nil {
		t.Fatal("an idle studio was restarted")
	}
	if got := b.lookUp("EventName", "RestartCaster"); len(got) != 0 {
		t.Errorf("at once: %v", got)
	}
	b.time.advance(trailDelay)
	got := b.lookUp("EventName", "RestartCaster")
	if len(got) != 2 || got[0]["errorCode"] != "IncorrectCasterStatus.Idle" || got[1]["errorCode"] != "" {
		t.Fatalf("%v", got)
	}
	who := got[1]["userIdentity"].(map[string]any)
	if who["userName"] != "casterbot:U0ANA.8F2K5Z" || who["accessKeyId"] != key.AccessKeyId ||
		got[1]["sourceIpAddress"] != "127.0.0.1" ||
		got[1]["requestParameters"].(map[string]any)["CasterId"] != studioN(1) {
		t.Errorf("%v", got[1])
	}
	for attribute, value := range map[string]string{"EventRW": "Write", "EventAccessKeyId": key.AccessKeyId,
		"User": "U0ANA.8F2K5Z", "RoleName": "casterbot"} {
		if n := len(b.lookUp(attribute, value)); n != 2 {
			t.Errorf("%s: %d events", attribute, n)
		}
	}
	if n := len(b.lookUp("EventName", "StopCaster")); n != 0 {
		t.Errorf("%d of another name", n)
	}
}

// An event tells what became of the call, whatever became of its answer; what never came so far leaves none.
func TestTrailOfSpoiledCalls(t *testing.T) {
	for kind, want := range map[Kind]string{ResetAfter: "", HTML: "", StatusAfter: "", Status: "InternalError",
		ResetBefore: "none", HTMLBefore: "none", Throttle: "none"} {
		b := newTrailBench(t)
		if _, err := b.world.Inject(Fault{Kind: kind, Action: "RestartCaster", Times: -1}); err != nil {
			t.Fatal(err)
		}
		client, _ := assumed(t, b, "U0ANA.8F2K5Z")
		_ = restartBy(t, client, studioN(1))
		events := b.world.Trail()
		if got := "none"; len(events) > 0 {
			if got = events[0].Code; got != want {
				t.Errorf("%s: code %q, want %q", kind, got, want)
			}
		} else if want != got {
			t.Errorf("%s: no event", kind)
		}
	}
}

func TestTrailOfTheConsole(t *testing.T) {
	b := newTrailBench(t)
	_ = b.world.SetStudio(studioN(1), func(s *Studio) { s.OnAir = false })
	_ = b.world.SetStudio(studioN(1), func(s *Studio) { s.OnAir = true })
	_ = b.world.SetStudio(studioN(1), func(s *Studio) { s.Scenes[0].Layout = "other" })
	b.time.advance(trailDelay)
	var names []string
	for _, e := range b.lookUp("EventType", "ConsoleOperation") {
		names = append(names, e["eventName"].(string))
		if who := e["userIdentity"].(map[string]any); who["userName"] != consoleUser || who["type"] != "ram-user" {
			t.Errorf("%v", who)
		}
	}
	if got := strings.Join(names, " "); got != "SetCasterConfig StartCaster StopCaster" {
		t.Error(got)
	}
}

func TestSessionsEnd(t *testing.T) {
	gateway := &clock{now: time.Now().Add(-10 * time.Minute)}
	b := newBench(t, func(c *Config) { c.Gateway = gateway.Now })
	client, key := assumed(t, b, "U0ANA.8F2K5Z")
	if err := restartBy(t, client, studioN(1)); err != nil {
		t.Error(err)
	}
	if got := b.world.Sessions()[key.AccessKeyId]; got != "U0ANA.8F2K5Z" {
		t.Errorf("session %q", got)
	}
	wrong, _ := live.NewClientWithOptions("cn-shanghai", sdk.NewConfig().WithScheme("HTTP"),
		credentials.NewStsTokenCredential(key.AccessKeyId, key.AccessKeySecret, "another"))
	wrong.Domain = client.Domain
	if err := restartBy(t, wrong, studioN(1)); err == nil || !strings.Contains(err.Error(), "MismatchWithAccessKey") {
		t.Errorf("%v", err)
	}
	gateway.advance(20 * time.Minute)
	if err := restartBy(t, client, studioN(1)); err == nil || !strings.Contains(err.Error(), "SecurityToken.Expired") {
		t.Errorf("%v", err)
	}
}

func TestAssumeRoleWithOIDC(t *testing.T) {
	b := newBench(t, func(c *Config) { c.OIDCToken, c.Gateway = "fake-oidc-token", time.Now })
	ask := func(token, session string) answer {
		return b.send("POST", map[string]string{"Action": "AssumeRoleWithOIDC", "Version": stsVersion, "Format": "JSON"},
			map[string]string{"OIDCProviderArn": "acs:ram::1000000000000042:oidc-provider/k8s", "OIDCToken": token,
				"RoleArn": testRole, "RoleSessionName": session})
	}
	b.ok(ask("fake-oidc-token", "U0ANA.8F2K5Z"))
	b.want(ask("another", "U0ANA.8F2K5Z"), 403, "AuthenticationFail.NoPermission")
	b.want(ask("fake-oidc-token", "not/a/name"), 400, "InvalidParameter.RoleSessionName")
	for _, c := range b.world.Snapshot().Calls {
		if c.Params["OIDCToken"] != "" {
			t.Errorf("the log keeps %v", c.Params)
		}
	}
}
