package setup

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"casterbot/internal/op"
	"casterbot/internal/policy"

	"go.yaml.in/yaml/v3"
)

// TestEveryPolicyIsTaken: whatever roles, studios and streams are picked, the bot takes the file without a word, and
// what was picked is allowed.
func TestEveryPolicyIsTaken(t *testing.T) {
	crew, ana := choice{id: "S0CREW", name: "@crew"}, choice{id: "U0ANA", name: "Ana \"A\" Ruiz: # lead"}
	pattern := choice{id: "Evening *"}
	studio := choice{id: "4f0c7a1e-0000-4000-8000-000000000001", name: "Evening News"}
	stream := choice{id: "live.example.com/show/main", name: "live.example.com/show/main"}
	same := choice{id: "live.example.com/morning/main"}
	odd := choice{id: "live.example.com/show/cam *!"}
	p := program(t)
	for i, leads := range [][]choice{nil, {ana}} {
		for j, producers := range [][]choice{nil, {{id: "U0PIA", name: "Pia"}}} {
			for k, s := range []show{{}, {studios: []choice{studio}, streams: []choice{stream}},
				{studios: []choice{studio, pattern}, streams: []choice{stream, same}}, {studios: []choice{pattern}}} {
				t.Run(fmt.Sprint(i, j, k), func(t *testing.T) {
					s.channel = choice{id: "C0SHOW", name: "#show-control"}
					wanted := plan{operators: []choice{crew, ana}, leads: leads, producers: producers, channels: []show{s}}
					text, err := wanted.text(p.Example)
					if err != nil {
						t.Fatal(err)
					}
					parsed, err := policy.Parse("policy.yml", text, p.Verbs)
					if err != nil || len(parsed.Warnings()) > 0 {
						t.Fatalf("%v %v\n%s", err, parsed.Warnings(), text)
					}
					who := op.Person{ID: "U0BO", Groups: []string{"S0CREW"}}
					target := op.Target{Kind: "caster", ID: studio.id, Name: studio.name}
					d := parsed.Decide(who, op.Channel{ID: "C0SHOW", Member: true}, "caster.restart", op.OnAir, target)
					if d.Allowed != (len(s.studios) > 0) || d.Allowed && d.Confirm != op.ConfirmOther {
						t.Errorf("%+v\n%s", d, text)
					}
				})
			}
		}
	}
	if _, err := policy.Parse("policy.yml", must(t, plan{operators: []choice{crew}, channels: []show{{
		channel: choice{id: "C0SHOW", name: "#show"}, streams: []choice{odd}}}}, p.Example), p.Verbs); err == nil {
		t.Error("a stream that is none was taken")
	}
}

