package policy

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocs holds docs/policy.md against the code: its policies are good, every verb is there, and whatever it quotes as
// said by the program is said by the program.
func TestDocs(t *testing.T) {
	data, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	doc, said := string(data), ""
	for _, file := range []string{"broken", "denied", "denied-other", "explained"} {
		text, err := os.ReadFile("testdata/" + file + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		said += string(text)
	}
	for _, verb := range verbs {
		if !strings.Contains(doc, "| `"+verb+"` |") {
			t.Errorf("the verb %s is not listed", verb)
		}
	}
	good, quoted := 0, 0
	for _, block := range regexp.MustCompile("(?s)```(yaml|text)\n(.*?)```").FindAllStringSubmatch(doc, -1) {
		if block[1] == "yaml" {
			if strings.HasPrefix(block[2], "version: 1") {
				good += len(parse(t, block[2]).Channels())
			}
			continue
		}
		for _, line := range strings.Split(strings.TrimSpace(block[2]), "\n") {
			quoted++
			if !strings.Contains("\n"+said, "\n"+line+"\n") {
				t.Errorf("the program does not say %q", line)
			}
		}
	}
	if good == 0 || quoted < 30 {
		t.Errorf("%d channels, %d quoted lines", good, quoted)
	}
}
