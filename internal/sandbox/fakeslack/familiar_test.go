package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// What is remembered must be what is read anew: the same problems, and the same blocks with the same ids in their
// order.
func TestFamiliarBlocksAreFilledAsNewOnes(t *testing.T) {
	for name, raw := range map[string]string{
		"two sections":      `[{"type":"section","text":{"type":"mrkdwn","text":"a"}},{"type":"section","block_id":"own","text":{"type":"mrkdwn","text":"b"}}]`,
		"buttons":           `[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"}},{"type":"button","action_id":"own","text":{"type":"plain_text","text":"y"}}]}]`,
		"no gap":            `[{"type":"divider","block_id":"own"}]`,
		"the mark of a gap": `[{"type":"section","text":{"type":"mrkdwn","text":"\ue0000\ue001"}}]`,
		"wrong blocks":      `[{"type":"section"}]`,
		"no list":           `{"type":"section"}`,
		"no JSON":           `[{`,
	} {
		f := newFamiliar()
		for range 3 {
			if got, want := string(f.fill([]byte(raw), counter())), string(fillIDs([]byte(raw), counter())); got != want {
				t.Errorf("%s: filled %s, want %s", name, got, want)
			}
			if got, want := f.valid([]byte(raw)), json.Valid([]byte(raw)); got != want {
				t.Errorf("%s: valid is %v, want %v", name, got, want)
			}
			first, again := newFamiliar().lint("/blocks", []byte(raw)), f.lint("/blocks", []byte(raw))
			if !slices.Equal(first, again) {
				t.Errorf("%s: problems %q, then %q", name, first, again)
			}
		}
	}
}

func TestFamiliarForgets(t *testing.T) {
	f := newFamiliar()
	for i := range 2 * maxFamiliar {
		f.lint("", fmt.Appendf(nil, `[{"type":"divider","block_id":"%d"}]`, i))
		if len(f.lists) > maxFamiliar {
			t.Fatalf("%d lists are remembered", len(f.lists))
		}
	}
}

func counter() func(string) string {
	n := 0
	return func(prefix string) string { n++; return fmt.Sprint(prefix, n) }
}
