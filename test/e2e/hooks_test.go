package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSlackHooks: what Slack's command line would run. It splits a hook at its spaces and runs it without a shell.
func TestSlackHooks(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../.slack/hooks.json")
	if err != nil {
		t.Fatal(err)
	}
	var said struct {
		Hooks  map[string]string
		Config struct {
			Managed bool `json:"sdk-managed-connection-enabled"`
		}
	}
	if err := json.Unmarshal(text, &said); err != nil || !said.Config.Managed {
		t.Fatalf("%v: the bot opens its sockets itself: %s", err, text)
	}
	if said.Hooks["get-manifest"] != "go run . manifest --json" || said.Hooks["start"] != "sh .slack/start" {
		t.Fatal(said.Hooks)
	}
	n := openNewcomer(t)
	out, err := n.command("manifest", "--json").Output()
	var manifest struct {
		Settings map[string]any
	}
	if err != nil || json.Unmarshal(out, &manifest) != nil || manifest.Settings["socket_mode_enabled"] != true {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestSlackRunHandsTheTokensOn: under whichever names they come, also where casterbot init has been here before.
func TestSlackRunHandsTheTokensOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  []string
		want string
	}{
		"older versions": {[]string{"SLACK_CLI_XAPP=xapp-fake-1", "SLACK_CLI_XOXB=xoxb-fake-2"}, "xapp-fake-1 xoxb-fake-2"},
		"later versions": {[]string{"SLACK_APP_TOKEN=xapp-fake-3", "SLACK_BOT_TOKEN=xoxb-fake-4"}, "xapp-fake-3 xoxb-fake-4"},
		"somebody's own": {[]string{"SLACK_CLI_XAPP=xapp-fake-1", "SLACK_CLI_XOXB=xoxb-fake-2",
			"SLACK_APP_TOKEN=xapp-fake-3", "SLACK_BOT_TOKEN_FILE=/nowhere"}, "xapp-fake-1 xoxb-fake-2"},
		"without": {nil, "start this with slack run"},
	} {
		dir := t.TempDir()
		text, err := os.ReadFile("../../.slack/start")
		if err != nil {
			t.Fatal(err)
		}
		put := func(name, text string) {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		put(".slack/start", string(text))
		put("bin/go", "#!/bin/sh\ntest \"$1\" = build && cp bin/bot casterbot\n")
		put("bin/bot", "#!/bin/sh\necho \"$1 $SLACK_APP_TOKEN $SLACK_BOT_TOKEN $CASTERBOT_POLICY\"\n"+
			"echo \"${SLACK_APP_TOKEN_FILE-} ${SLACK_BOT_TOKEN_FILE-} ${SLACK_CLI_XAPP-}\"\n")
		put("casterbot.env", "SLACK_APP_TOKEN_FILE=/a\nSLACK_BOT_TOKEN_FILE=/b\nCASTERBOT_POLICY=/c\n")
		hook := exec.Command("sh", ".slack/start")
		hook.Dir, hook.Env = dir, append([]string{"PATH=" + dir + "/bin:" + os.Getenv("PATH")}, c.env...)
		out, err := hook.CombinedOutput()
		if (err == nil) != (c.env != nil) || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v, %s", name, err, out)
		}
		if c.env != nil && string(out) != "run "+c.want+" /c\n  \n" {
			t.Errorf("%s: %q", name, out)
		}
	}
}
