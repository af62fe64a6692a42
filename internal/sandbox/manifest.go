package sandbox

import (
	"fmt"

	"casterbot/internal/sandbox/fakeslack"

	"go.yaml.in/yaml/v3"
)

// App is what a workspace learns from an app's manifest when it is installed.
type App struct {
	Commands []fakeslack.Command
	Events   []string
	Scopes   []string
}

// ReadManifest takes the slash commands, events and scopes out of a Slack app
// manifest in YAML.
func ReadManifest(text []byte) (App, error) {
	var m struct {
		Features struct {
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
			Events struct {
				Bot []string `yaml:"bot_events"`
			} `yaml:"event_subscriptions"`
		} `yaml:"settings"`
	}
	if err := yaml.Unmarshal(text, &m); err != nil {
		return App{}, fmt.Errorf("read the app manifest: %w", err)
	}
	app := App{Events: m.Settings.Events.Bot, Scopes: m.OAuth.Scopes.Bot}
	for _, c := range m.Features.SlashCommands {
		app.Commands = append(app.Commands,
			fakeslack.Command{Name: c.Command, Description: c.Description, UsageHint: c.UsageHint, Raw: !c.ShouldEscape})
	}
	return app, nil
}