func must(t *testing.T, p plan, example []byte) []byte {
	t.Helper()
	text, err := p.text(example)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestPolicyHasNamesAsComments: ids decide, and whoever reads the file sees whom they mean.
func TestPolicyHasNamesAsComments(t *testing.T) {
	text := string(must(t, plan{operators: []choice{{id: "S0CREW", name: "@crew"}},
		channels: []show{{channel: choice{id: "C0SHOW", name: "#show"},
			studios: []choice{{id: "4f0c7a1e", name: "Evening News"}},
			streams: []choice{{id: "live.example.com/show/main"}, {id: "live.example.com/late/main"}}}}}, program(t).Example))
	for _, want := range []string{"    - S0CREW # @crew\n", "      - 4f0c7a1e # Evening News\n",
		"      main: live.example.com/show/main\n", "      late-main: live.example.com/late/main\n", `name: "#show"`,
		`default: {studio: "4f0c7a1e"}`, "approvers: [operators]"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, not := range []string{"leads", "producers", "caster.copy"} {
		if strings.Contains(text, not) {
			t.Errorf("%s in\n%s", not, text)
		}
	}
}

// TestShellsReadTheSettings: what is written is what a shell takes out of it, and what is read again.
func TestShellsReadTheSettings(t *testing.T) {
	for _, value := range []string{"plain", "sqlite:/a/b.db", "", "a b", "it's $HOME `x` \"q\" \\ ; #", "*", "ä"} {
		s := &settings{lines: []string{"# a note", "OTHER=1"}}
		s.set("VALUE", "before")
		s.set("VALUE", value)
		f := folder(t.TempDir())
		if err := f.write(settingsFile, s.text()); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("sh", "-c", `set -a; . "$0"; set +a; printf '%s|%s' "${VALUE:-}" "$OTHER"`,
			f.path(settingsFile)).CombinedOutput()
		if err != nil || string(out) != value+"|1" {
			t.Errorf("%q: a shell reads %q, %v", value, out, err)
		}
		again, err := f.settings()
		if err != nil || again.get("VALUE") != value || again.get("OTHER") != "1" {
			t.Errorf("%q: read again it is %q, %v", value, again.get("VALUE"), err)
		}
	}
}

// TestPick: numbers, names and ids mean things; what could be two things means none.
func TestPick(t *testing.T) {
	p := picker{what: "thing", list: []choice{{id: "C1", name: "#show"}, {id: "C2", name: "#late show"},
		{id: "C3", name: "#twin"}, {id: "C4", name: "#twin"}, {id: "C5", name: "#5"}}}
	for text, want := range map[string]string{"1": "C1", "1 2": "C1 C2", "1, 2": "C1 C2", "#show": "C1", "SHOW": "C1",
		"late show": "C2", "C3,C4": "C3 C4", "3": "C3", "show, show, 1": "C1", "": "", " , ": "",
		"twin": "there are 2 of the name", "sho": "did you mean #show?", "99": "there is no thing",
		"nothing at all": "there are #show, #late show", "#5": "C5"} {
		found, err := p.read(text)
		got := strings.Join(op.Each(found, func(c choice) string { return c.id }), " ")
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.Contains(got, want)) {
			t.Errorf("%q means %q, want %q", text, got, want)
		}
	}
}

// TestManifest: all forms of it say the same, and its scopes are those that a token is held against.
func TestManifest(t *testing.T) {
	m := program(t).Manifest
	var want, asJSON, asURL map[string]any
	text, err := m.JSON()
	if err != nil || yaml.Unmarshal(m, &want) != nil || json.Unmarshal(text, &asJSON) != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(m.URL())
	if err != nil || u.Host != "api.slack.com" || u.Query().Get("new_app") != "1" || strings.Contains(u.RawQuery, "+") {
		t.Fatal(u, err)
	}
	if err := json.Unmarshal([]byte(u.Query().Get("manifest_json")), &asURL); err != nil {
		t.Fatal(err)
	}
	if _, err := yaml.Marshal(want); err != nil || !reflect.DeepEqual(asJSON, asURL) {
		t.Error("the address has another manifest than the file")
	}
	again, _ := json.Marshal(want)
	if short, _ := json.Marshal(asJSON); string(again) != string(short) {
		t.Errorf("as JSON it is another one:\n%s\n%s", again, short)
	}
	if len(m.Scopes()) < 9 || m.Scopes()[0] != "app_mentions:read" {
		t.Error(m.Scopes())
	}
}

// TestWaysToStart: the commands are those that deploy/ is made for: of the unit, which has them at its head, and of the
// chart, which knows every value that is set.
func TestWaysToStart(t *testing.T) {
	r := &run{files: "/where", settings: &settings{}}
	r.Program.Name = "/where/casterbot"
	r.settings.set("ALIBABA_CLOUD_REGION_ID", "cn-beijing")
	r.settings.set("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/r")
	r.settings.set("ALIBABA_CLOUD_ECS_METADATA", "role")
	unit, err := os.ReadFile("../../deploy/casterbot.service")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(r.systemd(), "/where/", ""), "\n") {
		if !strings.Contains(string(unit), "#   "+line+"\n") {
			t.Errorf("the unit does not tell to do this: %s", line)
		}
	}
	text, err := os.ReadFile("../../deploy/helm/casterbot/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	if err := yaml.Unmarshal(text, &values); err != nil {
		t.Fatal(err)
	}
	set := regexp.MustCompile(`--set(?:-file)? ([a-zA-Z.]+)(?:\.[A-Z_]+)?=`).FindAllStringSubmatch(r.helm(), -1)
	for _, m := range set {
		group, name, _ := strings.Cut(m[1], ".")
		part, ok := values[group].(map[string]any)
		if _, known := part[name]; !ok || name != "" && !known {
			t.Errorf("the chart has no value %s", m[1])
		}
	}
	if len(set) != 6 || !strings.Contains(r.helm(), "--from-file=/where/secrets") {
		t.Errorf("%v in\n%s", set, r.helm())
	}
	for _, setting := range []string{"ALIBABA_CLOUD_REGION_ID=cn-beijing", "ALIBABA_CLOUD_ECS_METADATA=role"} {
		if !strings.Contains(r.container(), "-e "+setting) {
			t.Errorf("no %s in\n%s", setting, r.container())
		}
	}
	if r.given = []string{"SLACK_APP_TOKEN"}; !strings.HasPrefix(r.inShell(""), "unset SLACK_APP_TOKEN; set -a; ") {
		t.Errorf("a token and its file are both set: %s", r.inShell(""))
	}
	r.settings.set("SLACK_API_URL", "http://127.0.0.1:8788/api/")
	if strings.Contains(r.helm(), "helm install") || !strings.Contains(r.container(), "--network host") ||
		!strings.Contains(r.container(), "-e CASTERBOT_ADMIN_ADDR=127.0.0.1:9090 ") {
		t.Error("a cluster or a container reaches the sandbox on this machine")
	}
}

