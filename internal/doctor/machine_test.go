package doctor

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casterbot/internal/config"
	"casterbot/internal/sandbox"
)

const noBotToken = "not checked tokens | SLACK_BOT_TOKEN: not checked, because SLACK_BOT_TOKEN is wrong"

// What is wrong with the settings and with what lies on this machine.
func TestFaultsOfTheMachine(t *testing.T) {
	chmod := func(name, text string, mode os.FileMode) func(*stand) {
		return func(s *stand) {
			inFile(name, text)(s)
			if err := os.Chmod(filepath.Join(s.dir, name), mode); err != nil {
				s.Fatal(err)
			}
		}
	}
	via := func(address string, err error) func(*stand) {
		return func(s *stand) {
			u, _ := url.Parse(address)
			s.proxy = func(*http.Request) (*url.URL, error) { return u, err }
		}
	}
	unread := &url.Error{Op: "parse", URL: "http://fake:fakepass@", Err: http.ErrNoLocation}
	find(t, []fault{
		{"a slip in a name", set("CASTERBOT_POLCY", "policy.yml"), []string{
			"broken settings | CASTERBOT_POLCY is no setting: did you mean CASTERBOT_POLICY? | unset CASTERBOT_POLCY"}},
		{"two slips", set("CASTERBOT_POLCY", "x", "CASTERBOT_LOG_LEVLE", "info"), []string{
			"broken settings | CASTERBOT_POLCY is no setting", "broken settings | CASTERBOT_LOG_LEVLE is no setting"}},
		{"swapped tokens", set("SLACK_APP_TOKEN", sandbox.BotToken, "SLACK_BOT_TOKEN", sandbox.AppToken), []string{
			"broken settings | SLACK_APP_TOKEN does not begin with xapp- (it is a bot token) | App-Level Tokens",
			"broken settings | SLACK_BOT_TOKEN does not begin with xoxb- (it is an app-level token) | OAuth & Permissions",
			noBotToken, "not checked sockets | SLACK_APP_TOKEN: not checked, because SLACK_APP_TOKEN is wrong"}},
		{"a user token", set("SLACK_BOT_TOKEN", "xoxp-fake-of-a-person"), []string{
			"broken settings | (it is the token of a person) | OAuth & Permissions", noBotToken}},
		{"no token", set("SLACK_BOT_TOKEN", ""), []string{
			"broken settings | SLACK_BOT_TOKEN is not set | api.slack.com/apps",
			"not checked tokens | SLACK_BOT_TOKEN: not checked, because SLACK_BOT_TOKEN is not set"}},
		{"quotes", set("SLACK_BOT_TOKEN", `"xoxb-fake-quoted"`), []string{
			"broken settings | SLACK_BOT_TOKEN stands in quotation marks", noBotToken}},
		{"a byte order mark", set("SLACK_BOT_TOKEN", "\ufeffxoxb-fake-marked"), []string{
			"broken settings | SLACK_BOT_TOKEN contains the invisible character U+FEFF", noBotToken}},
		{"a line end", set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "fake-secret\n"), []string{
			"broken settings | ALIBABA_CLOUD_ACCESS_KEY_SECRET contains white space",
			"not checked cloud | ALIBABA_CLOUD_ACCESS_KEY_SECRET is wrong"}},
		{"a file and a value", func(s *stand) {
			s.Setenv("SLACK_BOT_TOKEN_FILE", s.file("token", sandbox.BotToken))
		}, []string{
			"broken settings | SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are both set | unset SLACK_BOT_TOKEN, or", noBotToken}},
		{"a file that is missing", set("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN_FILE", "/nowhere/token"), []string{
			"broken settings | SLACK_BOT_TOKEN_FILE: open /nowhere/token: no such file | write SLACK_BOT_TOKEN into /nowhere/token",
			noBotToken}},
		{"an empty file", inFile("SLACK_BOT_TOKEN", "\n"), []string{
			"broken settings | is empty | write SLACK_BOT_TOKEN into ", noBotToken}},
		{"a file in UTF-16", inFile("SLACK_BOT_TOKEN", "\xff\xfex\x00"), []string{
			"broken settings | is written in UTF-16", noBotToken}},
		{"a file with a line end", inFile("SLACK_BOT_TOKEN", sandbox.BotToken+"\r\n"), nil},
		{"a file that others read", chmod("SLACK_BOT_TOKEN", sandbox.BotToken, 0o644), []string{
			"warning files | which SLACK_BOT_TOKEN_FILE names, has mode 0644 | chmod 600 "}},
		{"a file that the group writes", chmod("SLACK_BOT_TOKEN", sandbox.BotToken, 0o660), []string{
			"warning files | has mode 0660 | chmod 600 "}},
		{"a credential that others read", func(s *stand) {
			s.Setenv("SLACK_BOT_TOKEN", "")
			s.Setenv("CREDENTIALS_DIRECTORY", s.dir)
			_ = os.Chmod(s.file("slack_bot_token", sandbox.BotToken), 0o644)
		}, []string{"warning files | slack_bot_token, which CREDENTIALS_DIRECTORY names, has mode 0644 | chmod 600 "}},
		{"a file of a pod", chmod("SLACK_BOT_TOKEN", sandbox.BotToken, 0o440), nil},
		{"a number", set("CASTERBOT_QUOTA_SHARE", "most", "CASTERBOT_WATCH_SHARE", "200"), []string{
			`broken settings | CASTERBOT_QUOTA_SHARE is "most": it should be a number of percent`,
			"broken settings | CASTERBOT_WATCH_SHARE is 200"}},
		{"a level", set("CASTERBOT_LOG_LEVEL", "loud", "CASTERBOT_LOG_FORMAT", "xml"), []string{
			`broken settings | CASTERBOT_LOG_LEVEL is "loud"`, `broken settings | CASTERBOT_LOG_FORMAT is "xml"`}},
		{"http to Slack", set("SLACK_API_URL", "http://slack.example/api/"), []string{
			"broken settings | SLACK_API_URL must begin with https://",
			"not checked sockets | SLACK_API_URL is wrong"}},
		{"DEBUG of the SDK", set("DEBUG", "sdk"), []string{"broken settings | DEBUG contains \"sdk\" | unset DEBUG"}},
		{"a region", set("ALIBABA_CLOUD_REGION_ID", "Shanghai"), []string{
			`broken settings | ALIBABA_CLOUD_REGION_ID is "Shanghai" | ALIBABA_CLOUD_REGION_ID`}},
		{"OIDC without its token", set("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/nowhere/oidc"), []string{
			"broken files | ALIBABA_CLOUD_OIDC_TOKEN_FILE: open /nowhere/oidc | mount the token"}},
		{"a zone", set("TZ", "Europe/Berlni"), []string{`warning time zones | TZ is "Europe/Berlni" | Europe/Berlin`}},
		{"SOCKS", via("socks5://fake:fakepass@proxy.example:1080", nil), []string{
			"warning proxy | a proxy of the kind socks5, through which sockets cannot go | HTTPS_PROXY=http://HOST:PORT"}},

		{"no address of a proxy", via("", unread), []string{
			"warning proxy | HTTPS_PROXY is not the address of a proxy | NO_PROXY"}},
		{"a proxy that is away", via("http://fake:fakepass@127.0.0.1:1", nil), []string{
			"warning proxy | the proxy 127.0.0.1:1 of HTTPS_PROXY cannot be reached (it refuses connections) | unset it"}},
		{"no authorities", set("SSL_CERT_FILE", "/nowhere/ca.pem"), []string{
			"broken authorities | SSL_CERT_FILE: open /nowhere/ca.pem | unset it"}},
		{"no certificates", func(s *stand) { s.Setenv("SSL_CERT_FILE", s.file("ca.pem", "nothing")) }, []string{
			"broken authorities | there is no certificate in "}},
		{"another name of a proxy", set("ALL_PROXY", "http://fake:fakepass@proxy.example"), []string{
			"warning proxy | ALL_PROXY is set, which casterbot does not use | HTTPS_PROXY"}},
	})
}

