package i18n

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

func words(texts map[string]string, missed func(string, string)) *Words {
	w := New(missed)
	w.once.Do(func() { w.texts = map[string]map[string]string{Chinese: texts} })
	return w
}

func TestLine(t *testing.T) {
	texts := map[string]string{
		"Copies {} as {}.":         "将复制 {2}，来自 {1}。",
		"Copies {}":                "错",
		"You can't use {}":         "你不能使用 {}",
		"in {}.":                   "，位置：{}。",
		"Needs a second person.":   "需要另一个人。",
		"{} is open":               "{} 已打开",
		"is open":                  "错",
		"for playback":             "供播放",
		"expires":                  "过期于",
		"{} h {} min":              "{} 小时 {} 分",
		":":                        "：",
		",":                        "，",
		"No such studio: {} or {}": "没有 {}，也没有 {}",
	}
	news, b := op.B("Evening News"), op.B("B")
	for _, c := range []struct {
		name string
		line op.Line
		want string
	}{
		{"holes in another order", op.L("Copies ", news, " as ", b, "."), "将复制 B，来自 Evening News。"},
		{"holes in order", op.L("No such studio: ", news, " or ", op.Code("x")), "没有 Evening News，也没有 x"},
		{"put together", op.L("You can't use ", op.Code("caster.copy"), " in ", op.In("C0SHOW"), "."),
			"你不能使用 caster.copy，位置：#C0SHOW。"},
		{"two sentences", op.L("Copies ", news, " as ", b, ".", " Needs a second person."),
			"将复制 B，来自 Evening News。需要另一个人。"},
		{"a hole first", op.L(news, " is open"), "Evening News 已打开"},
		{"signs around it", op.L("🟡 ", op.L("Copies ", news, " as ", b, "."), "  ·  "),
			"🟡 将复制 B，来自 Evening News。  ·  "},
		{"a link", op.L("▶ ", op.Link("https://example.com", "for playback")), "▶ 供播放"},
		{"a value", op.L("expires ", op.V("expires")), "过期于 expires"},
		{"a length of time", op.L("expires ", op.For(62*time.Minute), " is"), "过期于 1 小时 02 分 is"},
		{"bold words", op.L(op.Strong("expires"), ": ", op.B("expires")), "过期于：expires"},
		{"full-width signs", op.L("Copies ", news, " as ", b, ".", " is open", ", ", b, " ", op.L("in ", b, ".")),
			"将复制 B，来自 Evening News。错，B，位置：B。"},
		{"nothing known", op.L("Hello ", news), "Hello Evening News"},
		{"nothing", nil, ""},
	} {
		if got := words(texts, nil).Line(Chinese, c.line).Plain(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := words(texts, nil).Line(English, c.line).Plain(); got != c.line.Plain() {
			t.Errorf("%s in English: %q", c.name, got)
		}
	}
}

// TestNamesStay: what is named by others is never translated, even if the catalogue has the same words.
func TestNamesStay(t *testing.T) {
	w := words(map[string]string{"Cancel": "取消", "{}": "错"}, nil)
	for _, s := range []op.Span{op.B("Cancel"), op.Code("Cancel"), op.V("Cancel"), op.Who("Cancel"), op.In("Cancel")} {
		got := w.Line(Chinese, op.L(s))
		if len(got) != 1 || got[0] != s {
			t.Errorf("%+v became %+v", s, got)
		}
	}
	if got := w.Text(Chinese, "Cancel"); got != "取消" {
		t.Errorf("the button says %q", got)
	}
}

func TestMissed(t *testing.T) {
	var missed []string
	w := words(map[string]string{"Known": "已知"}, func(_, key string) { missed = append(missed, key) })
	line := op.L("Known", " but not this ", op.B("Name"), "  ·  ", op.V("20"), " s", op.Strong("nor this"),
		op.For(time.Hour+time.Minute))
	if got := w.Line(English, line).Plain(); got != line.Plain() {
		t.Errorf("English became %q", got)
	}
	if strings.Join(missed, "|") != "but not this|nor this|{} h {} min" {
		t.Errorf("missed %q", missed)
	}
}

func TestAnswerAndForm(t *testing.T) {
	w := words(map[string]string{"Title": "标题", "Line": "行", "Fact": "事实", "Go": "去", "Note": "注",
		"Label": "名", "Hint": "提示", "Button": "按"}, nil)
	next := []op.Next{{Label: "Go", Text: "caster Go", Channel: "C0GO"}}
	pick := op.Pick{Label: "Label", Text: "caster Go ?", Typed: "Go"}
	a := w.Answer(Chinese, op.Answer{
		Title: op.L("Title"), Lines: []op.Line{op.L("Line")}, Note: op.L("Note"), Next: next, Pick: &pick,
		Items: []op.Item{{Title: op.L("Title"), Facts: []op.Line{op.L("Fact")}, Next: next}},
	})
	said := a.Title.Plain() + a.Lines[0].Plain() + a.Note.Plain() + a.Next[0].Label + a.Next[0].Text +
		a.Items[0].Title.Plain() + a.Items[0].Facts[0].Plain() + a.Items[0].Next[0].Label
	if said != "标题行注去caster Go标题事实去" || next[0].Label != "Go" {
		t.Errorf("%q, and the original says %q", said, next[0].Label)
	}
	if a.Next[0].Channel != "C0GO" || *a.Pick != (op.Pick{Label: "名", Text: "caster Go ?", Typed: "Go"}) ||
		pick.Label != "Label" {
		t.Errorf("the button is for %q, the picker %+v, the original %+v", a.Next[0].Channel, a.Pick, pick)
	}
	f := w.Form(Chinese, op.Form{Button: "Button", Note: op.L("Note"), Problem: op.L("Line"),
		Fields: []op.Field{{Label: "Label", Hint: "Hint", Value: "Go"}}})
	if got := f.Button + f.Note.Plain() + f.Problem.Plain() + f.Fields[0].Label + f.Fields[0].Hint +
		f.Fields[0].Value; got != "按注行名提示Go" {
		t.Errorf("%q", got)
	}
}

func TestOf(t *testing.T) {
	for locale, want := range map[string]string{"zh-CN": Chinese, "zh-TW": English, "zh-Hant-HK": English,
		"zh_hk": English,
		"ZH":    Chinese, "zh-Hans": Chinese, "en-US": English,
		"de-DE": "", "": ""} {
		if got := Of(locale); got != want {
			t.Errorf("%q: %q, want %q", locale, got, want)
		}
	}
}

// TestCatalogues: each can be read, its translations use just the holes that the key has, and say something.
func TestCatalogues(t *testing.T) {
	numbered := regexp.MustCompile(`\{(\d*)\}`)
	for language, data := range catalogues {
		texts, err := read(data)
		if err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			text := texts[key]
			if _, trimmed, _ := trim(key); trimmed != key {
				t.Errorf("%s: %q is looked up as %q", language, key, trimmed)
			}
			holes := strings.Count(key, "{}")
			seen := map[string]int{}
			for _, m := range numbered.FindAllStringSubmatch(text, -1) {
				seen[m[1]]++
			}
			if seen[""] != holes && len(seen) != holes || len(numbered.FindAllString(text, -1)) != holes ||
				strings.TrimSpace(text) == "" {
				t.Errorf("%s: %q has %d holes, %q has others", language, key, holes, text)
			}
		}
	}
}
