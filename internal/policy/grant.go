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

// unwritten keys of a grant, and what to say about it.
var needed = []struct{ key, text string }{
	{"who", "is missing: say who, like who: [operators]"},
	{"may", "is missing: say what they may do, like may: [caster.list]"},
}

func (r *reader) grant(p place) *grant {
	g := &grant{place: p, verbs: map[string]bool{}}
	f := r.fields(p, "who", "may", "confirm", "approvers", "expires", "guests", "external")
	if p.node.ShortTag() != "!!map" {
		return g
	}
	for _, n := range needed {
		if _, ok := f[n.key]; !ok {
			r.bad(p.key(p.node, n.key), "%s", n.text)
		}
	}
	if who, ok := f["who"]; ok {
		g.who = r.principals(who, true)
	}
	if may, ok := f["may"]; ok {
		for _, item := range r.list(may, `[caster.list, "record.*"]`) {
			r.may(g, item)
		}
	}
	guests, ok := f["guests"]
	g.guests = r.flag(guests, ok)
	external, ok := f["external"]
	g.external = r.flag(external, ok)
	r.confirm(g, f)
	r.approvers(g, f)
	r.expires(g, f)
	return g
}

// may reads one verb or verb glob and adds what it stands for.
func (r *reader) may(g *grant, p place) {
	verb, ok := r.text(p)
	switch {
	case !ok:
	case verb == Help:
		r.bad(p, "help needs no grant: leave it out")
	case strings.Contains(verb, "**") || strings.ContainsAny(verb, "?[]{}\\"):
		r.bad(p, "%q is a bad glob: only a single * is special in a verb", verb)
	case isGlob(verb):
		r.mayGlob(g, p, verb)
	case slices.Contains(r.verbs, verb):
		g.verbs[verb] = true
	default:
		r.bad(p, "unknown verb %q%s", verb, didYouMean(verb, r.verbs))
	}
}

func (r *reader) mayGlob(g *grant, p place, glob string) {
	found := false
	for _, verb := range r.verbs {
		if matchText(glob, verb) {
			g.verbs[verb], found = true, true
		}
	}
	if !found {
		r.bad(p, "%q matches no verb; known verbs: %s", glob, strings.Join(r.verbs, ", "))
	}
}

// confirm reads one word for both, or one for each: {idle: self, on_air: other}.
func (r *reader) confirm(g *grant, f map[string]place) {
	g.confirm = op.ConfirmSelf
	p, ok := f["confirm"]
	switch {
	case ok && p.node.ShortTag() == "!!map":
		by := r.fields(p, "idle", "on_air")
		for _, key := range []string{"idle", "on_air"} {
			if _, ok := by[key]; !ok {
				r.bad(p.key(p.node, key), "is missing: write both, like confirm: {idle: self, on_air: other}")
			}
		}
		g.confirm, g.onAir = r.confirmWord(by["idle"]), r.confirmWord(by["on_air"])
		if g.onAir == g.confirm {
			r.doubt(p, "asks for the same on air and idle: write confirm: %s", g.confirm)
		}
	case ok:
		g.confirm = r.confirmWord(p)
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

func (r *reader) approvers(g *grant, f map[string]place) {
	p, ok := f["approvers"]
	if ok {
		g.approvers = r.principals(p, false)
	}
	_, known := confirms[string(g.confirm)]
	switch {
	case ok && known && !g.mayNeedOther():
		r.bad(p, "approvers are only for confirm: other")
	case !ok && g.mayNeedOther():
		r.bad(f["confirm"], "other needs approvers, like approvers: [leads]")
	}
}

func (r *reader) expires(g *grant, f map[string]place) {
	g.expires, g.onAirExpires = confirms[string(g.confirm)], confirms[string(g.onAir)]
	p, ok := f["expires"]
	if !ok {
		return
	}
	text, ok := r.text(p)
	if !ok {
		return
	}
	d, err := time.ParseDuration(text)
	switch {
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
