package composer

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// table is one emoji a line: its code points, then the names that Slack gives it, the preferred one first. It is made
// from the package emoji-datasource 16.0.0 (https://github.com/iamcal/emoji-data, emoji.LICENSE), which is Slack's own.
//
//go:embed emoji.txt
var table string

// emoji are the two directions of the table.
type emoji struct {
	names  map[string]string // by the characters, those of a joined sequence without their variation selectors
	glyphs map[string]string // by every name
	begins map[rune]bool
	most   int // characters of the longest one
}

var known = readTable(table)

func readTable(lines string) emoji {
	e := emoji{names: map[string]string{}, glyphs: map[string]string{}, begins: map[rune]bool{}}
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		var glyph []rune
		for point := range strings.SplitSeq(words[0], "-") {
			n, err := strconv.ParseUint(point, 16, 32)
			if err != nil {
				panic(fmt.Sprintf("composer: emoji.txt: %v", err))
			}
			glyph = append(glyph, rune(n))
		}
		for _, name := range words[1:] {
			e.glyphs[name] = string(glyph)
		}
		e.names[bare(string(glyph))] = preferred(words[1:])
		e.begins[glyph[0]], e.most = true, max(e.most, len(glyph))
	}
	return e
}

// preferred is the name that Slack sends: the first one, but flag-de before de.
func preferred(names []string) string {
	for _, name := range names {
		if strings.HasPrefix(name, "flag-") {
			return name
		}
	}
	return names[0]
}

const (
	joiner   = "\u200d"
	selector = "\ufe0f"
)

// bare takes the variation selectors out of a joined sequence: some keyboards leave them out there. Alone a character
// without one is a sign, not an emoji, and stays what it is.
func bare(glyph string) string {
	if !strings.Contains(glyph, joiner) {
		return glyph
	}
	return strings.ReplaceAll(glyph, selector, "")
}

func tone(r rune) bool { return r >= 0x1F3FB && r <= 0x1F3FF }

// Codes writes a text as Slack hands it to an app: every emoji as its :code:, with the tones of its skin behind it.
// What Slack has no code for stays.
func Codes(text string) string {
	runes := []rune(text)
	var out strings.Builder
	for i := 0; i < len(runes); {
		if known.begins[runes[i]] {
			if code, n := known.longest(runes[i:]); n > 0 {
				out.WriteString(code)
				i += n
				continue
			}
		}
		out.WriteRune(runes[i])
		i++
	}
	return out.String()
}

// longest finds the longest emoji that begins here and says how many characters it has.
func (e emoji) longest(runes []rune) (code string, n int) {
	const tones = 2 // at most that many people with one each
	for n = min(len(runes), e.most+tones); n > 0; n-- {
		if n < len(runes) && tone(runes[n]) {
			continue
		}
		if name := e.names[bare(string(runes[:n]))]; name != "" {
			return ":" + name + ":", n
		}
		plain, tones := untoned(runes[:n])
		for _, glyph := range []string{plain, plain + selector} {
			if name := e.names[bare(glyph)]; name != "" && tones != "" {
				return ":" + name + ":" + tones, n
			}
		}
	}
	return "", 0
}

// untoned parts an emoji from the tones of its skin: 👋🏽 is wave with ":skin-tone-4:".
func untoned(runes []rune) (plain, tones string) {
	var out []rune
	var found []string
	for _, r := range runes {
		if tone(r) {
			found = append(found, strconv.Itoa(int(r-0x1F3FB)+2))
		} else {
			out = append(out, r)
		}
	}
	if len(found) == 0 {
		return string(out), ""
	}
	if len(found) == 2 && found[0] == found[1] {
		found = found[:1]
	}
	return string(out), ":skin-tone-" + strings.Join(found, "-") + ":"
}

// points are the code points of an emoji as Slack writes them: 2764-fe0f.
func points(glyph string) string {
	var out []string
	for _, r := range glyph {
		out = append(out, fmt.Sprintf("%04x", r))
	}
	return strings.Join(out, "-")
}

// Glyphs are all emoji by all of their names, for who draws them.
func Glyphs() map[string]string { return known.glyphs }
