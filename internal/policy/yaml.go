package policy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// yamlError is how the YAML library words its errors.
var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// document gives the root of the one YAML document in the data; false when there is none or it cannot be read.
func (r *reader) document(data []byte) (place, bool) {
	top := place{node: &yaml.Node{Line: 1}}
	if !r.plainText(top, data) {
		return top, false
	}
	docs, err := documents(data)
	if err != nil {
		r.syntax(data, err)
		return top, false
	}
	if len(docs) == 0 || len(docs[0].Content) == 0 {
		return top, false
	}
	if len(docs) > 1 {
		r.bad(place{node: docs[1]}, "a second YAML document: keep everything in one")
	}
	root := place{node: docs[0].Content[0]}
	if root.node.ShortTag() == "!!null" && root.node.Value == "" {
		return root, false
	}
	noted := len(r.problems)
	r.simple(root)
	return root, len(r.problems) == noted
}

// plainText refuses what should not be given to a YAML parser at all.
func (r *reader) plainText(top place, data []byte) bool {
	if len(data) > MaxSize {
		r.bad(top, "the file is larger than 1 MiB")
		return false
	}
	if !utf8.Valid(data) {
		r.bad(top, "the file is not UTF-8 text")
		return false
	}
	for n, line := range strings.Split(string(data), "\n") {
		at := place{node: &yaml.Node{Line: n + 1}}
		line = strings.TrimSuffix(line, "\r")
		if i := strings.IndexFunc(line, hidden); i >= 0 {
			c, _ := utf8.DecodeRuneInString(line[i:])
			r.bad(at, "%s", cmp.Or(map[rune]string{'\t': "a tab: use spaces"}[c], fmt.Sprintf("the invisible character %U", c)))
		}
	}
	return len(r.problems) == 0
}

