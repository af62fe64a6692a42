package composer

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestCodes(t *testing.T) {
	for typed, want := range map[string]string{
		"Evening 🎬":     "Evening :clapper:",
		"❤️ Charity":    ":heart: Charity",
		"❤ as a sign":   "❤ as a sign",
		"1️⃣ Wide, 1 2": ":one: Wide, 1 2",
		"🇩🇪🇫🇷":          ":flag-de::flag-fr:",
		"👋🏽!":           ":wave::skin-tone-4:!",
		"☝🏽":            ":point_up::skin-tone-4:",
		"👨‍👩‍👧 crew":    ":man-woman-girl: crew",
		"👩🏻‍💻":          ":female-technologist::skin-tone-2:",
		"🕵️‍♂️ 🕵‍♂":     ":male-detective: :male-detective:",
		"👍👎":            ":+1::-1:",
		"日本 ▶ → #1 *2*": "日本 ▶ → #1 *2*",
		"":              "",
	} {
		if got := Codes(typed); got != want {
			t.Errorf("%s: %s, want %s", typed, got, want)
		}
	}
}

// Every emoji of the table becomes a code, and the code leads back to it.
func TestTheWholeTable(t *testing.T) {
	if len(known.names) < 1900 {
		t.Fatalf("%d emoji", len(known.names))
	}
	for name, glyph := range Glyphs() {
		code := Codes(glyph)
		back := known.glyphs[strings.Trim(code, ":")]
		if back != glyph {
			t.Errorf("%s %s: %s, which is %s", name, glyph, code, back)
		}
	}
}

func TestRichText(t *testing.T) {
	for text, want := range map[string]string{
		"a &lt;b&gt; :clapper:": `{"text":"a <b> ","type":"text"},{"name":"clapper","type":"emoji","unicode":"1f3ac"}`,
		":wave::skin-tone-4:x":  `{"name":"wave","skin_tone":4,"type":"emoji","unicode":"1f44b"},{"text":"x","type":"text"}`,
		"at 10:30:00 :nothing:": `{"text":"at 10:30:00 :nothing:","type":"text"}`,
		"<@U0ANA> <#C0SHOW|show> <!here> <!subteam^S0CREW|@crew>": `{"type":"user","user_id":"U0ANA"},` +
			`{"text":" ","type":"text"},{"channel_id":"C0SHOW","type":"channel"},{"text":" ","type":"text"},` +
			`{"range":"here","type":"broadcast"},{"text":" ","type":"text"},` +
			`{"type":"usergroup","usergroup_id":"S0CREW"}`,
		"<https://x/?a=1&amp;b|y>": `{"text":"y","type":"link","url":"https://x/?a=1&b"}`,
		"":                         ``,
	} {
		var out strings.Builder
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		if err := e.Encode(RichText(text)); err != nil {
			t.Fatal(err)
		}
		full := `{"elements":[{"elements":[` + want + `],"type":"rich_text_section"}],"type":"rich_text"}` + "\n"
		if out.String() != full {
			t.Errorf("%s: %s, want %s", text, out.String(), full)
		}
	}
}
