package policy

import (
	"slices"
	"testing"
	"time"

	"casterbot/internal/op"
)

const onAirRights = `version: 1
groups: {crew: [U0ANA], leads: [U0KEN]}
channels:
  C0SHOW:
    language: zh-CN
    studios: ["Evening *", 4f0c7a1e]
    streams: {main: live.example.com/show/main}
    watch: {studios: ["Evening *", "Evening News", 4f0c7a1e], streams: [main]}
    grants:
      - {who: [leads], may: [caster.urls]}
      - who: [crew, leads]
        may: [caster.restart, caster.show]
        confirm: {idle: self, on_air: other}
        approvers: [leads]
      - {who: [crew], may: [caster.copy], confirm: {idle: none, on_air: self}, expires: 90s}
  C0MORN:
    grants:
      - {who: [crew], may: [caster.list]}
`

func TestConfirmOnAir(t *testing.T) {
	p := parse(t, onAirRights)
	here, ana := op.Channel{ID: "C0SHOW"}, op.Person{ID: "U0ANA"}
	for _, c := range []struct {
		verb   string
		effect op.Effect
		onAir  bool
		want   op.Confirm
		within time.Duration
	}{
		{"caster.restart", op.OnAir, false, op.ConfirmSelf, selfExpires},
		{"caster.restart", op.OnAir, true, op.ConfirmOther, otherExpires},
		{"caster.show", op.Read, true, op.ConfirmNone, 0},
		{"caster.copy", op.Change, false, op.ConfirmNone, 90 * time.Second},
		{"caster.copy", op.Change, true, op.ConfirmSelf, 90 * time.Second},
	} {
		d := p.Decide(ana, here, c.verb, c.effect, op.Target{}).For(op.Plan{OnAir: c.onAir})
		if !d.Allowed || d.Confirm != c.want || d.Expires != c.within || d.OnAir != "" || d.OnAirExpires != 0 {
			t.Errorf("%s, on air %v: %+v", c.verb, c.onAir, d)
		}
	}
}

func TestURLs(t *testing.T) {
	p := parse(t, onAirRights)
	here := op.Channel{ID: "C0SHOW"}
	for person, want := range map[string]bool{"U0ANA": false, "U0KEN": true} {
		if d := p.Decide(op.Person{ID: person}, here, "caster.show", op.Read, op.Target{}); !d.Allowed || d.URLs != want {
			t.Errorf("%s: allowed %v, addresses %v", person, d.Allowed, d.URLs)
		}
	}
	if d := p.Decide(op.Person{ID: "U0KEN", Guest: true}, here, URLs, op.Read, op.Target{}); d.Allowed || d.URLs {
		t.Errorf("a guest: %+v", d)
	}
}

func TestWatchAndLanguage(t *testing.T) {
	p := parse(t, onAirRights)
	scope, _ := p.Scope("C0SHOW")
	want := []op.Target{
		{Kind: "caster", Name: "Evening *"}, {Kind: "caster", Name: "Evening News"}, {Kind: "caster", Name: "4f0c7a1e"},
		{Kind: "stream", ID: "live.example.com/show/main", Name: "main"},
	}
	if len(scope.Watch) != len(want) || scope.Language != "zh-CN" {
		t.Fatalf("watched %+v, language %q", scope.Watch, scope.Language)
	}
	for i := range want {
		if scope.Watch[i] != want[i] {
			t.Errorf("watched %+v, want %+v", scope.Watch[i], want[i])
		}
	}
	for _, c := range []struct {
		id, name string
		want     bool
	}{{"x1", "Evening News", true}, {"x1", "Morning Show", false}, {"4f0c7a1e", "Anything", true}, {"x1", "", false}} {
		if scope.Watched(c.id, c.name) != c.want {
			t.Errorf("%s %q: watched %v", c.id, c.name, !c.want)
		}
	}
	if other, _ := p.Scope("C0MORN"); other.Watched("x1", "Evening News") || other.Language != "" ||
		len(other.Watch) != 0 {
		t.Errorf("C0MORN: %+v", other)
	}
}

// Whom the file names for a verb: who asks and who approves, in every channel, and nobody of other grants.
func TestNamed(t *testing.T) {
	const file = `version: 1
groups:
  crew: [U0ANA, S0CREW]
channels:
  C0SHOW:
    studios: ["*"]
    grants:
      - who: [crew]
        may: [caster.restart]
        confirm: other
        approvers: [U0KEN]
      - who: [U0BO]
        may: [caster.list]
  C0MORN:
    studios: ["*"]
    grants:
      - who: [everyone]
        may: ["caster.*"]
  C0OTHER:
    studios: ["*"]
    grants:
      - who: [U0MIO]
        may: [caster.list]
`
	p, err := Parse("policy.yml", []byte(file), []string{"caster.restart", "caster.list"})
	if err != nil {
		t.Fatal(err)
	}
	who, channels := p.Named("caster.restart")
	if !slices.Equal(who, []string{"U0ANA", "S0CREW", "U0KEN"}) || !slices.Equal(channels, []string{"C0SHOW", "C0MORN"}) {
		t.Errorf("named: %v in %v", who, channels)
	}
}
