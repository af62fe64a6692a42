package commands

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"casterbot/commands/naming"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

func TestFind(t *testing.T) {
	all := []naming.Thing{
		{ID: "id-1", Name: "Evening News"}, {ID: "id-2", Name: "Evening Sports"},
		{ID: "id-7", Name: "Evening Talk"}, {ID: "id-8", Name: "Evening Talk"},
		{ID: "id-3", Name: "Café"}, {ID: "id-4", Name: "id-1"}, {ID: "id-5", Name: "Nachrichten Straße"},
		{ID: "id-6", Name: "M\u0430in"}, {ID: "id-9", Name: "Studio\u200bX"}, {ID: "id-10", Name: "スタジオ 1"},
	}
	cases := []struct {
		typed string
		want  string // id, "" = refused
		lists []string
	}{
		{typed: "id-1", want: "id-1"},
		{typed: "Evening News", want: "id-1"},
		{typed: "evening news", want: "id-1"},
		{typed: "ＥＶＥＮＩＮＧ　ＮＥＷＳ", want: "id-1"},
		{typed: " Evening   News ", want: "id-1"},
		{typed: "Cafe\u0301", want: "id-3"},
		{typed: "NACHRICHTEN STRASSE", want: "id-5"},
		{typed: "ｽﾀｼﾞｵ 1", want: "id-10"},
		{typed: "Evening", lists: []string{"Evening News\n", "Evening Sports\n", "id-7", "id-8"}},
		{typed: "Evening Talk", lists: []string{"id-7", "id-8"}},
		{typed: "evening talk", lists: []string{"id-7", "id-8"}},
		{typed: "Evening Newz", lists: []string{"Evening News\n"}},
		{typed: "Main", lists: []string{"id-6"}},
		{typed: "M\u0430in", want: "id-6"},
		{typed: "m\u0430in", lists: []string{"id-6"}},
		{typed: "StudioX", lists: []string{"id-9"}},
		{typed: "Evening N\u0435ws", lists: []string{"id-1"}},
		{typed: "ID-1", lists: []string{"id-1", "id-4"}},
		{typed: "ID-2", want: "id-2"},
		{typed: "", lists: []string{}},
	}
	for _, c := range cases {
		i, err := naming.Studios.Find(c.typed, all)
		if c.want != "" {
			if err != nil || all[i].ID != c.want {
				t.Errorf("%q: got %d, %v, want %s", c.typed, i, err, c.want)
			}
			continue
		}
		if err == nil {
			t.Errorf("%q: resolved to %s, want a refusal", c.typed, all[i].ID)
			continue
		}
		r := refused(t, err)
		wantHas(t, words(r.Answer), c.lists...)
		if r.Field != "caster" {
			t.Errorf("%q: field %q", c.typed, r.Field)
		}
	}
}

func TestFindLookalikeRunsNothing(t *testing.T) {
	all := []naming.Thing{{ID: "latin", Name: "Main"}, {ID: "cyrillic", Name: "M\u0430in"}}
	for _, typed := range []string{"Main", "M\u0430in", "main"} {
		_, err := naming.Studios.Find(typed, all)
		wantHas(t, words(refused(t, err).Answer), "latin", "cyrillic")
	}
	if i, err := naming.Studios.Find("cyrillic", all); err != nil || i != 1 {
		t.Errorf("by id: %d, %v", i, err)
	}
}

// hostile are names that try to be markup, other names, or nothing.
var hostile = []string{
	"<!channel>", "<!here>", "<@U0ANA>", "<https://evil.example|ok>", "<!subteam^S0CREW>", "*bold*", "_it_",
	"~no~", "`code`",
	"```block```", "a\nb", "a\rb", "a\tb", "\x00", "\x1b[31mred", "\u202egnp.exe", "\u2066iso\u2069", "a\u200bb",
	"\ufeffbom", "a\u061cb",
	"soft\u00adhyphen", "tag\U000e0041", "=1+1", "&amp;lt;", ":fire:", "https://evil.example/x", strings.Repeat("x", 5000),
	"a\u0301\u0301\u0301", "\u3164", "\ufffd", "", "   ", "?", "\"", "—", "caster list",
}

