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
		{typed: "a\u00a0b", says: "⟨U+00A0⟩"},
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
