package naming

import (
	"regexp"
	"slices"
	"strings"

	"casterbot/internal/civiltime"
	"casterbot/internal/op"
)

// Several gives what words mean, each thing once: a name or an id, a name with stars, or everything. One name of
// several words, typed without quotes, is that one thing, unless each of its words is one as well. What means nothing
// refuses the whole.
func (n Noun) Several(whole string, words []string, all []Thing,
	find func(string) (Thing, error)) ([]op.Option, error) {
	if civiltime.Scheduled(whole) {
		one, err := find(whole)
		if err != nil {
			return nil, unscheduled(whole)
		}
		return []op.Option{{Label: one.Name, Value: one.ID}}, nil
	}
	var found []op.Option
	var failed error
	for _, word := range words {
		things, err := n.each(word, all, find)
		if err != nil && failed == nil {
			failed = err
		}
		for _, t := range things {
			if !slices.ContainsFunc(found, func(o op.Option) bool { return o.Value == t.ID }) {
				found = append(found, op.Option{Label: t.Name, Value: t.ID})
			}
		}
	}
	if whole == "" || len(words) < 2 || slices.ContainsFunc(words, Wide) {
		return found, n.none(failed)
	}
	one, err := find(whole)
	switch {
	case err == nil && failed == nil:
		return nil, n.oneOrSeveral(whole)
	case err == nil:
		return []op.Option{{Label: one.Name, Value: one.ID}}, nil
	}
	return found, n.none(failed)
}

// Wide reports a word that can mean more than one thing.
func Wide(word string) bool { return op.IsGlob(word) || op.Fold(word) == op.AllWord }

func (n Noun) oneOrSeveral(name string) *op.Refusal {
	return op.Refuse(op.L("This can mean the one ", n.one, " ", op.B(op.Visible(name)),
		" or several. Nothing was asked for."),
		op.L("Put the names in quotes."))
}

// none says that one wrong name refuses the whole.
func (n Noun) none(err error) error {
	refusal, ok := err.(*op.Refusal)
	if !ok {
		return err
	}
	whole := *refusal
	whole.Field = "" // a picker would stand for one of several names
	first := op.L("So nothing was asked for, of the others neither. A name of several words needs quotes.")
	whole.Answer.Lines = append([]op.Line{first}, refusal.Answer.Lines...) // its last line may lead to a list
	return &whole
}

// each gives what one word means. A star stands for a part of a name that people see; an id, in which any few letters
// stand, only where the word is written like a path.
func (n Noun) each(word string, all []Thing, find func(string) (Thing, error)) ([]Thing, error) {
	if !Wide(word) {
		t, err := find(word)
		return []Thing{t}, err
	}
	var found []Thing
	for _, t := range all {
		if op.Fold(word) == op.AllWord && Fold(t.Name) == op.AllWord {
			return nil, n.oneOrSeveral(t.Name)
		}
		if op.Fold(word) == op.AllWord || matches(word, t.Name) || strings.Contains(word, "/") && matches(word, t.ID) {
			found = append(found, t)
		}
	}
	if len(found) == 0 && op.Fold(word) == op.AllWord {
		return nil, op.Refuse(op.L("There are no ", n.many, " ", n.where, "."))
	}
	if len(found) == 0 {
		return nil, op.Refuse(op.L("No ", n.one, " ", n.where, " fits ", op.Code(op.Visible(word)), "."))
	}
	return found, nil
}

// matches holds a name against one with stars, each of which stands for any characters.
func matches(pattern, name string) bool {
	parts := strings.Split(Fold(pattern), "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	ok, err := regexp.MatchString("^"+strings.Join(parts, ".*")+"$", Fold(name))
	return ok && err == nil
}
