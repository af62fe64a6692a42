package naming

import (
	"errors"
	"strings"
	"testing"

	"casterbot/internal/op"
)

func TestNewName(t *testing.T) {
	cases := []struct{ typed, want, says string }{
		{typed: "Evening News 47", want: "Evening News 47"},
		{typed: "  Evening  ", want: "Evening"},
		{typed: `"Quoted" & <ok>`, want: `"Quoted" & <ok>`},
		{typed: "晚间新闻 2", want: "晚间新闻 2"},
		{typed: "Вечер", want: "Вечер"},
		{typed: "News Вечер", want: "News Вечер"},
		{typed: strings.Repeat("é", 64), want: strings.Repeat("é", 64)},
		{typed: "", says: "is empty"},
		{typed: "   ", says: "is empty"},
		{typed: strings.Repeat("é", 65), says: "65 characters, at most 64"},
		{typed: "a\u202eb", says: "⟨U+202E⟩"},
		{typed: "a\u2066b", says: "⟨U+2066⟩"},
		{typed: "a\u200bb", says: "⟨U+200B⟩"},
		{typed: "a\ufeffb", says: "⟨U+FEFF⟩"},
		{typed: "a\u061cb", says: "⟨U+061C⟩"},
		{typed: "a\nb", says: "⟨U+000A⟩"},
		{typed: "a\x00b", says: "⟨U+0000⟩"},
		{typed: "a\u00a0b\u3000c", want: "a b c"},
		{typed: "Evening :clapper:", want: "Evening 🎬"},
		{typed: "Evening ❤️ Charity", want: "Evening ❤️ Charity"},
		{typed: "Новости-HD", want: "Новости-HD"},
		{typed: "HD_Новости (Main)", want: "HD_Новости (Main)"},
		{typed: "1️⃣ Wide", want: "1️⃣ Wide"},
		{typed: "👨\u200d👩\u200d👧", want: "👨\u200d👩\u200d👧"},
		{typed: "می\u200cخواهم", want: "می\u200cخواهم"},
		{typed: "क्\u200dष", want: "क्\u200dष"},
		{typed: "שידור\u200f", says: "⟨U+200F⟩"},
		{typed: "Ma\u200din", says: "⟨U+200D⟩"},
		{typed: "a\u2028b", says: "⟨U+2028⟩"},
		{typed: "a\ufe0fb", says: "⟨U+FE0F⟩"},
		{typed: "a\xffb", says: "⟨U+FFFD⟩"},
		{typed: "a\u3164b", says: "⟨U+3164⟩"},
		{typed: "M\u0430in", says: "mixes alphabets"},
		{typed: "\u039fscar", says: "mixes alphabets"},
	}
	for _, c := range cases {
		got, err := NewName(c.typed)
		if c.says == "" {
			if err != nil || got != c.want {
				t.Errorf("%q: %q, %v", c.typed, got, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%q: taken as %q", c.typed, got)
			continue
		}
		r := &op.Refusal{}
		if !errors.As(err, &r) || r.Field != "name" || !strings.Contains(r.Error(), c.says) {
			t.Errorf("%q: %v, want %q about the name", c.typed, err, c.says)
		}
	}
}

func TestSkeleton(t *testing.T) {
	same := [][2]string{{"Main", "main"}, {"Main", "M\u0430in"}, {"Studio 1", "Studio l"}, {"Studio 0", "Studio O"},
		{"Main", "Ma\u200bin"}, {"Ｍａｉｎ", "main"}, {"A—B", "a-b"}, {"Νews", "vews"}, {"Main", "Main\ufe0f"}}
	for _, pair := range same {
		if Skeleton(pair[0]) != Skeleton(pair[1]) {
			t.Errorf("%q and %q look alike: %q, %q", pair[0], pair[1], Skeleton(pair[0]), Skeleton(pair[1]))
		}
	}
	for _, pair := range [][2]string{{"Mail", "Mall"}, {"Café", "Cafe"}, {"Studio 2", "Studio 3"}, {"News", "New"}} {
		if Skeleton(pair[0]) == Skeleton(pair[1]) {
			t.Errorf("%q and %q are told apart by eye", pair[0], pair[1])
		}
	}
}

// Names are found when they are typed as they are, whatever characters they are made of.
func TestNamesTypedAsTheyAre(t *testing.T) {
	names := []string{"Evening ❤️ Charity", "Новости-HD", "晚间　新闻", "1️⃣ Wide",
		"می\u200cخواهم", "क्\u200dष", "שידור\u200f חי", "👨\u200d👩\u200d👧",
		"🏴󠁧󠁢󠁥󠁮󠁧󠁿 v 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "Канал1HD", "Evening 🎬", "Café",
		"Straße", "ไทย ช่อง", "한국어 채널", "ΕΡΤ News-2", "Ａlpha", "Ⅳ", "葛\U000e0100城",
		"Ma\u200bin", "two  spaces", "(Main) [2]", ":tv:", "Zoë’s", "O'Neill", "ﬁnal", "İstanbul", "«Вести»",
		"「ニュース」", "'Allo 'Allo", "A—B"}
	var all []Thing
	for i, name := range names {
		all = append(all, Thing{ID: strings.Repeat("x", i+1), Name: name})
	}
	for i, name := range names {
		if got, err := Studios.Find(name, all); err != nil || got != i {
			t.Errorf("%q: %d, %v", name, got, err)
		}
	}
	for typed, want := range map[string]string{
		"evening ❤ charity": "Evening ❤️ Charity", "Evening :heart: Charity": "Evening ❤️ Charity",
		"новости—hd": "Новости-HD",
		"晚间 新闻":      "晚间　新闻", ":one: wide": "1️⃣ Wide", "evening :clapper:": "Evening 🎬",
		":man-woman-girl:":                 "👨\u200d👩\u200d👧",
		":flag-england: v :flag-scotland:": "🏴󠁧󠁢󠁥󠁮󠁧󠁿 v 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "📺": ":tv:",
		"two spaces": "two  spaces", "a--b": "A—B", "FINAL": "ﬁnal",
	} {
		if i, err := Studios.Find(typed, all); err != nil || names[i] != want {
			t.Errorf("%q: %d, %v, want %q", typed, i, err, want)
		}
	}
	for _, typed := range []string{"Main", "Ma\u200din", "میخواهم", "👨👩👧", "שידור חי",
		"Новоcти-HD", "канал1hd"} {
		if i, err := Studios.Find(typed, all); err == nil {
			t.Errorf("%q is taken for %q", typed, names[i])
		}
	}
}

// Of two names that look alike none is taken, however exactly one is typed.
func TestLookalikesAreAsked(t *testing.T) {
	for _, pair := range [][2]string{{"Evening ❤️", "Evening ❤"}, {"晚间　新闻", "晚间 新闻"}, {":tv:",
		"📺"}, {"Main", "Ma\u200bin"}} {
		all := []Thing{{ID: "1", Name: pair[0]}, {ID: "2", Name: pair[1]}}
		for _, typed := range pair {
			if i, err := Studios.Find(typed, all); err == nil {
				t.Errorf("%q is taken for %q", typed, all[i].Name)
			}
		}
	}
}

func TestBareNames(t *testing.T) {
	for name, want := range map[string]string{"Café Zoë": "cafe zoe", "Ångström": "angstrom",
		"Новости й": "новости и",
		"晚间新闻":      "晚间新闻", "한국어": "한국어", "Straße": "strasse"} {
		if got := bare(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
