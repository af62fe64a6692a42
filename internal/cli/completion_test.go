package cli

import (
	"os/exec"
	"strings"
	"testing"
)

// complete gives what bash offers for a line.
func complete(t *testing.T, script, line string) string {
	t.Helper()
	words := strings.Split(line, " ")
	quoted := "'" + strings.Join(words, "' '") + "'"
	run := exec.Command("bash", "-c", script+"\nCOMP_WORDS=("+quoted+"); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); "+
		`_casterbot; echo "${COMPREPLY[*]}"`)
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestCompletion(t *testing.T) {
	p, out, _, _ := program(t)
	if _, err := exec.LookPath("bash"); err != nil {
		t.Fatal("bash is missing: make test needs it too")
	}
	p.Commands = append(p.Commands, CompletionCommand(func() []Command { return p.Commands }))
	scripts := map[string]string{}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		out.Reset()
		if code := p.Run(t.Context(), []string{"completion", shell}); code != OK {
			t.Fatalf("%s: exit %d", shell, code)
		}
		scripts[shell] = out.String()
	}
	for line, want := range map[string]string{
		"casterbot ":                   "run fail version policy completion",
		"casterbot p":                  "policy",
		"casterbot policy ":            "check explain",
		"casterbot policy explain --p": "--person",
		"casterbot policy explain --person U0ANA --chan": "--channel",
		"casterbot completion f":                         "fish",
		"casterbot nothing ":                             "",
	} {
		if got := complete(t, scripts["bash"], line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	if !strings.HasPrefix(scripts["zsh"], "#compdef casterbot\n") || !strings.Contains(scripts["fish"],
		"complete -c casterbot -n '__fish_seen_subcommand_from policy; and __fish_seen_subcommand_from explain' -l channel -d '") {
		t.Errorf("%s\n%s", scripts["zsh"], scripts["fish"])
	}
	if code := p.Run(t.Context(), []string{"completion", "powershell"}); code != Misused {
		t.Errorf("exit %d", code)
	}
}
