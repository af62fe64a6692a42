package grammar

import (
	"fmt"
	"strings"
	"unicode"

	"casterbot/internal/op"
)

// How many characters of a command are read: as many as somebody types, and as many as a form or a button writes with
// the ids of all targets that one press may start.
const (
	MaxText = 3000
	maxScan = 45_000
)

// Token is one word or quoted text of a command. Text is what the person meant: entities decoded, links and mentions
// reduced to their label or id. Start counts characters of the text as it arrived.
type Token struct {
	Text   string
	Start  int
	Quoted bool
	Person string // set when the word is a mention of somebody
	gap    string // what stood before it, in one line
}

// Scan splits a command as chat clients deliver it: quotes of every kind, no-break spaces, entities, mentions, links.
// What it cannot read it refuses, and shows where.
func Scan(text string) ([]Token, error) {
	s := scanner{text: []rune(text)}
	if n := len(s.text); n > maxScan {
		return nil, tooLong(n)
	}
	var tokens []Token
	for gap := s.skipSpace(); s.pos < len(s.text); gap = s.skipSpace() {
		token, err := s.token()
		if err != nil {
			return nil, err
		}
		token.gap = gap
		tokens = append(tokens, token)
	}
	return tokens, nil
}

func tooLong(n int) *op.Refusal {
	return op.Refuse(op.L("That is too long: ", op.N(n), " characters, at most ", op.N(MaxText), "."))
}

type scanner struct {
	text []rune
	pos  int
}

// single is the family of quotes that apostrophes belong to.
const single = '\''

// quotes maps every sign that may open or close a quotation to its family.
var quotes = map[rune]rune{
	'"': '"', '“': '"', '”': '"', '„': '"', '‟': '"', '«': '"', '»': '"', '＂': '"', '「': '"', '」': '"',
	'『': '"', '』': '"',
	'\'': '\'', '‘': '\'', '’': '\'', '‚': '\'', '‛': '\'', '＇': '\'', '‹': '\'', '›': '\'', '`': '\'',
}

// skipSpace gives the space that it skips: a name may hold a wide one, or two.
func (s *scanner) skipSpace() string {
	var gap strings.Builder
	for s.pos < len(s.text) && unicode.IsSpace(s.text[s.pos]) {
		gap.WriteRune(inLine(s.text[s.pos]))
		s.pos++
	}
	return gap.String()
}

// inLine is a character as it may stand within one line.
func inLine(r rune) rune {
	switch r {
	case '\n', '\r', '\t', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return ' '
	}
	return r
}

func (s *scanner) token() (Token, error) {
	token := Token{Start: s.pos}
	family, quoted := quotes[s.text[s.pos]]
	if quoted = quoted && (family != single || s.closed()); quoted {
		token.Quoted = true
		s.pos++
	}
	var b strings.Builder
	for {
		if s.pos >= len(s.text) {
			if quoted {
				return token, s.refuse(token.Start, op.L("The quote that opens here is never closed."))
			}
			break
		}
		r := s.text[s.pos]
		if !quoted && unicode.IsSpace(r) {
			break
		}
		if quoted && quotes[r] == family && (family != single || s.atEnd(s.pos+1)) {
			s.pos++
			break
		}
		if err := s.piece(&b, &token); err != nil {
			return token, err
		}
	}
	token.Text = b.String()
	return token, s.afterQuote(token)
}

// closed reports that a single quote which stands here is closed later. One that is not is an apostrophe: '90s night.
func (s *scanner) closed() bool {
	for i := s.pos + 1; i < len(s.text); i++ {
		if quotes[s.text[i]] == single && s.atEnd(i+1) {
			return true
		}
	}
	return false
}

// atEnd reports that a word ends before this place; a single quote within a word is an apostrophe.
func (s *scanner) atEnd(at int) bool { return at >= len(s.text) || unicode.IsSpace(s.text[at]) }

// afterQuote refuses text glued to a closing quote: it would be read as something else than what one sees.
func (s *scanner) afterQuote(token Token) error {
	if token.Quoted && s.pos < len(s.text) && !unicode.IsSpace(s.text[s.pos]) {
		return s.refuse(s.pos, op.L("After a closing quote a space is needed."))
	}
	return nil
}

