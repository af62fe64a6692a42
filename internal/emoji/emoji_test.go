package emoji

import "testing"

func TestDecode(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "Evening News": "Evening News", "Evening :clapper:": "Evening 🎬", ":tv:": "📺", "a:tv:b": "a📺b",
		":tv::clapper:": "📺🎬", ":one: Wide": "1️⃣ Wide", ":heart:": "❤️", ":flag-de:": "🇩🇪",
		":de:": "🇩🇪", ":flag-mx:": "🇲🇽",
		":flag-gb: :flag-us: :flag-eu: :flag-un: :flag-cn: :flag-jp: :gb: :us:": "🇬🇧 🇺🇸 🇪🇺 🇺🇳 🇨🇳 🇯🇵 🇬🇧 🇺🇸",
		":flag-zz:": ":flag-zz:", ":flag-england:": "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
		":man-woman-girl:": "👨‍👩‍👧", ":runner:": "🏃", ":+1:": "👍",
		":wave::skin-tone-3:": "👋🏼", ":+1::skin-tone-6:": "👍🏿", ":point_up::skin-tone-2:": "☝🏻",
		":nosuchthing:":  ":nosuchthing:",
		"until 22:30:00": "until 22:30:00", "10:100:20": "10:100:20", ":100:": "💯",
		"rtmp://a:b@c:1935/x":   "rtmp://a:b@c:1935/x",
		":party-parrot: :tada:": ":party-parrot: 🎉", "::tv::": ":📺:", ":TV:": ":TV:", ": tv :": ": tv :",
		"a:b":                      "a:b",
		":studio_microphone: Live": "🎙️ Live", ":man-running:": "🏃‍♂️", ":red_circle::tv": "🔴:tv",
	} {
		if got := Decode(text); got != want {
			t.Errorf("%q: %q (%+q), want %q", text, got, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(":tv::skin-tone-2:")
	f.Add("a:b:c:100:")
	f.Fuzz(func(t *testing.T, text string) {
		if once := Decode(text); len(text) > 0 && once == "" {
			t.Errorf("%q became nothing", text)
		}
	})
}
