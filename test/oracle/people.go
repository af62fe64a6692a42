package oracle

import (
	"fmt"
	"slices"
	"strings"

	"casterbot/internal/op"
	"casterbot/test/testbed"
)

// authorised: I5, by the policy of stand.Rights: what viewers may notice needs a second person.
func (x index) authorised() (against []string) {
	for _, o := range x.Operations {
		if o.Sends == 0 && o.SettledBy == "" {
			continue
		}
		blame := func(format string, args ...any) {
			against = append(against, fmt.Sprintf("op %s (%s): ", o.Ref(), o.Verb)+fmt.Sprintf(format, args...))
		}
		for _, who := range []string{o.Requester, o.DecidedBy, o.SettledBy} {
			if who != "" && !slices.Contains(x.Crew, who) {
				blame("%s had a say and may not", who)
			}
		}
		if yes := consent(x.asked(o)); o.Sends > 0 && yes.Actor != o.DecidedBy {
			blame("the trail has the consent of %q, the operation that of %q", yes.Actor, o.DecidedBy)
		} else if o.Sends > 0 && o.Plan.OnAir != (yes.Name == op.EventApproved) {
			blame("it was sent after %q", yes.Name)
		}
		if own := o.DecidedBy == o.Requester; o.Sends > 0 && own == o.Plan.OnAir {
			blame("%s asked and %s consented", o.Requester, o.DecidedBy)
		}
	}
	return against
}

// asked is the trail in which the consent to an operation stands: that of the whole for a member.
func (x index) asked(o op.Operation) []op.Event {
	if o.Group != "" {
		return x.trail[o.Group]
	}
	return x.trail[o.ID]
}

// consent is the event by which a person let an operation go on.
func consent(events []op.Event) op.Event {
	for _, e := range events {
		if e.Name == op.EventConfirmed || e.Name == op.EventApproved {
			return e
		}
	}
	return op.Event{}
}

// signs are what a card of each state begins with. A refusal because it was so already is grey.
var signs = map[op.State][]string{
	op.Pending: {"🟡"}, op.Queued: {"⏳"}, op.Running: {"⏳"}, op.Succeeded: {"✅"}, op.Unknown: {"⚠️"},
	op.Failed: {"❌", "⚪"}, op.Expired: {"⚪"}, op.Cancelled: {"⚪"},
}

// offers are the buttons that only a card of that state may have.
var offers = map[string]op.State{
	"op:confirm": op.Pending, "op:approve": op.Pending, "op:cancel": op.Pending, "op:decline": op.Pending,
	"op:look": op.Unknown, "op:happened": op.Unknown, "op:not": op.Unknown,
}

// past reports a success whose card says nothing of now: all of several were so before, or what it claimed has ended.
func past(o op.Operation) bool {
	return o.State == op.Succeeded && (o.IsSeveral() || o.Outcome != nil && o.Outcome.Ended())
}

// shown: I6, as far as the end of the story shows it; the story itself watches that every acknowledged act is answered.
func (x index) shown() (against []string) {
	if x.Unsettled > 0 {
		against = append(against, fmt.Sprintf("%d things were taken and never worked off", x.Unsettled))
	}
	for _, o := range x.Operations {
		c := x.Cards[o.Ref()]
		switch {
		case o.Group != "" && o.State != op.Queued && o.State != op.Running: // its card is that of the whole
			continue
		case o.State == op.Queued || o.State == op.Running:
			against = append(against, fmt.Sprintf("op %s is still %s after an orderly stop", o.Ref(), o.State))
		case !slices.Contains(signs[o.State], c.Face) && !(c.Face == "⚪" && past(o)):
			against = append(against, fmt.Sprintf("op %s is %s, and its card shows %q", o.Ref(), o.State, c.Text))
		case o.Shown < o.Version:
			against = append(against, fmt.Sprintf("op %s: its card is behind (%d of %d)", o.Ref(), o.Shown, o.Version))
		}
		for _, b := range c.Buttons {
			if only, bound := offers[b.Action]; bound && only != o.State {
				against = append(against, fmt.Sprintf("op %s is %s, and its card offers %s", o.Ref(), o.State, b.Action))
			}
		}
	}
	return against
}

// after says which state an operation is in when an event is written; empty means the one that the event names, or else
// no other than before.
var after = map[string]op.State{
	op.EventReceived: op.Pending, op.EventConfirmed: op.Queued, op.EventApproved: op.Queued, op.EventVetoed: op.Cancelled,
	op.EventExpired: op.Expired,
}

// next replays one event.
func next(now op.State, e op.Event) op.State {
	switch to, known := after[e.Name]; {
	case known:
		return to
	case e.Name == op.EventBegun && e.Detail["of"] != "": // a member
		return op.Queued
	case e.Name == op.EventSent && now == op.Queued, e.Name == op.EventBegun:
		return op.Running
	case e.Detail["outcome"] != "":
		return op.State(e.Detail["outcome"])
	case e.Name == op.EventClosed:
		return op.Failed // dropped before anything was sent
	}
	return now
}

// told: I7.
func (x index) told() (against []string) {
	for _, wrong := range x.Wrong {
		against = append(against, "the audit log: "+wrong)
	}
	if x.PassedOver > 0 {
		against = append(against, fmt.Sprintf("%d events were passed over by the audit log", x.PassedOver))
	}
	if x.Unlogged > 0 {
		against = append(against, fmt.Sprintf("%d events are not in the audit log", x.Unlogged))
	}
	for i, e := range x.Events {
		if x.Gapless && e.Seq != int64(i+1) {
			return []string{fmt.Sprintf("event %d of the trail has the number %d", i+1, e.Seq)}
		}
	}
	for _, o := range x.Operations {
		now, path := op.State(""), ""
		for _, e := range x.trail[o.ID] {
			to := next(now, e)
			if path += " " + e.Name; now != "" && to != now && !op.CanMove(now, to) {
				against = append(against, fmt.Sprintf("op %s goes from %s to %s in the trail:%s", o.Ref(), now, to, path))
			}
			now = to
		}
		if now != o.State {
			against = append(against, fmt.Sprintf("op %s is %s, the trail says %q:%s", o.Ref(), o.State, now, path))
		}
	}
	return against
}

// secret: I8. An address for playback carries a key: cards may show it, the log and the trail may not.
func (x index) secret() (against []string) {
	canaries := map[string][]string{"": {testbed.CanaryApp, testbed.CanaryBot, testbed.CanarySecret, testbed.CanaryKey},
		"the log": {"auth_key="}, "the trail": {"auth_key="}}
	for name, paper := range x.Papers {
		for _, canary := range slices.Concat(canaries[""], canaries[name]) {
			if name != "" && strings.Contains(paper, canary) {
				against = append(against, fmt.Sprintf("%s holds %q", name, canary))
			}
		}
	}
	slices.Sort(against)
	return against
}

// sound reads the log.
func (x index) sound() (against []string) {
	for line := range strings.Lines(x.Papers["the log"]) {
		for _, word := range []string{"DATA RACE", `"panic"`, "panic:", "fatal error:"} {
			if strings.Contains(line, word) {
				against = append(against, strings.TrimSpace(line))
			}
		}
	}
	return against
}
