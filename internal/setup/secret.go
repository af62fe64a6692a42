package setup

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"casterbot/internal/config"
)

// kind is what a secret that people paste turns out to be.
type kind struct {
	form *regexp.Regexp
	is   string // "a bot token"
}

// kinds are those beside Slack's tokens that look like what is asked for. Where they come from is docs.slack.dev and
// the RAM console.
var kinds = []kind{
	{regexp.MustCompile(`^https://hooks\.slack\.com/`), "the address of a webhook"},
	{regexp.MustCompile(`^[0-9a-f]{32}$`), "a signing secret or client secret"},
	{regexp.MustCompile(`^\d+\.\d+$`), "a client ID"},
	{regexp.MustCompile(`^A[0-9A-Z]{7,}$`), "the ID of an app"},
	{regexp.MustCompile(`^LTAI\w+$`), "the ID of an access key"},
	{regexp.MustCompile(`^STS\.\w+$`), "the ID of a key that ends by itself"},
}

// need is a secret that is asked for.
type need struct {
	name  string // "bot token"
	env   string // the setting that can hold it
	file  string // in the folder secrets
	flag  string // that names a file with it
	is    string // what kindOf says of it
	begin string // what it begins with, where that is certain
	where string // it is to be had
}

var (
	appToken = need{"app token", "SLACK_APP_TOKEN", "slack_app_token", "--app-token-file", "an app-level token", "xapp-",
		"api.slack.com/apps → your app → Basic Information → App-Level Tokens → Generate, with the scope connections:write"}
	botToken = need{"bot token", "SLACK_BOT_TOKEN", "slack_bot_token", "--bot-token-file", "a bot token", "xoxb-",
		"api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token, after Install to Workspace"}
	keyID = need{"access key ID", "ALIBABA_CLOUD_ACCESS_KEY_ID", "access_key_id", "--access-key-id-file",
		"the ID of an access key", "", "RAM console → Users → your user → AccessKey"}
	keySecret = need{"access key secret", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "access_key_secret",
		"--access-key-secret-file", "", "", "RAM console, shown once when the key is made; else make another key"}
)

func (n need) path() string { return secretsDir + "/" + n.file }

var errOdd = errors.New("it has white space or odd characters in it: copy it alone")

// check says what is wrong with a text as this secret. It never repeats the text.
func (n need) check(text string) error {
	switch is := kindOf(text); {
	case text == "":
		return fmt.Errorf("nothing came: the %s is at %s", n.name, n.where)
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errOdd
	case is == n.is:
		return nil
	case is != "":
		return fmt.Errorf("that is %s, not the %s: it is at %s", is, n.name, n.where)
	case n.begin != "":
		return fmt.Errorf("that is not the %s, which begins with %s: it is at %s", n.name, n.begin, n.where)
	}
	return nil
}

func kindOf(text string) string {
	for _, k := range kinds {
		if k.form.MatchString(text) {
			return k.is
		}
	}
	return config.TokenKind(text)
}

// fromEnvironment gives the secret that the setting, or the file that it names, holds.
func (n need) fromEnvironment() (string, error) {
	if text := os.Getenv(n.env); text != "" {
		return text, nil
	}
	if path := os.Getenv(n.env + "_FILE"); path != "" {
		return readSecret(n.env+"_FILE", path)
	}
	return "", nil
}

// readSecret reads a file with a secret. Its path is not repeated: it may be the secret, by mistake.
func readSecret(flag, path string) (string, error) {
	data, err := os.ReadFile(path)
	if path == "-" {
		return "", fmt.Errorf("%s names a file", flag)
	}
	if err == nil {
		return strings.TrimSpace(string(data)), nil
	}
	if failed := (*os.PathError)(nil); errors.As(err, &failed) {
		err = failed.Err
	}
	return "", fmt.Errorf("%s names no file that can be read (%w); the secret itself does not belong there", flag, err)
}
