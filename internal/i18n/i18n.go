// Package i18n puts what casterbot says into the reader's language. Everything else of the program speaks English; here
// the finished values (lines, answers, forms) are translated on their way to the chat.
//
// A line is found in the catalogue by its fixed words: "Copies {} as {}." is the key of a line with two holes, whatever
// stands in them. A line that is not there as a whole is put together out of the longest parts that are; what is in no
// catalogue stays English, and is told to Missed, so that a test can see that nothing is missing. What people, the
// policy and the cloud have named is a span of its own in every line (bold, code, a person, a value) and is never
// translated; nor is what is typed: commands and their words are the same in every language.
//
// It must know neither the chat system nor a single message: those are data of the catalogue, zh-CN.yml.
package i18n

import (
	_ "embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"casterbot/internal/op"

	"go.yaml.in/yaml/v3"
)

//go:embed zh-CN.yml
var chinese []byte

// catalogues are the texts of every language but English.
var catalogues = map[string][]byte{Chinese: chinese}

// Words translates. It reads a catalogue when it is first needed. A nil one translates nothing.
type Words struct {
	missed func(language, key string)
	once   sync.Once
	texts  map[string]map[string]string // by language and key
}

// New makes a translator; missed, if it is not nil, is told every text that no catalogue has, and then every line is
// looked up in all languages, whichever is asked for.
func New(missed func(language, key string)) *Words { return &Words{missed: missed} }

func (w *Words) load() {
	w.texts = map[string]map[string]string{}
	for language, data := range catalogues {
		texts, err := read(data)
		if err != nil {
			panic(fmt.Sprintf("the catalogue %s: %v", language, err)) // it is embedded, and a test reads it
		}
		w.texts[language] = texts
	}
}

func read(data []byte) (map[string]string, error) {
	texts := map[string]string{}
	return texts, yaml.Unmarshal(data, &texts)
}

// into says whether there is anything to do, and with what.
func (w *Words) into(language string) (map[string]string, bool) {
	if w == nil {
		return nil, false
	}
	if language == "" || language == English {
		if w.missed != nil {
			language = Chinese
		} else {
			return nil, false
		}
	}
	w.once.Do(w.load)
	texts, ok := w.texts[language]
	return texts, ok
}

// Line gives a line in a language.
func (w *Words) Line(language string, l op.Line) op.Line {
	texts, ok := w.into(language)
	if !ok {
		return l
	}
	out := w.compose(texts, l)
	if language == "" || language == English {
		return l
	}
	for i := range out { // 今天 18:58:00; English says it the other way round
		out[i].DayFirst = out[i].At != 0
	}
	return out
}

// Text gives a fixed text in a language: the words of a button, a label. A {} in it, for a number, stays one.
func (w *Words) Text(language, text string) string {
	if text == "" {
		return text
	}
	before, after, counted := strings.Cut(text, "{}")
	if !counted {
		return w.Line(language, op.L(text)).Plain()
	}
	return w.Line(language, op.L(before, op.V("{}"), after)).Plain()
}

// compose takes the longest part of the rest that the catalogue has, again and again.
func (w *Words) compose(texts map[string]string, l op.Line) op.Line {
	var out op.Line
	for len(l) > 0 {
		n, part := w.longest(texts, l)
		for _, s := range part {
			out = joined(out, s)
		}
		l = l[n:]
	}
	return out
}

// joined adds a span. Beside a full-width sign there is no space.
func joined(l op.Line, s op.Span) op.Line {
	if len(l) == 0 || s.Text == "" && fixed(s) {
		return append(l, s)
	}
	before := &l[len(l)-1]
	if rest, ok := strings.CutSuffix(before.Text, " "); ok && fixed(*before) {
		if last, _ := utf8.DecodeLastRuneInString(rest); wide(last) {
			before.Text = rest
		}
	}
	if !fixed(s) {
		return append(l, s)
	}
	if rest := closer(s.Text); rest != s.Text {
		if first, _ := utf8.DecodeRuneInString(rest); wide(first) {
			s.Text = rest
		}
	}
	first, _ := utf8.DecodeRuneInString(s.Text)
	last, _ := utf8.DecodeLastRuneInString(before.Text)
	switch {
	case wide(last) && fixed(*before):
		s.Text = closer(s.Text)
	case wide(first) && fixed(*before):
		before.Text = strings.TrimSuffix(before.Text, " ")
	}
	return append(l, s)
}

