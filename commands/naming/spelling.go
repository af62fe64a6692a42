// Package naming turns what people type into the one thing that is meant: which names look alike, which one is
// nearest, and what a new name may be. It must not guess: the beginning of a name is a question.
package naming

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"casterbot/internal/emoji"
	"casterbot/internal/op"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxName is the longest name of a new studio, in characters.
const MaxName = 64

// Fold is the form in which two spellings are one name: case, width, compatible forms, dashes and runs of space do
// not count, nor which kind of quotes there is, or whether around all of it, which a typed command loses; nor whether
// an
// emoji is there itself or as the code that Slack makes of it.
func Fold(name string) string {
	name = alike.Replace(emoji.Decode(name))
	text := norm.NFKC.String(cases.Fold().String(norm.NFKC.String(name)))
	text = strings.Join(strings.Fields(op.Fold(text)), " ")
	for strings.Contains(text, "--") { // of two hyphens a phone makes one dash
		text = strings.ReplaceAll(text, "--", "-")
	}
	if n := len(text); n > 2 && strings.Contains(`"'`, text[:1]) && text[n-1] == text[0] {
		return text[1 : n-1]
	}
	return text
}

// alike takes the variation selectors out of emoji, and puts typewriter quotes in place of the others.
var alike = strings.NewReplacer("\ufe0e", "", "\ufe0f", "", "“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«",
	`"`, "»", `"`,
	"「", `"`, "」", `"`, "『", `"`, "』", `"`, "＂", `"`, "‘", "'", "’", "'", "‚", "'", "‛", "'", "‹",
	"'", "›", "'", "＇", "'", "`", "'")

// Folds are the forms in which a name is looked for: as it is written, without its accents, and as it looks.
var Folds = []func(string) string{Fold, bare, Skeleton}

// bare is a name without accents, as people type it who lack the key.
func bare(name string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(Fold(name))))
}

// lookalikes maps letters of other alphabets, and digits, to the Latin letter that they are mistaken for, after
// folding.
var lookalikes = map[rune]rune{
	'а': 'a', 'в': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'ё': 'e', 'һ': 'h', 'н': 'h', 'і': 'i', 'ї': 'i',
	'ј': 'j', 'к': 'k',
	'ӏ': 'l', 'м': 'm', 'о': 'o', 'р': 'p', 'ԛ': 'q', 'ѕ': 's', 'т': 't', 'у': 'y', 'ү': 'y', 'ѵ': 'v',
	'ԝ': 'w', 'х': 'x',
	'α': 'a', 'β': 'b', 'ε': 'e', 'η': 'h', 'ι': 'i', 'κ': 'k', 'μ': 'm', 'ν': 'v', 'ο': 'o', 'ρ': 'p',
	'τ': 't', 'υ': 'u',
	'χ': 'x', 'ζ': 'z', 'ı': 'i', 'ɑ': 'a', 'ɡ': 'g', 'օ': 'o', 'ո': 'n', 'ս': 'u', '0': 'o', '1': 'l', '|': 'l',
}

// Skeleton is equal for names that the eye may take for one another.
func Skeleton(name string) string {
	seen := strings.Map(func(r rune) rune {
		if op.Unprintable(r) || unicode.Is(unicode.Variation_Selector, r) {
			return -1
		}
		return r
	}, emoji.Decode(name))
	return strings.Map(func(r rune) rune {
		if latin, ok := lookalikes[r]; ok {
			return latin
		}
		return r
	}, Fold(seen))
}

// Deceptive reports a name that does not show what it is: it hides characters or mixes alphabets within a word.
func Deceptive(name string) bool { return hidden(name) >= 0 || mixes(name) }

// mixes reports a word of letters out of alphabets that are taken for one another. "Новости-HD" has two words.
func mixes(name string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(norm.NFKC.String(name), between), mixed)
}

// between reports what stands between words.
func between(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) }

func mixed(word string) bool {
	latin, other := false, false
	for _, r := range word {
		latin = latin || unicode.Is(unicode.Latin, r)
		other = other || unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian)
	}
	return latin && other
}

// hidden finds the first character that cannot be seen, that reorders others, or that no font has, in runes; -1 when
// there is none.
func hidden(name string) int {
	at := op.Hidden(name)
	if at >= 0 {
		return at
	}
	return slices.IndexFunc([]rune(name), func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Co, r) })
}

// NewName checks what a new studio is to be called and gives it as it is sent: without space around it, with plain
// spaces inside, and with the emoji themselves in place of their codes.
func NewName(typed string) (string, error) {
	name := strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) {
			return ' '
		}
		return r
	}, emoji.Decode(typed)))
	switch at := hidden(name); {
	case name == "":
		return "", NameRefusal(op.L("The new name is empty."))
	case utf8.RuneCountInString(name) > MaxName:
		return "", NameRefusal(op.L("The new name has ", op.N(utf8.RuneCountInString(name)),
			" characters, at most ", op.N(MaxName), " will do."))
	case at >= 0:
		return "", NameRefusal(op.L("The new name holds a character that cannot be seen, ",
			op.Code(fmt.Sprintf("⟨U+%04X⟩", []rune(name)[at])), ": ",
			op.Code(op.Visible(name)), "."), op.L("Type it anew instead of pasting it."))
	case mixes(name):
		return "", NameRefusal(op.L("The new name ", op.B(name),
			" mixes alphabets within a word, so people could take it for another."),
			op.L("Type it anew instead of pasting it."))
	}
	return name, nil
}

func NameRefusal(title op.Line, lines ...op.Line) error {
	return op.Refuse(title, lines...).About("name")
}
