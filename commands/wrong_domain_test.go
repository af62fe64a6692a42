package commands

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// misspelt is a channel of which one pattern, and one alias, have a domain that the account does not have.
func misspelt() (*fakeCloud, op.Call) {
	f := newFake()
	f.domains = []string{"live.example.com"}
	asked := call()
	asked.Scope.Stream = func(path string) bool { return strings.HasPrefix(path, "live.") }
	asked.Scope.Streams = append(asked.Scope.Streams, op.StreamAlias{Alias: "far", Pattern: "live.exmaple.com/show/far"},
		op.StreamAlias{Alias: "wide", Pattern: "live.exmple.com/show/*"})
	return f, asked
}

// A wrong domain among the streams of a channel spoils none of the others, wherever streams are listed.
func TestWrongDomainSpoilsNothing(t *testing.T) {
	const (
		far  = "could not look at the streams of live.exmaple.com: "
		wide = "could not look at the streams of live.exmple.com: "
	)
	f, asked := misspelt()
	f.online = append(f.online,
		live.Online{Stream: live.Stream{Domain: "live.example.com", App: "show", Name: "guest-1"}, Since: noon})
	got, err := find(t, f, statusUsage).Read(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	wantHas(t, words(got), far, wide, "- main\n  live.example.com/show/main · live", "- guest-1\n", "- friday\n",
		"- far\n  could not be looked at: ")
	wantNot(t, words(got), "far · not live")
	f.files = []live.File{{ID: "f1", From: noon.Add(-time.Hour), To: noon.Add(-time.Minute)}}
	got, err = find(t, f, filesUsage).Read(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	wantHas(t, words(got), far, wide, "- main · File of")
	options, err := table{cloud: f}.streamOptions(t.Context(), asked)
	if err != nil || len(options) != 4 {
		t.Errorf("options %+v, %v", options, err)
	}
	for _, o := range options {
		if (o.Label == "far") != (o.Mark == op.MarkUnknown) {
			t.Errorf("%+v", o)
		}
	}
	unknown := asked
	unknown.Args = op.Args{"stream": "nobody/show/x"}
	_, err = find(t, f, statusUsage).Read(t.Context(), unknown)
	wantHas(t, words(refused(t, err).Answer), "There is no stream nobody/show/x", "main", far)
	several, err := table{cloud: f}.expandStreams(t.Context(), asked, []string{"all"})
	if err != nil || len(several) != 4 {
		t.Errorf("several: %+v, %v", several, err)
	}
	f.domains = []string{"none"} // nothing can be seen at all
	_, err = find(t, f, statusUsage).Read(t.Context(), asked)
	wantHas(t, words(refused(t, err).Answer), "could not look at the streams of live.example.com")
}

// How a domain records cannot be seen: what is being recorded can.
func TestOneAspectSpoilsNoOther(t *testing.T) {
	f := newFake()
	f.fail["RecordConfigs"] = &live.Error{Class: live.Refused, Code: "Forbidden"}
	f.contents[mainPath] = []live.Content{{From: noon.Add(-time.Hour), To: noon}}
	got, err := find(t, f, statusUsage).Read(t.Context(), call())
	if err != nil {
		t.Fatal(err)
	}
	wantHas(t, words(got), "it has been recording since", "how it is recorded could not be seen")
	f.fail = map[string]error{"OnlineStreams": nil, "RecordContent": &live.Error{Class: live.NotSent}}
	got, _ = find(t, f, statusUsage).Read(t.Context(), call())
	if n := strings.Count(words(got), "could not be looked at: "); n != 2 {
		t.Errorf("%d rows in\n%s", n, words(got))
	}
}
