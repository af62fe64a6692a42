package browse

import (
	"cmp"
	"slices"
	"strings"

	"casterbot/internal/op"
)

// How well a text fits what can be picked, best first. An option that is chosen by Enter is the first: what people
// read
// as its name counts before how it stands, and that before its id.
const (
	isName     = iota
	beginsName // the name goes on behind it
	wholeWords // each of its words is one of the name
	beginWords // each begins a word of the name
	inName     // each stands in the name
	inNote     // some are about how it stands
	inID       // some are of the id
	looksLike  // the name begins with what looks like it
	fitsNot
)

// idPart is how long a part of an id has to be to count.
const idPart = 8

// fit says how well a text fits an option.
func (a argument) fit(o op.Option, text string) int {
	folds := a.kind.Folds
	if len(folds) == 0 {
		folds = []func(string) string{op.Fold}
	}
	fold := folds[0]
	name, typed := fold(o.Label), fold(text)
	switch {
	case typed == name || text == o.Value:
		return isName
	case strings.HasPrefix(name, typed):
		return beginsName
	}
	worst := wholeWords
	for _, word := range strings.Fields(typed) {
		worst = max(worst, fitWord(word, name, fold(o.Line().Plain()), strings.ToLower(o.Value)))
	}
	if worst < fitsNot {
		return worst
	}
	for _, wider := range folds[1:] {
		if strings.HasPrefix(wider(o.Label), wider(text)) || !strings.ContainsAny(text, digits) && begin(wider(o.Label),
			wider(text)) {
			return looksLike
		}
	}
	return fitsNot
}

// digits look like letters, which nobody means who types them.
const digits = "01|"

// begin reports that each word of a text begins one of a name.
func begin(name, text string) bool {
	for _, word := range strings.Fields(text) {
		if fitWord(word, name, "", "") > beginWords {
			return false
		}
	}
	return true
}

// near reports that a text is the name of an option, or its beginning, or looks like it.
func (a argument) near(options []op.Option, text string) bool {
	return slices.ContainsFunc(options, func(o op.Option) bool {
		fit := a.fit(o, text)
		return fit <= beginsName || fit == looksLike
	})
}

// fitWord says how well one word fits a name, the name with how it stands, and an id.
func fitWord(word, name, line, id string) int {
	words := strings.Fields(name)
	switch {
	case slices.Contains(words, word):
		return wholeWords
	case slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, word) }):
		return beginWords
	case strings.Contains(name, word):
		return inName
	case strings.Contains(line, word):
		return inNote
	case partOfID(word, id):
		return inID
	}
	return fitsNot
}

// partOfID reports a whole id, or enough of it that nobody types it by chance. A path has parts that are names.
func partOfID(word, id string) bool {
	return word == id || len(word) >= idPart && strings.Contains(id, word) ||
		slices.Contains(strings.Split(id, "/"), word)
}

// fitting gives those options that a text fits, best first; those that it fits alike stay in their order.
func (a argument) fitting(options []op.Option, text string) []op.Option {
	type ranked struct {
		op.Option
		fit int
	}
	var list []ranked
	for _, o := range options {
		if fit := a.fit(o, text); fit < fitsNot {
			list = append(list, ranked{o, fit})
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(a.fit, b.fit) })
	found := make([]op.Option, len(list))
	for i, o := range list {
		found[i] = o.Option
	}
	return found
}
