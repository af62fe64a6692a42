package sandbox

import (
	"slices"
	"strings"
	"testing"
)

const another = `
display_information:
  name: Deploy Bot
features:
  bot_user:
    display_name: Deploy
  slash_commands:
    - command: /deploy
      description: Ship it
      usage_hint: "[service]"
oauth_config:
  scopes:
    bot: [commands, chat:write, channels:history]
settings:
  event_subscriptions:
    bot_events: [message.channels]
  socket_mode_enabled: true
`

// The workspace is that of the app whose manifest is installed: its name, commands, events and scopes, and no others.
func TestAnotherAppsManifest(t *testing.T) {
	app, err := ReadManifest([]byte(another))
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, Config{App: app})
	s, err := w.Slack.Snapshot("U0ANA")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Commands) != 1 || s.Commands[0].Name != "/deploy" || s.Commands[0].UsageHint != "[service]" ||
		!s.Commands[0].Raw || s.People[0].Name != "deploy" || s.People[0].RealName != "Deploy" {
		t.Errorf("%+v %+v", s.Commands, s.People[0])
	}
	for call, want := range map[string]string{
		"auth.test?":                             `"user":"deploy"`,
		"chat.postMessage?channel=C0SHOW&text=x": `"ok":true`,
		"users.info?user=U0ANA":                  `"needed":"users:read"`,
		"views.publish?user_id=U0ANA":            `"error":"invalid_arguments"`,
	} {
		if _, body := get(t, w.SlackURL+call+"&token="+BotToken); !strings.Contains(body, want) {
			t.Errorf("%s: %s, want %s", call, body, want)
		}
	}
	if !slices.Equal(app.Events, []string{"message.channels"}) {
		t.Errorf("events %v", app.Events)
	}
}

func TestManifestsThatCannotBeInstalled(t *testing.T) {
	for text, want := range map[string]string{
		"features: [":  "read the app manifest: yaml",
		"features: {}": "display_information with a name",
		`{"display_information":{"name":"X"},"settings":{"socket_mode_enabled":false}}`:        "Socket Mode only",
		`{"display_information":{"name":"X"},"features":{"slash_commands":[{"command":"x"}]}}`: `"x" does not begin with /`,
	} {
		if _, err := ReadManifest([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	app, err := ReadManifest([]byte(`{"display_information":{"name":"X"}}`))
	if err != nil || app.Name != "X" || app.Events == nil || app.Scopes == nil {
		t.Errorf("the least of them: %+v %v", app, err)
	}
}
