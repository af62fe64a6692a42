package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"casterbot/internal/op"
)

// reader turns the text of a file into a policy and notes every mistake on the way.
type reader struct {
	file     string
	verbs    []string
	policy   *Policy
	problems Problems
	warnings Problems
}

func (r *reader) read(data []byte) {
	root, ok := r.document(data)
	if !ok {
		r.policy.blank = len(r.problems) == 0
		return
	}
	f := r.fields(root, "version", "groups", "contact", "audit", "channels")
	r.needs(root, f, "version", "is missing: the file begins with version: 1")
	f.read("version", func(p place) {
		if p.node.ShortTag() != "!!int" || p.node.Value != "1" {
			r.bad(p, "unknown version: this program reads version: 1")
		}
	})
	f.read("groups", r.groups)
	f.read("contact", func(p place) { r.policy.contact = r.principals(p, "be asked") })
	f.read("audit", r.audit)
	f.read("channels", func(p place) {
		for _, e := range r.entries(p) {
			r.channel(e)
		}
	})
}

// audit reads where checkpoints of the audit log go.
func (r *reader) audit(p place) {
	f := r.fields(p, "channel")
	r.needs(p, f, "channel", "is missing: write it like audit: {channel: C0AUDIT}")
	f.read("channel", func(p place) {
		id, ok := r.text(p)
		if ok && !channelID.MatchString(id) {
			r.bad(p, "%s", hintFor(channelHints, id))
		}
		r.policy.audit = id
	})
}

// groups reads the named groups. A broken one is kept by name, so that its uses are not called unknown as well.
func (r *reader) groups(p place) {
	entries := r.entries(p)
	for _, e := range entries {
		r.groupName(e)
		r.policy.groups[e.name] = &group{name: e.name, place: e.key}
	}
	for _, e := range entries {
		g := r.policy.groups[e.name]
		for item, id := range r.texts(e.value, "[U0ANA, S0CREW]") {
			if r.member(item, id) {
				g.members = r.once(item, g.members, id)
			}
		}
	}
}

func (r *reader) groupName(e entry) {
	switch {
	case e.name == everyone:
		r.bad(e.key, "%q means whoever is in the channel: give the group another name", e.name)
	case idForm.MatchString(e.name):
		r.bad(e.key, "%q looks like an id: give the group a name in small letters", e.name)
	case !groupName.MatchString(e.name):
		r.bad(e.key, "%q is no group name: letters, digits, - and _ only", e.name)
	}
}

// member reports whether a text is an entry of a named group.
func (r *reader) member(p place, name string) bool {
	switch {
	case isPerson(name) || isUserGroup(name):
		return true
	case name == everyone:
		r.bad(p, "a group cannot hold everyone: write everyone in who")
	case r.policy.groups[name] != nil:
		r.bad(p, "a group cannot hold the group %q: list its ids", name)
	default:
		r.bad(p, "%q %s", name, cmp.Or(hintFor(whoHints, name), "is no id: a group holds U…, W… and S… ids"))
	}
	return false
}

// principals reads a list of people. Where it cannot hold everyone, it says what everyone cannot do.
func (r *reader) principals(p place, notEveryone string) principals {
	out := principals{line: p.node.Line}
	for item, name := range r.texts(p, "[operators, U0ANA]") {
		out.written = r.once(item, out.written, name)
		switch g := r.policy.groups[name]; {
		case g != nil:
			g.used = true
			out.add(g.members...)
		case isPerson(name) || isUserGroup(name):
			out.add(name)
		case name == everyone && notEveryone == "":
			out.everyone = true
		case name == everyone:
			r.bad(item, "everyone cannot %s: name groups or ids", notEveryone)
		default:
			r.bad(item, "%s", r.noSuchPrincipal(name))
		}
	}
	return out
}

func (r *reader) noSuchPrincipal(name string) string {
	if text := hintFor(whoHints, name); text != "" {
		return fmt.Sprintf("%q %s", name, text)
	}
	known := append(slices.Sorted(maps.Keys(r.policy.groups)), everyone)
	return fmt.Sprintf("unknown group %q%s", name, didYouMean(name, known))
}

// once adds a name to a list and doubts it when it is there already.
func (r *reader) once(p place, list []string, name string) []string {
	if slices.Contains(list, name) {
		r.doubt(p, "%q is there twice", name)
		return list
	}
	return append(list, name)
}

func (r *reader) channel(e entry) {
	if !channelID.MatchString(e.name) {
		r.bad(e.key, "%s", hintFor(channelHints, e.name))
	}
	f := r.fields(e.value, "name", "studios", "streams", "default", "watch", "call", "contact", "language",
		"grants")
	line := e.key.node.Line
	c := &channel{id: e.name, line: line, studiosLine: line, streamsLine: line, deflt: op.Args{}}
	f.read("name", func(p place) { c.name, _ = r.text(p) })
	noted := len(r.problems)
	f.read("studios", func(p place) { r.studios(c, p) })
	f.read("streams", func(p place) { r.streams(c, p) })
	f.read("default", func(p place) { r.defaults(c, p, len(r.problems) == noted) })
	f.read("watch", func(p place) { r.watch(c, p, len(r.problems) == noted) })
	f.read("call", func(p place) { c.call = r.principals(p, "be called") })
	f.read("contact", func(p place) { c.contact = r.principals(p, "be asked") })
	f.read("language", func(p place) { r.language(c, p) })
	switch grants, ok := f["grants"]; {
	case ok:
		for _, item := range r.list(grants, "[{who: [everyone], may: [caster.list]}]") {
			c.grants = append(c.grants, r.grant(item))
		}
	case e.value.node.ShortTag() == "!!map":
		r.bad(e.key.key(e.key.node, "grants"), "is missing: a channel without rights is left out of the file")
	}
	r.policy.channels = append(r.policy.channels, c)
	r.policy.byID[c.id] = c
}

func (r *reader) studios(c *channel, p place) {
	for item, glob := range r.texts(p, `["Evening *"]`) {
		c.studiosLine = p.node.Line
		if strings.Contains(glob, "**") {
			r.bad(item, "%q is a bad glob: ** is not known, one * stands for any text", glob)
		}
		c.studios = r.once(item, c.studios, glob)
	}
}

func (r *reader) streams(c *channel, p place) {
	entries := r.entries(p)
	r.filled(p, "{main: live.example.com/show/main}")
	for _, e := range entries {
		c.streamsLine = p.node.Line
		if !aliasName.MatchString(e.name) {
			r.bad(e.key, "%q is no alias: letters, digits, - _ and . only, no spaces or slashes", e.name)
		}
		pattern, ok := r.text(e.value)
		if !ok {
			continue
		}
		if wrong := pathProblem(pattern); wrong != "" {
			r.bad(e.value, "%q %s", pattern, wrong)
		}
		c.streams = append(c.streams, op.StreamAlias{Alias: e.name, Pattern: pattern})
	}
}
