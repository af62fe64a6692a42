package render

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"casterbot/internal/op"
)

// How many characters of one span are shown. Names are bold; sentences may be longer than names.
const (
	MaxName = 80
	maxCode = 300
	maxText = 600
)

// mrkdwn draws a line in Slack's markup. Every span is escaped: whatever a name holds, it stays a name.
func mrkdwn(l op.Line) string {
	var b strings.Builder
	for i, s := range l {
		part(&b, s, i > 0 && styled(l[i-1]))
	}
	return b.String()
}

func styled(s op.Span) bool { return s.Code || s.Bold }

// joint is an invisible space: Slack's formatting ends only at a space or a sign, and Chinese and Japanese have none
// between words.
const joint = "\u200b"

// part draws one span. Beside a styled one there is a joint if there is no other space.
func part(b *strings.Builder, s op.Span, afterStyle bool) {
	first, _ := utf8.DecodeRuneInString(s.Text)
	last, _ := utf8.DecodeLastRuneInString(b.String())
	if afterStyle && unspaced(first) || styled(s) && unspaced(last) {
		b.WriteString(joint)
	}
	switch {
	case active(b, s):
	case s.Code:
		wrap(b, "`", escape(strings.ReplaceAll(Clean(s.Text, maxCode), "`", "ˋ")))
	case s.Bold:
		wrap(b, "*", escape(tame(Clean(s.Text, MaxName))))
	default:
		b.WriteString(escape(tame(Clean(s.Text, maxText))))
	}
}

// unspaced reports a character of a script that is written without spaces, or one of its signs.
func unspaced(r rune) bool {
	return r >= 0x2e80 && r < 0xa4d0 || r >= 0xac00 && r < 0xfb00 || r >= 0xff00 && r < 0xfff0 ||
		r >= 0x20000 && r < 0x40000
}

// notice draws a line for notifications and screen readers: people are named, the rest is plain.
func notice(l op.Line) string {
	var b strings.Builder
	for _, s := range l {
		switch {
		case s.At != 0:
			b.WriteString(moment(s))
		case s.URL != "":
			b.WriteString(escape(Clean(s.Text, MaxName)))
		case active(&b, s):
		default:
			b.WriteString(escape(tame(Clean(s.Text, maxText))))
		}
	}
	return b.String()
}

// active draws what Slack fills in for the reader: people, groups, channels, times and links; false for text.
func active(b *strings.Builder, s op.Span) bool {
	switch {
	case s.Message != "": // a reference that has no address is only its label
		return false
	case isID(s.Person):
		b.WriteString("<@" + s.Person + ">")
	case isID(s.Group):
		b.WriteString("<!subteam^" + s.Group + ">")
	case isID(s.Channel):
		b.WriteString("<#" + s.Channel + ">")
	case s.Person+s.Group+s.Channel != "":
		b.WriteString(escape(tame(Clean(s.Person+s.Group+s.Channel, MaxName))))
	case s.At != 0:
		b.WriteString(date(s))
	case strings.HasPrefix(s.URL, "https://") || strings.HasPrefix(s.URL, "http://"):
		b.WriteString("<" + address(s.URL) + "|" + escape(tame(Clean(s.Text, MaxName))) + ">")
	case s.URL != "": // Slack follows no other kind of link (rtmp://, javascript:): the address is there to copy
		b.WriteString(escape(tame(Clean(s.Text, MaxName))) + " `" + address(s.URL) + "`")
	default:
		return false
	}
	return true
}

// date draws a moment in the reader's own zone, with UTC for programs that cannot. It is the reader's program that says
// "today", whenever they read it.
func date(s op.Span) string {
	format := "{time_secs} {date_short_pretty}"
	switch {
	case s.Day:
		format = "{date_short_pretty}"
	case s.DayFirst:
		format = "{date_short_pretty} {time_secs}"
	}
	return "<!date^" + strconv.FormatInt(s.At/1000, 10) + "^" + format + "|" + moment(s) + ">"
}

func moment(s op.Span) string {
	return op.Line{s}.Plain()
}

// isID reports whether s can be an id of Slack: anything else must not stand inside angle brackets.
func isID(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// address makes a link's address safe between "<" and "|".
func address(url string) string {
	var b strings.Builder
	for _, c := range []byte(url) {
		if c <= ' ' || c > '~' || strings.IndexByte("<>|`\"\\^{}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return strings.ReplaceAll(b.String(), "&", "&amp;")
}

func wrap(b *strings.Builder, mark, text string) {
	if text = strings.TrimSpace(text); text != "" {
		b.WriteString(mark + text + mark)
	}
}

// escape takes away the meaning of the three characters that Slack's markup is made of.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace

// Clean makes one line of at most max characters out of any bytes, with an ellipsis behind them when there were more.
// Characters that hide something, or that turn the order of others around, are shown by number: ⟨U+202E⟩.
func Clean(text string, max int) string {
	plain := !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r >= 0x7f })
	if plain && len(text) <= max {
		return text
	}
	var b strings.Builder
	n := 0
	runes := []rune(text)
	for i := range runes {
		drawn := visible(runes, i)
		if n += utf8.RuneCountInString(drawn); n > max {
			b.WriteString("…")
			break
		}
		b.WriteString(drawn)
	}
	return b.String()
}

func visible(runes []rune, i int) string {
	switch r := runes[i]; {
	case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
		return " "
	case r != utf8.RuneError && op.Conceals(runes, i):
		return fmt.Sprintf("⟨U+%04X⟩", r)
	}
	return string(runes[i])
}

// twins look like the characters that format text, and do nothing.
var twins = map[rune]rune{'*': '∗', '_': 'ˍ', '~': '∼', '`': 'ˋ', ':': '∶'}

// tame takes away the meaning of formatting characters and emoji codes. An underscore inside a word is left alone, and
// so is a colon that starts no emoji code, so that addresses and times read as they are.
func tame(text string) string {
	if !strings.ContainsAny(text, "*_~`:") {
		return text
	}
	runes := []rune(text)
	for i, r := range runes {
		if twin, ok := twins[r]; ok && formats(runes, i) {
			runes[i] = twin
		}
	}
	return string(runes)
}

func formats(runes []rune, i int) bool {
	switch runes[i] {
	case ':':
		return isEmoji(runes[i+1:])
	case '_', '~':
		return i == 0 || i == len(runes)-1 || !isWord(runes[i-1]) || !isWord(runes[i+1])
	}
	return true
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isEmoji reports whether the text after a colon is the rest of an emoji code: a name and another colon. Numbers are
// none, except the two that are.
func isEmoji(rest []rune) bool {
	for i, r := range rest {
		if r == ':' {
			name := string(rest[:i])
			return name == "100" || name == "1234" || strings.Trim(name, "0123456789") != ""
		}
		if !isWord(r) && r != '_' && r != '-' && r != '+' && r != '\'' {
			return false
		}
	}
	return false
}
