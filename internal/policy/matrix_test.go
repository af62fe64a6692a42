package policy

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"

	"casterbot/internal/op"
)

// The oracle: what testdata/policy.yml means, written down again by hand and without any code of the package.
var (
	who = []op.Person{
		{ID: "U0ANA", Groups: []string{"S0CREW"}}, {ID: "U0BO", Groups: []string{"S0CREW"}}, {ID: "U0KEN"}, {ID: "U0MIO"},
		{ID: "U0PIA"}, {ID: "U0GUS", Guest: true}, {ID: "U0ZOE", Guest: true}, {ID: "U0OUT", External: true}, {ID: "U0NEW"},
		{ID: "U0KEN", Deleted: true}, {ID: "U0KEN", Bot: true}, {ID: "U0KEN", Stale: true}, {ID: "U0KEN", Guest: true},
		{ID: "U0KEN", External: true},
		{ID: "U0BO"}, {ID: ""},
	}
	where = []op.Channel{
		{ID: "C0SHOW", Name: "show-control"}, {ID: "C0MORN"}, {ID: "C0EXT", External: true},
		{ID: "C0RAND", Name: "show-control"},
		{ID: "C0SHOW", External: true}, {ID: "C0SHOW", Stale: true}, {ID: "C0SHOW", Archived: true}, {ID: "C0EXT"}, {ID: ""},
	}
	what = []op.Target{
		{},
		{Kind: "caster", ID: "1", Name: "Evening News"}, {Kind: "caster", ID: "2", Name: "Morning Show"},
		{Kind: "caster", ID: "3", Name: "evening news"},
		{Kind: "caster", ID: "4f0c7a1e-0000-4000-8000-00000000000a", Name: "Special"},
		{Kind: "caster", ID: "1", Name: "Evening News", NewName: "Evening News 2"},
		{Kind: "caster", ID: "1", Name: "Evening News", NewName: "Copy"},
		{Kind: "stream", ID: "live.example.com/show/main"}, {Kind: "stream", ID: "live.example.com/morning/main"},
		{Kind: "stream", ID: "live.example.com/show/cam1"}, {Kind: "stream", ID: "live.example.com/show/a/b"},
		{Kind: "planet", ID: "live.example.com/show/main"}, {ID: "1"},
	}
	studioOf = map[string]string{
		"C0SHOW": `^(Evening [^\n]*|4f0c7a1e-0000-4000-8000-00000000000a)$`, "C0MORN": `^Morning [^\n]*$`,
		"C0EXT": `^Evening News$`,
	}
	streamOf = map[string]string{"C0SHOW": `^live\.example\.com/show/[^/]+$`,
		"C0MORN": `^live\.example\.com/morning/main$`, "C0EXT": `^$`}
	looks = []string{"caster.list", "caster.show", "record.status"}
)

// right is one row of the oracle: the people by id or user group, their verbs, and how it is confirmed.
type right struct {
	channel  string
	people   []string
	verbs    []string
	line     int
	confirm  op.Confirm
	guests   bool
	external bool
}

var rights = []right{
	{"C0SHOW", []string{"U0ANA", "S0CREW", "U0KEN", "U0MIO"}, []string{"caster.list", "caster.show", "caster.scene.start",
		"caster.scene.stop", "record.start", "record.stop", "record.restart", "record.finish",
		"record.status", "record.files", "record.history"}, 17, "self",
		false, false},
	{"C0SHOW", []string{"U0KEN", "U0MIO"}, []string{"caster.copy", "caster.restart"}, 20, "other", false, false},
	{"C0SHOW", []string{"U0GUS"}, []string{"caster.list"}, 24, "self", true, false},
	{"C0SHOW", nil, []string{"caster.list"}, 27, "self", false, false},
	{"C0MORN", []string{"U0KEN", "U0MIO", "U0PIA"}, verbs, 36, "self", false, false},
	{"C0EXT", nil, []string{"caster.list", "caster.show"}, 44, "none", false, true},
}

func oracleTarget(channel string, t op.Target) bool {
	fits := func(table map[string]string, text string) bool {
		return regexp.MustCompile(table[channel]).MatchString(text)
	}
	switch {
	case t == op.Target{}:
		return true
	case t.Kind == "stream":
		return fits(streamOf, t.ID)
	case t.Kind == "caster":
		return (fits(studioOf, t.Name) || fits(studioOf, t.ID)) && (t.NewName == "" || fits(studioOf, t.NewName))
	}
	return false
}

func oracle(p op.Person, c op.Channel, verb string, effect op.Effect, t op.Target) (bool, right) {
	if p.ID == "" || p.Deleted || p.Bot || (effect != op.Read && (p.Stale || c.Stale || c.Archived)) {
		return false, right{}
	}
	for _, r := range rights {
		meant := r.people == nil
		for _, id := range append([]string{p.ID}, p.Groups...) {
			meant = meant || slices.Contains(r.people, id)
		}
		if r.channel != c.ID || !meant || !slices.Contains(r.verbs, verb) {
			continue
		}
		if (p.Guest && !r.guests) || ((p.External || c.External) && !r.external) {
			return false, r
		}
		return oracleTarget(c.ID, t), r
	}
	return false, right{}
}

