package sandbox

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// DefaultDir is where a world is kept when no folder is named: in the user's
// cache, so that a checkout stays clean.
func DefaultDir() string {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	return filepath.Join(base, "casterbot-sandbox")
}

// Suggestions are what to try first.
func Suggestions() []Suggestion {
	return []Suggestion{
		{As: "U0ANA", Channel: "C0SHOW", Text: "/caster list", Why: "see the studios"},
		{As: "U0ANA", Channel: "C0SHOW", Text: `/caster scene start "Evening News" "Preview 2"`, Why: "open a preview"},
		{As: "U0ANA", Channel: "C0SHOW", Text: "/record start main", Why: "record, then /record stop"},
		{As: "U0ANA", Channel: "C0SHOW", Text: "/caster copy", Why: "fill in a form"},
		{As: "U0ANA", Channel: "C0SHOW", Text: `/caster restart "Evening News"`, Why: "needs a second person"},
		{As: "U0GUS", Channel: "C0SHOW", Text: "/record stop", Why: "denied to a guest"},
		{As: "U0ANA", Channel: "C0RAND", Text: "/caster list", Why: "a channel without rights"},
	}
}

// Greet says where the world is and how to join it: for people, or with shell
// as lines that a shell can read, and the rest on the other writer. Where no bot
// is in it, alone says how to get one.
func Greet(out, log io.Writer, w *World, dir, policy string, shell bool, alone string) {
	if shell {
		for _, line := range w.Env() {
			name, value, _ := strings.Cut(line, "=")
			fmt.Fprintf(out, "export %s='%s'\n", name, value)
		}
		out = log
	}
	fmt.Fprintf(out, "\n  casterbot sandbox: open %s in a browser\n\n", w.PageURL)
	if s := w.cfg.Scenario; s != nil {
		fmt.Fprintf(out, "  scenario    %s: the page says what to do\n", s.Title)
	}
	fmt.Fprintf(out, "  state       %s  (start afresh with --reset)\n", dir)
	if alone == "" {
		fmt.Fprintf(out, "  policy      %s  (edit it: it is read again at once)\n", policy)
		fmt.Fprintf(out, "  audit log   signed with %s; its checkpoints come to #audit-log\n", filepath.Join(dir, "audit.key"))
	}
	fmt.Fprintf(out, "  to join from another program (--print-env for shell lines):\n")
	for _, line := range w.Env() {
		fmt.Fprintf(out, "    %s\n", line)
	}
	if alone != "" {
		fmt.Fprintf(out, "\n  no bot is running here (--no-bot): %s\n", alone)
	}
	fmt.Fprintf(out, "\n  stop with Ctrl-C\n\n")
}
