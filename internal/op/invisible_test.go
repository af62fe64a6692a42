package op

import "testing"

func TestHidden(t *testing.T) {
	for text, want := range map[string]int{
		"": -1, "Evening News": -1, "Evening ❤️ Charity": -1, "1️⃣ Wide": -1, "👨\u200d👩\u200d👧": -1,
		"#️⃣": -1, "👩🏽\u200d🚒": -1,
		"🏴󠁧󠁢󠁥󠁮󠁧󠁿 v 🏴󠁧󠁢󠁳󠁣󠁴󠁿": -1,
		"🏳️\u200d🌈": -1, "می\u200cخواهم": -1,
		"क्\u200dष": -1, "ക്\u200d": 2, "晚间　新闻": -1, "葛\U000e0100城": -1,
		"Новости-HD": -1, "☎︎": -1, "↔️": -1, "‼️": -1, "©️": -1,
		"a\u200db": 1, "a\u200cb": 1, "\u200dab": 0, "ab\u200c": 2, "a\ufe0fb": 1, "😀\u200d": 1, "🏴\U000e0067a": -1,
		"a\U000e0067": 1, "שידור\u200f": 5, "a\u202eb": 1, "a\u2066b": 1, "a\u00adb": 1, "a\x00b": 1, "\u3164": 0,
		"a\ufeff": 1,
		"a\ufffd": 1, "a\x7f": 1, "م\u200da": 1, "a\u034fb": 1, "\u2060": 0,
	} {
		if got := Hidden(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"👨\u200d👩\u200d👧 می\u200cخواهم": "👨\u200d👩\u200d👧 می\u200cخواهم",
		"a\u200db": "a⟨U+200D⟩b", "שי\u200f": "שי⟨U+200F⟩",
		"x\ufe0fy": "x⟨U+FE0F⟩y", "1️⃣": "1️⃣"} {
		if got := Visible(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
