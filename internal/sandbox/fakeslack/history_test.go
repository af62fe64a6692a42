package fakeslack

import (
	"fmt"
	"testing"
)

// TestHistory: a channel remembers more than a screen holds, and of what only one person sees tells nobody else.
func TestHistory(t *testing.T) {
	w := newFixture(t, Config{})
	for i := range ScreenMessages + 10 {
		_, err := w.Type("U0ANA", "C0SHOW", fmt.Sprintf("line %d", i), "")
		must(t, err)
	}
	w.call("chat.postEphemeral", xoxb, "channel", "C0SHOW", "user", "U0ANA", "text", "only for you")
	shown, all := w.texts("U0ANA", "C0SHOW"), w.History("C0SHOW", BotUser)
	if len(shown) != ScreenMessages || len(all) != ScreenMessages+10 || all[0].Text != "line 0" {
		t.Errorf("%d on the screen, %d in all, from %q on", len(shown), len(all), all[0].Text)
	}
	if mine := w.History("C0SHOW", "U0ANA"); len(mine) != len(all)+1 {
		t.Errorf("%d for whom the last one is", len(mine))
	}
	if none := w.History("C0NOWHERE", BotUser); none != nil {
		t.Errorf("%d of a channel that is not there", len(none))
	}
}
