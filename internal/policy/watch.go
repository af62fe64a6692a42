package policy

import (
	"cmp"
	"slices"
	"strings"

	"casterbot/internal/op"
)

// languages are those that public messages can be written in.
var languages = []string{"en", "zh-CN"}

func (r *reader) language(c *channel, p place) {
	word, ok := r.text(p)
	if ok && !slices.Contains(languages, word) {
		r.bad(p, "unknown language %q%s: write %s", word, didYouMean(word, languages), strings.Join(languages, " or "))
	}
	c.language = word
}

// watch reads what is watched besides what was started from the channel. It has to be the channel's own; unless the
// channel's studios and streams are sound, there is nothing to hold it against.
func (r *reader) watch(c *channel, p place, sound bool) {
	f := r.fields(p, "studios", "streams")
	r.filled(p, `{studios: ["Evening News"], streams: [main]}`)
	if !sound {
		return
	}
	f.read("studios", func(p place) {
		for item, name := range r.texts(p, `["Evening News"]`) {
			r.watchStudio(c, item, name)
		}
	})
	f.read("streams", func(p place) {
		for item, name := range r.texts(p, "[main]") {
			r.watchStream(c, item, name)
		}
	})
}

// watchStudio takes an entry of the channel's own studios, or a name or id that fits one.
func (r *reader) watchStudio(c *channel, p place, name string) {
	if !slices.Contains(c.studios, name) && (isGlob(name) || !c.studio(name, name)) {
		r.bad(p, "%q is outside the channel's own studios (%s)", name, cmp.Or(strings.Join(c.studios, ", "), "it has none"))
	}
	c.watch = append(c.watch, op.Target{Kind: "caster", Name: name})
}

// watchStream takes one stream: the alias of one, or its path.
func (r *reader) watchStream(c *channel, p place, name string) {
	path := name
	if alias := c.alias(name); alias.Alias != "" {
		path = alias.Pattern
	}
	switch {
	case isGlob(path):
		r.bad(p, "%q stands for the pattern %s: a stream is watched by its own path", name, path)
	case !c.stream(path):
		r.bad(p, "%q is none of the channel's own streams", name)
	}
	c.watch = append(c.watch, op.Target{Kind: "stream", ID: path, Name: name})
}

// watched reports whether a studio is one of those that are watched.
func (c *channel) watched(id, name string) bool {
	fits := func(t op.Target) bool { return t.Kind == "caster" && (t.Name == id || matchText(t.Name, name)) }
	return slices.ContainsFunc(c.watch, fits) && c.studio(id, name)
}
