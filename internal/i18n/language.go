package i18n

import (
	"slices"
	"strings"
)

// The languages, by the names that the policy uses for them.
const (
	English = "en"
	Chinese = "zh-CN"
)

// Of gives the language for a locale as chat systems write it ("zh-CN", "zh-Hans", "en-GB"); empty when it is none of
// ours.
func Of(locale string) string {
	parts := strings.FieldsFunc(strings.ToLower(locale), func(r rune) bool { return r == '-' || r == '_' })
	if len(parts) == 0 {
		return ""
	}
	for _, part := range parts[1:] { // written in other characters: English until there is a catalogue
		if slices.Contains([]string{"tw", "hk", "mo", "hant"}, part) {
			return English
		}
	}
	return map[string]string{"en": English, "zh": Chinese}[parts[0]]
}
