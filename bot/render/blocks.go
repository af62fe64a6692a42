package render

import (
	"cmp"
	"strconv"
	"strings"
	"unicode/utf8"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Slack's limits (docs.slack.dev/reference/block-kit).
const (
	maxBlocks   = 50
	maxSection  = 3000
	maxSmall    = 2000
	maxButton   = 75
	maxValue    = 2000
	maxTextArg  = 4000
	maxPerBlock = 25 // buttons in one row
)

// Message is one Slack message: the sentence for notifications, the blocks, and what stands beside a colour bar.
type Message struct {
	Text   string
	Blocks []slack.Block
	color  string
	body   []slack.Block
}

// Options are the arguments of chat.postMessage, chat.update and chat.postEphemeral. Blocks and attachments are always
// given, because chat.update keeps what is left out.
func (m Message) Options() []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(m.Text, false),
		slack.MsgOptionBlocks(m.Blocks...),
		slack.MsgOptionAttachments(m.Attachments()...),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	}
}

func (m Message) Attachments() []slack.Attachment {
	if len(m.body) == 0 {
		return []slack.Attachment{}
	}
	return []slack.Attachment{{Color: m.color, Fallback: m.Text, Blocks: slack.Blocks{BlockSet: m.body}}}
}

// Reply is a message as the payload of an acknowledgement or the body of a response address, seen by one person only.
type Reply struct {
	ResponseType string        `json:"response_type"`
	Replace      *bool         `json:"replace_original,omitempty"`
	Text         string        `json:"text"`
	Blocks       []slack.Block `json:"blocks"`
	UnfurlLinks  bool          `json:"unfurl_links"`
	UnfurlMedia  bool          `json:"unfurl_media"`
}

func (m Message) Reply() Reply {
	return Reply{ResponseType: slack.ResponseTypeEphemeral, Text: m.Text, Blocks: m.Blocks}
}

// Simple is the same message in the two kinds of block that every client knows, for when Slack refuses the first.
func (m Message) Simple() Message {
	out := Message{Text: m.Text, Blocks: []slack.Block{section(m.Text)}}
	for _, b := range append(m.Blocks[:len(m.Blocks):len(m.Blocks)], m.body...) {
		switch b := b.(type) {
		case *slack.ActionBlock:
			out.Blocks = append(out.Blocks, b)
		case *slack.TableBlock:
			out.Blocks = append(out.Blocks, section(gridText(b)))
		case *slack.ContextBlock:
			out.Blocks = append(out.Blocks, section(smallText(b)))
		}
	}
	return out
}

// smallText is the text of small print.
func smallText(b *slack.ContextBlock) string {
	return b.ContextElements.Elements[0].(*slack.TextBlockObject).Text
}

// section is one paragraph of markup. It is verbatim: Slack makes no links or mentions out of what looks like one.
func section(text string) *slack.SectionBlock {
	if text == "" {
		text = " "
	}
	return &slack.SectionBlock{Type: slack.MBTSection, Text: markup(cut(text, maxSection))}
}

// small is a line of small print.
func small(text string) *slack.ContextBlock {
	return slack.NewContextBlock("", markup(cut(text, maxSmall)))
}

func markup(text string) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.MarkdownType, Text: text, Verbatim: true}
}

var noEmoji = false

// label is text in which nothing is markup: buttons, titles, options.
func label(text string, max int) *slack.TextBlockObject {
	if text = strings.TrimSpace(Clean(text, max-1)); text == "" {
		text = "–"
	}
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: text, Emoji: &noEmoji}
}

// press is a button.
type press struct {
	text   op.Text
	count  int     // what stands for {} in it
	about  op.Line // what it is about, for those who hear it without what stands around it
	apart  string  // what stands between its words and that; empty: a space
	action string
	value  string
	style  slack.Style

	only    []string // the people who may press it, where they are known and few; empty: everybody sees it
	version int64    // of the operation that it answers; 0 for what answers none
}

