package fakeslack

import (
	"regexp"
	"slices"
	"strings"
)

// token finds what Slack's composer turns into something else: angle-bracket
// references, URLs, mentions of people, groups and channels, and the three
// characters that must be escaped.
var token = regexp.MustCompile(`<[@#!][^<>\s|]+(?:\|[^<>]*)?>|https?://[^\s<>]+|@[A-Za-z0-9._-]+|#[a-z0-9._-]+|[&<>]`)

var entities = map[string]string{"&": "&amp;", "<": "&lt;", ">": "&gt;"}

// encode is what Slack sends for a typed text: mentions as ids, links in angle
// brackets, entities (https://docs.slack.dev/messaging/formatting-message-text).
// The caller holds mu.
func (w *Workspace) encode(text string) string {
	return token.ReplaceAllStringFunc(text, func(t string) string {
		if e, ok := entities[t]; ok {
			return e
		}
		switch {
		case strings.HasPrefix(t, "http"):
			return "<" + entityEscape(t) + ">"
		case t[0] == '<':
			return w.encodeReference(t)
		case t[0] == '@':
			return w.encodeMention(t)
		}
		for _, r := range w.rooms {
			if r.IM == "" && r.Name == t[1:] {
				return "<#" + r.ID + "|" + r.Name + ">"
			}
		}
		return t
	})
}

// encodeReference keeps <@U…>, <#C…> and <!subteam^S…> of things that exist,
// as the composer's own completion makes them, and escapes anything else.
func (w *Workspace) encodeReference(t string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(strings.Trim(t, "<>@#!"), "subteam^"), "|")
	if w.person(id) != nil || w.byRoom[id] != nil || w.group(id) != nil {
		return t
	}
	return entityEscape(t)
}

func (w *Workspace) encodeMention(t string) string {
	name := t[1:]
	if slices.Contains([]string{"here", "channel", "everyone"}, name) {
		return "<!" + name + ">"
	}
	for _, u := range w.people {
		if u.Name == name {
			return "<@" + u.ID + ">"
		}
	}
	for _, g := range w.groups {
		if g.Handle == name {
			return "<!subteam^" + g.ID + "|@" + name + ">"
		}
	}
	return t
}

func entityEscape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
