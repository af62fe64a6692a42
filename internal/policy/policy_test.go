package policy

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/commands"
	"casterbot/internal/op"
)

// verbs are those of the commands, in their order.
var verbs = commands.Table(nil, nil, time.Now).Verbs()

func parse(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := Parse("dir/policy.yml", []byte(text), verbs)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func example(t testing.TB) *Policy {
	t.Helper()
	p, err := Load("testdata/policy.yml", verbs)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExample(t *testing.T) {
	p := example(t)
	if got := p.Channels(); !slices.Equal(got, []string{"C0SHOW", "C0MORN", "C0EXT"}) {
		t.Errorf("channels %v", got)
	}
	if got := p.UserGroups(); !slices.Equal(got, []string{"S0CREW"}) {
		t.Errorf("user groups %v", got)
	}
	if got := p.Warnings(); len(got) != 0 {
		t.Errorf("warnings %v", got)
	}
	if len(p.Hash()) != 64 {
		t.Errorf("hash %q", p.Hash())
	}
}

func TestHashFollowsEveryByte(t *testing.T) {
	a, b := parse(t, "version: 1\n"), parse(t, "version: 1 # why\n")
	if a.Hash() == b.Hash() {
		t.Error("two files, one hash")
	}
	// printf 'version: 1\n' | sha256sum
	if want := "09bfcc6a14b83e2192b8673677725c84883ee9cd0c70e45c9ec09daa8f2b2847"; a.Hash() != want {
		t.Errorf("hash %s, want %s", a.Hash(), want)
	}
}

func TestNothingMeansDenyAll(t *testing.T) {
	for _, text := range []string{"", "\n\n", "# only a comment\n", "---\n", "---\n# comment\n...\n", "version: 1\n",
		"version: 1\nchannels: {}\ngroups: {}\n", "\ufeff"} {
		p := parse(t, text)
		for _, verb := range append(verbs, Help) {
			if d := p.Decide(op.Person{ID: "U0ANA"}, op.Channel{ID: "C0SHOW"}, verb, op.Read, op.Target{}); d.Allowed {
				t.Errorf("%q allows %s", text, verb)
			}
		}
		if _, ok := p.Scope("C0SHOW"); ok {
			t.Errorf("%q has a scope", text)
		}
	}
}

func TestScope(t *testing.T) {
	p := example(t)
	s, ok := p.Scope("C0SHOW")
	if !ok || s.Channel != "C0SHOW" {
		t.Fatal("no scope")
	}
	wantStreams := []op.StreamAlias{
		{Alias: "main", Pattern: "live.example.com/show/main"}, {Alias: "backup", Pattern: "live.example.com/show/backup"},
		{Alias: "friday", Pattern: "live.example.com/show/friday"}, {Alias: "any", Pattern: "live.example.com/show/*"},
	}
	if !reflect.DeepEqual(s.Streams, wantStreams) {
		t.Errorf("streams %v", s.Streams)
	}
	if want := (op.Args{"caster": "Evening News", "stream": "main"}); !reflect.DeepEqual(s.Default, want) {
		t.Errorf("default %v", s.Default)
	}
	s.Default["caster"] = "Morning Show"
	s.Streams[0].Pattern = "*/*/*"
	again, _ := p.Scope("C0SHOW")
	if again.Default["caster"] != "Evening News" || again.Streams[0].Pattern != wantStreams[0].Pattern {
		t.Error("a scope can change the policy")
	}
	if none, ok := p.Scope("C0RAND"); ok || none.Studio("x", "Evening News") || none.Stream("live.example.com/show/main") {
		t.Error("a channel that is not named touches something")
	}
}

func TestStudioScope(t *testing.T) {
	p := parse(t, `{version: 1, channels: {C0A: {studios: ["Evening *", "A?c", "x [HD]", "4f0c-01", "*/slash"], grants: [{who: [everyone], may: ["*"]}]}}}`)
	s, _ := p.Scope("C0A")
	for _, c := range []struct {
		id, name string
		want     bool
	}{
		{"1", "Evening News", true}, {"1", "Evening ", true}, {"1", "Evening", false}, {"1", "evening News", false},
		{"1", "My Evening News", false}, {"1", "Evening a/b/c", true}, {"1", "Abc", true}, {"1", "Aéc", true},
		{"1", "Ac", false},
		{"1", "Abbc", false}, {"1", "x [HD]", true}, {"1", "x H", false}, {"4f0c-01", "Other", true},
		{"4f0c-011", "Other", false},
		{"4F0C-01", "Other", false}, {"1", "a/b/slash", true}, {"", "", false}, {"Evening *", "Other", true},
		{"Evening X", "Other", false},
	} {
		if got := s.Studio(c.id, c.name); got != c.want {
			t.Errorf("studio %q %q: %v", c.id, c.name, got)
		}
	}
}

func TestStreamScope(t *testing.T) {
	p := parse(t, `{version: 1, channels: {C0A: {streams: {one: live.example.com/show/main, cam: "*.example.com/show/cam?", all: "pull.example.com/*/*"}, grants: [{who: [everyone], may: ["*"]}]}}}`)
	s, _ := p.Scope("C0A")
	for path, want := range map[string]bool{
		"live.example.com/show/main": true, "live.example.com/show/Main": false, "live.example.com/show/main/x": false,
		"live.example.com/show": false, "a.example.com/show/cam1": true, "a.example.com/show/cam12": false,
		"a/b.example.com/show/cam1": false, "example.com/show/cam1": false, "pull.example.com/x/y": true,
		"pull.example.com/x/y/z": false, "pull.example.com//y": false, "pull.example.com/x/": false, "": false, "one": false,
	} {
		if got := s.Stream(path); got != want {
			t.Errorf("stream %q: %v", path, got)
		}
	}
}

func TestGlobIsLinear(t *testing.T) {
	text := strings.Repeat("a", 5000)
	if matchText(strings.Repeat("a*", 50)+"b", text) {
		t.Error("matched")
	}
	if !matchText(strings.Repeat("a*", 50), text) {
		t.Error("did not match")
	}
}

func TestDefaults(t *testing.T) {
	p := parse(t, `{version: 1, channels: {C0A: {studios: [4f0c-01], streams: {cams: "live.example.com/show/*"},
 default: {studio: 4f0c-01, stream: live.example.com/show/cam1}, grants: [{who: [everyone], may: ["*"]}]}}}`)
	s, _ := p.Scope("C0A")
	if want := (op.Args{"caster": "4f0c-01", "stream": "live.example.com/show/cam1"}); !reflect.DeepEqual(
		s.Default, want) {
		t.Errorf("default %v", s.Default)
	}
}

func TestUserGroupsAreCollectedEverywhere(t *testing.T) {
	p := parse(t, `
version: 1
groups: {a: [S0A, U0A], unused: [S0B]}
channels:
  C0A:
    grants:
      - {who: [S0C, a], may: ["*"], confirm: other, approvers: [S0D, W0X, S0C]}
      - {who: [everyone], may: ["*"]}
`)
	if got := p.UserGroups(); !slices.Equal(got, []string{"S0A", "S0B", "S0C", "S0D"}) {
		t.Errorf("user groups %v", got)
	}
}

func TestLoadSaysWhichFile(t *testing.T) {
	_, err := Load("testdata/nowhere.yml", verbs)
	if err == nil || !strings.Contains(err.Error(), "testdata/nowhere.yml") || !os.IsNotExist(unwrapAll(err)) {
		t.Errorf("error %v", err)
	}
	if _, err := Load("testdata", verbs); err == nil {
		t.Error("a folder is no policy")
	}
}

func unwrapAll(err error) error {
	for {
		next, ok := err.(interface{ Unwrap() error })
		if !ok || os.IsNotExist(err) {
			return err
		}
		err = next.Unwrap()
	}
}

func TestWarnings(t *testing.T) {
	head := "version: 1\ngroups:\n  ops: [U0A, S0B]\nchannels:\n  C0A:\n    grants:\n      - {who: [ops], may: [caster.list]}\n"
	for _, c := range []struct{ name, text, want string }{
		{"same grant twice", head + "      - {who: [U0A], may: [caster.list]}\n",
			"policy.yml:8: channels.C0A.grants[1]: never decides: its people and verbs are decided before, by line 7"},
		{"two together", head +
			"      - {who: [everyone], may: [caster.show]}\n      - {who: [S0B], may: [caster.list, caster.show]}\n",
			"policy.yml:9: channels.C0A.grants[2]: never decides: its people and verbs are decided before, by line 7 and line 8"},
		{"more verbs", head + "      - {who: [U0A], may: [\"caster.*\"]}\n", ""},
		{"more people", head + "      - {who: [everyone], may: [caster.list]}\n", ""},
		{"another user group", head + "      - {who: [S0C], may: [caster.list]}\n", ""},
		{"unused group", "version: 1\ngroups:\n  ops: [U0A]\nchannels:\n  C0A: {grants: [{who: [U0A], may: [caster.list]}]}\n", "policy.yml:3: groups.ops: the group is never used"},
		{"member twice", "version: 1\ngroups:\n  ops: [U0A, U0A]\nchannels:\n  C0A: {grants: [{who: [ops], may: [caster.list]}]}\n", "policy.yml:3: groups.ops[1]: \"U0A\" is there twice"},
		{"studio twice", "version: 1\nchannels:\n  C0A: {studios: [a, a], grants: [{who: [U0A], may: [caster.list]}]}\n",
			"policy.yml:3: channels.C0A.studios[1]: \"a\" is there twice"},
		{"lonely approver", head + "      - {who: [ops], may: [caster.copy], confirm: other, approvers: [U0A]}\n",
			"policy.yml:8: channels.C0A.grants[1]: U0A is the only approver, so nobody can approve what U0A asks for"},
		{"approver who never asks",
			head + "      - {who: [ops], may: [caster.copy], confirm: other, approvers: [U0C]}\n", ""},
		{"expires without a question", head + "      - {who: [ops], may: [caster.copy], confirm: none, expires: 1m}\n",
			"policy.yml:8: channels.C0A.grants[1].expires: has no effect with confirm: none"},
		{"no channel", "version: 1\n", "policy.yml:1: channels: no channel is named: everything is denied"},
		{"nothing", "", "policy.yml:1: the file is empty: everything is denied"},
		{"a comment", "# later\n", "policy.yml:1: the file is empty: everything is denied"},
	} {
		if got := strings.Join(parse(t, c.text).Warnings(), "\n"); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}
