package policy

import (
	"fmt"
	"slices"
	"strings"

	"casterbot/internal/op"
)

// Unmatched doubts each entry of a channel's studios that fits none of those that the account has: it gives rights on
// nothing.
func (p *Policy) Unmatched(studios []op.Target) []string {
	var names []string
	for _, s := range studios {
		names = append(names, s.Name)
	}
	var found Problems
	for _, c := range p.channels {
		for _, entry := range c.studios {
			fits := func(s op.Target) bool { return entry == s.ID || matchText(entry, s.Name) }
			if !slices.ContainsFunc(studios, fits) {
				found = append(found, p.doubt(c.studiosLine, c, "studios", "%q fits none of the account's studios%s", entry,
					didYouMean(entry, names)))
			}
		}
	}
	return found.sorted().texts()
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
