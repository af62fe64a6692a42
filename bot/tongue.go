package bot

import (
	"context"
	"time"

	"casterbot/internal/lang"
	"casterbot/internal/op"
)

// tongue is the language that something is drawn in. The zero value speaks English.
type tongue struct {
	words    *lang.Words
	language string
}

func (t tongue) line(l op.Line) op.Line {
	if t.words == nil {
		return l
	}
	return t.words.Line(t.language, l)
}

// text gives words without a line around them: of buttons, labels and titles. A {} in them, for a number, stays one.
func (t tongue) text(words op.Text) string {
	if t.words == nil {
		return string(words)
	}
	return t.words.Text(t.language, string(words))
}

func (t tongue) form(f op.Form) op.Form {
	if t.words == nil {
		return f
	}
	return t.words.Form(t.language, f)
}

// said is an answer in the language, but for what drawing it adds.
func (t tongue) said(a op.Answer) op.Answer {
	if t.words == nil {
		return a
	}
	return t.words.Answer(t.language, a)
}

// face is a card in the language. What its buttons do stays as it is.
func (t tongue) face(f face) face {
	if t.words == nil {
		return f
	}
	f.title, f.lines, f.foot = t.line(f.title), t.words.Lines(t.language, f.lines), t.words.Lines(t.language, f.foot)
	f.presses = append([]press{}, f.presses...)
	for i, p := range f.presses {
		f.presses[i].text = op.Text(t.text(p.text))
	}
	return f
}

// tongues knows who reads which language.
type tongues struct {
	words   *lang.Words
	channel func(channel string) string
	locale  func(person string) (string, bool)
	meet    func(ctx context.Context, person string)
}

// public is for everybody in a channel.
func (t tongues) public(channel string) tongue { return tongue{t.words, t.channel(channel)} }

// private is for one person: in their own language, else in that of the channel. known is false for somebody who has never been
// looked up.
func (t tongues) private(to op.Address) (say tongue, known bool) {
	locale, known := t.locale(to.Person)
	if language := lang.Of(locale); language != "" {
		return tongue{t.words, language}, known
	}
	return t.public(to.Channel), known
}

// meetWithin is how long an answer waits for somebody's language at most.
const meetWithin = 2 * time.Second

// met is private for somebody who may never have been looked up: it asks then.
func (t tongues) met(ctx context.Context, to op.Address) tongue {
	say, known := t.private(to)
	if known {
		return say
	}
	ctx, cancel := context.WithTimeout(ctx, meetWithin)
	defer cancel()
	t.meet(ctx, to.Person)
	say, _ = t.private(to)
	return say
}
