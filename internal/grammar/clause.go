package grammar

import (
	"cmp"
	"regexp"
	"strings"

	"casterbot/internal/civiltime"
	"casterbot/internal/op"
	"casterbot/internal/past"
)

// clauses are the placeholders that take several words of a command, by the rule that tells how many of the words at
// hand are theirs; none is 0. A name that stands before one of them needs no quotes: it goes on until the clause
// begins.
var clauses = map[string]func(vocabulary, []Token) int{
	"verb":   vocabulary.verbWords,
	"until":  func(_ vocabulary, words []Token) int { return max(untilWords(words), bareWords(words)) },
	"person": func(_ vocabulary, words []Token) int { return personWords(words) },
	which:    func(_ vocabulary, words []Token) int { return whichWords(words) },
}

// which is the placeholder that says which of the past is wanted. It is the last one, and takes all words behind it.
const which = "which"

// remainder is the placeholder that takes whatever is left.
const remainder = "why"

// gather joins the words that belong to one placeholder, so that there is one for each, an empty one where nothing
// was
// typed. Usages without such a placeholder are left as they are.
func (t vocabulary) gather(places []Placeholder, words []Token) []Token {
	if !clausal(places) {
		return words
	}
	var out []Token
	for i, place := range places {
		n := t.share(places[i:], words)
		if n < 0 {
			return append(out, words...)
		}
		one := Token{}
		if n > 0 {
			one = joined(words[:n])
		}
		if place.Name == "verb" {
			one.Text = cmp.Or(t.known(one.Text), one.Text) // words that name no command stay as they are
		}
		if place.Name == "person" && n == 2 {
			one = words[1]
		}
		out, words = append(out, one), words[n:]
	}
	return append(out, words...)
}

func clausal(places []Placeholder) bool {
	for _, place := range places {
		if clauses[place.Name] != nil || place.Name == remainder {
			return true
		}
	}
	return false
}

// share is how many of the words are the first placeholder's; -1 when that cannot be told without quotes.
func (t vocabulary) share(places []Placeholder, words []Token) int {
	name := places[0].Name
	switch {
	case len(words) == 0:
		return 0
	case asks(words[0]):
		return 1
	case clauses[name] != nil:
		return clauses[name](t, words)
	case name == remainder:
		return len(words)
	case words[0].Quoted:
		return 1
	}
	return t.nameWords(places[1:], words)
}

// nameWords is how far a name without quotes goes: to the next quote or clause. Without either everything is the name
// when only clauses and what may be left out follow; else each placeholder has one word.
func (t vocabulary) nameWords(after []Placeholder, words []Token) int {
	open := true
	for _, place := range after {
		open = open && place.Optional
	}
	for n := range words {
		if words[n].Quoted || asks(words[n]) || t.begins(after, words[n:]) && (n > 0 || !ofName(words)) {
			return n
		}
	}
	switch {
	case open:
		return len(words)
	case len(words) > len(after)+1:
		return -1
	}
	return 1
}

// ofName reports a length or a time that is the beginning of a name: "24h Newsroom".
func ofName(words []Token) bool {
	n := bareWords(words)
	return untilWords(words) == 0 && n > 0 && n < len(words)
}

// begins reports that the words begin with a clause of one of the placeholders.
func (t vocabulary) begins(places []Placeholder, words []Token) bool {
	for _, place := range places {
		if count := clauses[place.Name]; count != nil && count(t, words) > 0 {
			return true
		}
	}
	return false
}

func asks(t Token) bool { return !t.Quoted && op.Fold(t.Text) == op.Ask }

// joined is one text of several words, as they stood.
func joined(words []Token) Token {
	one := words[0]
	for _, w := range words[1:] {
		one.Text += w.gap + w.Text
	}
	return one
}

var personID = regexp.MustCompile(`^[UW][0-9A-Z]{2,}$`)

// untilWords counts the words of an end that says so: until 22:00, until 2026-11-23 01:30 UTC, for 90 minutes.
func untilWords(words []Token) int {
	if words[0].Quoted {
		text := strings.Fields(words[0].Text)
		if n := civiltime.Clause(text); n > 1 && n == len(text) {
			return 1
		}
		return 0
	}
	return civiltime.Clause(unquoted(words))
}

// bareWords counts the words of an end without "until" or "for": 23:30, 2h.
func bareWords(words []Token) int { return civiltime.Bare(unquoted(words)) }

// unquoted gives the words before the first quote.
func unquoted(words []Token) []string {
	var texts []string
	for _, w := range words {
		if w.Quoted {
			break
		}
		texts = append(texts, w.Text)
	}
	return texts
}

// timely refuses a reason that looks as if it were a part of the time, or a time that was not understood as one.
func timely(text, usage string, places []Placeholder, words []Token) error {
	args, why := op.Args{}, Token{}
	for i, place := range places {
		if i < len(words) {
			args[place.Name] = words[i].Text
			why = words[i]
		}
	}
	end, timed := args["until"]
	said := strings.Fields(args[remainder])
	looks := civiltime.Looks
	if end != "" {
		looks = civiltime.Goes
	}
	if !timed || len(said) == 0 || why.Quoted || !looks(said) {
		return nil
	}
	return op.Refuse(op.L("This looks like a time, but is not understood: ", op.Code(op.Visible(why.Text)),
		". Nothing was done."), spot(text, why.Start),
		op.L("Say ", op.Code("until 22:00"), ", ", op.Code("until 22:00 CET tomorrow"), " or ", op.Code("for 1h 30m"),
			", and put the reason in quotes.")).
		WithNext(op.Next{Label: "Choose…", Text: Format(usage, args, "until")})
}

// personWords counts the words of "for @somebody".
func personWords(words []Token) int {
	someone := func(t Token) bool {
		return t.Person != "" || personID.MatchString(t.Text) || !t.Quoted && len(t.Text) > 1 && t.Text[0] == '@'
	}
	switch {
	case someone(words[0]):
		return 1
	case !words[0].Quoted && op.Fold(words[0].Text) == "for" && len(words) > 1 && someone(words[1]):
		return 2
	}
	return 0
}

// whichWords counts the words that say which of the past is wanted: all, when the first ones do.
func whichWords(words []Token) int {
	if past.Begins(unquoted(words)) {
		return len(words)
	}
	return 0
}

// verbWords counts the words that name a command: "caster.restart", "restart", "scene start", "record stop".
func (t vocabulary) verbWords(words []Token) int {
	longest := 1
	for n := 2; n <= len(words) && n <= 4; n++ {
		if t.known(joined(words[:n]).Text) != "" {
			longest = n
		}
	}
	return longest
}

// known finds the verb of a command by its words, with or without its noun; a command that stands earlier in the
// table
// wins.
func (t vocabulary) known(typed string) string {
	words := strings.TrimPrefix(strings.Join(strings.Fields(op.Fold(typed)), " "), "/")
	for _, short := range []bool{false, true} {
		for _, c := range t.Commands {
			if t.named(c, words, short) {
				return c.Verb
			}
		}
	}
	return ""
}

func (t vocabulary) named(c op.Command, words string, short bool) bool {
	names := []string{c.Verb, strings.ReplaceAll(c.Verb, ".", " ")}
	for _, spelling := range append([]string{c.Usage}, c.Aliases...) {
		names = append(names, strings.Join(Words(spelling), " "))
	}
	for _, name := range names {
		_, bare, _ := strings.Cut(strings.ReplaceAll(name, ".", " "), " ")
		if short && bare != "" && bare == words || !short && name == words {
			return true
		}
	}
	return false
}
