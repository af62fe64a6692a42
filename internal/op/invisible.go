package op

import "unicode"

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
