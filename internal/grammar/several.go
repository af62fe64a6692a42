package grammar

import (
	"slices"
	"strings"

	"casterbot/internal/op"
)

// severalWords are the targets of a command that takes several, as typed: more than one, a glob or AllWord. It is empty
// for a command with one target.
func (p Parsed) severalWords(rest []Token) []string {
	if p.Command.Many == nil || slices.ContainsFunc(rest, asks) {
		return nil
	}
	words := make([]string, 0, len(rest))
	for _, t := range rest {
		text := t.Text
		if bare := strings.TrimRight(text, ",;"); len(rest) > 1 && !t.Quoted && bare != "" {
			text = bare
		}
		words = append(words, text)
	}
	if len(rest) == 1 && (rest[0].Quoted || !op.IsGlob(words[0]) && op.Fold(words[0]) != op.AllWord) {
		return nil
	}
	return words
}

// literal refuses a quoted word among several that would be taken for more than it says: alone, in quotes, it is a
// name.
func literal(text string, words []Token) error {
	for _, t := range words {
		if t.Quoted && op.Fold(t.Text) == op.AllWord {
			return op.Refuse(op.L(
				"Among several it cannot be told whether this is a name or stands for everything. Nothing was asked for."),
				spot(text, t.Start), op.L("Ask for it on its own, in quotes, or give its id."))
		}
	}
	return nil
}

// FormatSeveral writes a command with several targets so that Parse reads the same ones again.
func FormatSeveral(usage string, targets []string) string {
	return strings.Join(append(Words(usage), quoted(targets)...), " ")
}

// SplitSeveral reads the targets that FormatSeveral writes behind the words of a usage.
func SplitSeveral(text string) []string {
	tokens, err := Scan(text)
	if err != nil {
		return nil
	}
	words := make([]string, 0, len(tokens))
	for _, t := range tokens {
		words = append(words, t.Text)
	}
	return words
}

// Join writes targets behind each other, so that SplitSeveral reads the same ones again.
func Join(targets []string) string { return strings.Join(quoted(targets), " ") }

func quoted(targets []string) []string {
	words := make([]string, len(targets))
	for i, target := range targets {
		words[i] = quote(target)
	}
	return words
}
