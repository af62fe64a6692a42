package policy

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"casterbot/internal/op"

	"pgregory.net/rapid"
)

// sample is a policy in the making; it is written out as JSON, which is YAML too.
type sample struct {
	Version  int                       `json:"version"`
	Groups   map[string][]string       `json:"groups,omitempty"`
	Channels map[string]*sampleChannel `json:"channels"`
}

type sampleChannel struct {
	Name    string            `json:"name,omitempty"`
	Studios []string          `json:"studios,omitempty"`
	Streams map[string]string `json:"streams,omitempty"`
	Default map[string]string `json:"default,omitempty"`
	Grants  []sampleGrant     `json:"grants"`
}

type sampleGrant struct {
	Who       []string `json:"who"`
	May       []string `json:"may"`
	Confirm   string   `json:"confirm,omitempty"`
	Approvers []string `json:"approvers,omitempty"`
	Expires   string   `json:"expires,omitempty"`
	Guests    bool     `json:"guests,omitempty"`
	External  bool     `json:"external,omitempty"`
}

func (s sample) parse(t interface{ Fatalf(string, ...any) }) *Policy {
	text, _ := json.MarshalIndent(s, "", " ")
	p, err := Parse("policy.yml", text, verbs)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return p
}

var (
	anID      = rapid.SampledFrom([]string{"U0A", "U0B", "W0C", "S0X", "S0Y"})
	anyWho    = rapid.SampledFrom([]string{"U0A", "U0B", "W0C", "S0X", "S0Y", "ops", "leads", everyone})
	anyVerb   = rapid.SampledFrom(append([]string{"*", "caster.*", "record.*", "caster.scene.*", "*.start"}, verbs...))
	anyStudio = rapid.SampledFrom([]string{"*", "News *", "News", "Talk ?", "id-1"})
	anyStream = rapid.SampledFrom([]string{"a.example.com/x/*", "a.example.com/*/main", "*/*/*", "a.example.com/x/main"})
	anyPlace  = rapid.SampledFrom([]string{"C0A", "C0B", "G0C"})
)

func drawGrant(t *rapid.T) sampleGrant {
	g := sampleGrant{
		Who:     rapid.SliceOfNDistinct(anyWho, 1, 3, rapid.ID[string]).Draw(t, "who"),
		May:     rapid.SliceOfNDistinct(anyVerb, 1, 3, rapid.ID[string]).Draw(t, "may"),
		Confirm: rapid.SampledFrom([]string{"", "none", "self", "other"}).Draw(t, "confirm"),
		Guests:  rapid.Bool().Draw(t, "guests"), External: rapid.Bool().Draw(t, "external"),
		Expires: rapid.SampledFrom([]string{"", "30s", "24h"}).Draw(t, "expires"),
	}
	if g.Confirm == "other" {
		g.Approvers = rapid.SliceOfNDistinct(anID, 1, 2, rapid.ID[string]).Draw(t, "approvers")
	}
	return g
}

func drawSample(t *rapid.T) sample {
	s := sample{Version: 1, Channels: map[string]*sampleChannel{}, Groups: map[string][]string{}}
	for _, name := range []string{"ops", "leads"} {
		s.Groups[name] = rapid.SliceOfNDistinct(anID, 1, 3, rapid.ID[string]).Draw(t, name)
	}
	for _, id := range rapid.SliceOfNDistinct(anyPlace, 1, 3, rapid.ID[string]).Draw(t, "channels") {
		c := &sampleChannel{Name: rapid.SampledFrom([]string{"", "#a", "#b"}).Draw(t, "name")}
		c.Studios = rapid.SliceOfNDistinct(anyStudio, 0, 2, rapid.ID[string]).Draw(t, "studios")
		for i, pattern := range rapid.SliceOfN(anyStream, 0, 2).Draw(t, "streams") {
			if c.Streams == nil {
				c.Streams = map[string]string{}
			}
			c.Streams[fmt.Sprintf("s%d", i)] = pattern
		}
		c.Grants = rapid.SliceOfN(rapid.Custom(drawGrant), 1, 4).Draw(t, "grants")
		s.Channels[id] = c
	}
	return s
}

