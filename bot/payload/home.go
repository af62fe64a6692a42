package payload

import (
	"strconv"
	"strings"

	"casterbot/bot/render"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// pageOrWindow decodes a press on the bot's own page, or in a window over it. Whether the person is in the channel is
// for the engine to say.
func (id Identity) pageOrWindow(v seenView, p slack.BlockAction, r op.Request) (Event, error) {
	rest, own := strings.CutPrefix(p.ActionID, render.HomeAction)
	switch {
	case own && rest == render.Refresh:
		return Event{Key: r.Key, Home: &r}, nil
	case own && v.Type == string(slack.VTHomeTab) && strings.HasPrefix(rest, render.CardAction):
		return cardAway(strings.TrimPrefix(rest, render.CardAction), p.Value, r)
	case own && v.Type == string(slack.VTHomeTab):
		_, r.Channel, _ = strings.Cut(rest, ":")
		r.Text, r.FromHome = p.Value, true
	case !window(v, &r) || !says(p, &r):
		return Event{Ignored: "unknown action of a view"}, nil
	}
	if r.Channel == "" || r.Text == "" {
		return Event{Ignored: "a button for no channel"}, nil
	}
	r.Button = saidBy(v.ID, r)
	return Event{Key: r.Key, Request: &r}, nil
}

// away are the buttons of a card that count on the bot's own page too: those that answer it, and the way on that a card
// has which waits.
var away = map[op.Action]bool{
	op.ActionConfirm: true, op.ActionCancel: true, op.ActionApprove: true, op.ActionDecline: true, op.ActionLook: true,
	op.ActionHappened: true, op.ActionNot: true, op.ActionNext: true, op.ActionDetails: true,
}

// cardAway decodes a button of a card on the bot's own page. It names its card by channel and message, and the version
// of the operation that was shown.
func cardAway(action, value string, r op.Request) (Event, error) {
	name, operation, _ := strings.Cut(action, ":")
	next, act := "", op.Action(name)
	if act == op.ActionNext {
		next, operation, _ = strings.Cut(operation, ":")
	}
	place := strings.Split(value, " ")
	if !away[act] || operation == "" || (act == op.ActionNext) != (next != "") || len(next)+len(operation) > 64 ||
		len(place) != 3 {
		return Event{Ignored: "unknown button of a card on the home tab"}, nil
	}
	version, err := strconv.ParseInt(place[2], 10, 64)
	if place[0] == "" || place[1] == "" || err != nil || version < 1 {
		return Event{Ignored: "a button for no card"}, nil
	}
	r.Channel, r.FromHome = place[0], true
	return Event{Key: r.Key, Click: &op.Click{
		Key: r.Key, Origin: r.Origin, Operation: operation, Action: act, Next: next, Message: place[1], Version: version,
	}}, nil
}

// window reads whose window it is and for which channel; false when it is not this person's.
func window(v seenView, r *op.Request) bool {
	form, own := render.Recall(v.Metadata, r.Person)
	if v.Type != string(slack.VTModal) || !own {
		return false
	}
	r.Channel, r.FromHome, r.View = form.Channel, true, v.ID
	return true
}
