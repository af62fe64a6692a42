// Package scenario plays conversations: text files in which people type and press, and the bot's side is written down
// as it was.
//
// What for. A story is a whole-program test that anybody can read, and the file is the expected result. Play acts in an
// open sandbox, waits until the bot has nothing left to do, and writes the story again with what really happened; a
// test compares the two texts, and `-update` keeps the new one.
//
// What it keeps true. The same story gives the same text: what is random (ids, tokens, request numbers) gets a name by
// the order in which it appears, the sandbox's clock moves only when the story or the bot's own waiting moves it, and
// within a step the bot's side is sorted by kind, with only the last picture of each card.
//
// What it must not know. The bot. It sees what people see and what the cloud was asked, on the sandbox's side of the
// wire; whether the bot is idle, and how it is stopped and started, is told by a Stage.
package scenario

import (
	"fmt"
	"regexp"
	"strings"
)

// Step is one thing that happens in a story and what followed.
type Step struct {
	Line  int      // in the file, from 1
	Input string   // as written
	Out   []string // the bot's side, as written
}

// Story is a parsed file. Its steps include comments and empty lines, as inputs to which nothing answers.
type Story struct {
	Name  string
	Steps []Step
}

// output matches the lines that are the bot's, the cloud's and Slack's side; the rest of a file is input.
var output = regexp.MustCompile(`^(  |bot (posts|edits|pins|unpins|to|sends|asks|offers|shows) |api>|slack to )`)

// Parse reads a story.
func Parse(name, text string) (Story, error) {
	s := Story{Name: name}
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case !output.MatchString(line):
			s.Steps = append(s.Steps, Step{Line: i + 1, Input: line})
		case len(s.Steps) == 0 || s.Steps[len(s.Steps)-1].quiet():
			return s, fmt.Errorf("%s:%d: an answer to nothing: %s", name, i+1, line)
		default:
			last := &s.Steps[len(s.Steps)-1]
			last.Out = append(last.Out, line)
		}
	}
	if len(s.Steps) == 0 || !strings.HasPrefix(s.Steps[0].Input, "# ") {
		return s, fmt.Errorf("%s:1: the first line says the story: # …", name)
	}
	return s, nil
}

// quiet reports a step that does nothing: a comment or an empty line.
func (s Step) quiet() bool { return s.Input == "" || strings.HasPrefix(s.Input, "#") }

// Text writes a story as a file.
func (s Story) Text() string {
	var b strings.Builder
	for _, step := range s.Steps {
		b.WriteString(step.Input + "\n")
		for _, line := range step.Out {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// Diff shows two stories of the same inputs side by side where they differ: what was expected with -, what happened
// with +. It is empty when they are equal.
func Diff(want, got Story) string {
	var b strings.Builder
	for i, step := range want.Steps {
		if i >= len(got.Steps) || strings.Join(step.Out, "\n") == strings.Join(got.Steps[i].Out, "\n") {
			continue
		}
		fmt.Fprintf(&b, "%s:%d: %s\n", want.Name, step.Line, step.Input)
		had := counted(got.Steps[i].Out)
		for _, line := range step.Out {
			mark := "-"
			if had[line]--; had[line] >= 0 {
				mark = " "
			}
			b.WriteString("  " + mark + " " + line + "\n")
		}
		had = counted(step.Out)
		for _, line := range got.Steps[i].Out {
			if had[line]--; had[line] < 0 {
				b.WriteString("  + " + line + "\n")
			}
		}
	}
	return b.String()
}

func counted(lines []string) map[string]int {
	n := map[string]int{}
	for _, line := range lines {
		n[line]++
	}
	return n
}
