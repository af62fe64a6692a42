package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// clean empties the environment of every setting for the time of a test.
func clean(t *testing.T, set map[string]string) {
	t.Helper()
	for _, row := range Rows() {
		for _, name := range []string{row.Name, row.Name + "_FILE"} {
			t.Setenv(name, "")
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Setenv("DEBUG", "")
	for name, value := range set {
		t.Setenv(name, value)
	}
}

func slack(more map[string]string) map[string]string {
	set := map[string]string{"SLACK_APP_TOKEN": "xapp-fake-1", "SLACK_BOT_TOKEN": "xoxb-fake-2"}
	for name, value := range more {
		set[name] = value
	}
	return set
}

func TestLoadDefaults(t *testing.T) {
	clean(t, slack(nil))
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if c.SlackAppToken.Reveal() != "xapp-fake-1" || c.SlackAPIURL != "https://slack.com/api/" ||
		c.Region != "cn-shanghai" || c.PolicyFile != "policy.yml" {
		t.Fatalf("got %+v", c)
	}
	if os.Getenv("SLACK_BOT_TOKEN") != "" {
		t.Fatal("a secret stays in the environment")
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		set  map[string]string
		want []string
	}{
		"too much quota": {slack(map[string]string{"CASTERBOT_QUOTA_SHARE": "101"}),
			[]string{"CASTERBOT_QUOTA_SHARE", "percent"}},
		"no share": {slack(map[string]string{"CASTERBOT_WATCH_SHARE": "0"}),
			[]string{"CASTERBOT_WATCH_SHARE", "percent"}},
		"nothing": {nil, []string{"casterbot sandbox"}},
		"one token": {map[string]string{"SLACK_APP_TOKEN": "xapp-fake"},
			[]string{"SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions"}},
		"swapped": {map[string]string{"SLACK_APP_TOKEN": "xoxb-fake", "SLACK_BOT_TOKEN": "xapp-fake"},
			[]string{"SLACK_APP_TOKEN", "xapp-"}},
		"line break": {slack(map[string]string{"SLACK_BOT_TOKEN": "xoxb-fake\nx"}),
			[]string{"SLACK_BOT_TOKEN", "white space"}},
		"plain http": {slack(map[string]string{"SLACK_API_URL": "http://slack.example/api/"}),
			[]string{"SLACK_API_URL", "https://"}},
		"http by prefix": {slack(map[string]string{"SLACK_API_URL": "http://localhost.example/api/"}),
			[]string{"SLACK_API_URL", "https://"}},
		"http by number": {slack(map[string]string{"SLACK_API_URL": "http://127.0.0.1.example/api/"}),
			[]string{"SLACK_API_URL", "https://"}},
		"database": {slack(map[string]string{"CASTERBOT_DATABASE_URL": "mysql:u:fakepass@db"}),
			[]string{"CASTERBOT_DATABASE_URL", "sqlite:casterbot.db"}},
		"no database": {slack(map[string]string{"CASTERBOT_DATABASE_URL": "sqlite:"}),
			[]string{"CASTERBOT_DATABASE_URL", "sqlite:casterbot.db"}},
		"in memory": {slack(map[string]string{"CASTERBOT_DATABASE_URL": "sqlite::memory:"}),
			[]string{"CASTERBOT_DATABASE_URL", "ends with the process"}},
		"no region": {slack(map[string]string{"ALIBABA_CLOUD_REGION_ID": "Shanghai"}),
			[]string{"ALIBABA_CLOUD_REGION_ID", "cn-shanghai"}},
		"region with an underscore": {slack(map[string]string{"ALIBABA_CLOUD_REGION_ID": "cn_shanghai"}),
			[]string{"ALIBABA_CLOUD_REGION_ID", "cn-shanghai"}},
		"checkpoints without a key": {slack(map[string]string{"CASTERBOT_AUDIT_FILE": "checkpoints"}),
			[]string{"CASTERBOT_AUDIT_KEY", "audit keygen"}},
		"witness without its key": {slack(map[string]string{"CASTERBOT_AUDIT_KEY": "PRIVATE+KEY+fake",
			"CASTERBOT_AUDIT_WITNESS": "https://witness.example"}), []string{"CASTERBOT_AUDIT_WITNESS_KEY", "set both"}},
		"witness in clear": {slack(map[string]string{"CASTERBOT_AUDIT_KEY": "PRIVATE+KEY+fake",
			"CASTERBOT_AUDIT_WITNESS": "http://witness.example", "CASTERBOT_AUDIT_WITNESS_KEY": "fake"}),
			[]string{"CASTERBOT_AUDIT_WITNESS", "https://"}},
		"admin address": {slack(map[string]string{"CASTERBOT_ADMIN_ADDR": "9090"}),
			[]string{"CASTERBOT_ADMIN_ADDR", "127.0.0.1:9090"}},
		"user in address": {slack(map[string]string{"CASTERBOT_LIVE_ENDPOINT": "https://a:b@live.example"}),
			[]string{"CASTERBOT_LIVE_ENDPOINT", "password"}},
		"trail": {slack(map[string]string{"CASTERBOT_ACTIONTRAIL": "yes"}),
			[]string{"CASTERBOT_ACTIONTRAIL", "on or off"}},
		"plain sts": {slack(map[string]string{"CASTERBOT_STS_ENDPOINT": "http://sts.example"}),
			[]string{"CASTERBOT_STS_ENDPOINT"}},
		"plain trail": {slack(map[string]string{"CASTERBOT_ACTIONTRAIL_ENDPOINT": "http://trail.example"}),
			[]string{"CASTERBOT_ACTIONTRAIL_ENDPOINT"}},
		"session name": {slack(map[string]string{"ALIBABA_CLOUD_ROLE_SESSION_NAME": "caster/bot"}),
			[]string{"ALIBABA_CLOUD_ROLE_SESSION_NAME", "2 to 64"}},
		"not an address": {slack(map[string]string{"CASTERBOT_LIVE_ENDPOINT": "live.aliyuncs.com"}),
			[]string{"CASTERBOT_LIVE_ENDPOINT", "https://host/"}},
		"missing file": {slack(map[string]string{"SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": "/nowhere/token"}),
			[]string{"SLACK_BOT_TOKEN_FILE", "/nowhere/token"}},
		"both":      {slack(map[string]string{"SLACK_BOT_TOKEN_FILE": "/nowhere/token"}), []string{"both set"}},
		"sdk debug": {slack(map[string]string{"DEBUG": "sdk,other"}), []string{"DEBUG"}},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t, c.set)
			_, err := Load()
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "fake") {
				t.Errorf("more than one line, or a secret: %q", err)
			}
		})
	}
	if clean(t, nil); !errors.Is(second(Load()), ErrNoSlack) {
		t.Error("no token at all is not ErrNoSlack")
	}
}

