package doctor

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/sandbox"
	"casterbot/internal/sandbox/fakelive"
)

// other puts another account in the place of the stand's.
func other(c fakelive.Config, more ...func(*fakelive.World)) func(*stand) {
	return func(s *stand) {
		c.AccessKeyID, c.AccessKeySecret = sandbox.AccessKeyID, sandbox.AccessKeySecret
		world := fakelive.New(c)
		for _, do := range more {
			do(world)
		}
		server := httptest.NewServer(world)
		s.Cleanup(func() { world.Close(); server.Close() })
		s.Setenv("CASTERBOT_LIVE_ENDPOINT", server.URL)
	}
}

// off is a gateway whose clock is off.
func off(d time.Duration) fakelive.Config {
	return fakelive.Config{Gateway: func() time.Time { return time.Now().Add(d) }}
}

// empty takes every studio out of an account.
func empty(w *fakelive.World) {
	all := map[string]any{}
	_ = json.Unmarshal(w.Save(), &all)
	all["studios"] = []any{}
	text, _ := json.Marshal(all)
	if err := w.Load(text); err != nil {
		panic(err)
	}
}

// refuses lets the account refuse an action, or all, with a code.
func refuses(action, code string) func(*stand) {
	return func(s *stand) { s.refuse(action, code) }
}

// both does one thing after the other.
func both(first, second func(*stand)) func(*stand) {
	return func(s *stand) { first(s); second(s) }
}

// What is wrong with the account: whether it can be worked with at all.
func TestFaultsOfTheAccount(t *testing.T) {
	dead := httptest.NewServer(nil)
	dead.Close()
	page := httptest.NewServer(http.NotFoundHandler())
	defer page.Close()
	secure := unknownTLS(t)
	const rest = "not checked cloud | rights, studios and streams: not checked, because the account cannot be asked"
	t.Setenv("HOME", t.TempDir())
	find(t, []fault{
		{"no credentials", set("ALIBABA_CLOUD_ACCESS_KEY_ID", "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", ""), []string{
			"broken cloud | no Alibaba Cloud credentials | ram.console.aliyun.com",
			"not checked cloud | rights, studios and streams: not checked, because there are no credentials"}},
		{"half a key", set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", ""), []string{
			"broken cloud | ALIBABA_CLOUD_ACCESS_KEY_ID is set without ALIBABA_CLOUD_ACCESS_KEY_SECRET | AccessKey"}},
		{"swapped halves", set("ALIBABA_CLOUD_ACCESS_KEY_ID", sandbox.AccessKeySecret, "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
			sandbox.AccessKeyID), []string{"broken cloud | the two halves of the key are swapped | swap them"}},
		{"half of a temporary key", set("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.fakefake"), []string{
			"broken cloud | ALIBABA_CLOUD_SECURITY_TOKEN is not set | of a RAM user"}},
		{"a key and a profile", set("ALIBABA_CLOUD_PROFILE", "mine"), []string{
			"warning cloud | the access key is used, and ALIBABA_CLOUD_PROFILE is not | unset"}},
		{"another secret", set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "fake-secret-of-another"), []string{
			"broken cloud | access key secret is wrong (SignatureDoesNotMatch | make a new access key", rest}},
		{"another key", set("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIfakeother"), []string{
			"broken cloud | access key does not exist (InvalidAccessKeyId.NotFound | ram.console.aliyun.com", rest}},
		{"a key that is off", refuses("", "InvalidAccessKeyId.Inactive"), []string{
			"broken cloud | access key is disabled | new access key", rest}},
		{"an STS token that has expired", func(s *stand) {
			s.Setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "STS.fakefake")
			other(fakelive.Config{SecurityToken: "STS.fakefake"}, func(w *fakelive.World) {
				_, _ = w.Inject(fakelive.Fault{Kind: fakelive.Refuse, Code: "InvalidSecurityToken.Expired", Times: -1})
			})(s)
		}, []string{"broken cloud | security token has expired | get a new STS token", rest,
			"warning cloud | ALIBABA_CLOUD_SECURITY_TOKEN is one for hours"}},
		{"no such profile", set("ALIBABA_CLOUD_ACCESS_KEY_ID", "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "",
			"ALIBABA_CLOUD_PROFILE", "nobody"), []string{
			`broken cloud | a profile "nobody" | credentials that ALIBABA_CLOUD_… names`, rest}},
		{"a role with nothing to assume it with", set("ALIBABA_CLOUD_ACCESS_KEY_ID", "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
			"",
			"ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/fake"), []string{
			"broken cloud | ALIBABA_CLOUD_ROLE_ARN is set without"}},
		{"the clock 5 minutes off", other(off(5 * time.Minute)), []string{
			"warning cloud | the clock of this machine is 5 minutes behind that of ApsaraVideo Live | timedatectl"}},
		{"the clock 12 minutes off", other(off(-12 * time.Minute)), []string{
			"broken cloud | the clock of this machine is 12 minutes ahead of that of ApsaraVideo Live: no change is sent | chronyc"}},
		{"the clock 20 minutes off", other(off(20 * time.Minute)), []string{
			"broken cloud | the clock of this machine is 20 minutes behind that", "broken cloud | (InvalidTimeStamp.Expired | timedatectl", rest}},
		{"another region", refuses("DescribeCasters", "RegionNoResource"), []string{
			"broken cloud | (region cn-shanghai) | ALIBABA_CLOUD_REGION_ID", rest}},
		{"no such region", refuses("", "InvalidRegionId.NotFound"), []string{
			"broken cloud | there is no such region (InvalidRegionId.NotFound | ALIBABA_CLOUD_REGION_ID", rest}},
		{"no right to the list", refuses("DescribeCasters", "Forbidden.RAM"), []string{
			"broken cloud | may not do this (Forbidden.RAM | allow live:DescribeCasters", rest}},
		{"no money", refuses("", "InsufficientBalance"), []string{
			"broken cloud | balance is used up | pay for the account", rest}},
		{"held back", refuses("", "Forbidden.RiskControl"), []string{"broken cloud | risk control | support", rest}},
		{"away", set("CASTERBOT_LIVE_ENDPOINT", dead.URL), []string{"broken cloud | refuses connections | firewall", rest}},
		{"no authority", set("CASTERBOT_LIVE_ENDPOINT", secure.URL), []string{
			"broken cloud | unknown authority | SSL_CERT_FILE", rest}},
		{"no API", set("CASTERBOT_LIVE_ENDPOINT", page.URL), []string{
			"broken cloud | ApsaraVideo Live cannot be worked with | CASTERBOT_LIVE_ENDPOINT", rest}},
		{"an address with a path", set("CASTERBOT_LIVE_ENDPOINT", "https://live.example/api"), []string{
			"broken cloud | CASTERBOT_LIVE_ENDPOINT: want https://live.aliyuncs.com"}},
		{"an empty account", other(fakelive.Config{}, empty), []string{
			"warning cloud | the account has no studio in the region cn-shanghai | ALIBABA_CLOUD_REGION_ID"}},
	})
}

