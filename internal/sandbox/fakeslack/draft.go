package fakeslack

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"casterbot/internal/sandbox/composer"
)

// maxText is the longest text of a message, in characters
// (https://docs.slack.dev/reference/methods/chat.postMessage#truncating).
const maxText = 40_000

// draft is a message as an app sends it: in a Web API call, to a response URL,
// or in the ack of a command.
type draft struct {
	Text            string          `json:"text"`
	Blocks          json.RawMessage `json:"blocks"`
	Attachments     json.RawMessage `json:"attachments"`
	Metadata        json.RawMessage `json:"metadata"`
	ThreadTS        string          `json:"thread_ts"`
	ResponseType    string          `json:"response_type"`
	ReplaceOriginal loose           `json:"replace_original"`
	DeleteOriginal  loose           `json:"delete_original"`
}

// loose is a flag that may come as a string: Slack's own examples say "replace_original": "true".
type loose bool

func (l *loose) UnmarshalJSON(raw []byte) error {
	word := strings.Trim(string(raw), `"`)
	if word == "null" || word == "" {
		return nil
	}
	on, err := strconv.ParseBool(word)
	*l = loose(on)
	return err
}

// decodeDraft reads a message object, or a JSON string that is its text.
func decodeDraft(raw json.RawMessage) (draft, error) {
	var d draft
	if len(raw) > 0 && raw[0] == '"' {
		return d, json.Unmarshal(raw, &d.Text)
	}
	err := json.Unmarshal(raw, &d)
	d.Blocks, d.Attachments = noNull(d.Blocks), noNull(d.Attachments)
	return d, err
}

func noNull(raw json.RawMessage) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	return raw
}

// emptyList says whether raw holds no block or attachment.
func emptyList(raw json.RawMessage) bool {
	s := strings.TrimSpace(string(raw))
	return s == "" || s == "[]" || s == "null"
}

func (d draft) empty() bool {
	return d.Text == "" && emptyList(d.Blocks) && emptyList(d.Attachments)
}

// check refuses what Slack refuses in the content of a message.
func (d draft) check(f *familiar) *apiError {
	if utf8.RuneCountInString(d.Text) > maxText {
		return fail("msg_too_long")
	}
	if e := checkMetadata(d.Metadata); e != nil {
		return e
	}
	var problems []string
	if !emptyList(d.Blocks) {
		if !strings.HasPrefix(strings.TrimSpace(string(d.Blocks)), "[") {
			return fail("invalid_blocks_format")
		}
		problems = f.lint("/blocks", d.Blocks)
	}
	if !emptyList(d.Attachments) {
		var list []struct {
			Blocks json.RawMessage `json:"blocks"`
		}
		if json.Unmarshal(d.Attachments, &list) != nil {
			return fail("invalid_attachments")
		}
		for i, a := range list {
			if !emptyList(a.Blocks) {
				problems = append(problems, f.lint("/attachments/"+strconv.Itoa(i)+"/blocks", a.Blocks)...)
			}
		}
	}
	if len(problems) > 0 {
		return &apiError{code: "invalid_blocks", problems: problems}
	}
	return nil
}

// checkMetadata holds metadata to its form. Emulator's own choice: an empty one, as slack-go sends it to response URLs,
// is none.
// https://docs.slack.dev/messaging/message-metadata
func checkMetadata(raw json.RawMessage) *apiError {
	if len(noNull(raw)) == 0 {
		return nil
	}
	var m struct {
		Type    string         `json:"event_type"`
		Payload map[string]any `json:"event_payload"`
	}
	switch err := json.Unmarshal(raw, &m); {
	case !json.Valid(raw):
		return fail("invalid_metadata_format")
	case err != nil || (m.Type == "") != (m.Payload == nil):
		return fail("invalid_metadata_schema")
	}
	return nil
}

// draw makes the bot's message of a draft, with all ids filled in. The caller
// holds mu.
func (w *Workspace) draw(d draft) *Message {
	m := &Message{User: BotUser, BotID: BotID, AppID: AppID, Team: TeamID, Text: d.Text, ThreadTS: d.ThreadTS,
		Metadata: noNull(d.Metadata)}
	if !emptyList(d.Blocks) {
		m.Blocks = w.familiar.fill(d.Blocks, w.nextID)
	}
	m.Attachments = fillAttachments(d.Attachments, w.nextID)
	return m
}

// keepPast is how many earlier pictures of a message a late click can reach.
const keepPast = 8

// redraw replaces what a message shows and stamps it as edited. Thread and
// timestamp stay. The caller holds mu.
func (w *Workspace) redraw(r *room, m *Message, d draft) {
	next, before := w.draw(d), *m
	m.past = append(m.past, m.Blocks)
	m.past = append(m.past, m.allAttachmentBlocks()...)
	m.past = m.past[max(0, len(m.past)-keepPast):]
	m.Text, m.Blocks, m.Attachments, m.held = next.Text, next.Blocks, next.Attachments, nil
	if next.Metadata != nil {
		m.Metadata = next.Metadata
	}
	m.Edited = &Edited{User: BotUser, TS: w.nextTS()}
	w.tellChange(r, before, m)
	w.changed()
}

// erase deletes a message of the bot, and its pin. The caller holds mu.
func (w *Workspace) erase(r *room, m *Message) {
	r.remove(m.TS)
	r.unpin(m.TS)
	w.tellChange(r, *m, nil)
	w.changed()
}

// allAttachmentBlocks are the blocks of each attachment.
func (m *Message) allAttachmentBlocks() []json.RawMessage {
	var list []struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	if json.Unmarshal(m.Attachments, &list) != nil {
		return nil
	}
	out := make([]json.RawMessage, len(list))
	for i, a := range list {
		out[i] = a.Blocks
	}
	return out
}

// token finds what Slack's composer turns into something else: angle-bracket
// references, URLs, mentions of people, groups and channels, and the three
// characters that must be escaped.
var token = regexp.MustCompile(`<[@#!][^<>\s|]+(?:\|[^<>]*)?>|https?://[^\s<>]+|@[A-Za-z0-9._-]+|#[a-z0-9._-]+|[&<>]`)

var entities = map[string]string{"&": "&amp;", "<": "&lt;", ">": "&gt;"}

// encode is what Slack sends for a typed text: mentions as ids, links in angle
// brackets, entities, emoji as codes
// (https://docs.slack.dev/messaging/formatting-message-text). The caller holds mu.
func (w *Workspace) encode(text string) string {
	return token.ReplaceAllStringFunc(composer.Codes(text), func(t string) string {
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