// TestNamesOfOthers: people, channels and studios are called as somebody else likes. No name commands the terminal,
// adds a line to the policy, or keeps the policy from being taken.
func TestNamesOfOthers(t *testing.T) {
	const evil = "Ana\u200f \x1b[2J\u202e\u0085- U0EVE\r\n  \u2028✓ all is well\u009b31m"
	all := []choice{{id: "U0ANA", name: evil, note: "@ana"}}
	p := program(t)
	text := must(t, plan{operators: all, channels: []show{{channel: choice{id: "C0SHOW", name: "#show"},
		studios: []choice{{id: "4f0c7a1e", name: evil}}}}}, p.Example)
	parsed, err := policy.Parse("policy.yml", text, p.Verbs)
	if err != nil || len(parsed.Mentions()) != 1 {
		t.Errorf("%v\n%s", err, text)
	}
	var shown strings.Builder
	terminal := &terminal{out: &shown}
	picker{list: all}.show(terminal)
	terminal.wrong("%s", evil)
	if got := shown.String(); strings.ContainsFunc(got, op.Unprintable) || strings.Contains(got, "\r") ||
		strings.Count(got, "\n") != 3 {
		t.Errorf("%q", got)
	}
}

// TestWaysToStartHoldNoSecret: what a person has added to the settings may be one.
func TestWaysToStartHoldNoSecret(t *testing.T) {
	r := &run{files: "/where", settings: &settings{}}
	r.settings.set("SLACK_BOT_TOKEN", goodBot)
	r.settings.set("HTTPS_PROXY", "http://me:canary@proxy:3128")
	r.settings.set("CASTERBOT_DATABASE_URL", "postgres://me:canary@db/casterbot")
	for _, way := range []string{r.inShell(""), r.systemd(), r.container(), r.helm()} {
		if strings.Contains(way, "canary") {
			t.Error(way)
		}
	}
	if !strings.Contains(r.container(), "set -a; . /where/casterbot.env; set +a\n") ||
		!strings.Contains(r.container(), "-e HTTPS_PROXY ") {
		t.Errorf("the container does not get what was added:\n%s", r.container())
	}
}
