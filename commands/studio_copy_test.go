package commands

import (
	"errors"
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

func TestPlanCopy(t *testing.T) {
	f := newFake()
	c := find(t, f, "caster copy {caster} {name}")
	p, err := c.Plan(t.Context(), call("caster", "Evening News", "name", " Evening News 47 "))
	if err != nil {
		t.Fatal(err)
	}
	if p.Title.Plain() != "Copy studio Evening News as Evening News 47" || p.Button != "Copy studio" || p.OnAir {
		t.Errorf("plan %+v", p)
	}
	if p.Target.NewName != "Evening News 47" || p.Target.ID != newsID || p.Args["name"] != "Evening News 47" {
		t.Errorf("target %+v", p.Target)
	}
	for name, says := range map[string]string{
		"evening sports": "exists already", "Evening Spоrts": "mixes alphabets", "Evening Sport5\u200b": "cannot be seen",
		newsID: "exists already", "": "empty", "ＥＶＥＮＩＮＧ ＮＥＷＳ": "exists already",
	} {
		_, err := c.Plan(t.Context(), call("caster", "Evening News", "name", name))
		r := refused(t, err)
		wantHas(t, r.Error(), says)
		if r.Field != "name" {
			t.Errorf("%q: field %q", name, r.Field)
		}
	}
	if _, err := c.Plan(t.Context(), call("caster", "Evening News", "name", "Morning Show")); err != nil {
		t.Errorf("a name that only a hidden studio has: %v", err)
	}
}

func TestApplyCopy(t *testing.T) {
	f := newFake()
	c := find(t, f, "caster copy {caster} {name}")
	p, _ := c.Plan(t.Context(), call("caster", newsID, "name", "Evening 47"))
	o := c.Apply(t.Context(), p, "tok-1", permitted)
	if o.State != op.Succeeded || o.Text.Plain() != "Evening 47 copied from Evening News. A copy begins idle." {
		t.Errorf("outcome %+v %s", o, o.Text.Plain())
	}
	if f.calls[0] != "CopyCaster "+newsID+" Evening 47 tok-1" || o.Next[0].Text != "caster show new-1" {
		t.Errorf("calls %v, next %v", f.calls, o.Next)
	}
	f.fail["CopyCaster"] = &live.Error{Class: live.Unknown, Action: "CopyCaster", Code: "CopyCaster.Timeout", Status: 408}
	if o := c.Apply(t.Context(), p, "tok-1", permitted); o.State != op.Unknown || o.Code != "CopyCaster.Timeout" {
		t.Errorf("timeout: %+v", o)
	}
}

func TestVerifyCopy(t *testing.T) {
	p := op.Plan{Args: op.Args{"caster": newsID, "name": "Evening 47"}}
	made := func(at time.Time) live.Caster {
		return live.Caster{ID: "n-" + at.String(), Name: "Evening 47", Created: at}
	}
	cases := []struct {
		name string
		add  []live.Caster
		want bool
		says string
	}{
		{"none", nil, false, "No new studio"},
		{"one", []live.Caster{made(noon)}, true, "Evening 47 was made at 2027-03-09 12:00:00 UTC."},
		{"older", []live.Caster{made(noon.Add(-time.Minute))}, false, "No new studio"},
		{"much later", []live.Caster{made(noon.Add(time.Hour))}, false, "No new studio"},
		{"two", []live.Caster{made(noon), made(noon.Add(time.Second))}, false, "2 new studios"},
		{"other name", []live.Caster{{ID: "x", Name: "evening 47", Created: noon}}, false, "No new studio"},
		{"our token", []live.Caster{made(noon), made(noon), {ID: "ours", Name: "renamed", Created: noon, Token: "token-1"}},
			true, "Evening 47 was made at"},
		{"our token, no time", []live.Caster{{ID: "ours", Name: "Evening 47", Token: "token-1"}}, true,
			"Evening 47 was made."},
		{"another token", []live.Caster{{ID: "x", Name: "Evening 47", Created: noon, Token: "token-2"}}, false,
			"No new studio"},
	}
	for _, c := range cases {
		f := newFake()
		f.casters = append(f.casters, c.add...)
		got, err := find(t, f, "caster copy {caster} {name}").Verify(t.Context(),
			op.Attempt{Plan: p, Token: "token-1", Sent: noon.Add(500 * time.Millisecond)})
		if err != nil || got.Happened != c.want {
			t.Errorf("%s: %v, %v", c.name, got.Happened, err)
		}
		if own := strings.HasPrefix(c.name, "our token"); got.Own != own {
			t.Errorf("%s: nothing else explains it: %t", c.name, got.Own)
		}
		wantHas(t, got.Seen.Plain(), c.says)
	}
	answered := op.Attempt{Plan: p, Token: "token-1", Sent: noon, Outcome: op.Outcome{State: op.Succeeded}}
	for says, add := range map[string][]live.Caster{
		"The cloud does not list it yet.": nil, "Evening 47 was made.": {{ID: "ours", Token: "token-1"}},
		"Evening 47 was made at 2027-03-09 12:00:00 UTC.": {made(noon)},
	} {
		f := newFake()
		f.casters = append(f.casters, add...)
		if got, err := find(t, f, "caster copy {caster} {name}").Verify(t.Context(), answered); err != nil ||
			got.Seen.Plain() != says {
			t.Errorf("after an answer: %q, %v; want %q", got.Seen.Plain(), err, says)
		}
	}
	f := newFake()
	f.fail["Casters"] = errors.New("dark")
	if _, err := find(t, f, "caster copy {caster} {name}").Verify(t.Context(),
		op.Attempt{Plan: p, Sent: noon}); err == nil {
		t.Error("a look that failed is no evidence")
	}
}
