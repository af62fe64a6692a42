package bot

import (
	"encoding/json"
	"strings"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// pageOrWindow decodes a press on the bot's own page, or in a window over it. Whether the person is in the channel is for the engine
// to say.
func (id identity) pageOrWindow(v seenView, p pressed, r op.Request) (arrival, error) {
	rest, own := strings.CutPrefix(p.ActionID, homeAction)
	switch {
	case own && rest == refresh:
		return arrival{key: r.Key, home: &r}, nil
	case own && v.Type == string(slack.VTHomeTab):
		_, r.Channel, _ = strings.Cut(rest, ":")
		r.Text, r.Away = p.Value, true
	case !window(v, &r) || !p.says(&r):
		return arrival{ignored: "unknown action of a view"}, nil
	}
	if r.Channel == "" || r.Text == "" {
		return arrival{ignored: "a button for no channel"}, nil
	}
	r.Button = saidBy(v.ID, r)
	return arrival{key: r.Key, request: &r}, nil
}

// window reads whose window it is and for which channel; false when it is not this person's.
func window(v seenView, r *op.Request) bool {
	var m memory
	if v.Type != string(slack.VTModal) || json.Unmarshal([]byte(v.Metadata), &m) != nil || m.Person != r.Person {
		return false
	}
	r.Channel, r.Away, r.View = m.Form.Channel, true, v.ID
	return true
}