// A secret that was put into the place of something else is not told, wherever that is.
func TestSecretsInWrongPlaces(t *testing.T) {
	for _, row := range config.Rows() {
		for _, name := range []string{row.Name, row.Name + "_FILE"} {
			const secret = "fAkE0secret0of0thirty0letters0"
			s := newStand(t)
			s.Setenv(name, secret)
			if r := s.look(); strings.Contains(r.Text(), secret) {
				t.Errorf("%s=%s:\n%s", name, secret, r.Text())
			}
		}
	}
}

// What others say may hold a secret: one of the settings, or what looks like one.
func TestWhatOthersSayIsMasked(t *testing.T) {
	for _, secret := range []string{"hunter2fake", sandbox.AccessKeySecret, "xoxp-fake-of-somebody"} {
		s := newStand(t)
		s.Setenv("CASTERBOT_DATABASE_URL", "postgres://bot:hunter2fake@127.0.0.1:1/bot")
		fails("auth.test", secret)(s)
		r := s.look()
		if r.find("broken tokens | Slack cannot be asked ([secret])") < 0 || strings.Contains(r.Text(), secret) {
			t.Errorf("%s:\n%s", secret, r.Text())
		}
	}
}

// What is wrong with the policy file.
func TestFaultsOfThePolicyFile(t *testing.T) {
	edit := func(old, put string) func(*stand) { return func(s *stand) { s.edit(old, put) } }
	const none = "not checked channels | the policy cannot be read"
	find(t, []fault{
		{"missing", set("CASTERBOT_POLICY", "/nowhere/policy.yml"), []string{
			"broken policy | CASTERBOT_POLICY names no file | docs/policy.example.yml", none,
			"not checked studios | the policy cannot be read"}},
		{"a folder", func(s *stand) { s.Setenv("CASTERBOT_POLICY", s.dir) }, []string{
			"broken policy | CASTERBOT_POLICY names a folder", none}},
		{"empty", func(s *stand) { s.file("policy.yml", "") }, []string{
			"warning policy | the file is empty: everything is denied | policy check"}},
		{"a mistake", edit("caster.show", "caster.shwo"), []string{
			"broken policy | policy.yml:13: channels.C0SHOW.grants[0].may | casterbot policy check", none}},
		{"two mistakes", func(s *stand) { s.edit("caster.show", "caster.shwo"); s.edit("confirm: other", "confirm: others") },
			[]string{"broken policy | policy.yml:13", "broken policy | policy.yml:16", none}},
		{"a group that nobody uses", edit("  leads: [", "  nights: [U0BO]\n  leads: ["), []string{
			"warning policy | groups.nights: the group is never used"}},
		{"an approver who is the only asker", edit("approvers: [leads, operators]", "approvers: [U0KEN]"), []string{
			"warning policy | U0KEN is the only approver, so nobody can approve what U0KEN asks for"}},
		{"others write it", func(s *stand) { _ = os.Chmod(s.policy, 0o666) }, []string{
			"warning files | the policy, has mode 0666: others can give themselves rights | chmod go-w "}},
	})
}

