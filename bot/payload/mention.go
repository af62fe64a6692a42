package payload

import (
	"cmp"
	"strings"
	"time"

	"casterbot/internal/op"
)

// said are the kinds of messages in which a person says something: an ordinary one, a reply that is shown in the
// channel
// too, one with a file, and /me.
var said = map[string]bool{"": true, "thread_broadcast": true, "file_share": true, "me_message": true}

// mention decodes a command in a message. What bots write, what is in no channel, and what tells of a message that
// has changed is no command; neither is a message that was edited, which is said to whoever edited it.
func (id Identity) mention(in callback, key string, now time.Time) (Event, error) {
	e := in.Event
	person := idOf(e.User)
	if e.BotID != "" || !said[e.Subtype] || person == "" || person == id.User || idOf(e.Channel) == "" {
		return Event{Ignored: "message of a bot, or one without a channel"}, nil
	}
	if !id.ours(in.TeamID, "") {
		return Event{}, errOtherTeam
	}
	from := op.Origin{Team: id.Team, PersonTeam: cmp.Or(e.UserTeam, e.SourceTeam, e.Team, in.TeamID),
		Address: op.Address{
			Channel: idOf(e.Channel), Thread: e.ThreadTS, Person: person, At: messageTime(e.TS, now),
		}}
	if len(e.Edited) > 0 && string(e.Edited) != "null" {
		from.At = now
		return Event{Key: key, Said: &Said{from.Address, op.Answer{
			Mark: op.MarkNeutral, Title: op.L("What a message says after it was edited is not carried out."),
			Lines: []op.Line{op.L("Type it anew, in a message of its own.")},
		}}}, nil
	}
	r := op.Request{Key: key, Origin: from, Text: id.mentionText(e.Text)}
	return Event{Key: key, Request: &r}, nil
}

// Said is something to be said to one person in private.
type Said struct {
	To     op.Address
	Answer op.Answer
}

// mentionText is what was said to the bot: the text after its name, or the one before when nothing but courtesy
// follows.
func (id Identity) mentionText(text string) string {
	before, after, found := strings.Cut(text, "<@"+id.User)
	if !found {
		return cmp.Or(spoken(text), "help")
	}
	if _, rest, ok := strings.Cut(after, ">"); ok {
		after = rest
	}
	for again, rest, more := strings.Cut(after, "<@"+id.User); more && spoken(again) == ""; {
		_, after, _ = strings.Cut(rest, ">")
		again, rest, more = strings.Cut(after, "<@"+id.User)
	}
	command := spoken(after)
	if command == "" || courtesies[strings.ToLower(strings.Trim(command, ".!"))] && spoken(before) != "" {
		command = spoken(before)
	}
	return cmp.Or(command, "help")
}

var courtesies = map[string]bool{"please": true, "pls": true, "plz": true, "thanks": true, "thx": true,
	"thank you": true}

// marks are what people put between a name and what they say to it.
const marks = " \t\r\n\u00a0,:;.!?-–—…•"

// spoken takes off what stands around a command but belongs to the sentence or to its looks: punctuation, courtesy, a
// quotation mark of a line, and the signs of bold, slanted, struck or typewriter text around all of it.
func spoken(text string) string {
	for {
		shorter := strings.TrimRight(strings.TrimLeft(strings.TrimSpace(text), marks), ",;")
		shorter = strings.TrimPrefix(shorter, "&gt;")
		shorter = strings.TrimPrefix(unwrapped(shorter), "/")
		if first, rest, _ := strings.Cut(shorter, " "); courtesies[strings.ToLower(strings.Trim(first,
			",:"))] && rest != "" {
			shorter = rest
		}
		if shorter == text {
			return text
		}
		text = shorter
	}
}

// wraps are the signs that format a whole text, or quote it.
var wraps = [][2]string{{"```", "```"}, {"`", "`"}, {"*", "*"}, {"_", "_"}, {"~", "~"}, {"\"", "\""}, {"“", "”"}, {"„", "“"}}

// unwrapped takes off the signs around a whole text.
func unwrapped(text string) string {
	for _, sign := range wraps {
		inside, opens := strings.CutPrefix(text, sign[0])
		inside, closes := strings.CutSuffix(inside, sign[1])
		if opens && closes && inside != "" && !strings.ContainsAny(inside, sign[0]+sign[1]) {
			return inside
		}
	}
	return text
}
