package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// A card that asks, as a phone breaks it: bot/render holds its golden files to the same.
const (
	phoneColumns = 40
	phoneLines   = 11
)

// asks is a card with buttons that wait for an answer, in any story: what it says, and the buttons.
var asks = regexp.MustCompile(
	`(?m)^bot (?:posts|edits) #\S+(?: thread)?> ((?:🟡|⚠️) .*?) \[(?:[^]]*)\](?: \[[^]]*\])* op\d+$`)

// moment is as long as people see it: "18:58:00 today".
var moment = regexp.MustCompile(`20\d\d-\d\d-\d\d (\d\d:\d\d:\d\d) UTC`)

// TestCardsThatAskFitHalfAPhone: whatever a story asks for, all that stands above the buttons is seen at once.
func TestCardsThatAskFitHalfAPhone(t *testing.T) {
	files, err := filepath.Glob("testdata/*.talk")
	if err != nil {
		t.Fatal(err)
	}
	cards := 0
	for _, file := range files {
		story, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, card := range asks.FindAllStringSubmatch(string(story), -1) {
			cards++
			if lines := onPhone(moment.ReplaceAllString(card[1], "$1 today")); lines > phoneLines {
				t.Errorf("%s: %d lines: %s", file, lines, card[1])
			}
		}
	}
	if cards < 150 {
		t.Errorf("%d cards that ask", cards)
	}
}

// onPhone counts lines as a phone breaks them, between words. A scene's name after that of its studio is taken for a
// line of its own.
func onPhone(card string) int {
	n := 0
	for line := range strings.SplitSeq(card, " / ") {
		n++
		width := 0
		for word := range strings.FieldsSeq(line) {
			w := utf8.RuneCountInString(word)
			if width > 0 && width+1+w > phoneColumns {
				n, width = n+1, 0
			}
			width += w + 1
		}
	}
	return n
}
