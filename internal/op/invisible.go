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

// Invisible reports characters that cannot be seen, or that turn the order of others around: controls, zero-width ones,
// bidirectional marks, fillers, tags. Variation selectors are none: emoji are made with them.
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

// Visible writes invisible characters as ⟨U+202E⟩, so that nobody is shown another order than the true one.
func Visible(text string) string { return visible([]rune(text)) }

func visible(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		if Unprintable(r) {
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
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