func second(_ Config, err error) error { return err }

func TestLoadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("xoxb-fake-from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	clean(t, map[string]string{"SLACK_APP_TOKEN": "xapp-fake", "SLACK_BOT_TOKEN_FILE": path})
	c, err := Load()
	if err != nil || c.SlackBotToken.Reveal() != "xoxb-fake-from-file" {
		t.Fatalf("%v, %q", err, c.SlackBotToken.Reveal())
	}
}

func TestSecretNeverPrints(t *testing.T) {
	c := Config{SlackBotToken: "xoxb-fake-canary"}
	text, _ := json.Marshal(c)
	for _, out := range []string{fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c.SlackBotToken, c.SlackBotToken),
		string(text)} {
		if strings.Contains(out, "canary") || !strings.Contains(out, hidden) {
			t.Errorf("%s", out)
		}
	}
}

func TestLogScrubs(t *testing.T) {
	for _, format := range []string{"json", "text"} {
		var out bytes.Buffer
		log, err := Config{LogLevel: "debug", LogFormat: format}.Log(&out)
		if err != nil {
			t.Fatal(err)
		}
		log.Info("x", "a", "xoxb-canary-1 rtmp://h/a?auth_key=canary2", "error",
			errors.New("post https://h/?AccessKeyId=canary3&Signature=canary4"), "s", Secret("canary5"))
		if strings.Contains(out.String(), "canary") {
			t.Errorf("%s: %s", format, out.String())
		}
	}
	if _, err := (Config{LogLevel: "loud", LogFormat: "json"}).Log(nil); err == nil ||
		!strings.Contains(err.Error(), "CASTERBOT_LOG_LEVEL") {
		t.Error(err)
	}
	if _, err := (Config{LogLevel: "info", LogFormat: "xml"}).Log(nil); err == nil ||
		!strings.Contains(err.Error(), "CASTERBOT_LOG_FORMAT") {
		t.Error(err)
	}
}

