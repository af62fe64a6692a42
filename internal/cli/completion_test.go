package cli

import (
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// lines are what each shell has to offer for a line.
var lines = map[string]string{
	"casterbot ":                   "completion fail help policy run version",
	"casterbot help p":             "policy",
	"casterbot p":                  "policy",
	"casterbot policy ":            "check explain",
	"casterbot policy explain --p": "--person",
	"casterbot policy explain --person U0ANA --chan": "--channel",
	"casterbot completion f":                         "fish",
	"casterbot nothing --":                           "",
}

// asked gives the program that makes a shell say what it offers for a line; the script is in the file SCRIPT.
var asked = map[string]func(line string) string{
	"bash": func(line string) string {
		return `. "$SCRIPT"; COMP_WORDS=(` + quotedWords(line) + `); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _casterbot
			printf '%s\n' "${COMPREPLY[@]}"`
	},
	"zsh": func(line string) string { // what the completion system of zsh does with what is offered is its own affair
		return `compdef() {}; _files() {}; _describe() { print -rl -- "${(@M)offered:#${words[CURRENT]}*}" }
			. "$SCRIPT"; words=(` + quotedWords(line) + `); CURRENT=$#words; _casterbot`
	},
	"fish": func(line string) string { return `source $SCRIPT; complete -C '` + line + `'` },
}

func quotedWords(line string) string {
	return "'" + strings.Join(strings.Split(line, " "), "' '") + "'"
}

// offers are the words that a shell offers for a line, sorted, without what it says about them.
func offers(t *testing.T, shell, script, line string) string {
	t.Helper()
	file := t.TempDir() + "/script"
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), shell, "-c", asked[shell](line))
	run.Env = append(os.Environ(), "SCRIPT="+file, "HOME="+t.TempDir())
	run.Dir = t.TempDir()
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", shell, err, out)
	}
	var words []string
	for offer := range strings.Lines(string(out)) {
		words = append(words, strings.TrimSpace(offer[:strings.IndexAny(offer, ":\t\n")]))
	}
	slices.Sort(words)
	return strings.TrimSpace(strings.Join(words, " "))
}

func TestCompletion(t *testing.T) {
	p, out, _, _ := program(t)
	p.Commands = append(p.Commands, CompletionCommand(func() []Command { return p.Commands }))
	for shell := range shells {
		t.Run(shell, func(t *testing.T) {
			out.Reset()
			if code := p.Run(t.Context(), []string{"completion", shell}); code != OK {
				t.Fatalf("exit %d", code)
			}
			if _, err := exec.LookPath(shell); err != nil {
				if shell == "bash" || os.Getenv("CI") == "true" {
					t.Fatal(shell + " is missing: make test needs it too")
				}
				t.Skip("SKIPPED: the completion of " + shell + ". Install it.")
			}
			for line, want := range lines {
				if got := offers(t, shell, out.String(), line); got != want {
					t.Errorf("%q: %q, want %q", line, got, want)
				}
			}
		})
	}
	if code := p.Run(t.Context(), []string{"completion", "powershell"}); code != Misused {
		t.Errorf("exit %d", code)
	}
}

// TestCompletionQuotes: what commands say about themselves is text in every shell, whatever stands in it.
func TestCompletionQuotes(t *testing.T) {
	odd := Command{Name: "odd", Short: `It's "$HOME" \ and ` + "`id`: all",
		Flags: func(f *flag.FlagSet) { f.Bool("it", false, `isn't \' $(id)`) }}
	for shell, write := range shells {
		if _, err := exec.LookPath(shell); err != nil && os.Getenv("CI") != "true" {
			continue
		}
		script := strings.Builder{}
		write(&script, completions([]Command{odd}, ""))
		for line, want := range map[string]string{"casterbot ": "odd", "casterbot odd --": "--it"} {
			if got := offers(t, shell, script.String(), line); got != want {
				t.Errorf("%s, %q: %q, want %q\n%s", shell, line, got, want, script.String())
			}
		}
	}
}
