package render

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"casterbot/internal/op"
	"casterbot/test/slackworld"
)

func TestMrkdwn(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 5, 0, time.UTC)
	for _, c := range []struct {
		name string
		line op.Line
		want string
	}{
		{"plain", op.L("Restart studio ", op.B("Evening News")), "Restart studio *Evening News*"},
		{"markup", op.L("a <!channel> & <@U1>"), "a &lt;!channel&gt; &amp; &lt;@U1&gt;"},
		{"people", op.L(op.Who("U0ANA"), " ", op.Group("S0CREW"), " ", op.In("C0SHOW")),
			"<@U0ANA> <!subteam^S0CREW> <#C0SHOW>"},
		{"an id that is none", op.L(op.Who("U1><!here")), "U1&gt;&lt;!here"},
		{"time", op.L(op.At(noon)), "<!date^1795348805^{time_secs} {date_short_pretty}|2026-11-22 12:00:05 UTC>"},
		{"day", op.L(op.Day(noon)), "<!date^1795348805^{date_short_pretty}|2026-11-22>"},
		{"day first", op.Line{{At: noon.UnixMilli(), DayFirst: true}},
			"<!date^1795348805^{date_short_pretty} {time_secs}|2026-11-22 12:00:05 UTC>"},
		{"link", op.L(op.Link("https://play.example.com/a?b=1&c=2", "for playback")),
			"<https://play.example.com/a?b=1&amp;c=2|for playback>"},
		{"link that breaks out", op.L(op.Link("https://x/>|<!here>", "a>b")), "<https://x/%3E%7C%3C!here%3E|a&gt;b>"},
		{"link that runs code", op.L(op.Link("javascript:alert(1)", "ok")), "ok `javascript:alert(1)`"},
		{"address that is no link",
			op.L("▶ ", op.Link("rtmp://play.example.com/a/b?auth_key=1-2&c=<!here>`x\n\x7f", "*for* playback")),
			"▶ ∗for∗ playback `rtmp://play.example.com/a/b?auth_key=1-2&amp;c=%3C!here%3E%60x%0A%7F`"},
		{"bold that breaks out", op.L(op.B("a* _b_ ~c~")), "*a∗ ˍbˍ ∼c∼*"},
		{"code that breaks out", op.L(op.Code("a`b*c")), "`aˋb*c`"},
		{"two lines", op.L(op.B("a\nb\r\u2028c")), "*a b  c*"},
		{"emoji", op.L("a :smile: b :+1: 20:14:30 :100:"), "a ∶smile: b ∶+1: 20:14:30 ∶100:"},
		{"inside a word", op.L("main_stream show/main~2"), "main_stream show/main~2"},
		{"turned around", op.L(op.B("gnp\u202egpj.exe")), "*gnp⟨U+202E⟩gpj.exe*"},
		{"invisible", op.L("a\u200bb\ufeffc\x00\x1b[31m"), "a⟨U+200B⟩b⟨U+FEFF⟩c⟨U+0000⟩⟨U+001B⟩[31m"},
		{"not UTF-8", op.L("a\xffb"), "a\ufffdb"},
		{"too long", op.L(op.B(strings.Repeat("x", 100))), "*" + strings.Repeat("x", 80) + "…*"},
		{"empty bold", op.L("a", op.B("  "), "b"), "ab"},
	} {
		if got := mrkdwn(c.line); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestNotice(t *testing.T) {
	line := op.L("❌ ", op.B("a<b"), " asked by ", op.Who("U0ANA"), " at ", op.At(time.Unix(0, 0).Add(time.Hour)), " ",
		op.Link("https://x", "play"))
	if got, want := notice(line), "❌ a&lt;b asked by <@U0ANA> at 1970-01-01 01:00:00 UTC play"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCutKeepsElementsWhole(t *testing.T) {
	for _, text := range []string{strings.Repeat("é<@U0ANA>&amp;", 400), strings.Repeat("x", 2999) + "<@U0ANA>",
		strings.Repeat("x", 2994) + "&amp;&amp;"} {
		got := cut(text, maxSection)
		if len(got) > maxSection || !utf8.ValidString(got) {
			t.Fatalf("%d bytes, valid %v", len(got), utf8.ValidString(got))
		}
		whole := regexp.MustCompile(`<@U0ANA>|&amp;`).ReplaceAllString(got, "")
		if strings.ContainsAny(whole, "<&") {
			t.Errorf("an element was cut: …%q", got[len(got)-20:])
		}
	}
}

func FuzzText(f *testing.F) {
	for _, name := range slackworld.Hostile {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, span := range []op.Span{op.B(name), op.Code(name), {Text: name}, op.Who(name),
			op.Link("https://x/"+name, name), op.Link("rtmp://x/"+name, name)} {
			for _, drawn := range []string{mrkdwn(op.Line{span}), notice(op.Line{span})} {
				for _, e := range slackworld.Element.FindAllString(drawn, -1) {
					if span.URL != "" && strings.HasPrefix(e, "<https://x/") || isID(span.Person) && e == "<@"+span.Person+">" {
						continue
					}
					t.Errorf("%.60q became active: %.60q in %.60q", name, e, drawn)
				}
				if strings.ContainsAny(drawn, "\n\r\x00\u202e") || !utf8.ValidString(drawn) {
					t.Errorf("%.60q was drawn as %.60q", name, drawn)
				}
			}
		}
	})
}

// TestJoints: where a script has no spaces Slack still has to see that a name is bold.
func TestJoints(t *testing.T) {
	news, code := op.B("新闻"), op.Code("record stop")
	for want, line := range map[string]op.Line{
		"导播台\u200b*新闻*\u200b。":               op.L("导播台", news, "。"),
		"导播台 *新闻* 已重启":                       op.L("导播台 ", news, " 已重启"),
		"使用\u200b`record stop`\u200b*新闻*":    op.L("使用", code, news),
		"Studio *新闻*, `record stop`; “*新闻*”": op.L("Studio ", news, ", ", code, "; “", news, "”"),
		"新闻，停": op.L(op.V("新闻"), "，", op.V("停")),
	} {
		if got := mrkdwn(line); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
