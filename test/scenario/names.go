package scenario

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// names gives what is random or long a name by which a reader knows it again.
type names struct {
	refs   map[string]string // reference of an operation → op1
	tokens map[string]string // ClientToken → token1
}

var (
	reference = regexp.MustCompile("\\bop( `?)([0-9A-HJKMNP-TV-Z]{6})\\b")
	mishap    = regexp.MustCompile(`\bop-[0-9A-HJKMNP-TV-Z]{6}\b`)
	requestID = regexp.MustCompile(`\b[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\b`)
	signed    = regexp.MustCompile(`[0-9A-Za-z+/]{43,}=*`) // hashes, signatures
	opNumber  = regexp.MustCompile(`\bop\d+\b`)
	mention   = regexp.MustCompile(`<@([A-Z0-9]+)>`)
	group     = regexp.MustCompile(`<!subteam\^([A-Z0-9]+)>`)
	room      = regexp.MustCompile(`<#([A-Z0-9]+)>`)
	date      = regexp.MustCompile(`<!date\^\d+\^[^|>]*\|([^>]*)>`)
	permalink = regexp.MustCompile(`<https?://[^|>/]+/archives/([A-Z0-9]+)/p\d+\|([^>]*)>`)
	link      = regexp.MustCompile(`<(https?://[^|>]+)\|([^>]*)>`)
)

// plain draws Slack's markup as people see it. What is escaped stays so: a live mention and a quoted one must not look
// alike.
func (e *observer) plain(text string) string {
	text = mention.ReplaceAllStringFunc(text, func(m string) string {
		return "@" + e.userName(mention.FindStringSubmatch(m)[1])
	})
	text = group.ReplaceAllStringFunc(text, func(m string) string {
		return "@" + e.groupName(group.FindStringSubmatch(m)[1])
	})
	text = room.ReplaceAllStringFunc(text, func(m string) string {
		return "#" + e.channelName(room.FindStringSubmatch(m)[1])
	})
	// written beside bold words in scripts without spaces
	text = strings.ReplaceAll(date.ReplaceAllString(text, "$1"), "\u200b", "")
	text = permalink.ReplaceAllString(text, "$2 (a message in $1)")
	text = link.ReplaceAllString(text, "$2 ($1)")
	text = reference.ReplaceAllStringFunc(text, func(m string) string {
		part := reference.FindStringSubmatch(m)
		if known := e.names.refs[part[2]]; known != "" {
			return strings.TrimPrefix(part[1], " ") + known
		}
		return m
	})
	text = signed.ReplaceAllString(mishap.ReplaceAllString(text, "op-……"), "…")
	return strings.ReplaceAll(requestID.ReplaceAllString(text, "…"), "\n", " / ")
}

// meet gives the operation of a new card its number. The card's own reference stands in its small print, after all
// others.
func (n *names) meet(text string) string {
	all := reference.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		return ""
	}
	ref := all[len(all)-1][2]
	if n.refs[ref] == "" {
		n.refs[ref] = fmt.Sprintf("op%d", len(n.refs)+1)
	}
	return n.refs[ref]
}

func (n *names) token(t string) string {
	if n.tokens[t] == "" {
		n.tokens[t] = fmt.Sprintf("token%d", len(n.tokens)+1)
	}
	return n.tokens[t]
}

func (e *observer) userName(id string) string {
	for _, u := range e.people() {
		if u.ID == id {
			return u.Name
		}
	}
	return id
}

func (e *observer) groupName(id string) string {
	for _, g := range e.screen().Groups {
		if g.ID == id {
			return g.Handle
		}
	}
	return id
}

func (e *observer) channelName(id string) string {
	if name := e.channels()[id]; name != "" {
		return name
	}
	return id
}

// known puts the ids of things in place of {Name} in a typed line, so that a story need not spell out what is made in
// it.
func (e *observer) known(text string) string {
	for id, name := range e.things() {
		text = strings.ReplaceAll(text, "{"+name+"}", id)
	}
	return text
}

// things names studios and scenes by id. Studios of one name get a number, in their order.
func (e *observer) things() map[string]string {
	all := map[string]string{}
	count := map[string]int{}
	for _, s := range e.world.Live.Snapshot().Studios {
		count[s.Name]++
		all[s.ID] = s.Name
		if count[s.Name] > 1 {
			all[s.ID] = fmt.Sprintf("%s %d", s.Name, count[s.Name])
		}
		for _, scene := range s.Scenes {
			all[scene.ID] = scene.Name
		}
	}
	return all
}

// asides are the calls of a bot that neither look at the studios nor change something.
var asides = map[string]bool{"AssumeRole": true, "AssumeRoleWithOIDC": true, "LookupEvents": true}

// session names the role session of a call by the person and the operation: " as ana.op1".
func (e *observer) session(name string) string {
	if name == "" {
		return ""
	}
	person, ref, own := strings.Cut(name, ".")
	if !own {
		return " as " + name
	}
	return " as " + e.userName(person) + "." + cmp.Or(e.names.refs[ref], "…")
}
