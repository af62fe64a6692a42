package setup

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Manifest is the text of the Slack app's manifest, in YAML. It is part of the program, so that it can be read is a
// matter of tests.
type Manifest []byte

// JSON is the manifest as Slack's own tools take it.
func (m Manifest) JSON() ([]byte, error) {
	var all map[string]any
	if err := yaml.Unmarshal(m, &all); err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	return json.MarshalIndent(all, "", "  ")
}

// URL is the address of Slack's page for a new app with the manifest filled in
// (docs.slack.dev/app-manifests/configuring-apps-with-app-manifests).
func (m Manifest) URL() string {
	var all map[string]any
	if yaml.Unmarshal(m, &all) != nil {
		return "https://api.slack.com/apps?new_app=1"
	}
	text, _ := json.Marshal(all)
	return "https://api.slack.com/apps?new_app=1&manifest_json=" +
		strings.ReplaceAll(url.QueryEscape(string(text)), "+", "%20")
}

// Scopes are those of the bot token.
func (m Manifest) Scopes() []string {
	var said struct {
		OAuth struct {
			Scopes struct {
				Bot []string `yaml:"bot"`
			} `yaml:"scopes"`
		} `yaml:"oauth_config"`
	}
	if yaml.Unmarshal(m, &said) != nil {
		return nil
	}
	return said.OAuth.Scopes.Bot
}
