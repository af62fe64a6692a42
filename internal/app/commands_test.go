package app

import (
	"bytes"
	"flag"
	"slices"
	"strings"
	"testing"

	"casterbot/internal/cli"
)

// printed is what the program prints, which has to end well.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	p := Build{Version: "v1.2.3"}.Program()
	p.Out, p.Err = &out, &errs
	if code := p.Run(t.Context(), args); code != cli.OK || errs.Len() > 0 {
		t.Errorf("%v: exit %d, %s", args, code, errs.String())
	}
	return out.String()
}

// eachCommand calls do for every command that can be typed, with its words.
func eachCommand(table []cli.Command, before []string, do func(words []string, c cli.Command)) {
	for _, c := range table {
		words := append(slices.Clone(before), strings.Fields(c.Name)...)
		do(words, c)
		eachCommand(c.Commands, words, do)
	}
}

func TestVersion(t *testing.T) {
	for _, args := range [][]string{{"-v"}, {"--version"}, {"-version"}, {"version"}} {
		if got := printed(t, args...); got != "casterbot v1.2.3\n" {
			t.Errorf("%v: %q", args, got)
		}
	}
}

// TestEveryCommandIsExplained: help COMMAND and COMMAND --help say the same of each, with an example, and the
// completions of all shells know it and its flags.
func TestEveryCommandIsExplained(t *testing.T) {
	var completions []string
	for _, shell := range []string{"bash", "zsh", "fish"} {
		completions = append(completions, printed(t, "completion", shell))
	}
	eachCommand(Build{}.Program().Commands, nil, func(words []string, c cli.Command) {
		path := strings.Join(words, " ")
		help := printed(t, append([]string{"help"}, words...)...)
		for _, flag := range []string{"--help", "-h"} {
			if help != printed(t, append(slices.Clone(words), flag)...) {
				t.Errorf("help %s and %s %s say different things", path, path, flag)
			}
		}
		if !strings.Contains(help, "\nUsage: casterbot "+path) || !strings.Contains(printed(t, "--help"), words[0]) {
			t.Errorf("%s: %s", path, help)
		}
		if len(c.Commands) == 0 && len(c.Examples) == 0 {
			t.Errorf("%s has no example", path)
		}
		for _, script := range completions {
			for _, word := range append([]string{words[len(words)-1]}, flagsOf(c)...) {
				if !strings.Contains(script, word) {
					t.Errorf("%s: a completion lacks %s", path, word)
				}
			}
		}
	})
}

// flagsOf are the names of a command's flags.
func flagsOf(c cli.Command) (names []string) {
	flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	if c.Flags != nil {
		c.Flags(flags)
	}
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}
