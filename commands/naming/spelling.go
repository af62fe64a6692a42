// Package naming turns what people type into the one thing that is meant: which names look alike, which one is nearest,
// and what a new name may be. It must not guess: the beginning of a name is a question.
package naming

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"casterbot/internal/op"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxName is the longest name of a new studio, in characters.
const MaxName = 64

// Fold is the form in which two spellings are one name: case, width, compatible forms, dashes and runs of space do not
// count.
func Fold(name string) string {
	text := norm.NFKC.String(cases.Fold().String(norm.NFKC.String(name)))
	return strings.Join(strings.Fields(op.Fold(text)), " ")
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
	}, name)
	return strings.Map(func(r rune) rune {
		if latin, ok := lookalikes[r]; ok {
			return latin
		}
		return r
	}, Fold(seen))
}

// deceptive reports a name that does not show what it is: it hides characters or mixes alphabets within a word.
func Deceptive(name string) bool {
	return hidden(name) >= 0 || slices.ContainsFunc(strings.Fields(norm.NFKC.String(name)), mixed)
}

func mixed(word string) bool {
	latin, other := false, false
	for _, r := range word {
		latin = latin || unicode.Is(unicode.Latin, r)
		other = other || unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian)
	}
	return latin && other
}

// hidden finds the first character that cannot be seen, or that reorders others; -1 when there is none.
func hidden(name string) int {
	return strings.IndexFunc(name, func(r rune) bool {
		odd := unicode.In(r, unicode.Co, unicode.Variation_Selector) || r == unicode.ReplacementChar
		return odd || op.Invisible(r) || unicode.IsSpace(r) && r != ' '
	})
}

// NewName checks what a new studio is to be called and gives it without space around it.
func NewName(typed string) (string, error) {
	name := strings.TrimSpace(typed)
	switch at := hidden(name); {
	case name == "":
		return "", NameRefusal(op.L("The new name is empty."))
	case utf8.RuneCountInString(name) > MaxName:
		return "", NameRefusal(op.L("The new name has ", op.N(utf8.RuneCountInString(name)),
			" characters, at most ", op.N(MaxName), " will do."))
	case at >= 0:
		r, _ := utf8.DecodeRuneInString(name[at:])
		return "", NameRefusal(op.L("The new name holds a character that cannot be seen, ",
			op.Code(fmt.Sprintf("⟨U+%04X⟩", r)), ": ",
			op.Code(op.Visible(name)), "."), op.L("Type it anew instead of pasting it."))
	case Deceptive(name):
		return "", NameRefusal(op.L("The new name ", op.B(name),
			" mixes alphabets within a word, so people could take it for another."),
			op.L("Type it anew instead of pasting it."))
	}
	return name, nil
}

func NameRefusal(title op.Line, lines ...op.Line) error {
	return op.Refuse(title, lines...).About("name")
}
