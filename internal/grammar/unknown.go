package grammar

import (
	"slices"
	"strings"

	"casterbot/internal/op"
)

// synonyms are words that people use for commands that are called otherwise, with the first words of what is meant.
var synonyms = map[string][]string{
	"back": {"caster take"}, "cut": {"caster take"}, "switch": {"caster take"}, "program": {"caster take"},
	"list": {"caster list", "record status"}, "ls": {"caster list", "record status"}, "studios": {"caster list"},
	"streams": {"record status"}, "recordings": {"record files"}, "file": {"record files"},
	"status": {"caster show", "record status"}, "state": {"caster show", "record status"}, "info": {"caster show"},
	"slate": {"caster standby"}, "emergency": {"caster standby"}, "urgent": {"caster standby"},
	"black": {"caster standby"}, "panic": {"caster standby"}, "on": {"caster start"}, "live": {"caster start"},
	"off": {"caster stop"}, "end": {"caster stop", "record finish"}, "reload": {"caster restart"},
	"reboot": {"caster restart"}, "clone": {"caster copy"}, "duplicate": {"caster copy"}, "new": {"caster copy"},
	"create": {"caster copy"}, "add": {"caster copy"}, "open": {"caster scene start"}, "close": {"caster scene stop"},
	"preview": {"caster scene start"}, "scenes": {"caster show"}, "reserve": {"caster lock"}, "hold": {"caster lock"},
	"free": {"caster unlock"}, "release": {"caster unlock"}, "steal": {"caster break"}, "log": {"caster history"},
	"split": {"record restart"}, "continue": {"record start"}, "record": {"record start"}, "save": {"record finish"},
	"close_file": {"record finish"}, "halt": {"record stop"}, "rights": {"caster who"}, "can": {"caster why"},
}

// unknown says which command was probably meant.
func (t vocabulary) unknown(words []string) *op.Refusal {
	typed := strings.Join(words, " ")
	noun, said := words[0], "/"+clamp(typed, 60)
	if !slices.Contains(t.nouns(), noun) { // so it was typed behind a mention, where no slash stands
		noun, said = t.nouns()[0], clamp(typed, 60)
	}
	refusal := op.Refuse(op.L("There is no command ", op.Code(said), "."))
	if probably := t.probably(words); len(probably) > 0 {
		refusal.Answer.Lines = []op.Line{either(probably)}
	} else if near := t.beginning(words); len(near) > 0 {
		refusal.Answer.Lines = []op.Line{op.L("There is ", near, ".")}
	}
	refusal.Answer.Lines = append(refusal.Answer.Lines, op.L(op.Code("/"+noun+" help"), " shows what you can do here."))
	return refusal
}

// either asks which of one or two commands is meant.
func either(spellings []string) op.Line {
	if len(spellings) == 1 {
		return op.L("Did you mean ", op.Code("/"+spellings[0]), "?")
	}
	return op.L("Did you mean ", op.Code("/"+spellings[0]), " or ", op.Code("/"+spellings[1]), "?")
}

// probably gives the commands that words stand for: those of these very words without their noun or with another one,
// those that the first of them is another word for, and the one that is spelt nearly so.
func (t vocabulary) probably(words []string) []string {
	noun, rest := "", words
	if slices.Contains(t.nouns(), words[0]) {
		noun, rest = words[0], words[1:]
	}
	other, same := t.synonym(noun, rest), t.called(rest)
	switch {
	case noun != "" && len(other) > 0 && Words(other[0])[0] == noun:
		return append(other, same...)
	case len(same) > 0:
		return same
	case len(other) > 0:
		return other
	}
	if near, distance := t.nearest(words); distance <= 2 {
		return []string{near}
	}
	return nil
}

// called gives the commands of these words, whatever their noun.
func (t vocabulary) called(words []string) []string {
	var same []string
	longest := 0
	for _, c := range t.Commands {
		for _, spelling := range append([]string{c.Usage}, c.Aliases...) {
			bare := Words(spelling)[1:]
			n := len(bare)
			if len(words) < n || n < longest || !slices.Equal(bare, words[:n]) {
				continue
			}
			if n > longest {
				same, longest = nil, n
			}
			same = append(same, spelling)
		}
	}
	return same
}

// synonym gives the commands that the first of some words is another name for, those of the noun if there are any.
func (t vocabulary) synonym(noun string, words []string) []string {
	var all, own []string
	for _, name := range synonyms[append(slices.Clone(words), "")[0]] {
		for _, c := range t.Commands {
			if strings.Join(Words(c.Usage), " ") != name {
				continue
			}
			if all = append(all, c.Usage); Words(c.Usage)[0] == noun {
				own = append(own, c.Usage)
			}
		}
	}
	if len(own) > 0 {
		return own
	}
	return all
}

// nearest gives the spelling with the fewest edits; without a noun, that of a command without its noun.
func (t vocabulary) nearest(words []string) (string, int) {
	var spellings []string
	for _, c := range t.Commands {
		spellings = append(append(spellings, c.Usage), c.Aliases...)
	}
	edits := func(fixed []string) int {
		return op.Distance(strings.Join(words[:min(len(words), len(fixed))], " "), strings.Join(fixed, " "))
	}
	return op.Nearest(spellings, func(spelling string) int {
		fixed := Words(spelling)
		if slices.Contains(t.nouns(), words[0]) {
			return edits(fixed)
		}
		bare := edits(fixed[1:])
		if len(words[0]) <= 4 { // nearly everything is near to a short word
			bare++
		}
		return min(edits(fixed), bare)
	})
}

// beginning names the commands that share the most first words with what was typed.
func (t vocabulary) beginning(words []string) op.Line {
	most, near := 0, op.Line(nil)
	for _, c := range t.Commands {
		fixed := Words(c.Usage)
		n := 0
		for n < min(len(fixed), len(words)) && fixed[n] == words[n] {
			n++
		}
		switch {
		case n > most:
			most, near = n, op.L(op.Code("/"+strings.Join(fixed, " ")))
		case n == most && n > 0:
			near = op.L(near, ", ", op.Code("/"+strings.Join(fixed, " ")))
		}
	}
	return near
}

func clamp(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
