package policy

import (
	"cmp"
	"strings"

	"casterbot/internal/op"
)

// defaults reads what a channel means when an argument is left out. The kinds of the command table are "caster" and
// "stream"; people write studio. Unless the channel's studios and streams are sound, there is nothing to hold them
// against.
func (r *reader) defaults(c *channel, p place, sound bool) {
	f := r.fields(p, "studio", "stream")
	r.filled(p, `{studio: "Evening News", stream: main}`)
	if sound {
		f.read("studio", func(p place) { r.defaultStudio(c, p) })
		f.read("stream", func(p place) { r.defaultStream(c, p) })
	}
}

func (r *reader) defaultStudio(c *channel, p place) {
	name, ok := r.text(p)
	switch {
	case !ok:
	case isGlob(name):
		r.bad(p, "%q is a glob: a default is one studio", name)
	case !c.studio(name, name):
		r.bad(p, "%q is outside the channel's own studios (%s)", name, cmp.Or(strings.Join(c.studios, ", "), "it has none"))
	default:
		c.deflt["caster"] = name
	}
}

func (r *reader) defaultStream(c *channel, p place) {
	name, ok := r.text(p)
	if !ok {
		return
	}
	var aliases []string
	for _, s := range c.streams {
		if s.Alias == name && isGlob(s.Pattern) {
			r.bad(p, "%q stands for the pattern %s: a default is one stream", name, s.Pattern)
			return
		}
		aliases = append(aliases, s.Alias)
	}
	switch {
	case isGlob(name):
		r.bad(p, "%q is a glob: a default is one stream", name)
	case c.alias(name) == (op.StreamAlias{}) && !c.stream(name):
		r.bad(p, "%q is none of the channel's own streams%s", name, didYouMean(name, aliases))
	default:
		c.deflt["stream"] = name
	}
}

// alias gives the stream of that short name, or nothing.
func (c *channel) alias(name string) op.StreamAlias {
	for _, s := range c.streams {
		if s.Alias == name {
			return s
		}
	}
	return op.StreamAlias{}
}