// hidden reports whether a character could make the file read otherwise than it looks: controls, separators that a
// parser takes for the end of a line, and those that turn the direction of text.
func hidden(c rune) bool {
	return unicode.IsControl(c) || unicode.In(c, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// documents reads every YAML document in the data.
func documents(data []byte) ([]*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var docs []*yaml.Node
	for {
		doc := &yaml.Node{}
		if err := dec.Decode(doc); errors.Is(err, io.EOF) {
			return docs, nil
		} else if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
}

// syntax notes an error of the YAML library, whose own line is where the broken part begins and sometimes one less.
func (r *reader) syntax(data []byte, err error) {
	line, text := 1, err.Error()
	if m := yamlError.FindStringSubmatch(text); m != nil {
		text = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	if first := firstBroken(data); first > 0 {
		line = first
	}
	r.bad(place{node: &yaml.Node{Line: line}}, "not YAML: %s", text)
}

// mostLines bounds the search for the line of a syntax error, which reads the file once for each line.
const mostLines = 1000

// firstBroken gives the line after the longest readable beginning of the data; 0 when the data is too long to search.
func firstBroken(data []byte) int {
	rows := bytes.SplitAfter(data, []byte("\n"))
	if len(rows) > mostLines {
		return 0
	}
	for n := len(rows) - 1; n > 0; n-- {
		if _, err := documents(bytes.Join(rows[:n], nil)); err == nil {
			return n + 1
		}
	}
	return 1
}

// simple refuses the parts of YAML that make a file say something else than it seems to.
func (r *reader) simple(p place) {
	n := p.node
	switch {
	case n.Kind == yaml.AliasNode:
		r.bad(p, "an alias (*%s): write the value out", n.Value)
	case n.Anchor != "":
		r.bad(p, "an anchor (&%s): write the value out where it is needed", n.Anchor)
	case n.Style&yaml.TaggedStyle != 0:
		r.bad(p, "a tag (%s): leave it out", n.Tag)
	}
	for i, child := range n.Content {
		at := place{node: child, path: p.path}
		if n.Kind == yaml.MappingNode {
			at = p.key(child, n.Content[i-i%2].Value)
		} else if n.Kind == yaml.SequenceNode {
			at = p.item(i)
		}
		r.simple(at)
	}
}

// entry is one key of a mapping with its value.
type entry struct {
	name  string
	key   place
	value place
}

// entries reads a mapping: keys are text, each there once.
func (r *reader) entries(p place) []entry {
	if p.node.Kind != yaml.MappingNode {
		r.bad(p, "must be a mapping (key: value), not %s", kindOf(p.node))
		return nil
	}
	var out []entry
	seen := map[string]int{}
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		key, value := p.node.Content[i], p.node.Content[i+1]
		at := p.key(key, key.Value)
		line, twice := seen[key.Value]
		switch {
		case key.ShortTag() == "!!merge":
			r.bad(at, "a merge key: write the values out")
		case key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str":
			r.bad(at, "a key must be text, not %s: put it in quotes", kindOf(key))
		case twice:
			r.bad(at, "is there twice, first in line %d", line)
		default:
			seen[key.Value] = key.Line
			out = append(out, entry{name: key.Value, key: at, value: p.key(value, key.Value)})
		}
	}
	return out
}

// fields are the values of a mapping by key.
type fields map[string]place

// fields reads a mapping whose keys are all known.
func (r *reader) fields(p place, known ...string) fields {
	out := fields{}
	for _, e := range r.entries(p) {
		if !slices.Contains(known, e.name) {
			r.bad(e.key, "unknown key%s; known here: %s", didYouMean(e.name, known), strings.Join(known, ", "))
			continue
		}
		out[e.name] = e.value
	}
	return out
}

// read reads the value of a key that is there.
func (f fields) read(key string, read func(place)) {
	if p, ok := f[key]; ok {
		read(p)
	}
}

// needs demands that a mapping has a key.
func (r *reader) needs(p place, f fields, key, text string) {
	if _, ok := f[key]; !ok && p.node.ShortTag() == "!!map" {
		r.bad(p.key(p.node, key), "%s", text)
	}
}

// filled demands that a mapping has something in it; example says how one is written.
func (r *reader) filled(p place, example string) {
	if p.node.ShortTag() == "!!map" && len(p.node.Content) == 0 {
		r.bad(p, "is empty; write it like %s", example)
	}
}

// list reads a list with something in it; example says how one is written.
func (r *reader) list(p place, example string) []place {
	if p.node.Kind != yaml.SequenceNode {
		r.bad(p, "must be a list like %s, not %s", example, kindOf(p.node))
		return nil
	}
	if len(p.node.Content) == 0 {
		r.bad(p, "is an empty list; write it like %s", example)
	}
	var out []place
	for i := range p.node.Content {
		out = append(out, p.item(i))
	}
	return out
}

// texts reads a list of texts; what is none is left out.
func (r *reader) texts(p place, example string) iter.Seq2[place, string] {
	return func(yield func(place, string) bool) {
		for _, item := range r.list(p, example) {
			if text, ok := r.text(item); ok && !yield(item, text) {
				return
			}
		}
	}
}

// text reads text that is not empty and shows itself in full.
func (r *reader) text(p place) (string, bool) {
	n := p.node
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		hint := ""
		if n.Kind == yaml.ScalarNode && n.Value != "" {
			hint = ": put it in quotes"
		}
		r.bad(p, "must be text, not %s%s", kindOf(n), hint)
		return "", false
	}
	if strings.TrimSpace(n.Value) == "" {
		r.bad(p, "is empty text")
		return "", false
	}
	for _, c := range n.Value {
		if !unicode.IsPrint(c) {
			r.bad(p, "carries the invisible character %U", c)
			return "", false
		}
	}
	return n.Value, true
}

// flag reads true or false.
func (r *reader) flag(p place) bool {
	if p.node.Kind != yaml.ScalarNode || p.node.ShortTag() != "!!bool" {
		r.bad(p, "must be true or false, not %s", kindOf(p.node))
		return false
	}
	return strings.EqualFold(p.node.Value, "true")
}

// kinds are the words for what was found in a place.
var kinds = map[string]string{
	"!!map": "a mapping", "!!seq": "a list", "!!null": "nothing", "!!bool": "true or false", "!!int": "a number",
	"!!float": "a number", "!!timestamp": "a date", "!!str": "text", "!!merge": "a merge key",
}

func kindOf(n *yaml.Node) string { return kinds[n.ShortTag()] }