// piece reads one character, entity, escape, mention or link.
func (s *scanner) piece(b *strings.Builder, token *Token) error {
	r := s.text[s.pos]
	switch {
	case never(r):
		return s.hidden(s.pos)
	case r == '\\' && token.Quoted && s.pos+1 < len(s.text) && escapes(s.text[s.pos+1]):
		b.WriteRune(s.text[s.pos+1])
		s.pos += 2
	case r == '&':
		b.WriteRune(s.entity())
	case r == '<':
		return s.tag(b, token)
	default:
		b.WriteRune(inLine(r))
		s.pos++
	}
	return nil
}

// escapes: a backslash takes the meaning only off what has one inside quotes.
func escapes(r rune) bool {
	_, quote := quotes[r]
	return quote || r == '\\'
}

var entities = map[string]rune{"&amp;": '&', "&lt;": '<', "&gt;": '>', "&quot;": '"', "&#39;": '\''}

func (s *scanner) entity() rune {
	for name, r := range entities {
		if strings.HasPrefix(string(s.text[s.pos:min(s.pos+6, len(s.text))]), name) {
			s.pos += len(name)
			return r
		}
	}
	s.pos++
	return '&'
}

// tag reads <@U1|name>, <#C1|name>, <!subteam^S1|name>, <https://x|label>; a lone < is itself.
func (s *scanner) tag(b *strings.Builder, token *Token) error {
	end := s.pos + 1
	for end < len(s.text) && s.text[end] != '>' && s.text[end] != '<' {
		end++
	}
	if end >= len(s.text) || s.text[end] == '<' || end == s.pos+1 || unicode.IsSpace(s.text[s.pos+1]) {
		b.WriteRune('<')
		s.pos++
		return nil
	}
	start := s.pos
	for i := s.pos + 1; i < end; i++ {
		if op.Unprintable(s.text[i]) {
			return s.hidden(i)
		}
	}
	body := string(s.text[s.pos+1 : end])
	s.pos = end + 1
	target, label, _ := strings.Cut(body, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		token.Person = target[1:]
		b.WriteString(target[1:])
	case strings.HasPrefix(target, "#"):
		b.WriteString(target[1:])
	case strings.HasPrefix(target, "!subteam^"):
		b.WriteString(strings.TrimPrefix(target, "!subteam^"))
	case strings.HasPrefix(target, "!"):
		return s.refuse(start, op.L("@here and @channel can't be used in a command."))
	default:
		b.WriteString(linkText(target, label))
	}
	return nil
}

// linkText undoes the linking of names that look like addresses: news.example.com is typed as a name.
func linkText(target, label string) string {
	if label != "" {
		return label
	}
	return target
}

// spot marks a place in a text for people.
func spot(text string, at int) op.Line {
	runes := []rune(text)
	at = min(max(at, 0), len(runes))
	from, to := max(0, at-20), min(len(runes), at+20)
	before, after := string(runes[from:at]), op.Visible(string(runes[at:to]))
	if from > 0 {
		before = "…" + before
	}
	if to < len(runes) {
		after += "…"
	}
	return op.L("Here: ", op.Code(before+"▸"+after))
}

// never reports what stands in no name: controls, and bytes that are no text.
func never(r rune) bool {
	return op.Unprintable(r) && (unicode.IsControl(r) || r == unicode.ReplacementChar)
}

// named are the placeholders of what has a name already: it may hold anything, and is found by exactly what was typed.
var named = map[string]bool{"caster": true, "scene": true, "stream": true, "target": true}

// concealed refuses a word with characters that hide something, for where no name stands that may hold them.
func concealed(text string, word Token) *op.Refusal {
	s := scanner{text: []rune(text)}
	for i := word.Start; i < len(s.text) && op.Hidden(word.Text) >= 0; i++ {
		if op.Conceals(s.text, i) {
			return s.hidden(i)
		}
	}
	return nil
}

func (s *scanner) hidden(at int) *op.Refusal {
	return s.refuse(at,
		op.L("There is an invisible character here (", op.V(fmt.Sprintf("U+%04X", s.text[at])),
			"). Type the text anew instead of pasting it."))
}

func (s *scanner) refuse(at int, why op.Line) *op.Refusal {
	return op.Refuse(why, spot(string(s.text), at))
}
