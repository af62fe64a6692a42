package arch

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"casterbot/internal/grammar"

	"go.yaml.in/yaml/v3"
)

// manifest is the part of Slack's app manifest, major version 2, that casterbot uses
// (https://docs.slack.dev/reference/app-manifest). Whatever else stands in the file is refused, so a slip cannot hide.
type manifest struct {
	Metadata struct {
		Major int `yaml:"major_version"`
	} `yaml:"_metadata"`
	Display struct {
		Name        string `yaml:"name"`
		Description string `yaml:"description"`
		Background  string `yaml:"background_color"`
	} `yaml:"display_information"`
	Features struct {
		Bot struct {
			Name   string `yaml:"display_name"`
			Online bool   `yaml:"always_online"`
		} `yaml:"bot_user"`
		Home struct {
			Home     bool `yaml:"home_tab_enabled"`
			Messages bool `yaml:"messages_tab_enabled"`
			ReadOnly bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		Commands []slash `yaml:"slash_commands"`
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
		Interactivity struct {
			Enabled bool `yaml:"is_enabled"`
		} `yaml:"interactivity"`
		Org      bool `yaml:"org_deploy_enabled"`
		Socket   bool `yaml:"socket_mode_enabled"`
		Rotation bool `yaml:"token_rotation_enabled"`
	} `yaml:"settings"`
}

type slash struct {
	Command     string `yaml:"command"`
	Description string `yaml:"description"`
	Hint        string `yaml:"usage_hint"`
	Escape      bool   `yaml:"should_escape"`
}

func readManifest(t *testing.T) manifest {
	t.Helper()
	m := manifest{}
	decoder := yaml.NewDecoder(bytes.NewBufferString(text(t, "manifest.yml")))
	decoder.KnownFields(true)
	if err := decoder.Decode(&m); err != nil {
		t.Fatal(err)
	}
	if err := decoder.Decode(&manifest{}); !errors.Is(err, io.EOF) {
		t.Error("manifest.yml holds a second document")
	}
	return m
}

// TestManifestLimits: what Slack's schema of manifests would refuse.
func TestManifestLimits(t *testing.T) {
	m := readManifest(t)
	for _, s := range []struct {
		what, text string
		most       int
	}{
		{"name", m.Display.Name, 35},
		{"description", m.Display.Description, 140},
		{"display_name", m.Features.Bot.Name, 80},
	} {
		if n := utf8.RuneCountInString(s.text); n == 0 || n > s.most {
			t.Errorf("%s has %d characters, 1 to %d are allowed", s.what, n, s.most)
		}
	}
	if !regexp.MustCompile(`^#[0-9a-f]{6}$`).MatchString(m.Display.Background) {
		t.Errorf("background_color %q is no #rrggbb", m.Display.Background)
	}
	if len(m.Features.Commands) > 50 || len(m.Settings.Events.Bot) > 100 {
		t.Errorf("%d commands and %d events: at most 50 and 100", len(m.Features.Commands), len(m.Settings.Events.Bot))
	}
	for _, c := range m.Features.Commands {
		if !regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`).MatchString(c.Command) {
			t.Errorf("%q is no slash command", c.Command)
		}
		if n := utf8.RuneCountInString(c.Description); n == 0 || n > 2000 {
			t.Errorf("%s: description of %d characters", c.Command, n)
		}
		if n := utf8.RuneCountInString(c.Hint); n == 0 || n > 1000 {
			t.Errorf("%s: usage hint of %d characters", c.Command, n)
		}
	}
}

// TestManifestSwitches: what the bot cannot work without, and what it must not ask for.
func TestManifestSwitches(t *testing.T) {
	m := readManifest(t)
	for what, right := range map[string]bool{
		"major_version 2":           m.Metadata.Major == 2,
		"socket_mode_enabled":       m.Settings.Socket,
		"interactivity.is_enabled":  m.Settings.Interactivity.Enabled,
		"home_tab_enabled":          m.Features.Home.Home,
		"no org_deploy_enabled":     !m.Settings.Org,
		"no token_rotation_enabled": !m.Settings.Rotation,
	} {
		if !right {
			t.Errorf("manifest.yml: want %s", what)
		}
	}
	if strings.Contains(text(t, "manifest.yml"), "url:") {
		t.Error("manifest.yml holds an address: Socket Mode needs none")
	}
}

// hints are the words of the usage hints, by slash command.
func hints(t *testing.T) map[string][]string {
	t.Helper()
	words := map[string][]string{}
	for _, c := range readManifest(t).Features.Commands {
		if words[c.Command] != nil {
			t.Errorf("%s is there twice", c.Command)
		}
		words[c.Command] = regexp.MustCompile(`[a-z_]+`).FindAllString(c.Hint, -1)
	}
	return words
}

// TestManifestCommands: one slash command for each noun of the command table, whose hint mentions help; its verbs are
// asked for by TestEveryChangeIsEverywhere.
func TestManifestCommands(t *testing.T) {
	for _, c := range readManifest(t).Features.Commands {
		if !c.Escape {
			t.Errorf("%s: should_escape must be true, or mentions arrive as names", c.Command)
		}
	}
	nouns, hints := map[string]bool{}, hints(t)
	for _, c := range table().Commands {
		nouns["/"+grammar.Words(c.Usage)[0]] = true
	}
	for name := range nouns {
		if !slices.Contains(hints[name], "help") {
			t.Errorf("the usage hint of %s does not mention help", name)
		}
	}
	for name := range hints {
		if !nouns[name] {
			t.Errorf("manifest.yml has %s, and the command table has no such noun", name)
		}
	}
}

// scopeOfCall is what a Web API method needs, by the name of its function (https://docs.slack.dev/reference/methods).
var scopeOfCall = map[string][]string{
	"PostMessageContext": {"chat:write"}, "PostEphemeralContext": {"chat:write"}, "UpdateMessageContext": {"chat:write"},
	"AddPinContext": {"pins:write"}, "RemovePinContext": {"pins:write"}, "OpenConversationContext": {"im:write"},
	"GetUserInfoContext": {"users:read"}, "GetBotInfoContext": {"users:read"},
	"StartSocketModeContext": nil, // it takes the app token
	"UploadFileContext":      nil, // files:write, which is optional
	"GetUserGroupsContext":   {"usergroups:read"}, "GetConversationsForUserContext": {"channels:read", "groups:read"},
	"GetConversationInfoContext": {"channels:read", "groups:read"},
	"AuthTestContext":            nil, "OpenViewContext": nil, "UpdateViewContext": nil, "PublishViewContext": nil,
}

// scopeOfEvent is what a subscription needs (https://docs.slack.dev/reference/events). Events that are not in it are
// not events that a bot of this kind can ask for.
var scopeOfEvent = map[string][]string{
	"app_home_opened": nil, "app_mention": {"app_mentions:read"},
	"channel_archive": {"channels:read"}, "channel_unarchive": {"channels:read"}, "channel_rename": {"channels:read"},
	"channel_left": {"channels:read"}, "channel_shared": {"channels:read", "groups:read"},
	"channel_unshared": {"channels:read", "groups:read"}, "channel_id_changed": {"channels:read", "groups:read"},
	"group_archive": {"groups:read"}, "group_unarchive": {"groups:read"}, "group_rename": {"groups:read"},
	"group_left": {"groups:read"}, "member_joined_channel": {"channels:read", "groups:read"},
	"subteam_members_changed": {"usergroups:read"}, "user_change": {"users:read"},
}

// TestManifestScopes: exactly the scopes that the calls and the events of the bot need.
func TestManifestScopes(t *testing.T) {
	m, need := readManifest(t), map[string]bool{"commands": true}
	add := func(scopes []string, known bool, what string) {
		if !known {
			t.Errorf("%s is not in the table of this test: add it with the scopes that it needs", what)
		}
		for _, s := range scopes {
			need[s] = true
		}
	}
	for _, call := range slackCalls(t) {
		scopes, known := scopeOfCall[call]
		add(scopes, known, call)
	}
	for _, event := range m.Settings.Events.Bot {
		scopes, known := scopeOfEvent[event]
		add(scopes, known, event)
	}
	if want := slices.Sorted(maps.Keys(need)); !slices.Equal(m.OAuth.Scopes.Bot, want) {
		t.Errorf("scopes of manifest.yml\n%v\nthe bot needs, sorted\n%v", m.OAuth.Scopes.Bot, want)
	}
}

// TestManifestEvents: exactly the events that package bot reads.
func TestManifestEvents(t *testing.T) {
	asked := readManifest(t).Settings.Events.Bot
	if !slices.IsSorted(asked) || len(slices.Compact(slices.Clone(asked))) != len(asked) {
		t.Error("the events of manifest.yml are not sorted, or one is there twice")
	}
	read := map[string]bool{}
	inBot(t, func(n ast.Node) {
		if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING {
			if name, err := strconv.Unquote(s.Value); err == nil {
				read[name] = true
			}
		}
	})
	for event := range scopeOfEvent {
		if read[event] != slices.Contains(asked, event) {
			t.Errorf("%s: the bot reads it: %v; manifest.yml asks for it: %v", event, read[event], !read[event])
		}
	}
}

// slackCalls are the methods of the Slack client that package bot calls.
func slackCalls(t *testing.T) []string {
	t.Helper()
	calls := map[string]bool{}
	inBot(t, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !strings.HasSuffix(method.Sel.Name, "Context") {
			return
		}
		if on, ok := method.X.(*ast.SelectorExpr); ok && strings.EqualFold(on.Sel.Name, "api") {
			calls[method.Sel.Name] = true
		}
	})
	if len(calls) < 5 {
		t.Errorf("only %v found: the test no longer sees how package bot calls Slack", calls)
	}
	return slices.Sorted(maps.Keys(calls))
}

func inBot(t *testing.T, see func(ast.Node)) {
	t.Helper()
	for _, file := range files(t, ".go") {
		if !strings.HasPrefix(file, "bot/") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			see(n)
			return true
		})
	}
}
