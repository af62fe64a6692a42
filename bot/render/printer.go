package render

import (
	"context"
	"slices"
	"time"

	"casterbot/internal/i18n"
	"casterbot/internal/op"
)

// Printer is the language that something is drawn in. The zero value speaks English.
type Printer struct {
	Words    *i18n.Words
	Language string
	Contact  []string // whom one reader may ask about the bot itself; of what everybody reads nobody
}

func (t Printer) Line(l op.Line) op.Line { return t.Words.Line(t.Language, t.named(l)) }

// named puts the contact in place of whoever keeps casterbot.
func (t Printer) named(l op.Line) op.Line {
	if len(t.Contact) == 0 || !slices.ContainsFunc(l, func(s op.Span) bool { return s.Keeper }) {
		return l
	}
	var line op.Line
	for _, s := range l {
		if s.Keeper {
			line = op.L(line, op.List(op.People(t.Contact), " or "))
			continue
		}
		line = append(line, s)
	}
	return line
}

// text gives words without a line around them: of buttons, labels and titles. A {} in them, for a number, stays one.
func (t Printer) text(words op.Text) string { return t.Words.Text(t.Language, string(words)) }

// face is a card in the language. What its buttons do stays as it is.
func (t Printer) face(f cardView) cardView {
	f.title, f.lines, f.foot = t.Line(f.title), t.Words.Lines(t.Language, f.lines), t.Words.Lines(t.Language, f.foot)
	for i, p := range f.presses {
		f.presses[i].text, f.presses[i].about = op.Text(t.text(p.text)), t.Line(p.about)
	}
	return f
}

// Localizer knows who reads which language.
type Localizer struct {
	Words   *i18n.Words
	Channel func(channel string) string
	Contact func(channel string) []string // nil: nobody is named
	Locale  func(person string) (string, bool)
	Meet    func(ctx context.Context, person string)
}

// Public is for everybody in a channel.
func (t Localizer) Public(channel string) Printer {
	return Printer{Words: t.Words, Language: t.Channel(channel)}
}

// Private is for one person: in their own language, else in that of the channel. known is false for somebody who has
// never been looked up.
func (t Localizer) Private(to op.Address) (say Printer, known bool) {
	locale, known := t.Locale(to.Person)
	if say = t.Public(to.Channel); i18n.Of(locale) != "" {
		say.Language = i18n.Of(locale)
	}
	if t.Contact != nil {
		say.Contact = t.Contact(to.Channel)
	}
	return say, known
}

// meetWithin is how long an answer waits for somebody's language at most.
const meetWithin = 2 * time.Second

// Met is private for somebody who may never have been looked up: it asks then.
func (t Localizer) Met(ctx context.Context, to op.Address) Printer {
	say, known := t.Private(to)
	if known {
		return say
	}
	ctx, cancel := context.WithTimeout(ctx, meetWithin)
	defer cancel()
	t.Meet(ctx, to.Person)
	say, _ = t.Private(to)
	return say
}