// drawQuestion draws one question to Decide.
func drawQuestion(t *rapid.T) question {
	return question{
		person: op.Person{
			ID:     rapid.SampledFrom([]string{"U0A", "U0B", "W0C", "U0Z"}).Draw(t, "person"),
			Groups: rapid.SliceOfDistinct(rapid.SampledFrom([]string{"S0X", "S0Y", "S0Z"}), rapid.ID[string]).Draw(t, "groups"),
			Guest:  rapid.Bool().Draw(t, "guest"), External: rapid.Bool().Draw(t, "stranger"),
		},
		channel: op.Channel{ID: rapid.SampledFrom([]string{"C0A", "C0B", "G0C", "C0Z"}).Draw(t, "channel"),
			External: rapid.Bool().Draw(t, "external")},
		verb:   rapid.SampledFrom(verbs).Draw(t, "verb"),
		effect: rapid.SampledFrom([]op.Effect{op.Read, op.Preview, op.Change, op.OnAir}).Draw(t, "effect"),
		target: rapid.SampledFrom([]op.Target{
			{}, {Kind: "caster", ID: "id-1", Name: "X"}, {Kind: "caster", ID: "id-2", Name: "News 1"},
			{Kind: "caster", ID: "id-2", Name: "News 1", NewName: "Talk 2"},
			{Kind: "stream", ID: "a.example.com/x/main"}, {Kind: "stream", ID: "b.example.com/y/z"},
		}).Draw(t, "target"),
	}
}

func (q question) put(p *Policy) op.Decision {
	return p.Decide(q.person, q.channel, q.verb, q.effect, q.target)
}

// bare is what a decision lets people do, without where it is written.
func bare(d op.Decision) op.Decision {
	d.Rule, d.Why, d.Policy = "", nil, ""
	return d
}

func TestAGrantAtTheEndNeverRemovesRights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := drawSample(t), drawQuestion(t)
		before := q.put(s.parse(t))
		c := s.Channels[rapid.SampledFrom(keysOf(s.Channels)).Draw(t, "where")]
		c.Grants = append(c.Grants, drawGrant(t))
		after := q.put(s.parse(t))
		after.URLs = after.URLs && before.URLs // another grant may add this one
		if before.Allowed && !reflect.DeepEqual(bare(before), bare(after)) {
			t.Fatalf("%+v was %+v, became %+v", q, before, after)
		}
	})
}

func TestNothingIsAllowedWithoutAGrantForIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := drawSample(t), drawQuestion(t)
		if d := q.put(s.parse(t)); !d.Allowed && len(d.Why) == 0 {
			t.Fatalf("refused without a word: %+v", q)
		}
		if c := s.Channels[q.channel.ID]; c != nil {
			kept := c.Grants[:0:0]
			for _, g := range c.Grants {
				if !speaksOf(s, g, q) {
					kept = append(kept, g)
				}
			}
			c.Grants = append(kept, sampleGrant{Who: []string{"U0NOBODY"}, May: []string{"*"}})
		}
		if d := q.put(s.parse(t)); d.Allowed {
			t.Fatalf("%+v is allowed by %+v", q, d)
		}
	})
}

// speaksOf reports in other words than the package's whether a grant is about the person and the verb.
func speaksOf(s sample, g sampleGrant, q question) bool {
	mine := "," + strings.Join(append([]string{q.person.ID, everyone}, q.person.Groups...), ",") + ","
	hit := false
	for _, w := range g.Who {
		for _, id := range append([]string{w}, s.Groups[w]...) {
			hit = hit || strings.Contains(mine, ","+id+",")
		}
	}
	for _, m := range g.May {
		head, tail, glob := strings.Cut(m, "*")
		if hit && (m == q.verb || glob && strings.HasPrefix(q.verb, head) && strings.HasSuffix(q.verb, tail)) {
			return true
		}
	}
	return false
}

func TestNamesOfChannelsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := drawSample(t), drawQuestion(t)
		before := q.put(s.parse(t))
		for _, c := range s.Channels {
			c.Name = rapid.SampledFrom([]string{"", "#a", "#other"}).Draw(t, "new name")
		}
		q.channel.Name = rapid.SampledFrom([]string{"a", "b", "C0A"}).Draw(t, "name in the chat")
		if after := q.put(s.parse(t)); !reflect.DeepEqual(bare(before), bare(after)) {
			t.Fatalf("%+v was %+v, became %+v", q, before, after)
		}
	})
}

func TestTheFirstGrantDecidesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := drawSample(t), drawQuestion(t)
		c := s.Channels[q.channel.ID]
		if c == nil {
			return
		}
		first := drawGrant(t)
		first.Who, first.May = []string{everyone}, []string{"*"}
		c.Grants = append([]sampleGrant{first}, c.Grants...)
		with := q.put(s.parse(t))
		c.Grants = c.Grants[:1]
		if alone := q.put(s.parse(t)); !reflect.DeepEqual(bare(with), bare(alone)) {
			t.Fatalf("%+v: alone %+v, with others after it %+v", q, alone, with)
		}
	})
}

func TestOrderMatters(t *testing.T) {
	strict := "{who: [everyone], may: [caster.copy], confirm: other, approvers: [U0B]}"
	loose := "{who: [everyone], may: [caster.copy], confirm: none}"
	for _, c := range []struct {
		grants string
		want   op.Confirm
	}{{strict + ", " + loose, op.ConfirmOther}, {loose + ", " + strict, op.ConfirmNone}} {
		p := parse(t, "{version: 1, channels: {C0A: {grants: ["+c.grants+"]}}}")
		if d := p.Decide(op.Person{ID: "U0A"}, op.Channel{ID: "C0A"}, "caster.copy", op.Change,
			op.Target{}); d.Confirm != c.want {
			t.Errorf("%s: %s", c.grants, d.Confirm)
		}
	}
}

func TestLosingAGroupNeverAddsRights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := drawSample(t), drawQuestion(t)
		for _, c := range s.Channels { // flags alike, so that only membership decides whether
			for i := range c.Grants {
				c.Grants[i].Guests, c.Grants[i].External = true, true
			}
		}
		p := s.parse(t)
		before := q.put(p).Allowed
		q.person.Groups = nil
		if after := q.put(p).Allowed; after && !before {
			t.Fatalf("%+v gained", q)
		}
	})
}

func TestNobodyApprovesTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, q := drawSample(t), drawQuestion(t)
		p := s.parse(t)
		d := q.put(p)
		ok, why := p.Approves(d, q.person.ID, q.person)
		if ok || why.Plain() == "" {
			t.Fatalf("%+v approves itself: %+v", q, d)
		}
		other := drawQuestion(t).person
		if ok, _ := p.Approves(d, q.person.ID, other); ok {
			named := "," + strings.Join(d.Approvers, ",") + ","
			through := strings.Contains(named, ","+other.ID+",")
			for _, g := range other.Groups {
				through = through || strings.Contains(named, ","+g+",")
			}
			if !through || other.ID == q.person.ID || d.Confirm != op.ConfirmOther || !d.Allowed || other.Guest && !d.Guests ||
				other.External && !d.External {
				t.Fatalf("%+v approves %+v", other, d)
			}
		}
	})
}

func keysOf(m map[string]*sampleChannel) []string {
	var keys []string
	for _, id := range []string{"C0A", "C0B", "G0C"} {
		if m[id] != nil {
			keys = append(keys, id)
		}
	}
	return keys
}
