package render

import (
	"strconv"
	"strings"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// marks gives every mark its sign; the word stands in the text beside it.
var marks = map[op.Mark]string{
	op.MarkProgram:   "🔴",
	op.MarkPreview:   "🟢",
	op.MarkIdle:      "⚫",
	op.MarkRecording: "⏺️",
	op.MarkPaused:    "⏸️",
	op.MarkOK:        "✅",
	op.MarkWait:      "⏳",
	op.MarkFailed:    "❌",
	op.MarkUnknown:   "⚠️",
	op.MarkDenied:    "🚫",
	op.MarkLocked:    "🔒",
	op.MarkNeutral:   "⚪",
}

// maxItems is how many things of a list are shown in one message.
const maxItems = 40

// Answer draws what a person is told in private.
func (t Printer) Answer(a op.Answer) Message { return t.sketch(a, maxItems, maxBlocks, nil) }

// sketch draws an answer with so many things and blocks at most: things give way to what stands below them. repeats is
// as in Card, for cards that stand in it.
func (t Printer) sketch(a op.Answer, maxItems, maxBlocks int, repeats func(op.Operation) bool) Message {
	m := t.sketchItems(a, maxItems, repeats)
	for over := len(m.Blocks) - maxBlocks; over > 0 && maxItems > 0; over = len(m.Blocks) - maxBlocks {
		maxItems = max(0, min(maxItems, len(a.Items))-over)
		m = t.sketchItems(a, maxItems, repeats)
	}
	m.Blocks = m.Blocks[:min(len(m.Blocks), maxBlocks)]
	return m
}

func (t Printer) sketchItems(a op.Answer, maxItems int, repeats func(op.Operation) bool) Message {
	d, a := drawing{}, t.Words.Answer(t.Language, a.Each(t.named))
	title := marked(a.Mark, a.Title)
	d.say(mrkdwn(title))
	for _, l := range a.Lines {
		d.say(mrkdwn(l))
	}
	if a.Grid != nil {
		d.flush()
		d.blocks = append(d.blocks, grid(*a.Grid))
	}
	items, rest := op.Cut(a.Items, maxItems)
	for _, item := range items {
		if item.Card != nil && repeats != nil {
			d.card(item, t.face(viewOf(*item.Card, repeats(*item.Card))))
			continue
		}
		d.item(item)
	}
	if len(rest) > 0 {
		d.say(mrkdwn(t.Line(op.L(rest, ". Add a word to narrow the list down."))))
	}
	d.flush()
	if a.Pick != nil {
		if beside, ok := pickRow(*a.Pick); ok {
			d.blocks = append(d.blocks, beside)
		} else {
			a.Next = append([]op.Next{{Label: t.text("Choose…"), Text: a.Pick.Text}}, a.Next...)
		}
	}
	if presses := d.presses(a.Next, a.Title); len(presses) > 0 {
		d.blocks = append(d.blocks, row(presses))
	}
	if note := mrkdwn(a.Note); note != "" {
		d.blocks = append(d.blocks, small(note))
	}
	if len(d.blocks) == 0 {
		d.blocks = append(d.blocks, section(t.text("There is nothing to show.")))
	}
	return Message{Text: cut(sentences(title, a.Lines), maxTextArg), Blocks: d.blocks}
}

func marked(m op.Mark, title op.Line) op.Line {
	if sign := marks[m]; sign != "" {
		return op.L(op.V(sign+" "), title)
	}
	return title
}

// drawing gathers blocks. Paragraphs without a button are joined, because a message holds 50 blocks only.
type drawing struct {
	blocks []slack.Block
	open   []string
	size   int
	count  int // buttons so far: an action id occurs once in a message
}

func (d *drawing) say(text string) {
	if text == "" {
		return
	}
	if d.size+len(text)+1 > maxSection {
		d.flush()
	}
	d.open = append(d.open, text)
	d.size += len(text) + 1
}

func (d *drawing) flush() {
	if len(d.open) > 0 {
		d.blocks = append(d.blocks, section(strings.Join(d.open, "\n")))
	}
	d.open, d.size = nil, 0
}

func (d *drawing) item(item op.Item) {
	text := mrkdwn(marked(item.Mark, item.Title))
	if facts := joined(item.Facts, aside); facts != "" {
		text += aside + facts
	}
	presses := d.presses(item.Next[:min(len(item.Next), 1)], item.Title)
	if len(presses) == 0 {
		d.say(text)
		return
	}
	d.flush()
	beside := section(text)
	beside.Accessory = slack.NewAccessory(presses[0].element())
	d.blocks = append(d.blocks, beside)
}

// presses are buttons that say a command, beside or below a title. One whose command does not fit a button is left out.
func (d *drawing) presses(next []op.Next, title op.Line) []press {
	list := make([]press, 0, len(next))
	for _, n := range next {
		if n.Text == "" || len(n.Text) > maxValue {
			continue
		}
		action := SayAction + strconv.Itoa(d.count)
		if n.Channel != "" {
			action = HomeAction + strconv.Itoa(d.count) + ":" + n.Channel
		}
		about := subject(title)
		if n.About != "" {
			about = op.L(op.V(n.About))
		}
		list = append(list, press{text: op.Text(n.Label), about: about, action: action, value: n.Text})
		d.count++
	}
	return list
}
