package render

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"casterbot/internal/op"
	"casterbot/test/slackworld"

	"github.com/slack-go/slack"
)

// Half a phone's screen, above the buttons.
const (
	phoneColumns = 40
	phoneLines   = 11 // as the phone breaks them
	cardLines    = 5  // as the card breaks them, without the one that says who must approve
)

// standing draws what Slack fills in at about the length that people see.
var standing = []struct {
	what *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`<!date\^[^>]*>`), "18:58:00 today"},
	{regexp.MustCompile(`<(?:@|!subteam\^)[A-Z0-9]+>`), "@someone"},
	{regexp.MustCompile(`<[^|>]*\|([^>]*)>`), "$1"},
}

// above are the lines of a card before its buttons.
func above(t *testing.T, m Message) []string {
	t.Helper()
	var text []string
	for _, b := range append(m.Blocks[:len(m.Blocks):len(m.Blocks)], m.body...) {
		switch b := b.(type) {
		case *slack.SectionBlock:
			text = append(text, b.Text.Text)
		case *slack.ActionBlock:
			all := strings.Join(text, "\n")
			for _, s := range standing {
				all = s.what.ReplaceAllString(all, s.with)
			}
			return strings.Split(all, "\n")
		}
	}
	t.Fatal("it has no buttons")
	return nil
}

// onPhone counts lines as a phone breaks them, between words.
func onPhone(lines []string) int {
	n := 0
	for _, line := range lines {
		n++
		width := 0
		for word := range strings.FieldsSeq(line) {
			if w := utf8.RuneCountInString(word); width > 0 && width+1+w > phoneColumns {
				n, width = n+1, w
			} else {
				width += w + 1
			}
		}
	}
	return n
}

// asking are the cards that wait for somebody: of each there is a golden file.
var asking = regexp.MustCompile(`^(pending|unknown)`)

// TestACardThatAsksFitsHalfAPhone: whoever has to press something sees all of it at once, beside the picture.
func TestACardThatAsksFitsHalfAPhone(t *testing.T) {
	n := 0
	for name, o := range cards() {
		if !asking.MatchString(name) {
			continue
		}
		n++
		lines := above(t, plain.Card(o, false))
		if got := onPhone(lines); got > phoneLines {
			t.Errorf("%s: %d lines on a phone:\n%s", name, got, strings.Join(lines, "\n"))
		}
		most := cardLines
		if o.Decision.Confirm == op.ConfirmOther {
			most++
		}
		if len(lines) > most {
			t.Errorf("%s: %d lines:\n%s", name, len(lines), strings.Join(lines, "\n"))
		}
	}
	if n < 8 {
		t.Errorf("%d cards that ask", n)
	}
}

// TestWhatDecidesIsOnTheCard: a lock that is passed, an unknown outcome, who must approve and until when stand on the
// card, whatever else there is to say; the rest is behind its button.
func TestWhatDecidesIsOnTheCard(t *testing.T) {
	o := cards()["pending-take"]
	o.Plan.Warnings = []op.Line{op.L("🔒 This goes through the lock of ", op.Who("U0KEN"), "."),
		op.L("It is not known what became of ", op.Code("op ABC123"), ".")}
	slackworld.Other(&o)
	drawn := slackworld.JSON(t, asSent(plain.Card(o, false)))
	for _, must := range []string{"Viewers will then see", "goes through the lock", "ABC123", "Waiting for one approval",
		"expires", "op:details"} {
		if !strings.Contains(drawn, must) {
			t.Errorf("%s is not on the card", must)
		}
	}
	for _, l := range o.Plan.Facts {
		if strings.Contains(drawn, l.Plain()) {
			t.Errorf("%s has no room on the card", l.Plain())
		}
	}
	o.Plan.Facts = nil
	if strings.Contains(slackworld.JSON(t, asSent(plain.Card(o, false))), "op:details") {
		t.Error("a button that leads to nothing")
	}
}
