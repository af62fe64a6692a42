package render

import (
	"fmt"
	"strings"
	"testing"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/blockkit"
	"casterbot/internal/sandbox/fakeslack"
)

// TestWhatPickersHold: at most a hundred options and 19 KiB, whatever things are called; that there are more is said.
func TestWhatPickersHold(t *testing.T) {
	things := func(n, length int) []op.Option {
		var list []op.Option
		for i := range n {
			group := [2]string{"On air", "Idle"}[min(i, 1)]
			list = append(list, op.Option{Label: fmt.Sprint("n", i, strings.Repeat("ж", length)), Value: fmt.Sprint("id", i),
				Group: op.L(group), Hint: strings.Repeat("\u3164", length)})
		}
		return list
	}
	long := things(3, 1)
	long[1].Value = strings.Repeat("v", maxOptionValue+1)
	for _, c := range []struct {
		name    string
		options []op.Option
		want    []string // options of each group, from a to b
		more    string
	}{
		{"none", nil, []string{}, ""},
		{"a notice", []op.Option{{Says: op.L("Studio comes first."), Value: op.Ask}}, []string{"1"}, ""},
		{"two groups", things(3, 1), []string{"1", "2"}, ""},
		{"a value that Slack refuses", long, []string{"1", "1"}, ""},
		{"a hundred", things(100, 1), []string{"1", "99"}, ""},
		{"more", things(150, 1), []string{"1", "99"}, "…and 51 more: type a part of the name"},
		{"too much", things(150, 80), []string{"1", "41"}, "…and 109 more: type a part of the name"},
	} {
		data := plain.Offered(c.options)
		if p := blockkit.LintOptions(data); len(p) > 0 || len(data) > MaxAck {
			t.Errorf("%s: %d bytes, %v", c.name, len(data), p)
		}
		groups := fakeslack.Ack{Payload: data}.Groups()
		counts, last := []string{}, ""
		for _, g := range groups {
			counts = append(counts, fmt.Sprint(len(g.Options)))
			last = g.Options[len(g.Options)-1].Text.Text
		}
		if fmt.Sprint(counts) != fmt.Sprint(c.want) || (c.more != "") != strings.HasPrefix(last, "…and") ||
			c.more != "" && last != c.more {
			t.Errorf("%s: %v, at the end %q", c.name, counts, last)
		}
	}
}
