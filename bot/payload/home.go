package payload

import (
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

// window reads whose window it is and for which channel; false when it is not this person's.
func window(v seenView, r *op.Request) bool {
	form, own := render.Recall(v.Metadata, r.Person)
	if v.Type != string(slack.VTModal) || !own {
		return false
	}
	r.Channel, r.FromHome, r.View = form.Channel, true, v.ID
	return true
}
