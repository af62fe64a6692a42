package commands

import (
	"strings"
	"testing"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

func TestStream(t *testing.T) {
	cases := []struct {
		typed, want, label string
		lists              []string
	}{
		{typed: "main", want: mainPath, label: "main"},
		{typed: "MAIN", want: mainPath, label: "main"},
		{typed: mainPath, want: mainPath, label: "main"},
		{typed: "live.example.com/show/other", want: "live.example.com/show/other", label: "other"},
		{typed: "guest-7", want: "live.example.com/show/guest-7", label: "guest-7"},
		{typed: "live.example.com/morning/main", lists: []string{"There is no stream", "- main\n"}},
		{typed: "live.example.com/show/*", lists: []string{"There is no stream"}},
		{typed: "live.example.com/show", lists: []string{"There is no stream"}},
		{typed: "a/b/c/d", lists: []string{"There is no stream"}},
		{typed: "guest-*", lists: []string{"There is no stream"}},
		{typed: "guest 7", lists: []string{"There is no stream"}},
		{typed: "guest-\u200b7", lists: []string{"There is no stream"}},
		{typed: "guests", lists: []string{"More than one stream", "live.example.com/show/guest-1"}},
		{typed: "", lists: []string{"There is no stream"}},
		{typed: "../main", lists: []string{"There is no stream"}},
	}
	f := newFake()
	f.online = append(f.online, live.Online{Stream: live.Stream{Domain: "live.example.com", App: "show", Name: "guest-1"}},
		live.Online{Stream: live.Stream{Domain: "live.example.com", App: "morning", Name: "main"}})
	for _, c := range cases {
		got, err := table{cloud: f}.stream(t.Context(), call("stream", c.typed))
		if c.want != "" {
			if err != nil || got.String() != c.want || got.label != c.label {
				t.Errorf("%q: %s %q, %v", c.typed, got, got.label, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%q: resolved to %s", c.typed, got)
			continue
		}
		r := refused(t, err)
		wantHas(t, words(r.Answer), c.lists...)
		wantNot(t, words(r.Answer), "live.example.com/morning/main live")
		if r.Field != "stream" {
			t.Errorf("%q: field %q", c.typed, r.Field)
		}
	}
}

func TestStreamAliases(t *testing.T) {
	scope := op.Scope{
		Stream: func(path string) bool { return !strings.Contains(path, "secret") },
		Streams: []op.StreamAlias{
			{Alias: "Main", Pattern: "a.example.com/show/one"}, {Alias: "main", Pattern: "a.example.com/show/two"},
			{Alias: "all", Pattern: "a.example.com/show/*"}, {Alias: "more", Pattern: "b.example.com/show/*"},
			{Alias: "wild", Pattern: "*/show/wild"},
		},
	}
	s := table{cloud: newFake()}
	cases := []struct{ typed, want string }{
		{"Main", "a.example.com/show/one"},
		{"main", "a.example.com/show/two"},
		{"MAIN", ""},      // fits two aliases
		{"cam1", ""},      // fits two domains
		{"secret", ""},    // out of scope everywhere
		{"ma\u0456n", ""}, // looks like an alias, is none; it is a stream name that two domains could have
	}
	for _, c := range cases {
		got, err := s.stream(t.Context(), op.Call{Args: op.Args{"stream": c.typed}, Scope: scope})
		if c.want == "" && err == nil || c.want != "" && (err != nil || got.String() != c.want) {
			t.Errorf("%q: %s, %v, want %q", c.typed, got, err, c.want)
		}
	}
}

func TestStreamOptions(t *testing.T) {
	f := newFake()
	f.online = append(f.online, live.Online{Stream: live.Stream{Domain: "live.example.com", App: "show", Name: "guest-1"}},
		live.Online{Stream: live.Stream{Domain: "live.example.com", App: "morning", Name: "main"}})
	got, err := table{cloud: f}.streamOptions(t.Context(), call())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, o := range got {
		all = append(all, o.Line().Plain()+" = "+o.Value)
	}
	want := "main · live = " + mainPath +
		"|guest-1 · live = live.example.com/show/guest-1|friday · not live = live.example.com/show/friday"
	if strings.Join(all, "|") != want {
		t.Errorf("got %s", strings.Join(all, "|"))
	}
}

func TestBareStreamOutOfScope(t *testing.T) {
	scope := op.Scope{
		Stream:  func(path string) bool { return path == mainPath },
		Streams: []op.StreamAlias{{Alias: "main", Pattern: mainPath}},
	}
	for _, typed := range []string{"other", "live.example.com/show/other"} {
		got, err := table{cloud: newFake()}.stream(t.Context(), op.Call{Args: op.Args{"stream": typed}, Scope: scope})
		if err == nil {
			t.Errorf("%q: resolved to %s", typed, got)
		}
	}
}
