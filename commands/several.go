package commands

import (
	"context"
	"slices"
	"strings"

	"casterbot/commands/naming"
	"casterbot/internal/grammar"
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
		Of: "stream", Title: [2]op.Text{"Restart recording of ", " streams"}, Button: "Close {} files, start new ones",
		Done: "Recording restarted on ", Next: "record stop {stream}", Label: "Pause {} recordings",
		One: "Pause recording",
	},
	"record finish {stream}": {
		Of: "stream", Title: [2]op.Text{"Write the files of ", " streams"}, Button: "Write {} files now",
		Done: "Recording ended on ",
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
	typed := strings.Join(grammar.Words(c.Usage), " ")
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
	return naming.Studios.Several(call.Args[naming.Studios.Field], words, things, func(word string) (naming.Thing, error) {
		i, err := naming.Studios.Find(word, things)
		if err != nil {
			return naming.Thing{}, err
		}
		return things[i], nil
	})
}

// expandStreams gives the streams that several words mean.
func (s table) expandStreams(ctx context.Context, call op.Call, words []string) ([]op.Option, error) {
	var things []naming.Thing
	if slices.ContainsFunc(words, naming.Wide) {
		all, _, err := s.streams(ctx, call.Scope)
		if err != nil {
			return nil, err
		}
		things = op.Each(all, target.thing)
	}
	return naming.Streams.Several(call.Args[naming.Streams.Field], words, things, func(word string) (naming.Thing, error) {
		one := call
		one.Args = op.Args{naming.Streams.Field: word}
		t, err := s.stream(ctx, one)
		return t.thing(), err
	})
}
