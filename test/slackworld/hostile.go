package slackworld

import (
	"regexp"
	"strings"
)

// Hostile are names that people and other programs give to things.
var Hostile = []string{
	"<!channel>", "<!here>", "<!everyone>", "<@U0KEN>", "<@U0KEN|ken>", "<#C0SHOW>", "<#C0SHOW|show>", "<!subteam^S0CREW>",
	"<!subteam^S0CREW|@crew>", "<!date^1^{time}|now>", "<https://evil.example|ok>", "<mailto:a@evil.example|ok>",
	"https://evil.example",
	"evil.example/path", "@channel", "@here @everyone", "#show-control", ":rotating_light:", ":x: failed",
	"*bold* _it_ ~no~ `code`",
	"```\nblock\n```", "> quote", "a\n• b\n<!here>", "\u202egnp.exe", "a\u200bb\u2060c", "&lt;!channel&gt;",
	"&amp;lt;!here>", "\x00\x1b[31mred",
	"a|b>c<d", "\xff\xfe<!here>", strings.Repeat("<!here>", 40), strings.Repeat("𝕏", 5000), "]}\",\"blocks\":[]",
	"Mаin (Cyrillic)", "*", "_", "",
}

// Element finds everything that Slack would fill in or follow.
var Element = regexp.MustCompile(`<[^>]*>?`)

// Ours are the elements that the samples hold on purpose.
var Ours = regexp.MustCompile(
	`^<(@U0ANA|@U0BO|!subteam\^S0LEADS|!date\^\d+\^[^|]*\|[^>]*|https://play\.example\.com/[^|<>]*\|[^<>]*)>$`)