// What is wrong with the rights of the keys, and who else uses the account.
func TestFaultsOfRights(t *testing.T) {
	var all []fault
	for _, action := range []string{"DescribeCasterScenes", "DescribeCasterConfig", "DescribeLiveStreamsOnlineList",
		"DescribeLiveRecordConfig", "DescribeLiveStreamRecordContent", "DescribeLiveStreamRecordIndexFiles"} {
		all = append(all, fault{action, refuses(action, "Forbidden.RAM"), []string{
			"broken rights | the keys may not use live:" + action + ": | allow live:" + action + " on *; compare the RAM policy",
			"not checked rights | RealTimeRecordCommand: not checked, because only a change would show them"}})
	}
	all = append(all, fault{live.ForSetup, refuses(live.ForSetup, "Forbidden.RAM"), []string{
		"warning rights | casterbot init does not see all domains | allow live:" + live.ForSetup + " on *"}})
	all = append(all, fault{"others use the account", func(s *stand) {
		fault := fakelive.Fault{Action: "DescribeCasters", Kind: fakelive.Throttle, Times: 1}
		if _, err := s.world.Live.Inject(fault); err != nil {
			s.Fatal(err)
		}
	}, []string{
		"warning rights | others use up the account's limit of DescribeCasters (15 calls a second) | CASTERBOT_QUOTA_SHARE"}})
	const withRole = sandbox.RoleARN
	all = append(all,
		fault{"no right to ActionTrail", both(refuses("LookupEvents", "NoPermission"),
			set("CASTERBOT_ACTIONTRAIL", "on", "ALIBABA_CLOUD_ROLE_ARN", withRole)), []string{
			"broken rights | the keys may not ask ActionTrail: | allow actiontrail:LookupEvents on *"}},
		fault{"ActionTrail without a role", set("CASTERBOT_ACTIONTRAIL", "on"), []string{
			"warning rights | CASTERBOT_ACTIONTRAIL is on without a role | ALIBABA_CLOUD_ROLE_ARN"}},
		fault{"ActionTrail out of reach", set("CASTERBOT_ACTIONTRAIL", "on", "ALIBABA_CLOUD_ROLE_ARN", withRole,
			"CASTERBOT_ACTIONTRAIL_ENDPOINT", "http://127.0.0.1:1"), []string{
			"warning rights | ActionTrail could not be asked | CASTERBOT_ACTIONTRAIL_ENDPOINT"}})
	find(t, all)
}

