package op

import (
	"strings"
	"testing"
	"time"
)

// Idle and on air are told apart wherever they differ, whichever is the stricter one.
func TestConfirmationsInWords(t *testing.T) {
	words := map[Confirm][2]string{
		ConfirmNone:  {"Nobody has to confirm.", "On air nobody has to confirm."},
		ConfirmSelf:  {"Whoever asks confirms it.", "On air whoever asks confirms it."},
		ConfirmOther: {"Another person approves it: leads.", "On air another person approves it: leads."},
	}
	for idle, say := range words {
		for onAir, others := range words {
			d := Decision{Confirm: idle, OnAir: onAir, Expires: time.Minute, OnAirExpires: time.Hour}
			want := say[0]
			if onAir != idle {
				want += " " + others[1]
			}
			var said []string
			for _, c := range d.Confirmations() {
				said = append(said, c.Line(L("leads")).Plain())
			}
			if got := strings.Join(said, " "); got != want {
				t.Errorf("%s, %s: %q, want %q", idle, onAir, got, want)
			}
			if last := d.Confirmations()[len(said)-1]; onAir != idle && last.Within != time.Hour {
				t.Errorf("%s, %s: within %v", idle, onAir, last.Within)
			}
		}
		if one := (Decision{Confirm: idle}).Confirmations(); len(one) != 1 || one[0].Line(L("leads")).Plain() != say[0] {
			t.Errorf("%s: %v", idle, one)
		}
	}
}