func TestDecisionMatrix(t *testing.T) {
	p := example(t)
	cells, allowed := 0, 0
	for _, person := range who {
		for _, c := range where {
			for _, verb := range append(verbs, "caster.nosuch", "") {
				for _, target := range what {
					effect := op.Change
					if slices.Contains(looks, verb) {
						effect = op.Read
					}
					cells++
					if cell(t, p, person, c, verb, effect, target) {
						allowed++
					}
				}
			}
		}
	}
	if allowed == 0 || allowed == cells {
		t.Errorf("%d of %d cells allowed", allowed, cells)
	}
}

func cell(t *testing.T, p *Policy, person op.Person, c op.Channel, verb string, effect op.Effect,
	target op.Target) bool {
	t.Helper()
	want, r := oracle(person, c, verb, effect, target)
	d := p.Decide(person, c, verb, effect, target)
	about := fmt.Sprintf("%+v %+v %s %+v", person, c, verb, target)
	if d.Allowed != want {
		t.Fatalf("%s: allowed %v, want %v: %v", about, d.Allowed, want, d)
	}
	if d.Policy != p.Hash() {
		t.Fatalf("%s: policy hash %q", about, d.Policy)
	}
	if !want {
		if len(d.Why) == 0 || d.Why[0].Plain() == "" || d.Confirm != "" || d.Approvers != nil {
			t.Fatalf("%s: refused with %+v", about, d)
		}
		return false
	}
	confirm := r.confirm
	if effect == op.Read {
		confirm = op.ConfirmNone
	}
	if d.Rule != fmt.Sprintf("policy.yml:%d", r.line) || d.Confirm != confirm || d.Guests != r.guests ||
		d.External != r.external || d.Why != nil {
		t.Fatalf("%s: %+v, want %+v", about, d, r)
	}
	return true
}

func TestDecisionCarriesTheQuestion(t *testing.T) {
	p := example(t)
	ken, mio := op.Person{ID: "U0KEN"}, op.Person{ID: "U0MIO"}
	other := p.Decide(ken, op.Channel{ID: "C0SHOW"}, "caster.restart", op.OnAir, op.Target{})
	if !slices.Equal(other.Approvers, []string{"U0KEN", "U0MIO", "U0ANA", "S0CREW"}) || other.Expires != otherExpires {
		t.Errorf("other: %+v", other)
	}
	self := p.Decide(mio, op.Channel{ID: "C0SHOW"}, "record.stop", op.Change, op.Target{})
	if self.Approvers != nil || self.Expires != selfExpires || self.Confirm != op.ConfirmSelf {
		t.Errorf("self: %+v", self)
	}
	short := p.Decide(mio, op.Channel{ID: "C0MORN"}, "record.stop", op.Change, op.Target{})
	if short.Expires.Seconds() != 90 {
		t.Errorf("expires: %+v", short)
	}
	none := p.Decide(mio, op.Channel{ID: "C0EXT"}, "caster.show", op.Read, op.Target{})
	if none.Expires != 0 || none.Confirm != op.ConfirmNone {
		t.Errorf("none: %+v", none)
	}
	other.Approvers[0] = "U0EVIL"
	if again := p.Decide(ken, op.Channel{ID: "C0SHOW"}, "caster.restart", op.OnAir,
		op.Target{}); again.Approvers[0] != "U0KEN" {
		t.Error("a decision can change the policy")
	}
}

func TestUnnamedConfirmationIsSelf(t *testing.T) {
	p := parse(t, `{version: 1, channels: {C0A: {grants: [{who: [everyone], may: ["*"]}]}}}`)
	d := p.Decide(op.Person{ID: "U0A"}, op.Channel{ID: "C0A"}, "caster.copy", op.Change, op.Target{})
	if d.Confirm != op.ConfirmSelf || d.Expires != selfExpires {
		t.Errorf("%+v", d)
	}
}

func TestHelpNeedsNoGrant(t *testing.T) {
	p := example(t)
	for _, person := range who {
		for _, c := range where {
			named := slices.Contains(p.Channels(), c.ID)
			want := named && person.ID != "" && !person.Deleted && !person.Bot
			if d := p.Decide(person, c, Help, op.Read, op.Target{}); d.Allowed != want {
				t.Errorf("help for %+v in %+v: %v", person, c, d)
			}
		}
	}
}

// A file cut anywhere is refused or means less than the whole; it never lets a new person in.
func TestTruncatedFilesNeverAddRights(t *testing.T) {
	whole, err := os.ReadFile("testdata/policy.yml")
	if err != nil {
		t.Fatal(err)
	}
	p := example(t)
	var asked []question // what the whole file refuses
	for _, person := range who {
		for _, c := range where {
			for _, verb := range verbs {
				q := question{person: person, channel: c, verb: verb, effect: op.Change}
				if !q.put(p).Allowed {
					asked = append(asked, q)
				}
			}
		}
	}
	for n := 0; n < len(whole); n += 3 {
		cut, err := Parse("policy.yml", whole[:n], verbs)
		for _, q := range asked {
			if err == nil && q.put(cut).Allowed {
				t.Fatalf("cut at %d allows %+v", n, q)
			}
		}
	}
}
