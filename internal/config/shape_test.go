package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a value was copied with is named, with its variable, in one line that does not hold the value.
func TestShapes(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const quoted, unseen = " stands in quotation marks", " contains the invisible character "
	const wide = " contains white space"
	fromFile := func(path string) map[string]string {
		return map[string]string{"SLACK_APP_TOKEN": "xapp-fake", "SLACK_BOT_TOKEN_FILE": path}
	}
	inFile := func(text string) map[string]string { return fromFile(file(text)) }
	with := func(name, value string) map[string]string { return slack(map[string]string{name: value}) }
	for name, c := range map[string]struct {
		set  map[string]string
		want string // "": accepted
	}{
		"quotes": {with("SLACK_BOT_TOKEN", `"xoxb-fake"`), "SLACK_BOT_TOKEN" + quoted},
		"typed quotes": {with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "“fake”"),
			"ALIBABA_CLOUD_ACCESS_KEY_SECRET" + quoted},
		"one quote":         {with("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIfake'"), "ALIBABA_CLOUD_ACCESS_KEY_ID" + quoted},
		"quotes, no secret": {with("ALIBABA_CLOUD_REGION_ID", `'cn-shanghai'`), "ALIBABA_CLOUD_REGION_ID" + quoted},
		"quotes, policy":    {with("CASTERBOT_POLICY", `"policy.yml"`), "CASTERBOT_POLICY" + quoted},
		"quotes, database":  {with("CASTERBOT_DATABASE_URL", `"sqlite:fake.db"`), "CASTERBOT_DATABASE_URL" + quoted},
		"quotes, file name": {fromFile(`"/run/token"`), "SLACK_BOT_TOKEN_FILE" + quoted},
		"quotes in a file":  {inFile(`"xoxb-fake"`), "which SLACK_BOT_TOKEN_FILE names," + quoted},
		"byte order mark":   {with("SLACK_BOT_TOKEN", "\ufeffxoxb-fake"), "SLACK_BOT_TOKEN" + unseen + "U+FEFF"},
		"zero width space": {with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "fa\u200bke"),
			"ALIBABA_CLOUD_ACCESS_KEY_SECRET" + unseen + "U+200B"},
		"mark in a file":       {inFile("\ufeffxoxb-fake\r\n"), ""},
		"zero width in a file": {inFile("xoxb-\u200bfake"), unseen + "U+200B"},
		"file of Windows":      {inFile("\xff\xfex\x00o\x00x\x00b\x00-\x00"), "is written in UTF-16"},
		"empty file":           {inFile(" \n"), "SLACK_BOT_TOKEN_FILE: "},
		"folder":               {fromFile(t.TempDir()), "SLACK_BOT_TOKEN_FILE: "},
		"two lines in a file":  {inFile("xoxb-fake\nxoxb-fake"), "white space"},
		"line end of Windows":  {with("CASTERBOT_POLICY", "policy.yml\r"), "CASTERBOT_POLICY ends in a carriage return"},
		"space behind":         {with("ALIBABA_CLOUD_REGION_ID", "cn-shanghai "), "ALIBABA_CLOUD_REGION_ID" + wide},
		"space within":         {with("CASTERBOT_POLICY", "/my policies/policy.yml"), ""},
		"percent": {with("CASTERBOT_WATCH_SHARE", "10%"),
			`CASTERBOT_WATCH_SHARE is "10%": it should be a number of percent from 1 to 100, such as 10`},
		"no number": {with("CASTERBOT_QUOTA_SHARE", "most"),
			`CASTERBOT_QUOTA_SHARE is "most": it should be a number of percent`},
		"too large a number": {with("CASTERBOT_QUOTA_SHARE", "99999999999999999999"), "CASTERBOT_QUOTA_SHARE is"},
		"empty number":       {with("CASTERBOT_WATCH_SHARE", ""), ""},
		"empty":              {with("ALIBABA_CLOUD_REGION_ID", ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t, c.set)
			got, err := Load()
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want == "":
				if got.WatchShare != 10 || got.Region != "cn-shanghai" {
					t.Errorf("got %+v", got)
				}
			case err == nil || !strings.Contains(err.Error(), c.want):
				t.Errorf("%v does not say %q", err, c.want)
			case strings.Contains(err.Error(), "fake"), strings.Contains(err.Error(), "\n"):
				t.Errorf("a secret, or more than one line: %q", err)
			}
		})
	}
}