// Commands on the database alone need no token, and read no other secret.
func TestDatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "address")
	if err := os.WriteFile(file, []byte("sqlite:/data/bot.db\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		set        map[string]string
		want, fail string
	}{
		"default": {nil, "sqlite:casterbot.db", ""},
		"given":   {map[string]string{"CASTERBOT_DATABASE_URL": "sqlite:other.db"}, "sqlite:other.db", ""},
		"in a file": {map[string]string{"CASTERBOT_DATABASE_URL_FILE": file, "SLACK_BOT_TOKEN_FILE": "/none"},
			"sqlite:/data/bot.db", ""},
		"both": {map[string]string{"CASTERBOT_DATABASE_URL_FILE": file, "CASTERBOT_DATABASE_URL": "sqlite:x"}, "",
			"keep one"},
		"no such file": {map[string]string{"CASTERBOT_DATABASE_URL_FILE": "/none"}, "", "CASTERBOT_DATABASE_URL_FILE"},
		"no address":   {map[string]string{"CASTERBOT_DATABASE_URL": "casterbot.db"}, "", "CASTERBOT_DATABASE_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t, c.set)
			got, err := Database()
			if c.fail == "" && (got != c.want || err != nil) ||
				c.fail != "" && (err == nil || !strings.Contains(err.Error(), c.fail)) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// Whoever wants to know everything is told all mistakes, each with its setting; what can be read is read all the same.
func TestExamineTellsEverything(t *testing.T) {
	clean(t, map[string]string{"SLACK_APP_TOKEN": "xoxb-fake", "SLACK_BOT_TOKEN": `"xoxb-fake"`, "CASTERBOT_POLCY": "x",
		"CASTERBOT_QUOTA_SHARE": "most", "CASTERBOT_WATCH_SHARE": "0", "CASTERBOT_LOG_FORMAT": "xml",
		"CASTERBOT_ADMIN_ADDR": "9090", "ALIBABA_CLOUD_REGION_ID": "Moon", "CASTERBOT_DATABASE_URL": "mysql:x",
		"CASTERBOT_LOG_LEVEL": "debug"})
	c, wrong := Examine()
	var names []string
	for _, p := range wrong {
		if names = append(names, p.Name); !strings.Contains(p.Error(), p.Name) || strings.Contains(p.Error(), "xoxb-fake") {
			t.Errorf("%s: %v", p.Name, p)
		}
	}
	slices.Sort(names)
	want := []string{"ALIBABA_CLOUD_REGION_ID", "CASTERBOT_ADMIN_ADDR", "CASTERBOT_DATABASE_URL", "CASTERBOT_LOG_FORMAT",
		"CASTERBOT_POLCY", "CASTERBOT_QUOTA_SHARE", "CASTERBOT_WATCH_SHARE", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"}
	if !slices.Equal(names, want) {
		t.Errorf("told of %v, want %v", names, want)
	}
	if c.LogLevel != "debug" || c.QuotaShare != 90 || c.SlackBotToken != "" {
		t.Errorf("%+v", c)
	}
}

// A token of another kind is called by its kind.
func TestKindsOfTokens(t *testing.T) {
	for token, want := range map[string]string{"xoxb-fake": "(it is a bot token)",
		"xoxp-fake": "(it is the token of a person)", "xoxe.xoxb-fake": "rotates",
		"xoxs-fake": "(it is a token of another kind)", "fake": "begin with xapp-:"} {
		clean(t, slack(map[string]string{"SLACK_APP_TOKEN": token}))
		if _, err := Load(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
