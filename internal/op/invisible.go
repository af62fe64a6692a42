package op

import (
	"fmt"
	"strings"
	"unicode"
)

// concealed are the ranges of characters without a shape of their own, beside those of the category Cf.
var concealed = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x034f, 0x034f, 1}, {0x115f, 0x1160, 1}, {0x17b4, 0x17b5, 1}, {0x180b, 0x180f, 1}, {0x2028, 0x202e, 1},
		{0x2060, 0x206f, 1},
		{0x3164, 0x3164, 1}, {0xffa0, 0xffa0, 1},
	},
	R32: []unicode.Range32{{0xe0000, 0xe0fff, 1}},
}

// Invisible reports characters that cannot be seen, or that turn the order of others around: controls, zero-width
// ones, bidirectional marks, fillers, tags. It is the one set of the program; Hidden leaves out those that stand in
// their place.
func Invisible(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Cf, concealed) }

// Unprintable reports what may not stand in a line that somebody types: what is invisible, but for the space that a
// line may hold.
func Unprintable(r rune) bool {
	switch r {
	case '\n', '\r', '\t':
		return false
	}
	return r == unicode.ReplacementChar || Invisible(r)
}

// Hidden finds the first character of a name or sentence that conceals something, as its place in runes; -1 when
// there is none. What shapes the letters or the emoji beside it conceals nothing there: a joiner between letters of a
// script that is written with joiners, or inside an emoji; a variation selector; the tags of a flag.
func Hidden(text string) int {
	if isASCII(text) && !strings.ContainsFunc(text, Unprintable) {
		return -1
	}
	runes := []rune(text)
	for i := range runes {
		if Conceals(runes, i) {
			return i
		}
	}
	return -1
}

// Visible writes what is hidden as ⟨U+202E⟩, so that nobody is shown another order than the true one.
func Visible(text string) string {
	if Hidden(text) < 0 {
		return text
	}
	var b strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		if Conceals(runes, i) {
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Printed is a text for a terminal, of which nothing commands it. Lines end where they ended.
func Printed(text string) string { return strings.ReplaceAll(Visible(text), "\r", "⟨U+000D⟩") }

// Conceals reports whether one character of a text hides something: see Hidden.
func Conceals(runes []rune, i int) bool {
	return (Unprintable(runes[i]) || unicode.Is(unicode.Variation_Selector, runes[i])) && !shapes(runes, i)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= unicode.MaxASCII {
			return false
		}
	}
	return true
}

// The joiners, and what else emoji are made of.
const (
	nonJoiner = 0x200c
	joiner    = 0x200d
	textLook  = 0xfe0e // the variation selectors that ask for a sign or for a picture
	emojiLook = 0xfe0f
	keycap    = 0x20e3
	blackFlag = 0x1f3f4
	firstTag  = 0xe0020
	endOfTags = 0xe007f
)

// joined are the scripts whose letters look other with a joiner or without one between them.
var joined = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Adlam, unicode.Devanagari, unicode.Bengali,
	unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam,
	unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Balinese, unicode.Javanese,
}

// shapes reports whether an invisible character only shapes what stands beside it.
func shapes(runes []rune, i int) bool {
	if i == 0 {
		return false
	}
	before, after := runes[i-1], rune(0)
	if i+1 < len(runes) {
		after = runes[i+1]
	}
	switch r := runes[i]; {
	case r == joiner && pictured(before) && pictured(after):
		return true
	case r == joiner || r == nonJoiner:
		return shaped(before) && shaped(after)
	case r >= firstTag && r <= endOfTags: // 🏴 and the letters of a region
		return before == blackFlag || before >= firstTag && before < endOfTags && flagged(runes[:i])
	case r == emojiLook || r == textLook:
		return after == keycap || unicode.IsSymbol(before) || unicode.IsPunct(before) || unicode.Is(unicode.Han, before)
	case unicode.Is(unicode.Variation_Selector, r): // other forms of a letter
		return unicode.In(before, unicode.Han, unicode.Mongolian)
	}
	return false
}

// shaped reports a letter or mark of a script that is written with joiners.
func shaped(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsMark(r)) && unicode.In(r, joined...)
}

// pictured reports a piece of an emoji.
func pictured(r rune) bool {
	return r == emojiLook || unicode.Is(unicode.So, r) || r >= 0x1f3fb && r <= 0x1f3ff
}

// flagged reports tags that began at a flag.
func flagged(runes []rune) bool {
	for i := len(runes) - 1; i >= 0; i-- {
		if runes[i] < firstTag || runes[i] >= endOfTags {
			return runes[i] == blackFlag
		}
	}
	return false
}

// Fold makes words comparable: lower case, full-width letters and every dash as ASCII.
func Fold(word string) string {
	return strings.ToLower(strings.Map(foldRune, word))
}

func foldRune(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE58, r == 0xFE63:
		return '-'
	case r == 0x3000:
		return ' '
	}
	return r
}
