package grammar

import (
	"slices"
	"strings"
	"unicode"

	"casterbot/internal/civiltime"
	"casterbot/internal/op"
	"casterbot/internal/past"
)

// Format writes a command so that Parse reads the same arguments again. Ask stands in the place of those that are
// wanted, and of those that are not there when a later one is.
func Format(usage string, args op.Args, wanted ...string) string {
	words := slices.Clone(Words(usage))
	written := len(words)
	for _, place := range Placeholders(usage) {
		value, asked := args[place.Name], slices.Contains(wanted, place.Name)
		if place.Name == which { // it stands without quotes, and behind no question
			words = append(words[:written], strings.Fields(escaper.Replace(op.Visible(value)))...)
			return strings.Join(words, " ")
		}
		if asked {
			value = ""
		}
		if !named[place.Name] { // what hides is refused there, and a reason may hold the name of a thing
			value = op.Visible(value)
		}
		if place.Name == "until" {
			value = civiltime.Spelled(value)
		}
		if words = append(words, quoteIn(usage, value)); asked || value != "" {
			written = len(words)
		}
	}
	return strings.Join(words[:written], " ")
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// quoteIn quotes what would be taken for a time where one may stand, or for what of the past is wanted.
func quoteIn(usage, arg string) string {
	one := []string{arg}
	time := strings.Contains(usage, "{until") &&
		(civiltime.Clause(one)+civiltime.Bare(one) > 0 || civiltime.Goes(one))
	if !time && !(strings.Contains(usage, "{"+which) && past.Begins(one)) {
		return quote(arg)
	}
	return `"` + strings.Trim(quote(arg), `"`) + `"`
}

func quote(arg string) string {
	if arg == "" {
		return op.Ask
	}
	plain := op.Fold(arg) != op.Ask && !strings.ContainsFunc(arg, func(r rune) bool {
		_, isQuote := quotes[r]
		return isQuote || r == '\\' || unicode.IsSpace(r)
	})
	if plain {
		return escaper.Replace(arg)
	}
	var b strings.Builder
	for _, r := range arg {
		if quotes[r] == '"' || r == '\\' {
			b.WriteRune('\\')
		}
		b.WriteRune(r)
	}
	return `"` + escaper.Replace(b.String()) + `"`
}
