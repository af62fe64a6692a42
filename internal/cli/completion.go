package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// shells say how each is told what may follow.
var shells = map[string]func(io.Writer, []Completion){"bash": bash, "zsh": zsh, "fish": fish}

// Completion is what may follow the words of a command.
type Completion struct {
	After string // "policy explain"; empty: the program itself
	Words []Word
}

// Word is one that may be typed, with what it does.
type Word struct{ Text, Short string }

// CompletionCommand is `completion`; all gives the table of commands, with this one in it.
func CompletionCommand(all func() []Command) Command {
	return Command{
		Name: "completion", Args: "bash|zsh|fish", Short: "Print the completion of a shell.",
		Examples: []string{"source <(casterbot completion bash)", "casterbot completion zsh > \"${fpath[1]}/_casterbot\"",
			"casterbot completion fish > ~/.config/fish/completions/casterbot.fish"},
		Run: func(_ context.Context, c Call) error {
			if len(c.Args) != 1 || shells[c.Args[0]] == nil {
				return Usage(errors.New("completion takes one of bash, zsh and fish"))
			}
			shells[c.Args[0]](c.Out, withHelp(completions(all(), "")))
			return nil
		},
	}
}

// completions lists what may follow each command: the commands in it, else its flags.
func completions(table []Command, after string) []Completion {
	own := Completion{After: after}
	var all []Completion
	for _, c := range table {
		own.Words = append(own.Words, Word{c.Name, c.Short})
		path := strings.TrimSpace(after + " " + c.Name)
		if len(c.Commands) > 0 {
			all = append(all, completions(c.Commands, path)...)
			continue
		}
		flags := flag.NewFlagSet(path, flag.ContinueOnError)
		if c.Flags != nil {
			c.Flags(flags)
		}
		leaf := Completion{After: path}
		flags.VisitAll(func(f *flag.Flag) {
			_, usage := flag.UnquoteUsage(f)
			leaf.Words = append(leaf.Words, Word{"--" + f.Name, usage})
		})
		if strings.Contains(c.Args, "|") {
			for _, word := range strings.Split(strings.Trim(c.Args, "[]"), "|") {
				leaf.Words = append(leaf.Words, Word{Text: word})
			}
		}
		all = append(all, leaf)
	}
	return append([]Completion{own}, all...)
}

// withHelp adds `help`, which is no entry of the table: any command may follow it.
func withHelp(all []Completion) []Completion {
	help := Completion{After: "help", Words: all[0].Words}
	all[0].Words = append(slices.Clone(all[0].Words), Word{"help", "Explain a command."})
	return append(all, help)
}

// bash completes words by the commands before them, and files where no word fits.
func bash(out io.Writer, all []Completion) {
	fmt.Fprint(out, `_casterbot() {
  local typed=${COMP_WORDS[COMP_CWORD]} path= word words=
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) break ;; esac
    path="$path $word"
  done
  case ${path# } in
`)
	for _, c := range all {
		var words []string
		for _, w := range c.Words {
			words = append(words, w.Text)
		}
		fmt.Fprintf(out, "    %q) words=%q ;;\n", c.After, strings.Join(words, " "))
	}
	fmt.Fprint(out, `  esac
  COMPREPLY=($(compgen -W "$words" -- "$typed"))
}
complete -o default -F _casterbot casterbot
`)
}

// zsh completes like bash, and says what each word does. The file works where zsh looks for completions by itself, and
// when it is sourced.
func zsh(out io.Writer, all []Completion) {
	fmt.Fprint(out, `#compdef casterbot
_casterbot() {
  local before= word
  local -a offered
  for word in "${(@)words[2,CURRENT-1]}"; do
    case $word in -*) break ;; esac
    before="$before $word"
  done
  case ${before# } in
`)
	for _, c := range all {
		fmt.Fprintf(out, "    '%s') offered=(", c.After)
		for _, w := range c.Words {
			fmt.Fprintf(out, " '%s'", strings.ReplaceAll(w.Text+":"+w.Short, "'", `'\''`))
		}
		fmt.Fprint(out, " ) ;;\n")
	}
	fmt.Fprint(out, `  esac
  _describe -t words casterbot offered || _files
}
if [ "${funcstack[1]}" = _casterbot ]; then _casterbot "$@"; else compdef _casterbot casterbot; fi
`)
}

func fish(out io.Writer, all []Completion) {
	for _, c := range all {
		when := c.fishCondition()
		for _, w := range c.Words {
			kind, text := "-f -a", w.Text
			if name, ok := strings.CutPrefix(w.Text, "--"); ok {
				kind, text = "-l", name
			}
			fmt.Fprintf(out, "complete -c casterbot -n '%s' %s %s -d '%s'\n", when, kind, text, fishQuotes.Replace(w.Short))
		}
	}
}

var fishQuotes = strings.NewReplacer(`\`, `\\`, "'", `\'`)

// fishCondition is when the words may follow: behind those that they come after, and not behind one of themselves.
func (c Completion) fishCondition() string {
	words := strings.Fields(c.After)
	if len(words) == 0 {
		return "__fish_use_subcommand"
	}
	when := "__fish_seen_subcommand_from " + strings.Join(words, "; and __fish_seen_subcommand_from ")
	var own []string
	for _, w := range c.Words {
		if !strings.HasPrefix(w.Text, "-") {
			own = append(own, w.Text)
		}
	}
	if len(own) > 0 {
		when += "; and not __fish_seen_subcommand_from " + strings.Join(own, " ")
	}
	return when
}