// closer takes away a single space in front of words.
func closer(text string) string {
	if rest, ok := strings.CutPrefix(text, " "); ok && !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, "·") {
		return rest
	}
	return text
}

// wide reports whether a character is a full-width sign.
func wide(r rune) bool { return strings.ContainsRune("，。：；？！（）“”、…", r) }

// longestKey is how many spans a key stands for at most.
const longestKey = 32

// longest translates as many spans as it can at once, at least one.
func (w *Words) longest(texts map[string]string, l op.Line) (int, op.Line) {
	least := 0
	if !fixed(l[0]) {
		least = 1 // a name alone has no key
	}
	for n := min(len(l), longestKey); n > least; n-- {
		before, key, after := trim(keyOf(l[:n]))
		if text, ok := texts[key]; ok {
			return n, w.fill(texts, before+text+after, l[:n])
		}
	}
	if !fixed(l[0]) {
		return 1, op.Line{w.labelled(texts, l[0])}
	}
	_, key, _ := trim(l[0].Text)
	if w.missed != nil && wordy(key) {
		w.missed(Chinese, key)
	}
	return 1, l[:1]
}

// labelled translates what is no part of the line around it: the label of a link, bold words, a length of time.
func (w *Words) labelled(texts map[string]string, s op.Span) op.Span {
	key := s.Text
	switch {
	case s.For != 0:
		key = numbers.ReplaceAllString(s.Text, "{}")
	case s.URL == "" && s.Message == "" && !s.Fixed && !s.Keeper:
		return s
	}
	text, ok := texts[key]
	switch {
	case ok && s.For != 0:
		for _, n := range numbers.FindAllString(s.Text, -1) {
			text = strings.Replace(text, "{}", n, 1)
		}
		s.Text = text
	case ok:
		s.Text = text
	case w.missed != nil && wordy(key) && s.URL == "":
		w.missed(Chinese, key)
	}
	return s
}

var numbers = regexp.MustCompile(`\d+`)

// fill puts the holes of a line into its translation: {} takes the next one, {2} the second.
func (w *Words) fill(texts map[string]string, text string, from op.Line) op.Line {
	var holes, out op.Line
	for _, s := range from {
		if !fixed(s) {
			holes = append(holes, w.labelled(texts, s))
		}
	}
	next := 0
	for text != "" {
		before, rest, found := strings.Cut(text, "{")
		if before != "" {
			out = append(out, op.Span{Text: before})
		}
		if !found {
			break
		}
		number, after, _ := strings.Cut(rest, "}")
		if n, err := strconv.Atoi(number); err == nil {
			next = n - 1
		}
		if next >= 0 && next < len(holes) {
			out = append(out, holes[next])
		}
		next++
		text = after
	}
	return out
}

// fixed reports whether a span is words of the program.
func fixed(s op.Span) bool {
	return !s.Bold && !s.Code && !s.Value && s.Person == "" && s.Group == "" && s.Channel == "" && s.At == 0 && s.URL == ""
}

// keyOf writes the fixed words of a line, with {} for everything else.
func keyOf(l op.Line) string {
	var b strings.Builder
	for _, s := range l {
		if fixed(s) {
			b.WriteString(s.Text)
		} else {
			b.WriteString("{}")
		}
	}
	return b.String()
}

// trim parts a key from what surrounds it and is the same in every language: spaces, signs, dots between small print.
func trim(text string) (before, key, after string) {
	key = strings.TrimLeftFunc(text, around)
	before = text[:len(text)-len(key)]
	key = strings.TrimRight(key, " \u00a0")
	return before, key, text[len(before)+len(key):]
}

// around reports whether a character stands before words without belonging to them.
func around(r rune) bool {
	return r == ' ' || r == '\u00a0' || r == '·' || r == '\u200d' || r == '\ufe0f' || r >= 0x2190 && r < 0x2e80 ||
		r >= 0x1f000
}

// wordy reports whether a text has anything to translate: two letters in a row.
func wordy(text string) bool {
	letters := 0
	for _, r := range text {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			if letters++; letters > 1 {
				return true
			}
		} else {
			letters = 0
		}
	}
	return false
}