func (p press) element() *slack.ButtonBlockElement {
	words := strings.Replace(string(p.text), "{}", strconv.Itoa(p.count), 1)
	return &slack.ButtonBlockElement{
		Type: slack.METButton, Text: label(words, maxButton),
		AccessibilityLabel: spoken(words, cmp.Or(p.apart, " "), p.about),
		ActionID:           p.action, Value: p.value, Style: p.style, VisibleToUserIDs: p.only,
	}
}

// spoken are the words of a button for a screen reader, which reads it away from its row: "Show Evening News". What
// Slack would fill in, as people and times, is left out: in a label it would be read letter by letter.
func spoken(words, apart string, about op.Line) string {
	var b strings.Builder
	for _, s := range about {
		b.WriteString(s.Text)
	}
	subject := strings.TrimSpace(b.String())
	switch {
	case subject == "":
		subject = words
	case !strings.HasPrefix(subject, words):
		subject = words + apart + subject
	}
	return unbracketed(label(subject, maxButton).Text)
}

// unbracketed takes away what Slack's markup begins with: no page of Slack says whether a label may hold it.
var unbracketed = strings.NewReplacer("<", "‹", ">", "›", "&", "+").Replace

// subject is what a title is about: the name in it, else all of it.
func subject(title op.Line) op.Line {
	for _, s := range title {
		if s.Bold {
			return op.Line{s}
		}
	}
	return title
}

func row(presses []press) *slack.ActionBlock {
	elements := make([]slack.BlockElement, 0, len(presses))
	for _, p := range presses[:min(len(presses), maxPerBlock)] {
		elements = append(elements, p.element())
	}
	return slack.NewActionBlock("", elements...)
}

// cut shortens drawn text to at most max bytes, never inside a character or an element in angle brackets.
func cut(text string, max int) string {
	if len(text) <= max {
		return text
	}
	end := max - len("…")
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	if open := strings.LastIndexByte(text[:end], '<'); open > strings.LastIndexByte(text[:end], '>') {
		end = open
	}
	if amp := strings.LastIndexByte(text[:end], '&'); amp > strings.LastIndexByte(text[:end], ';') {
		end = amp
	}
	return text[:end] + "…"
}

// aside stands between facts in one line.
const aside = "  ·  "

// joined draws lines one after the other.
func joined(lines []op.Line, between string) string {
	drawn := make([]string, 0, len(lines))
	for _, l := range lines {
		if text := mrkdwn(l); text != "" {
			drawn = append(drawn, text)
		}
	}
	return strings.Join(drawn, between)
}

// sentences are a message as plain text, for notifications and screen readers.
func sentences(title op.Line, lines []op.Line) string {
	text := notice(title)
	for _, l := range lines {
		text += "\n" + notice(l)
	}
	return text
}

// maxParagraphs keeps a card within what Slack takes of one message. What is still left then stands behind a "…".
const maxParagraphs = 4

// paragraphs joins lines to as many sections as they need, so that nobody confirms what the card leaves out. A line is
// parted between its spans only.
func paragraphs(lines []op.Line) []string {
	var list []string
	for _, l := range lines {
		for _, text := range pieces(l) {
			switch last := len(list) - 1; {
			case text == "":
			case last < 0, len(list[last])+1+len(text) > maxSection && len(list) < maxParagraphs:
				list = append(list, text)
			default:
				list[last] += "\n" + text
			}
		}
	}
	return list
}

// pieces draws a line in pieces of which each fits into a section.
func pieces(l op.Line) []string {
	if whole := mrkdwn(l); len(whole) <= maxSection {
		return []string{whole}
	}
	var list []string
	start := 0
	for end := start + 2; end <= len(l); end++ {
		if len(mrkdwn(l[start:end])) > maxSection {
			list, start = append(list, mrkdwn(l[start:end-1])), end-1
		}
	}
	return append(list, mrkdwn(l[start:]))
}
