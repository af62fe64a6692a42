package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"casterbot/internal/op"
	"casterbot/test/slackworld"
)

// TestWhoSeesTheButtons: those whose click may count, where they are known and few.
func TestWhoSeesTheButtons(t *testing.T) {
	many := make([]string, maxAudience)
	for i := range many {
		many[i] = fmt.Sprint("U0M", i)
	}
	for _, c := range []struct {
		approvers []string
		want      string
	}{
		{nil, "confirm U0ANA; cancel U0ANA"},
		{[]string{"U0BO", "U0ANA", "W0KEN", "U0BO"}, "approve U0BO W0KEN; decline U0BO W0KEN U0ANA"},
		{[]string{"U0BO", "S0LEADS"}, "approve ; decline "},
		{[]string{"U0ANA"}, "approve ; decline "},
		{[]string{"U0BO", "ghost"}, "approve ; decline "},
		{many, "approve ; decline "},
	} {
		o := slackworld.Operation(op.Pending)
		if c.approvers != nil {
			o.Decision.Confirm, o.Decision.Approvers = op.ConfirmOther, c.approvers
		}
		var got []string
		for _, p := range viewOf(o, false).presses {
			got = append(got, strings.TrimPrefix(p.action, CardAction)+" "+strings.Join(p.only, " "))
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%.80v: %s", c.approvers, s)
		}
	}
	most := op.Operation{Requester: "U0ANA", Decision: op.Decision{Approvers: many[1:]}}
	if approve, _ := approvers(most); approve == nil || slices.Contains(approve, "U0ANA") {
		t.Errorf("as many as there may be: %v", approve)
	}
}

// TestForAll: the same message, and the first one stays as it was.
func TestForAll(t *testing.T) {
	const field = "visible_to_user_ids"
	m := plain.Card(slackworld.Operation(op.Pending), false)
	for _, drawn := range []Message{m, m.Simple()} {
		before := slackworld.JSON(t, asSent(drawn))
		open, differs := drawn.ForAll()
		if after := slackworld.JSON(t, asSent(open)); !differs || strings.Contains(after, field) ||
			!strings.Contains(after, "op:confirm") {
			t.Errorf("%t: %s", differs, after)
		}
		if now := slackworld.JSON(t, asSent(drawn)); now != before || !strings.Contains(now, field) {
			t.Errorf("it was changed: %s", now)
		}
	}
	if _, differs := plain.Card(slackworld.Operation(op.Unknown), false).ForAll(); differs {
		t.Error("buttons that all may press are for some")
	}
}
