package render

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"casterbot/internal/op"
	"casterbot/test/slackworld"
)

// labels are what a screen reader says of the buttons of something drawn, in order; each has to fit.
func labels(t *testing.T, drawn any) []string {
	t.Helper()
	var all []string
	var tree any
	if err := json.Unmarshal([]byte(slackworld.JSON(t, drawn)), &tree); err != nil {
		t.Fatal(err)
	}
	walk(tree, func(key string, m map[string]any, text string) {
		if key != "type" || text != "button" {
			return
		}
		read, _ := m["accessibility_label"].(string)
		if read == "" || utf8.RuneCountInString(read) > maxButton {
			t.Errorf("the button %v is read as %q", m["text"], read)
		}
		all = append(all, read)
	})
	return all
}

// TestEveryButtonSaysWhatItIsAbout: who hears a button does not see what stands beside it.
func TestEveryButtonSaysWhatItIsAbout(t *testing.T) {
	for name, want := range map[string]string{
		"pending":        "Restart on-air studio: Evening News | Cancel: Restart studio Evening News",
		"pending-other":  "Approve: Restart studio Evening News | Decline: Restart studio Evening News",
		"succeeded-play": "Close preview Evening News | Show Evening News",
	} {
		if got := strings.Join(labels(t, asSent(plain.Card(cards()[name], false))), " | "); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	for name, o := range cards() {
		labels(t, asSent(plain.Card(o, false)))
		o.Plan.Title = op.L("Restart studio ", op.B(strings.Repeat("长<!here>&", 60)))
		for _, l := range labels(t, asSent(plain.Card(o, false))) {
			if strings.ContainsAny(l, "<>&") {
				t.Errorf("%s: read as %q", name, l)
			}
		}
	}
	list := op.Answer{Title: op.L("Studios"), Items: []op.Item{
		{Title: op.L(op.B("Evening News"), " · on air"), Next: []op.Next{{Label: "Show", Text: "caster show c1"}}},
		{Title: op.L(op.Code("/caster copy {caster}")), Next: []op.Next{{Label: "Open…", Text: "caster copy ?"}}},
		{Title: op.L(op.In("C0SHOW")), Next: []op.Next{{Label: "Open a form…", Text: "help", About: "#show"}}},
	}, Next: []op.Next{{Label: "Older", Text: "caster history"}}}
	want := "Show Evening News | Open… /caster copy {caster} | Open a form… #show | Older Studios"
	if got := strings.Join(labels(t, asSent(plain.Answer(list))), " | "); got != want {
		t.Error(got)
	}
}
