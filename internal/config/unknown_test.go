package config

import (
	"strings"
	"testing"
)

func TestUnknownNames(t *testing.T) {
	for name, c := range map[string]struct {
		entries []string
		want    string // the setting that is meant; "": nothing is wrong
	}{
		"one letter":            {[]string{"CASTERBOT_POLCY=x"}, "CASTERBOT_POLICY"},
		"two words as one":      {[]string{"CASTERBOT_DATABASEURL=x"}, "CASTERBOT_DATABASE_URL"},
		"short":                 {[]string{"CASTERBOT_DATABASE=x"}, "CASTERBOT_DATABASE_URL"},
		"small letters":         {[]string{"casterbot_policy=x"}, "CASTERBOT_POLICY"},
		"a file of no secret":   {[]string{"CASTERBOT_POLICY_FILE=x"}, "CASTERBOT_POLICY"},
		"a slip in a file":      {[]string{"CASTERBOT_DATABASE_UL_FILE=x"}, "CASTERBOT_DATABASE_URL_FILE"},
		"nothing like it":       {[]string{"CASTERBOT_FROBNICATE=1"}, "CASTERBOT_"},
		"of the cloud":          {[]string{"ALIBABA_CLOUD_ROLE_ARM=x"}, "ALIBABA_CLOUD_ROLE_ARN"},
		"of Slack":              {[]string{"SLACK_BOT_TOKN=x"}, "SLACK_BOT_TOKEN"},
		"the right one too":     {[]string{"SLACK_API_TOKEN=x", "SLACK_APP_TOKEN=y"}, ""},
		"the right one's file":  {[]string{"SLACK_API_TOKEN=x", "SLACK_APP_TOKEN_FILE=y"}, ""},
		"of the vendor's tools": {[]string{"ALIBABA_CLOUD_ECS_METADATA_DISABLED=true", "ALIBABA_CLOUD_REGION=x"}, ""},
		"of another program":    {[]string{"SLACK_SIGNING_SECRET=x", "PATH=y", "CASTER=z"}, ""},
		"settings":              {[]string{"CASTERBOT_POLICY=x", "CASTERBOT_DATABASE_URL_FILE=y"}, ""},
		"links of Kubernetes": {[]string{"CASTERBOT_SERVICE_HOST=10.0.0.1", "CASTERBOT_SERVICE_PORT_ADMIN=9090",
			"CASTERBOT_PORT=tcp://10.0.0.1:9090", "CASTERBOT_PORT_9090_TCP_ADDR=10.0.0.1",
			"CASTERBOT_ADMIN_SERVICE_PORT=9090"}, ""},
		"a port that is no link": {[]string{"CASTERBOT_ADMIN_PORT=9090"}, "CASTERBOT_ADMIN_ADDR"},
		"of tests":               {[]string{"CASTERBOT_TEST_DATABASE_URL=x", "CASTERBOT_CRASH=k3:1"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := first(unknown(c.entries))
			slip, _, _ := strings.Cut(c.entries[0], "=")
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want == "":
			case err == nil || !strings.HasPrefix(err.Error(), slip+" is no setting: did you mean "+c.want):
				t.Errorf("%v does not say %s", err, c.want)
			}
		})
	}
}

// A slip must not let a backup be made of another database.
func TestUnknownNameForEveryCommand(t *testing.T) {
	for name, read := range map[string]func() error{
		"run":    func() error { return second(Load()) },
		"backup": func() error { _, err := Database(); return err },
	} {
		clean(t, slack(map[string]string{"CASTERBOT_DATABSE_URL": "sqlite:other.db"}))
		if err := read(); err == nil || !strings.Contains(err.Error(), "CASTERBOT_DATABASE_URL") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
