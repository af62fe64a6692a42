package live

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"casterbot/internal/op"
)

const maxMessage = 300

// secrets are forms that no text from outside may keep: addresses, key ids, and values of telling parameters, as
// they are or percent-encoded.
var secrets = []struct {
	form *regexp.Regexp
	put  string
}{
	{regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*(://|%3A%2F%2F)\S+`), "[address]"},
	{regexp.MustCompile(
		`(?i)\b(AccessKeyId|AccessKeySecret|SecurityToken|Signature|SignatureNonce|auth_key|token|secret|password)(=|%3D|%253D|"?\s*:\s*"?)[^\s&",;]+`), "[secret]"},
	{regexp.MustCompile(`\b(LTAI|STS\.)[A-Za-z0-9]+`), "[key]"},
}

// redact makes one safe line of at most maxMessage runes out of the service's message. The keys of this request are
// taken out wherever they stand.
func (k keys) redact(text string) string {
	text = strings.ToValidUTF8(text, "?")
	for _, secret := range []string{k.token, k.secret, k.id} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "[secret]")
		}
	}
	for _, s := range secrets {
		text = s.form.ReplaceAllString(text, s.put)
	}
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || op.Invisible(r) }), " ")
	if utf8.RuneCountInString(text) > maxMessage {
		text = string([]rune(text)[:maxMessage-1]) + "…"
	}
	return text
}

// word keeps of a code or request id what such a thing is made of, at most 80 characters.
func word(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r)) {
			return r
		}
		return -1
	}, text)
	return text[:min(len(text), 80)]
}
