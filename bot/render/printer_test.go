package render

import (
	"slices"
	"strings"
	"testing"

	"casterbot/internal/i18n"
	"casterbot/internal/op"
	"casterbot/test/slackworld"
)

var queue = op.L("The queue is full, nothing was done.")

const queueChinese = "队列已满，未执行任何操作。"

func TestWhoReadsWhat(t *testing.T) {
	t.Parallel()
	locales := map[string]string{"U0ANA": "en-GB", "U0LIN": "zh-CN", "U0JO": "fr-FR", "U0BO": ""}
	all := Localizer{
		Words:   i18n.New(nil),
		Channel: func(channel string) string { return map[string]string{"C0ZH": i18n.Chinese}[channel] },
		Locale:  func(person string) (string, bool) { l, ok := locales[person]; return l, ok },
	}
	chinese := func(say Printer) bool { return say.Line(queue).Plain() == queueChinese }
	if chinese(all.Public("C0SHOW")) || !chinese(all.Public("C0ZH")) {
		t.Error("what is public is not in the channel's language")
	}
	for _, c := range []struct {
		person, channel string
		chinese, known  bool
	}{
		{"U0ANA", "C0SHOW", false, true}, {"U0ANA", "C0ZH", false, true},
		{"U0LIN", "C0SHOW", true, true}, {"U0LIN", "C0ZH", true, true}, {"U0LIN", "", true, true},
		{"U0JO", "C0SHOW", false, true}, {"U0JO", "C0ZH", true, true},
		{"U0BO", "C0ZH", true, true},
		{"U0NEW", "C0SHOW", false, false}, {"U0NEW", "C0ZH", true, false},
	} {
		say, known := all.Private(op.Address{Person: c.person, Channel: c.channel})
		if chinese(say) != c.chinese || known != c.known {
			t.Errorf("%s in %s: Chinese %v, known %v", c.person, c.channel, chinese(say), known)
		}
	}
}

// TestContact: whoever keeps casterbot is named to one reader, and to nobody in front of everybody: a name there would
// call them.
func TestContact(t *testing.T) {
	advice := op.L("Ask ", op.Keeper(), " ", "to set the clock.")
	all := Localizer{
		Words:   i18n.New(nil),
		Channel: func(channel string) string { return map[string]string{"C0ZH": i18n.Chinese}[channel] },
		Locale:  func(string) (string, bool) { return "", true },
		Contact: func(channel string) []string {
			return map[string][]string{"C0SHOW": {"U0KEN", "S0LEADS"}, "C0ZH": {"U0KEN"}}[channel]
		},
	}
	for channel, want := range map[string]struct{ private, public string }{
		"C0SHOW": {"Ask <@U0KEN> or <!subteam^S0LEADS> to set the clock.", "Ask whoever keeps casterbot to set the clock."},
		"C0ZH":   {"请 <@U0KEN> 校准时钟。", "请 casterbot 的管理员 校准时钟。"},
		"C0NONE": {"Ask whoever keeps casterbot to set the clock.", "Ask whoever keeps casterbot to set the clock."},
	} {
		say, _ := all.Private(op.Address{Person: "U0ANA", Channel: channel})
		if got := mrkdwn(say.Line(advice)); got != want.private {
			t.Errorf("%s, in private: %s", channel, got)
		}
		if got := mrkdwn(all.Public(channel).Line(advice)); got != want.public {
			t.Errorf("%s, in public: %s", channel, got)
		}
		answer := slackworld.JSON(t, say.Answer(op.Answer{Title: op.L("x"), Lines: []op.Line{advice},
			Items: []op.Item{{Title: advice}}}).Blocks)
		if named := strings.Count(answer, "U0KEN"); named != strings.Count(want.private, "U0KEN")*2 {
			t.Errorf("%s: an answer names them %d times: %s", channel, named, answer)
		}
	}
}

// TestChineseCards: everything that drawing adds to a stored operation, to a form and to an answer is in the catalogue.
func TestChineseCards(t *testing.T) {
	for name, o := range cards() {
		stored, drawn := recording(), recording()
		lines := append(slices.Clone(o.Plan.Facts), o.Plan.Title, o.Plan.Viewers, op.L(op.Text(o.Plan.Button)))
		if o.Outcome != nil {
			lines = append(lines, o.Outcome.Text, o.Outcome.Evidence)
			for _, n := range o.Outcome.Next {
				lines = append(lines, op.L(op.Text(n.Label)))
			}
		}
		for _, l := range lines {
			stored.Line(l)
		}
		m := drawn.Card(o, false)
		for key := range drawn.missed {
			if !stored.missed[key] {
				t.Errorf("%s: zh-CN.yml lacks %q", name, key)
			}
		}
		lint(t, name, m)
		zh := Printer{Words: i18n.New(nil), Language: i18n.Chinese}.Card(o, false)
		lint(t, name+" in Chinese", zh)
		if slackworld.JSON(t, asSent(zh)) == slackworld.JSON(t, asSent(m)) || len(zh.body) != len(m.body) {
			t.Errorf("%s reads the same in Chinese: %s", name, zh.Text)
		}
	}
}

// recorder is English that notes what Chinese lacks.
type recorder struct {
	Printer
	missed map[string]bool
}

func recording() recorder {
	r := recorder{missed: map[string]bool{}}
	r.Words = i18n.New(func(_, key string) { r.missed[key] = true })
	return r
}

// TestChineseForms: what a person sees of a form is translated, what comes back with it is not.
func TestChineseForms(t *testing.T) {
	f := op.Form{
		Command: "caster copy {caster} {name}", Title: "/caster copy", Button: "Continue",
		Note:    op.L("Its playback ends."),
		Channel: "C0SHOW", Fields: []op.Field{
			{Name: "caster", Label: "Studio", Hint: "A studio of this channel, by name or id.",
				Chosen: []op.Option{{Label: "Idle", Note: "idle", Value: "c1"}}, Value: "c1"},
			{Name: "name", Label: "New name", Max: 64, Value: "Studio"},
		},
	}
	say := Printer{Words: i18n.New(nil), Language: i18n.Chinese}
	v := say.DrawForm(f, "U0LIN")
	drawn := slackworld.JSON(t, v.Blocks) + slackworld.JSON(t, v.Submit) + slackworld.JSON(t, v.Close)
	for _, want := range []string{"导播台", "继续", "取消", "输入以搜索", "Idle · 空闲",
		`"initial_value": "Studio"`, "新名称"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("the form has no %q: %s", want, drawn)
		}
	}
	if v.PrivateMetadata != plain.DrawForm(f, "U0LIN").PrivateMetadata || v.Title.Text != "/caster copy" {
		t.Errorf("the form itself was translated: %s", v.PrivateMetadata)
	}
	offered := string(say.Offered([]op.Option{
		{Says: op.L("Studio", " comes first."), Value: op.Ask},
		{Label: "Morning", Note: "on air", Value: "c2", Group: op.L("On air")},
	}))
	for _, want := range []string{"导播台", "Morning · 直播中", `"text":"直播中"`, "其他"} {
		if !strings.Contains(offered, want) {
			t.Errorf("the picker has no %q: %s", want, offered)
		}
	}
}
