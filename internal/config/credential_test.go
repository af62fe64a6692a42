package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// credentials makes a folder like the one that systemd gives to a service.
func credentials(t *testing.T, files map[string]string) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("CREDENTIALS_DIRECTORY", folder)
}

func TestCredentials(t *testing.T) {
	clean(t, nil)
	credentials(t, map[string]string{"slack_app_token": "xapp-fake-1\n", "slack_bot_token": "xoxb-fake-2",
		"access_key_id": "LTAIfakefake", "access_key_secret": "fake", "database_url": "\n", "security_token": "\n"})
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]string{
		"app token":      {c.SlackAppToken.Reveal(), "xapp-fake-1"},
		"bot token":      {c.SlackBotToken.Reveal(), "xoxb-fake-2"},
		"key":            {c.AccessKeyID.Reveal(), "LTAIfakefake"},
		"its secret":     {c.AccessKeySecret.Reveal(), "fake"},
		"blank, default": {c.DatabaseURL.Reveal(), "sqlite:casterbot.db"},
		"blank":          {c.SecurityToken.Reveal(), ""},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %q, want %q", name, pair[0], pair[1])
		}
	}
}

// TestCredentialsComeLast: what the environment says counts, and a credential that is wrong is said without its text.
func TestCredentialsComeLast(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("xoxb-fake-file"), 0o600); err != nil {
		t.Fatal(err)
	}
	clean(t, map[string]string{"SLACK_APP_TOKEN": "xapp-fake-set", "SLACK_BOT_TOKEN_FILE": file})
	credentials(t, map[string]string{"slack_app_token": "xapp-fake-credential", "slack_bot_token": "xoxb-fake-credential",
		"database_url": "postgres://fake@localhost/casterbot"})
	c, err := Load()
	if err != nil || c.SlackAppToken.Reveal() != "xapp-fake-set" || c.SlackBotToken.Reveal() != "xoxb-fake-file" ||
		c.DatabaseURL.Reveal() != "postgres://fake@localhost/casterbot" {
		t.Errorf("%v: %q %q %q", err, c.SlackAppToken.Reveal(), c.SlackBotToken.Reveal(), c.DatabaseURL.Reveal())
	}
	clean(t, map[string]string{"SLACK_APP_TOKEN": "xapp-fake-set"})
	credentials(t, map[string]string{"slack_bot_token": "xoxb-fake two words"})
	_, err = Load()
	if err == nil || !strings.Contains(err.Error(), "slack_bot_token, which CREDENTIALS_DIRECTORY names, contains white space") ||
		strings.Contains(err.Error(), "xoxb") {
		t.Errorf("%v", err)
	}
}
