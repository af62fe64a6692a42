// Package emoji reads the codes that Slack puts in place of the emoji that somebody types: ":clapper:" is 🎬.
package emoji

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	table "github.com/kyokomi/emoji/v2"
)

// code is one emoji as Slack writes it, with the tone of a skin if somebody chose one.
// https://docs.slack.dev/messaging/formatting-message-text#emoji
var code = regexp.MustCompile(`:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?`)

// gendered are names that say man or woman; without that Slack shows the emoji of anybody.
var gendered = regexp.MustCompile(`(?:^|[_-])(?:wo)?m[ae]n(?:$|[_-])|male|^mer`)

var known = sync.OnceValue(table.CodeMap)

// Decode puts emoji in place of the codes that are known; all other text, and a code that a workspace has made up,
// stays as it is.
func Decode(text string) string {
	if strings.Count(text, ":") < 2 {
		return text
	}
	var b strings.Builder
	for {
		at := code.FindStringSubmatchIndex(text)
		if at == nil {
			return b.String() + text
		}
		name, end := text[at[2]:at[3]], at[1]
		sign := of(name)
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		if sign == "" || strings.Trim(name, "0123456789") == "" && unicode.IsDigit(before) { // as in 10:100:20
			b.WriteString(text[:at[3]])
			text = text[at[3]:]
			continue
		}
		if at[4] >= 0 {
			sign = toned(sign, text[at[4]])
		}
		b.WriteString(text[:at[0]] + sign)
		text = text[end:]
	}
}

// of gives the emoji of a name; empty when there is none.
func of(name string) string {
	if region, ok := strings.CutPrefix(name, "flag-"); ok {
		return flag(region)
	}
	sign := known()[":"+name+":"]
	if !gendered.MatchString(name) || name == "ok_woman" || name == "man_with_turban" { // :runner: is anybody
		for _, gender := range []string{"\u200d\u2642\ufe0f", "\u200d\u2640\ufe0f"} {
			sign = strings.TrimSuffix(sign, gender)
		}
	}
	return strings.TrimSpace(sign)
}

// flag is that of a country, by its two letters, or of a part of Britain.
func flag(region string) string {
	if len(region) != 2 {
		return known()[":"+region+":"]
	}
	if known()[":flag_"+region+":"] == "" && region != "un" {
		return ""
	}
	const a = '\U0001f1e6'
	return string([]rune{a + rune(region[0]-'a'), a + rune(region[1]-'a')})
}

// toned gives an emoji the tone of a skin: 2 is the lightest, 6 the darkest.
func toned(sign string, tone byte) string {
	first, size := utf8.DecodeRuneInString(sign)
	rest := strings.TrimPrefix(sign[size:], "\ufe0f")
	return string(first) + string('\U0001f3fb'+rune(tone-'2')) + rest
}
