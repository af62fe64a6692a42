package policy

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"casterbot/internal/op"
)

// sample writes a policy down again from what was read.
func (p *Policy) sample() sample {
	s := sample{Version: 1, Groups: map[string][]string{}, Channels: map[string]*sampleChannel{}}
	for name, g := range p.groups {
		s.Groups[name] = g.members
	}
	for _, c := range p.channels {
		out := &sampleChannel{Name: c.name, Studios: c.studios, Streams: map[string]string{}, Default: map[string]string{}}
		for _, stream := range c.streams {
			out.Streams[stream.Alias] = stream.Pattern
		}
		for from, to := range map[string]string{"caster": "studio", "stream": "stream"} {
			if c.deflt[from] != "" {
				out.Default[to] = c.deflt[from]
			}
		}
		for _, g := range c.grants {
			out.Grants = append(out.Grants, g.sample())
		}
		s.Channels[c.id] = out
	}
	return s
}

func (g *grant) sample() sampleGrant {
	out := sampleGrant{
		Who: g.who.written, Confirm: string(g.confirm), Approvers: g.approvers.written, Guests: g.guests,
		External: g.external,
	}
	for verb := range g.verbs {
		out.May = append(out.May, verb)
	}
	if g.expires > 0 {
		out.Expires = g.expires.String()
	}
	return out
}

// FuzzParse wants an error made of located problems, or a policy that means the same after it was written down and read
// again.
func FuzzParse(f *testing.F) {
	good, err := os.ReadFile("testdata/policy.yml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	files, _ := filepath.Glob("testdata/broken/*.yml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("policy.yml", data, verbs)
		if err != nil {
			var problems Problems
			if p != nil || !errors.As(err, &problems) || len(problems) == 0 || problems[0].Line < 1 {
				t.Fatalf("%v", err)
			}
			return
		}
		sameDecisions(t, p, p.sample().parse(t))
	})
}

func sameDecisions(t *testing.T, a, b *Policy) {
	channels := append(a.Channels(), "C0SHOW", "C0NOWHERE")
	people := []op.Person{{ID: "U0ANA", Groups: []string{"S0CREW"}}, {ID: "U0KEN"}, {ID: "U0GUS", Guest: true},
		{ID: "U0OUT", External: true}}
	targets := []op.Target{{}, {Kind: "caster", ID: "1", Name: "Evening News"},
		{Kind: "stream", ID: "live.example.com/show/main"}}
	for _, c := range channels {
		for _, person := range people {
			for _, verb := range verbs {
				for _, target := range targets {
					q := question{person: person, channel: op.Channel{ID: c}, verb: verb, effect: op.Change, target: target}
					if x, y := bare(q.put(a)), bare(q.put(b)); !reflect.DeepEqual(x, y) {
						t.Fatalf("%+v: %+v, again %+v", q, x, y)
					}
				}
			}
		}
		x, xok := a.Scope(c)
		y, yok := b.Scope(c)
		if xok != yok || !reflect.DeepEqual(x.Default, y.Default) || len(x.Streams) != len(y.Streams) {
			t.Fatalf("scope of %s: %+v, again %+v", c, x, y)
		}
	}
}
