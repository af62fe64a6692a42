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
	f := r.fields(root, "version", "groups", "channels")
	if root.node.ShortTag() == "!!map" {
		r.version(root, f)
	}
	if groups, ok := f["groups"]; ok {
		r.groups(groups)
	}
	if channels, ok := f["channels"]; ok {
		for _, e := range r.entries(channels) {
			r.channel(e)
		}
	}
}

func (r *reader) version(root place, f map[string]place) {
	v, ok := f["version"]
	switch {
	case !ok:
		r.bad(root.key(root.node, "version"), "is missing: the file begins with version: 1")
	case v.node.ShortTag() != "!!int" || v.node.Value != "1":
		r.bad(v, "unknown version: this program reads version: 1")
	}
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
		for _, item := range r.list(e.value, "[U0ANA, S0CREW]") {
			if id, ok := r.member(item); ok {
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

// member reads one entry of a named group.
func (r *reader) member(p place) (string, bool) {
	name, ok := r.text(p)
	if !ok {
		return "", false
	}
	switch {
	case isPerson(name) || isUserGroup(name):
		return name, true
	case name == everyone:
		r.bad(p, "a group cannot hold everyone: write everyone in who")
	case r.policy.groups[name] != nil:
		r.bad(p, "a group cannot hold the group %q: list its ids", name)
	default:
		r.bad(p, "%q %s", name, cmp.Or(hintFor(whoHints, name), "is no id: a group holds U…, W… and S… ids"))
	}
	return "", false
}

// principals reads who or approvers.
func (r *reader) principals(p place, mayBeEveryone bool) principals {
	var out principals
	for _, item := range r.list(p, "[operators, U0ANA]") {
		name, ok := r.text(item)
		if !ok {
			continue
		}
		out.written = r.once(item, out.written, name)
		switch g := r.policy.groups[name]; {
		case g != nil:
			g.used = true
			out.add(g.members...)
		case isPerson(name) || isUserGroup(name):
			out.add(name)
		case name == everyone && mayBeEveryone:
			out.everyone = true
		case name == everyone:
			r.bad(item, "everyone cannot approve: name groups or ids")
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
	f := r.fields(e.value, "name", "studios", "streams", "default", "watch", "language", "grants")
	line := e.key.node.Line
	c := &channel{id: e.name, line: line, studiosLine: line, streamsLine: line, deflt: op.Args{}}
	if name, ok := f["name"]; ok {
		c.name, _ = r.text(name)
	}
	noted := len(r.problems)
	if studios, ok := f["studios"]; ok {
		r.studios(c, studios)
	}
	if streams, ok := f["streams"]; ok {
		r.streams(c, streams)
	}
	if deflt, ok := f["default"]; ok {
		r.defaults(c, deflt, len(r.problems) == noted)
	}
	if watch, ok := f["watch"]; ok {
		r.watch(c, watch, len(r.problems) == noted)
	}
	if language, ok := f["language"]; ok {
		r.language(c, language)
	}
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
	for _, item := range r.list(p, `["Evening *"]`) {
		c.studiosLine = p.node.Line
		glob, ok := r.text(item)
		switch {
		case !ok:
		case strings.Contains(glob, "**"):
			r.bad(item, "%q is a bad glob: ** is not known, one * stands for any text", glob)
		default:
			c.studios = r.once(item, c.studios, glob)
		}
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
