package render

import (
	"slices"
	"strings"

	"casterbot/internal/op"
)

// Linked gives an answer whose references to messages are addresses of the workspace; the answer itself stays as it is.
// As long as the workspace's address is not known, only their labels are shown.
func Linked(a op.Answer, home string) op.Answer {
	if home == "" {
		return a
	}
	a.Title, a.Note, a.Lines = linkedLine(a.Title, home), linkedLine(a.Note, home), linkedLines(a.Lines, home)
	a.Items = slices.Clone(a.Items)
	for i, item := range a.Items {
		a.Items[i].Title, a.Items[i].Facts = linkedLine(item.Title, home), linkedLines(item.Facts, home)
	}
	return a
}

func linkedLines(lines []op.Line, home string) []op.Line {
	lines = slices.Clone(lines)
	for i, l := range lines {
		lines[i] = linkedLine(l, home)
	}
	return lines
}

func linkedLine(l op.Line, home string) op.Line {
	l = slices.Clone(l)
	for i, s := range l {
		if s.Message != "" && isID(s.Channel) {
			l[i] = op.Link(permalink(home, s.Channel, s.Message), s.Text)
		}
	}
	return l
}

// permalink is the address of a message, as chat.getPermalink gives it; home is the workspace's as auth.test gives it
// (docs.slack.dev/reference/methods/chat.getPermalink, auth.test).
func permalink(home, channel, ts string) string {
	return strings.TrimSuffix(home, "/") + "/archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", "")
}
