package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"casterbot/internal/op"
)

// Problem is one mistake in a policy file.
type Problem struct {
	File string
	Line int
	Key  string // "channels.C0SHOW.grants[0].may"; empty for the file as a whole
	Text string // what is wrong, and a hint
}

// String gives the mistake as editors and people know it: "policy.yml:12: channels.C0SHOW.grants[0].may: unknown verb
// …".
func (p Problem) String() string {
	where := p.File + ":" + strconv.Itoa(p.Line) + ": "
	if p.Key != "" {
		where += p.Key + ": "
	}
	return where + p.Text
}

// Problems is every mistake in a policy file, in the order of the lines.
type Problems []Problem

// Error gives one line for each mistake.
func (p Problems) Error() string { return strings.Join(p.texts(), "\n") }

func (p Problems) texts() []string { return op.Each(p, Problem.String) }

func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int { return a.Line - b.Line })
	return p
}

// place is a value in the file and the way to it.
type place struct {
	node *yaml.Node
	path string
}

// key is the place of a key of a mapping, or of the mapping itself under that name.
func (p place) key(node *yaml.Node, name string) place {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) || strings.ContainsRune(" .\"", r) }) {
		name = strconv.Quote(name)
	}
	if p.path != "" {
		name = p.path + "." + name
	}
	return place{node: node, path: name}
}

// item is the place of the n-th entry of a list.
func (p place) item(n int) place {
	return place{node: p.node.Content[n], path: p.path + "[" + strconv.Itoa(n) + "]"}
}

// bad notes a mistake.
func (r *reader) bad(p place, format string, args ...any) {
	r.problems = append(r.problems, p.problem(r.file, format, args))
}

// doubt notes what is allowed but is probably a mistake.
func (r *reader) doubt(p place, format string, args ...any) {
	r.warnings = append(r.warnings, p.problem(r.policy.file, format, args))
}

func (p place) problem(file, format string, args []any) Problem {
	return Problem{File: file, Line: max(1, p.node.Line), Key: p.path, Text: fmt.Sprintf(format, args...)}
}

// didYouMean is a hint for a typing slip, with a space before it; empty when nothing is near.
func didYouMean(text string, candidates []string) string {
	if near := nearest(text, candidates); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}
