package policy

import (
	"fmt"
	"slices"
	"strings"

	"casterbot/internal/op"
)

// Unmatched doubts each entry of a channel's studios that fits none of those that the account has: it gives rights on
// nothing. What is meant by default, or watched, is doubted where it does not stand among them as it is.
func (p *Policy) Unmatched(studios []op.Target) []string {
	names := op.Each(studios, func(s op.Target) string { return s.Name })
	var found Problems
	for _, c := range p.channels {
		for _, e := range c.entries() {
			fits := func(s op.Target) bool { return e.name == s.ID || matchText(e.name, s.Name) }
			if !slices.ContainsFunc(studios, fits) {
				found = append(found, p.doubt(e.line, c, e.key, "%q fits none of the account's studios%s", e.name,
					didYouMean(e.name, names)))
			}
		}
	}
	return found.sorted().texts()
}

// studioEntry is where a channel names studios.
type studioEntry struct {
	name, key string
	line      int
}

// entries are all of those, each name once.
func (c *channel) entries() []studioEntry {
	all := op.Each(c.studios, func(name string) studioEntry { return studioEntry{name, "studios", c.studiosLine} })
	add := func(name, key string) {
		if name != "" && !slices.ContainsFunc(all, func(e studioEntry) bool { return e.name == name }) {
			all = append(all, studioEntry{name, key, c.line})
		}
	}
	add(c.deflt["caster"], "default.studio")
	for _, t := range c.watch {
		if t.Kind == "caster" {
			add(t.Name, "watch.studios")
		}
	}
	return all
}

// Domains lists the streaming domains that the policy names, each once.
func (p *Policy) Domains() []string {
	var all []string
	for _, c := range p.channels {
		for _, s := range c.streams {
			if domain := domainOf(s); domain != "" {
				all = append(all, domain)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Foreign doubts each stream of a domain that the account does not have.
func (p *Policy) Foreign(domain string) []string {
	var found Problems
	for _, c := range p.channels {
		for _, s := range c.streams {
			if domainOf(s) == domain {
				found = append(found, p.doubt(c.streamsLine, c, "streams."+s.Alias,
					"the account has no streaming domain %s: nothing can be seen or recorded there", domain))
			}
		}
	}
	return found.sorted().texts()
}

// StreamPlace is where a channel names a stream.
func (p *Policy) StreamPlace(channel, alias string) string {
	c := p.byID[channel]
	return strings.TrimSuffix(p.doubt(c.streamsLine, c, "streams."+alias, "").String(), ": ")
}

// domainOf is the domain of a stream, empty when it is a pattern.
func domainOf(s op.StreamAlias) string {
	domain, _, _ := strings.Cut(s.Pattern, "/")
	if isGlob(domain) {
		return ""
	}
	return domain
}

func (p *Policy) doubt(line int, c *channel, key, format string, args ...any) Problem {
	return Problem{File: p.file, Line: line, Key: "channels." + c.id + "." + key, Text: fmt.Sprintf(format, args...)}
}
