package app

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/internal/config"
	"casterbot/internal/health"
	"casterbot/internal/sandbox"
	"casterbot/internal/sandbox/fakelive"
)

// foreignPolicy names a studio with a slip, one by its id that is gone, and a domain of somebody else.
const foreignPolicy = `version: 1
channels:
  C0SHOW:
    studios: ["Evening *", "Evenning News", 00000000-0000-4000-8000-00000000dead]
    streams: {main: live.example.com/show/main, theirs: live.elsewhere.example/show/main}
    grants:
      - {who: [everyone], may: ["*"]}
`

// asker makes the inquiry of a bot with these settings, in a world that the returned one is.
func asker(t *testing.T, change func(*config.Config, *fakelive.Config)) (*inquiry, *fakelive.World, *bytes.Buffer) {
	t.Helper()
	world := fakelive.Config{AccessKeyID: sandbox.AccessKeyID, AccessKeySecret: sandbox.AccessKeySecret}
	settings := config.Config{AccessKeyID: sandbox.AccessKeyID, AccessKeySecret: sandbox.AccessKeySecret,
		Region: "cn-shanghai", PolicyFile: filepath.Join(t.TempDir(), "policy.yml")}
	if err := os.WriteFile(settings.PolicyFile, []byte(foreignPolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	change(&settings, &world)
	account := fakelive.New(world)
	server := httptest.NewServer(account)
	t.Cleanup(func() { account.Close(); server.Close() })
	if settings.LiveEndpoint == "" {
		settings.LiveEndpoint = server.URL
	}
	said := &bytes.Buffer{}
	log := slog.New(slog.NewJSONHandler(said, nil))
	keys, err := openKeys(settings)
	if err != nil {
		t.Fatal(err)
	}
	cloud, err := openCloud(settings, keys, nil, 0, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cloud.Close)
	keeper, err := openPolicy(settings.PolicyFile, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return newInquiry(settings, keys, cloud, keeper, log), account, said
}

// The start asks the cloud and says what it found: whether it can be worked with, and what of the policy means nothing.
func TestStartSaysWhatTheCloudIs(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	dead := httptest.NewServer(nil)
	dead.Close()
	for name, c := range map[string]struct {
		change func(*config.Config, *fakelive.Config)
		state  string
		says   []string
	}{
		"well": {func(*config.Config, *fakelive.Config) {}, "answers", []string{
			`"msg":"ApsaraVideo Live answers","credentials":"[credentials static_ak]","region":"cn-shanghai","studios":`,
			`policy.yml:4: channels.C0SHOW.studios: \"Evenning News\" fits none of the account's studios (did you mean \"Evening News\"?)`,
			`00000000-0000-4000-8000-00000000dead`,
			`policy.yml:5: channels.C0SHOW.streams.theirs: the account has no streaming domain live.elsewhere.example`}},
		"wrong secret": {func(_ *config.Config, w *fakelive.Config) { w.AccessKeySecret = "other" }, "refuses", []string{
			`"level":"ERROR"`, `"code":"SignatureDoesNotMatch"`, `"requestId":"`, "key secret", `"region":"cn-shanghai"`}},
		"unknown key": {func(_ *config.Config, w *fakelive.Config) { w.AccessKeyID = "LTAIother" }, "refuses", []string{
			`"level":"ERROR"`, `"code":"InvalidAccessKeyId.NotFound"`}},
		"dead endpoint": {func(c *config.Config, _ *fakelive.Config) { c.LiveEndpoint = dead.URL }, "unreachable", []string{
			`"level":"ERROR"`, "CASTERBOT_LIVE_ENDPOINT"}},
		"wrong region": {func(c *config.Config, _ *fakelive.Config) { c.Region = "cn-nowhere" }, "refuses", []string{
			`"level":"ERROR"`, `"code":"RegionNoResource"`, `"region":"cn-nowhere"`, "ALIBABA_CLOUD_REGION_ID"}},
		"no such profile": {func(c *config.Config, _ *fakelive.Config) {
			c.AccessKeyID, c.AccessKeySecret, c.Profile = "", "", "nobody"
		}, "no credentials", []string{`"level":"ERROR"`, `a profile \"nobody\"`, "ALIBABA_CLOUD_"}},
		"wrong clock": {func(_ *config.Config, w *fakelive.Config) {
			w.Gateway = func() time.Time { return time.Now().Add(16 * time.Minute) }
		}, "refuses", []string{`"code":"InvalidTimeStamp.Expired"`, "changes are refused"}},
	} {
		t.Run(name, func(t *testing.T) {
			i, account, said := asker(t, c.change)
			if i.region == "cn-nowhere" { // the embedded account is in every region
				_, err := account.Inject(fakelive.Fault{Kind: fakelive.Refuse, Code: "RegionNoResource"})
				if err != nil {
					t.Fatal(err)
				}
			}
			if found := i.ask(t.Context(), false); found != (c.state == "answers") {
				t.Errorf("found: %v", found)
			}
			if got := i.cloud.State().Word(); got != c.state {
				t.Errorf("%s, want %s", got, c.state)
			}
			for _, want := range c.says {
				if !strings.Contains(said.String(), want) {
					t.Errorf("%q is not in\n%s", want, said)
				}
			}
			if strings.Contains(said.String(), sandbox.AccessKeySecret) {
				t.Error("a secret in the log")
			}
		})
	}
}

// An account without studios is probably another account, or another region.
func TestStartOfAnEmptyAccount(t *testing.T) {
	i, _, said := asker(t, func(*config.Config, *fakelive.Config) {})
	i.say(nil)
	if !strings.Contains(said.String(), "ALIBABA_CLOUD_REGION_ID") || strings.Contains(said.String(), "Evenning") {
		t.Error(said)
	}
}

// /readyz shows the cloud as a state of its own: nobody is unready for it.
func TestReadyShowsTheCloud(t *testing.T) {
	i, account, said := asker(t, func(*config.Config, *fakelive.Config) {})
	show := func() (code int, cloud map[string]any) {
		w := httptest.NewRecorder()
		probes := map[string]health.Probe{"cloud": (&App{cloud: i.cloud}).probeCloud}
		health.Handler(probes, http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
		body := map[string]map[string]any{}
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		return w.Code, body["cloud"]
	}
	if code, cloud := show(); code != 200 || cloud["ok"] != false || cloud["state"] != "unasked" {
		t.Errorf("before: %d, %v", code, cloud)
	}
	if _, err := account.Inject(fakelive.Fault{Kind: fakelive.Refuse, Code: "InvalidAccessKeyId.Inactive"}); err != nil {
		t.Fatal(err)
	}
	i.ask(t.Context(), false)
	if code, cloud := show(); code != 200 || cloud["ok"] != false || cloud["state"] != "refuses" ||
		cloud["code"] != "InvalidAccessKeyId.Inactive" || cloud["requestId"] == "" {
		t.Errorf("disabled: %d, %v", code, cloud)
	}
	i.ask(t.Context(), true)
	if code, cloud := show(); code != 200 || cloud["ok"] != true || cloud["state"] != "answers" ||
		cloud["skewSeconds"] == nil || !strings.Contains(said.String(), "ApsaraVideo Live answers again") {
		t.Errorf("enabled: %d, %v, %s", code, cloud, said)
	}
}

// Another policy is held against the account like the first one.
func TestAnotherPolicyIsHeldAgainstTheAccount(t *testing.T) {
	i, account, said := asker(t, func(*config.Config, *fakelive.Config) {})
	if err := i.policy.Reload(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { i.run(ctx); close(ended) }()
	for len(account.Snapshot().Calls) < 6 { // twice: the studios and two domains
		time.Sleep(time.Millisecond)
	}
	stop()
	<-ended
	if n := strings.Count(said.String(), `"msg":"ApsaraVideo Live answers"`); n != 2 {
		t.Errorf("said %d times:\n%s", n, said)
	}
}
