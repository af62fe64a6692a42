package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"casterbot/internal/sandbox/fakeslack"

	"go.yaml.in/yaml/v3"
)

// App is what a workspace learns from an app's manifest when it is installed.
type App struct {
	Name     string // that people see
	Commands []fakeslack.Command
	Events   []string // that the app subscribed to
	Scopes   []string // of the bot token
}

// ReadManifest takes the name, slash commands, events and scopes out of a Slack
// app manifest in YAML or JSON.
func ReadManifest(text []byte) (App, error) {
	var m struct {
		Display struct {
			Name string `yaml:"name"`
		} `yaml:"display_information"`
		Features struct {
			BotUser struct {
				Name string `yaml:"display_name"`
			} `yaml:"bot_user"`
			SlashCommands []struct {
				Command      string `yaml:"command"`
				Description  string `yaml:"description"`
				UsageHint    string `yaml:"usage_hint"`
				ShouldEscape bool   `yaml:"should_escape"`
			} `yaml:"slash_commands"`
		} `yaml:"features"`
		OAuth struct {
			Scopes struct {
				Bot []string `yaml:"bot"`
			} `yaml:"scopes"`
		} `yaml:"oauth_config"`
		Settings struct {
			SocketMode *bool `yaml:"socket_mode_enabled"`
			Events     struct {
				Bot []string `yaml:"bot_events"`
			} `yaml:"event_subscriptions"`
		} `yaml:"settings"`
	}
	if err := yaml.Unmarshal(text, &m); err != nil {
		return App{}, fmt.Errorf("read the app manifest: %w", err)
	}
	if m.Display.Name == "" {
		return App{}, errors.New("read the app manifest: it has no display_information with a name")
	}
	if on := m.Settings.SocketMode; on != nil && !*on {
		return App{}, errors.New(
			"read the app manifest: socket_mode_enabled is false, and this workspace reaches apps by Socket Mode only")
	}
	app := App{Name: cmp.Or(m.Features.BotUser.Name, m.Display.Name),
		Events: append([]string{}, m.Settings.Events.Bot...), Scopes: append([]string{}, m.OAuth.Scopes.Bot...)}
	for _, c := range m.Features.SlashCommands {
		if !strings.HasPrefix(c.Command, "/") {
			return App{}, fmt.Errorf("read the app manifest: the command %q does not begin with /", c.Command)
		}
		app.Commands = append(app.Commands,
			fakeslack.Command{Name: c.Command, Description: c.Description, UsageHint: c.UsageHint, Raw: !c.ShouldEscape})
	}
	return app, nil
}
