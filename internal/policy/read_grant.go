package policy

import (
	"maps"
	"slices"
	"strings"
	"time"

	"casterbot/internal/op"
)

// How long a confirmation may take: the bounds, and what holds when the file does not say.
const (
	minExpires   = 30 * time.Second
	maxExpires   = 24 * time.Hour
	selfExpires  = 5 * time.Minute
	otherExpires = 30 * time.Minute
)

// confirms are the words of the key confirm, with how long each waits by default.
var confirms = map[string]time.Duration{
	string(op.ConfirmNone):  0,
	string(op.ConfirmSelf):  selfExpires,
	string(op.ConfirmOther): otherExpires,
}

func (r *reader) grant(p place) *grant {
	g := &grant{place: p, verbs: map[string]bool{}, confirm: op.ConfirmSelf}
	f := r.fields(p, "who", "may", "confirm", "approvers", "expires", "guests", "external")
	r.needs(p, f, "who", "is missing: say who, like who: [operators]")
	r.needs(p, f, "may", "is missing: say what they may do, like may: [caster.list]")
	f.read("who", func(p place) { g.who = r.principals(p, "") })
	f.read("may", func(p place) {
		for item, verb := range r.texts(p, `[caster.list, "record.*"]`) {
			r.may(g, item, verb)
		}
	})
	f.read("guests", func(p place) { g.guests = r.flag(p) })
	f.read("external", func(p place) { g.external = r.flag(p) })
	f.read("confirm", func(p place) { r.confirm(g, p) })
	f.read("approvers", func(p place) { g.approvers = r.principals(p, "approve") })
	r.approved(g, f)
	g.expires, g.onAirExpires = confirms[string(g.confirm)], confirms[string(g.onAir)]
	f.read("expires", func(p place) { r.expires(g, p) })
	return g
}

// may adds what one verb or verb glob stands for.
func (r *reader) may(g *grant, p place, glob string) {
	found := false
	for _, verb := range r.verbs {
		if matchText(glob, verb) {
			g.verbs[verb], found = true, true
		}
	}
	switch {
	case glob == Help:
		r.bad(p, "help needs no grant: leave it out")
	case strings.Contains(glob, "**") || strings.ContainsAny(glob, "?[]{}\\"):
		r.bad(p, "%q is a bad glob: only a single * is special in a verb", glob)
	case found:
	case isGlob(glob):
		families := families(r.verbs)
		r.bad(p, "%q matches no verb%s; there are %s", glob, didYouMean(glob, families), strings.Join(families, ", "))
	default:
		r.bad(p, "unknown verb %q%s", glob, didYouMean(glob, r.verbs))
	}
}

// families are the globs that stand for all verbs of a kind.
func families(verbs []string) []string {
	var all []string
	for _, verb := range verbs {
		for i, r := range verb {
			if r == '.' && !slices.Contains(all, verb[:i]+".*") {
				all = append(all, verb[:i]+".*")
			}
		}
	}
	return append(all, "*")
}

// confirm reads one word for both, or one for each: {idle: self, on_air: other}.
func (r *reader) confirm(g *grant, p place) {
	if p.node.ShortTag() != "!!map" {
		g.confirm = r.confirmWord(p)
		return
	}
	by := r.fields(p, "idle", "on_air")
	for _, key := range []string{"idle", "on_air"} {
		r.needs(p, by, key, "is missing: write both, like confirm: {idle: self, on_air: other}")
	}
	g.confirm, g.onAir = r.confirmWord(by["idle"]), r.confirmWord(by["on_air"])
	if g.onAir == g.confirm {
		r.doubt(p, "asks for the same on air and idle: write confirm: %s", g.confirm)
	}
}

func (r *reader) confirmWord(p place) op.Confirm {
	if p.node == nil {
		return ""
	}
	word, ok := r.text(p)
	if _, known := confirms[word]; ok && !known {
		r.bad(p, "unknown confirmation %q%s: write none, self or other", word,
			didYouMean(word, slices.Sorted(maps.Keys(confirms))))
	}
	return op.Confirm(word)
}

// mayNeedOther reports whether the grant ever asks for a second person.
func (g *grant) mayNeedOther() bool {
	return g.confirm == op.ConfirmOther || g.onAir == op.ConfirmOther
}

// approved demands approvers just where a second person is asked for.
func (r *reader) approved(g *grant, f fields) {
	p, ok := f["approvers"]
	_, known := confirms[string(g.confirm)]
	switch {
	case ok && known && !g.mayNeedOther():
		r.bad(p, "approvers are only for confirm: other")
	case !ok && g.mayNeedOther():
		r.bad(f["confirm"], "other needs approvers, like approvers: [leads]")
	}
}

func (r *reader) expires(g *grant, p place) {
	text, ok := r.text(p)
	d, err := time.ParseDuration(text)
	switch {
	case !ok:
	case err != nil:
		r.bad(p, "%q is no duration: write it like 5m or 90s", text)
	case d < minExpires || d > maxExpires:
		r.bad(p, "%q is out of bounds: between 30s and 24h", text)
	case g.confirm == op.ConfirmNone && (g.onAir == "" || g.onAir == op.ConfirmNone):
		r.doubt(p, "has no effect with confirm: none")
	default:
		g.expires = d
		if g.onAir != "" {
			g.onAirExpires = d
		}
	}
}