func TestHostileNames(t *testing.T) {
	for i, name := range hostile {
		f := newFake()
		id := fmt.Sprintf("hostile-%d", i)
		f.casters = append(f.casters, live.Caster{ID: id, Name: name})
		s := table{cloud: f}
		got, err := s.caster(t.Context(), call("caster", id))
		if err != nil || got.ID != id {
			t.Errorf("%q by id: %v, %v", name, got.ID, err)
		}
		got, err = s.caster(t.Context(), call("caster", name))
		if err == nil && got.ID != id {
			t.Errorf("%q by name became %s", name, got.ID)
		}
		seen := strings.Map(func(r rune) rune { return map[bool]rune{true: -1, false: r}[op.Invisible(r)] }, name)
		if got, err = s.caster(t.Context(), call("caster", seen)); err == nil && seen != name {
			t.Errorf("%q hides characters and was taken for %q", name, seen)
		}
		if got, err = s.caster(t.Context(), call("caster", "Evening News")); err != nil || got.ID != newsID {
			t.Errorf("beside %q: %v, %v", name, got.ID, err)
		}
	}
}

func TestOutOfScopeIsNotFound(t *testing.T) {
	s := table{cloud: newFake()}
	_, outside := s.caster(t.Context(), call("caster", "hidden-1"))
	_, nowhere := s.caster(t.Context(), call("caster", "hidden-9"))
	a, b := words(refused(t, outside).Answer), words(refused(t, nowhere).Answer)
	if strings.ReplaceAll(a, "hidden-1", "hidden-9") != b {
		t.Errorf("outside and nowhere differ:\n%s\n%s", a, b)
	}
	_, err := s.caster(t.Context(), call("caster", "Morning Show"))
	wantNot(t, words(refused(t, err).Answer), "hidden-1")
}

func TestNearestAtMostFive(t *testing.T) {
	var all []naming.Thing
	for i := range 40 {
		all = append(all, naming.Thing{ID: fmt.Sprintf("id-%d", i), Name: fmt.Sprintf("Studio %d", i+100)})
	}
	_, err := naming.Studios.Find("Studio", all)
	if r := refused(t, err); len(r.Answer.Items) != 5 {
		t.Errorf("%d candidates", len(r.Answer.Items))
	}
	_, err = naming.Studios.Find("Studio", nil)
	if r := refused(t, err); r.Field != "" {
		t.Errorf("a picker for an empty list: field %q", r.Field)
	}
}

func TestCasterOptions(t *testing.T) {
	f := newFake()
	f.casters = append(f.casters,
		live.Caster{ID: "4f0c7a1e-0000-4000-8000-000000000007", Name: "Evening Talk"},
		live.Caster{ID: "4f0c7a1e-0000-4000-8000-000000000008", Name: "evening talk"})
	s := table{cloud: f, records: &fakeRecords{}, now: time.Now}
	got, err := s.casterOptions(t.Context(), call())
	if err != nil {
		t.Fatal(err)
	}
	var labels []string
	for _, o := range got {
		labels = append(labels, o.Group.Plain()+": "+o.Line().Plain())
	}
	want := "On air: Evening News · on air|Idle: Evening Sports · idle|Idle: Evening Talk …000007 · idle|Idle: evening talk …000008 · idle"
	if strings.Join(labels, "|") != want || got[0].Value != newsID || got[1].Hint != "" || got[2].Hint != got[2].Value ||
		got[0].Mark != op.MarkProgram {
		t.Errorf("got %s", strings.Join(labels, "|"))
	}
}

// TestOptionsAreAllThere: what a picker can hold is Slack's business.
func TestOptionsAreAllThere(t *testing.T) {
	f := newFake()
	for i := range 150 {
		f.casters = append(f.casters, live.Caster{ID: fmt.Sprint(i), Name: fmt.Sprintf("Evening %d", i)})
	}
	s := table{cloud: f, records: &fakeRecords{}, now: time.Now}
	if got, err := s.casterOptions(t.Context(), call()); err != nil || len(got) != 152 {
		t.Errorf("%d options, %v", len(got), err)
	}
}

func TestSceneOptionsArePreviews(t *testing.T) {
	got, err := table{cloud: newFake()}.sceneOptions(t.Context(), call("caster", "Evening News"))
	if err != nil || len(got) != 2 || got[0].Line().Plain() != "Preview 1 · PREVIEW · open" || got[1].Value != "s-p2" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestOptionsSayWhyNot(t *testing.T) {
	f := newFake()
	f.fail["Casters"] = &live.Error{Class: live.Refused, Code: "Forbidden.RAM"}
	f.fail["OnlineStreams"] = &live.Error{Class: live.NotSent}
	table := Table(f, &fakeRecords{}, func() time.Time { return noon })
	for _, name := range []string{"caster", "scene", "stream"} {
		k, _ := table.Kind(name)
		_, err := k.Options(t.Context(), op.Call{Args: op.Args{"caster": "x"}, Scope: evening()})
		wantHas(t, refused(t, err).Error(), "could not look at")
	}
}