// What is wrong with studios and streams of the policy.
func TestFaultsOfStudios(t *testing.T) {
	const news = "4f0c7a1e-0000-4000-8000-000000000001"
	studio := func(change func(*fakelive.Studio)) func(*stand) {
		return func(s *stand) {
			if err := s.world.Live.SetStudio(news, change); err != nil {
				s.Fatal(err)
			}
		}
	}
	stream := func(change func(*fakelive.Stream)) func(*stand) {
		return func(s *stand) {
			if err := s.world.Live.SetStream(fakelive.Domain, "show", "main", change); err != nil {
				s.Fatal(err)
			}
		}
	}
	edit := func(old, put string) func(*stand) { return func(s *stand) { s.edit(old, put) } }
	find(t, []fault{
		{"no standby picture", studio(func(s *fakelive.Studio) { s.Standby = "" }), []string{
			`warning studios | studio "Evening News" (` + news + `) has no standby picture: /caster standby cannot work | live.console.aliyun.com`}},
		{"it switches by itself", studio(func(s *fakelive.Studio) { s.AutoStandby = true }), []string{
			"warning studios | shows its standby picture by itself | switch AutoSwitchUrgentOn off"}},
		{"no domain", studio(func(s *fakelive.Studio) { s.Domain = "" }), []string{
			`broken studios | studio "Evening News" | give it a streaming domain`}},
		{"a slip in a name", edit(`"Evening News"`, `"Evenning News"`), []string{
			`warning studios | policy.yml:8: channels.C0SHOW.studios: "Evenning News" fits none of the account's studios (did you mean "Evening News"?) | correct`}},
		{"a pattern of nothing", edit(`"Morning *"`, `"Mourning *"`), []string{`warning studios | "Mourning *" fits none`}},
		{"a default that is not there", func(s *stand) {
			s.edit("    grants:", "    default: {studio: \"Morning Tea\"}\n    watch: {studios: [\"Morning Dew\"]}\n    grants:")
		}, []string{`warning studios | channels.C0SHOW.default.studio: "Morning Tea" fits none of the account's studios`,
			`warning studios | channels.C0SHOW.watch.studios: "Morning Dew" fits none`}},
		{"a pattern of streams", edit("live.example.com/show/main", `"live.example.com/show/*"`), nil},
		{"a pattern of no streams", edit("live.example.com/show/main", `"live.example.com/show/cam*"`), []string{
			"warning streams | policy.yml:10: channels.C0SHOW.streams.main: live.example.com/show/cam* fits no live stream | correct the pattern"}},
		{"two of one name", edit(`"Evening News"`, `"Evening Talk"`), []string{
			`warning studios | 2 studios are called "Evening Talk" | different names`}},
		{"a foreign domain", edit("live.example.com/show/main", "live.elsewhere.example/show/main"), []string{
			"broken streams | policy.yml:10: channels.C0SHOW.streams.main: the account has no streaming domain live.elsewhere.example | correct"}},
		{"no recording configuration", stream(func(s *fakelive.Stream) { s.Setup = nil }), []string{
			"warning streams | stream live.example.com/show/main has no recording configuration | add a recording configuration"}},
		{"it records by itself", stream(func(s *fakelive.Stream) { s.Setup.OnDemand = 0 }), []string{
			"warning streams | records by itself whenever it is live (OnDemand 0) | OnDemand 7"}},
		{"a file after an hour", stream(func(s *fakelive.Stream) { s.Setup.Delay = 3600 }), []string{
			"warning streams | the file of stream live.example.com/show/main follows 1h0m0s after a pause | shorten the delay"}},
		{"the service is ill", func(s *stand) {
			ill := fakelive.Fault{Action: "DescribeCasterConfig", Kind: fakelive.Status, Times: 3}
			if _, err := s.world.Live.Inject(ill); err != nil {
				s.Fatal(err)
			}
		}, []string{
			`not checked studios | studio "Evening News"`}},
	})
}

// One look is a small part of what the account allows, and changes nothing.
func TestALookIsSmall(t *testing.T) {
	s := newStand(t)
	s.look()
	for _, call := range s.world.Live.Snapshot().Calls {
		if !strings.HasPrefix(call.Action, "Describe") || call.Applied {
			t.Errorf("%+v is no look", call)
		}
	}
	for action, used := range s.world.Live.Usage() {
		if used.Most > used.Limit/4 && used.Most > 1 {
			t.Errorf("%s: %d in a second of %d", action, used.Most, used.Limit)
		}
	}
	for _, call := range s.world.Slack.Log(0) {
		switch call.Method {
		case "auth.test", "apps.connections.open", "bots.info", "conversations.info", "usergroups.list", "users.info",
			"users.conversations":
		default:
			t.Errorf("%s is no look", call.Method)
		}
	}
}
