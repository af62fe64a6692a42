// Package grammar is what people type: words, quotes and clauses to a command and its arguments, and back. What Format
// writes, Parse reads as the same; what it does not understand it refuses with the nearest right command, and it
// guesses nothing.
package grammar

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"casterbot/internal/emoji"
	"casterbot/internal/op"
)

// Parsed is a command as it was understood.
type Parsed struct {
	Command op.Command
	Args    op.Args
	Several []string  // targets as typed, where a command that takes several was given more than one name
	Others  []op.Args // what words without quotes could mean instead, where there are things of these names
	Bare    bool      // words that are no clause stand where no name was understood
	Filled  string    // placeholder that has its default
	Unfit   error     // why the words fit no usage, if none of Others holds
	Missing []string  // required placeholders without an argument
	Asks    bool      // a question mark stands for an argument: ask, do not fill in a default
	Help    bool      // somebody asks for help with Noun, and with Topic if there is one
	Noun    string
	Topic   string
}

// Placeholder is one argument of a usage.
type Placeholder struct {
	Name     string
	Optional bool
}

// Words gives the fixed words of a usage: "caster scene start".
func Words(usage string) []string {
	fields := strings.Fields(usage)
	for i, f := range fields {
		if strings.HasPrefix(f, "{") {
			return fields[:i]
		}
	}
	return fields
}

// Placeholders gives the arguments of a usage in order.
func Placeholders(usage string) []Placeholder {
	var list []Placeholder
	for _, f := range strings.Fields(usage) {
		if name, ok := strings.CutPrefix(f, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			bare, optional := strings.CutSuffix(name, "?")
			list = append(list, Placeholder{Name: bare, Optional: optional})
		}
	}
	return list
}

// vocabulary is what can be typed.
type vocabulary struct{ op.Table }

// Parse understands a command, noun first. What it does not understand it refuses, with the nearest right command.
func Parse(all op.Table, text string) (Parsed, error) {
	t := vocabulary{all}
	tokens, err := Scan(text)
	if err != nil {
		return Parsed{}, err
	}
	words := make([]string, len(tokens))
	for i, token := range tokens {
		words[i] = op.Fold(token.Text)
	}
	if p, ok := t.help(words); ok && utf8.RuneCountInString(text) <= MaxText {
		return p, nil
	}
	command, usage, n := t.match(words)
	if size := utf8.RuneCountInString(text); size > MaxText && (command.Many == nil || len(tokens)-n > op.MostAtOnce) {
		return Parsed{}, tooLong(size)
	}
	if n == 0 {
		return Parsed{}, cmp.Or(concealed(text, joined(tokens)), t.unknown(words))
	}
	p, err := t.fitted(text, command, usage, tokens[n:])
	if p.Others = t.others(usage, tokens[n:]); len(p.Others) == 1 && err == nil && maps.Equal(p.Others[0], p.Args) {
		p.Others = nil
	}
	p.Command = command
	return p, err
}

// fitted is the first reading: words that begin a clause belong to it.
func (t vocabulary) fitted(text string, c op.Command, usage string, words []Token) (Parsed, error) {
	places := Placeholders(usage)
	rest := t.gather(places, words)
	if err := timely(text, usage, places, rest); err != nil {
		return Parsed{}, err
	}
	p, err := fit(text, c, usage, rest)
	p.Bare = len(rest) == len(places) && clausal(places) && rest[0].Text == "" && p.Args[remainder] != "" &&
		!rest[len(rest)-1].Quoted
	return p, err
}

func (t vocabulary) help(words []string) (Parsed, bool) {
	if len(words) == 0 {
		return Parsed{Help: true}, true
	}
	if words[0] == "help" {
		return Parsed{Help: true, Topic: strings.Join(words[1:], " ")}, true
	}
	if !slices.Contains(t.nouns(), words[0]) {
		return Parsed{}, false
	}
	if len(words) == 1 {
		return Parsed{Help: true, Noun: words[0]}, true
	}
	if words[1] == "help" || words[1] == "-h" || words[1] == "--help" {
		return Parsed{Help: true, Noun: words[0], Topic: strings.Join(words[2:], " ")}, true
	}
	return Parsed{}, false
}

