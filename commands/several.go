package commands

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"casterbot/commands/naming"
	"casterbot/internal/op"
)

// several are the commands that may be given several targets, by usage, with the words of their cards.
var several = map[string]op.Several{
	"record start {stream}": {
		Of: "stream", Title: [2]op.Text{"Start recording of ", " streams"}, Button: "Start {} recordings",
		Done: "Recording started on ", Next: "record stop {stream}", Label: "Pause {} recordings", One: "Pause recording",
	},
	"record stop {stream}": {
		Of: "stream", Title: [2]op.Text{"Pause recording of ", " streams"}, Button: "Pause {} recordings",
		Done: "Recording paused on ", Next: "record start {stream}", Label: "Resume {} recordings", One: "Resume",
	},
	"record restart {stream}": {
		Of: "stream", Title: [2]op.Text{"Start over recording of ", " streams"}, Button: "Cut and write {} files",
		Done: "Recording started over on ", Next: "record stop {stream}", Label: "Pause {} recordings",
		One: "Pause recording",
	},
	"record finish {stream}": {
		Of: "stream", Title: [2]op.Text{"Write the files of ", " streams"}, Button: "Write {} files now",
		Done: "The file is being written for ",
	},
	startUsage: {
		Of: "caster", Title: [2]op.Text{"Start ", " studios"}, Button: "Start {} studios",
		Done: "On air now: ", Next: stopUsage, Label: "Stop {} studios", One: "Stop studio",
	},
	stopUsage: {
		Of: "caster", Title: [2]op.Text{"Stop ", " studios"}, Button: "Stop {} studios",
		Done: "Off air now: ", Next: startUsage, Label: "Start {} studios", One: "Start studio",
	},
}

// severalExamples are several targets as typed, by placeholder.
var severalExamples = map[string][]string{
	"stream": {"main backup", "cam*", "all"},
	"caster": {`"Evening News" "Evening Sports"`, "Evening*"},
}

// forSeveral lets a command be given several targets, if it is one of those.
func forSeveral(c op.Command) op.Command {
	words, ok := several[c.Usage]
	if !ok {
		return c
	}
	c.Many = &words
	typed := strings.Join(op.Words(c.Usage), " ")
	for _, targets := range severalExamples[words.Of] {
		c.Examples = append(c.Examples, typed+" "+targets)
	}
	return c
}

// expandStudios gives the studios that several words mean.
func (s table) expandStudios(ctx context.Context, call op.Call, words []string) ([]op.Option, error) {
	all, err := s.studios(ctx, call.Scope)
	if err != nil {
		return nil, err
	}
	things := studioThings(all)
	return studios.several(call.Args[studios.field], words, things, func(word string) (thing, error) {
		i, err := studios.find(word, things)
		if err != nil {
			return thing{}, err
		}
		return things[i], nil
	})
}

// expandStreams gives the streams that several words mean.
func (s table) expandStreams(ctx context.Context, call op.Call, words []string) ([]op.Option, error) {
	var things []thing
	if slices.ContainsFunc(words, wide) {
		all, err := s.streams(ctx, call.Scope)
		if err != nil {
			return nil, err
		}
		things = mapped(all, target.thing)
	}
	return streams.several(call.Args[streams.field], words, things, func(word string) (thing, error) {
		one := call
		one.Args = op.Args{streams.field: word}
		t, err := s.stream(ctx, one)
		return t.thing(), err
	})
}

// wide reports a word that can mean more than one thing.
func wide(word string) bool { return op.IsGlob(word) || op.Fold(word) == op.AllWord }

// several gives what words mean, each thing once: a name or an id, a name with stars, or everything. One name of
// several words, typed without quotes, is that one thing, unless each of its words is one as well. What means nothing
// refuses the whole.
func (n noun) several(whole string, words []string, all []thing,
	find func(string) (thing, error)) ([]op.Option, error) {
	var found []op.Option
	var failed error
	for _, word := range words {
		things, err := n.each(word, all, find)
		if err != nil && failed == nil {
			failed = err
		}
		for _, t := range things {
			if !slices.ContainsFunc(found, func(o op.Option) bool { return o.Value == t.id }) {
				found = append(found, op.Option{Label: t.name, Value: t.id})
			}
		}
	}
	if whole == "" || len(words) < 2 || slices.ContainsFunc(words, wide) {
		return found, n.none(failed)
	}
	one, err := find(whole)
	switch {
	case err == nil && failed == nil:
		return nil, n.oneOrSeveral(whole)
	case err == nil:
		return []op.Option{{Label: one.name, Value: one.id}}, nil
	}
	return found, n.none(failed)
}

func (n noun) oneOrSeveral(name string) *op.Refusal {
	return op.Refuse(op.L("This can mean the one ", n.one, " ", op.B(op.Visible(name)),
		" or several. Nothing was asked for."),
		op.L("Put the names in quotes."))
}

// none says that one wrong name refuses the whole.
func (n noun) none(err error) error {
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
func (n noun) each(word string, all []thing, find func(string) (thing, error)) ([]thing, error) {
	if !wide(word) {
		t, err := find(word)
		return []thing{t}, err
	}
	var found []thing
	for _, t := range all {
		if op.Fold(word) == op.AllWord && naming.Fold(t.name) == op.AllWord {
			return nil, n.oneOrSeveral(t.name)
		}
		if op.Fold(word) == op.AllWord || matches(word, t.name) || strings.Contains(word, "/") && matches(word, t.id) {
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
	parts := strings.Split(naming.Fold(pattern), "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	ok, err := regexp.MatchString("^"+strings.Join(parts, ".*")+"$", naming.Fold(name))
	return ok && err == nil
}
