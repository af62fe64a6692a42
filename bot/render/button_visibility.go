package render

import (
	"slices"
	"strings"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Slack shows a button only to those whom it names (visible_to_user_ids). That is a courtesy: whoever sends a click is
// judged by the engine, whatever they were shown. Slack documents the field for icon buttons
// (docs.slack.dev/reference/block-kit/block-elements/icon-button-element) and may refuse it in others: ForAll is the
// same message without it.

// maxAudience is how many people a button names at most.
const maxAudience = 20

// approvers are the people who may approve, and those who may decline: the asker too. Both are nil when they are many,
// or when a user group is among them: who is in it may change while the card waits.
func approvers(o op.Operation) (approve, decline []string) {
	for _, id := range o.Decision.Approvers {
		if !isPerson(id) {
			return nil, nil
		}
		if id != o.Requester && !slices.Contains(approve, id) {
			approve = append(approve, id)
		}
	}
	if len(approve) == 0 || len(approve) >= maxAudience || !isPerson(o.Requester) {
		return nil, nil
	}
	return approve, append(slices.Clone(approve), o.Requester)
}

func isPerson(id string) bool {
	return isID(id) && (strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W"))
}

// ForAll is the message with buttons that everybody sees, and whether that makes a difference.
func (m Message) ForAll() (Message, bool) {
	var blocks, body bool
	m.Blocks, blocks = forAll(m.Blocks)
	m.body, body = forAll(m.body)
	return m, blocks || body
}

func forAll(list []slack.Block) (all []slack.Block, differs bool) {
	all = slices.Clone(list)
	for i, b := range all {
		row, _ := b.(*slack.ActionBlock)
		if row == nil {
			continue
		}
		open := *row
		elements := *row.Elements
		elements.ElementSet = slices.Clone(elements.ElementSet)
		open.Elements = &elements
		for n, e := range elements.ElementSet {
			if button, ok := e.(*slack.ButtonBlockElement); ok && len(button.VisibleToUserIDs) > 0 {
				shown := *button
				shown.VisibleToUserIDs, differs = nil, true
				elements.ElementSet[n] = &shown
			}
		}
		all[i] = &open
	}
	return all, differs
}