func (t vocabulary) nouns() []string {
	var nouns []string
	for _, c := range t.Commands {
		if noun := Words(c.Usage)[0]; !slices.Contains(nouns, noun) {
			nouns = append(nouns, noun)
		}
	}
	return nouns
}

// match finds the command whose fixed words are the longest beginning of what was typed; the number tells how many.
func (t vocabulary) match(words []string) (op.Command, string, int) {
	var best op.Command
	usage, length := "", 0
	for _, c := range t.Commands {
		for _, spelling := range append([]string{c.Usage}, c.Aliases...) {
			fixed := Words(spelling)
			if len(fixed) > length && len(words) >= len(fixed) && slices.Equal(fixed, words[:len(fixed)]) {
				best, usage, length = c, spelling, len(fixed)
			}
		}
	}
	return best, usage, length
}

// fit gives the arguments their places. Several words for one place are one name; for more places they need quotes.
func fit(text string, c op.Command, usage string, rest []Token) (Parsed, error) {
	places := Placeholders(usage)
	p := Parsed{Command: c, Args: op.Args{}}
	p.Several = p.severalWords(rest)
	if len(p.Several) > 1 && slices.ContainsFunc(rest, func(t Token) bool { return t.Quoted }) {
		return p, literal(text, rest)
	}
	if len(rest) > len(places) {
		joined, err := join(text, usage, places, rest)
		if err != nil {
			return p, err
		}
		rest = joined
	}
	for i, place := range places {
		typed := i < len(rest)
		asks := typed && asks(rest[i])
		if typed && !named[place.Name] {
			if refusal := concealed(text, rest[i]); refusal != nil {
				return p, refusal
			}
		}
		switch {
		case typed && !asks && rest[i].Text != "":
			p.Args[place.Name] = meant(place.Name, rest[i].Text)
		case asks || !place.Optional:
			p.Missing = append(p.Missing, place.Name)
			p.Asks = p.Asks || asks
		}
	}
	return p, nil
}

// meant is the text of an argument: with the emoji in place of their codes, but for a name, which may hold a code.
func meant(place, typed string) string {
	if named[place] {
		return typed
	}
	return emoji.Decode(typed)
}

func join(text, usage string, places []Placeholder, rest []Token) ([]Token, error) {
	quoted := slices.ContainsFunc(rest, func(t Token) bool { return t.Quoted })
	if len(places) == 1 && !quoted {
		return []Token{joined(rest)}, nil
	}
	if last := len(places) - 1; last > 0 && len(unquoted(rest[last:])) == len(rest[last:]) &&
		!slices.ContainsFunc(rest[:last], Token.loose) {
		return append(slices.Clone(rest[:last]), joined(rest[last:])), nil
	}
	refusal := op.Refuse(op.L("There is more here than ", op.Code("/"+op.Readable(usage)), " takes."),
		spot(text, rest[len(places)].Start))
	if len(places) > 1 {
		refusal.Answer.Lines = append(refusal.Answer.Lines,
			op.L("Put names of more than one word in quotes: ", op.Code(example(usage))))
		return nil, refusal.WithNext(op.Next{Label: "Choose…",
			Text: strings.Join(Words(usage), " ") + strings.Repeat(" "+op.Ask, len(places))})
	}
	return nil, refusal
}

// examples are sample arguments by placeholder, for hints.
var examples = map[string]string{"caster": `"Evening News"`, "scene": `"Preview 1"`, "stream": "main",
	"name": `"Evening News 47"`, "text": "evening", "page": "2"}

func example(usage string) string {
	words := Words(usage)
	for _, p := range Placeholders(usage) {
		words = append(slices.Clone(words), examples[p.Name])
	}
	return "/" + strings.Join(words, " ")
}
