package grammar

import (
	"strings"

	"casterbot/internal/op"
)

// mostReadings is how many words without quotes are tried as one name.
const mostReadings = 16

// others are the other readings of words without quotes: with a longer or a shorter name in the first place, and with
// no name there, where the second place has one. Which of them holds is for those who know the names to say. Where
// the first reading takes no word for a name, or the words need no reading, there is none.
func (t vocabulary) others(usage string, words []Token) []op.Args {
	places := Placeholders(usage)
	if len(places) < 2 || !named[places[0].Name] || len(words) == 0 || words[0].Quoted || isID(words[0].Text) {
		return nil
	}
	loose := 0
	for loose < min(len(words), mostReadings) && words[loose].loose() {
		loose++
	}
	var all []op.Args
	for n := loose; n > 0; n-- {
		if args, ok := t.reading(usage, places, words[:n], words[n:]); ok {
			all = append(all, args)
		}
	}
	if named[places[1].Name] && loose == len(words) {
		all = append(all, op.Args{places[1].Name: joined(words).Text})
	}
	return all
}

// loose reports a word that may be one of a longer name.
func (t Token) loose() bool { return !t.Quoted && t.Person == "" && !asks(t) }

// isID reports what is written like the id of a studio or the path of a stream.
func isID(word string) bool {
	return strings.Contains(word, "/") || len(word) >= 16 && strings.ContainsAny(word, "0123456789")
}

// reading is what words mean when the first of them are a name.
func (t vocabulary) reading(usage string, places []Placeholder, name, words []Token) (op.Args, bool) {
	rest := words
	if clausal(places) {
		rest = t.gather(places[1:], words)
	} else if len(words) > 0 && len(places) == 2 && len(unquoted(words)) == len(words) {
		rest = []Token{joined(words)}
	}
	if len(rest) > len(places)-1 || timely("", usage, places[1:], rest) != nil {
		return nil, false
	}
	args := op.Args{places[0].Name: joined(name).Text}
	for i, one := range rest {
		if one.Text != "" {
			args[places[i+1].Name] = meant(places[i+1].Name, one.Text)
		}
	}
	return args, true
}

// Without gives the required places of a usage that have no argument.
func Without(usage string, args op.Args) []string {
	var missing []string
	for _, place := range Placeholders(usage) {
		if !place.Optional && args[place.Name] == "" {
			missing = append(missing, place.Name)
		}
	}
	return missing
}