// What is wrong with the admin port.
func TestFaultsOfTheAdminPort(t *testing.T) {
	listens := func(s *stand, h http.HandlerFunc) {
		server := httptest.NewServer(h)
		s.Cleanup(server.Close)
		s.Setenv("CASTERBOT_ADMIN_ADDR", strings.TrimPrefix(server.URL, "http://"))
	}
	bot := func(body string) func(*stand) {
		return func(s *stand) {
			listens(s, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
			hold(s, filepath.Join(s.dir, "casterbot.db"))
		}
	}
	find(t, []fault{
		{"no address", set("CASTERBOT_ADMIN_ADDR", "9090"), []string{
			`broken settings | CASTERBOT_ADMIN_ADDR is "9090"`, "not checked admin port | CASTERBOT_ADMIN_ADDR is wrong"}},
		{"open to the world", set("CASTERBOT_ADMIN_ADDR", "0.0.0.0:0"), []string{
			"warning admin port | whoever reaches this machine can ask | 127.0.0.1:9090"}},
		{"open to pods", set("CASTERBOT_ADMIN_ADDR", "0.0.0.0:0", "KUBERNETES_SERVICE_HOST", "10.0.0.1"), nil},
		{"none", set("CASTERBOT_ADMIN_ADDR", ""), nil},
		{"of another machine", set("CASTERBOT_ADMIN_ADDR", "192.0.2.1:9090"), []string{
			"broken admin port | cannot listen on 192.0.2.1:9090 | a free address",
			"warning admin port | whoever reaches this machine"}},
		{"taken", func(s *stand) { listens(s, http.NotFound) }, []string{
			"broken admin port | another program answers | or end the program"}},
		{"taken by what does not speak HTTP", func(s *stand) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				s.Fatal(err)
			}
			s.Cleanup(func() { l.Close() })
			go func() {
				for c, err := l.Accept(); err == nil; c, err = l.Accept() {
					c.Close()
				}
			}()
			s.Setenv("CASTERBOT_ADMIN_ADDR", l.Addr().String())
		}, []string{"broken admin port | another program answers"}},
		{"a bot that is well", bot(`{"slack":{"ok":true,"sockets":2,"want":2,"strangers":0},"store":{"ok":true,"writable":true}}`), []string{
			"ok admin port | a bot runs here and is ready", "ok sockets | has both of its sockets open"}},
		{"a bot of another database", func(s *stand) {
			bot(`{"slack":{"ok":true,"sockets":2,"want":2},"store":{"ok":true,"writable":true}}`)(s)
			s.Setenv("CASTERBOT_DATABASE_URL", "sqlite:"+filepath.Join(s.dir, "other.db"))
		}, []string{
			"warning admin port | and no bot has this database open: it is another one | set another CASTERBOT_ADMIN_ADDR"}},
		{"a bot with strangers", bot(`{"slack":{"ok":true,"sockets":2,"want":2,"strangers":3},"store":{"ok":true,"writable":true}}`), []string{
			"warning sockets | 3 sockets of the app are open that no bot known here has | revoke the old one"}},
		{"a bot with one socket", bot(`{"slack":{"ok":true,"sockets":1,"want":2},"store":{"ok":true,"writable":true}}`), []string{
			"warning sockets | has 1 of its 2 sockets open | status.slack.com"}},
		{"a bot that hears nothing", bot(`{"slack":{"ok":false,"sockets":0,"want":2},"store":{"ok":true,"writable":true}}`), []string{
			"broken admin port | hears nothing from Slack | its log", "warning sockets | has 0 of its 2"}},
		{"a bot on a full disk", bot(`{"slack":{"ok":true,"sockets":2,"want":2},"store":{"ok":false,"writable":false,"why":"the disk is full"}}`), []string{
			"broken admin port | cannot write its database (the disk is full) | a-full-or-read-only-disk"}},
	})
}

// What others say commands no terminal.
func TestWhatOthersSayIsVisible(t *testing.T) {
	s := newStand(t)
	fails("auth.test", "odd\x1b[2J\r\u009b31m\u202ecode")(s)
	if r := s.look(); r.find("broken tokens | (odd⟨U+001B⟩[2J⟨U+000D⟩⟨U+009B⟩31m⟨U+202E⟩code)") < 0 {
		t.Errorf("%q", r.Text())
	}
}
