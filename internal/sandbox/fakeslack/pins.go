package fakeslack

import (
	"slices"
	"strconv"
	"strings"
)

// pin is a message that a channel keeps in sight.
type pin struct {
	TS      string `json:"ts"`
	By      string `json:"by"`
	Created int64  `json:"created"` // unix seconds
}

// maxPins is how many a channel may have.
const maxPins = 100

func (r *room) pinned(ts string) int {
	return slices.IndexFunc(r.Pins, func(p pin) bool { return p.TS == ts })
}

// pinnedMessages are those that are pinned, the newest pin first.
func (r *room) pinnedMessages() []Message {
	out := []Message{}
	for _, p := range slices.Backward(r.Pins) {
		if m := r.message(p.TS); m != nil { // else too old to be remembered
			out = append(out, *m)
		}
	}
	return out
}

// pinning finds the channel and the message that a call of pins.add or
// pins.remove names.
func (w *Workspace) pinning(c *call) (*room, *Message, *apiError) {
	ts := c.args["timestamp"]
	c.log.Channel, c.log.TS = c.args["channel"], ts
	r, e := w.target(c)
	if e != nil {
		return nil, nil, e
	}
	seconds, fraction, dotted := strings.Cut(ts, ".")
	_, err := strconv.ParseUint(seconds+fraction, 10, 64)
	m := r.message(ts)
	switch {
	case ts == "":
		return nil, nil, fail("no_item_specified")
	case !dotted || err != nil:
		return nil, nil, fail("bad_timestamp")
	case m == nil || m.EphemeralTo != "":
		return nil, nil, fail("message_not_found")
	}
	return r, m, nil
}

// https://docs.slack.dev/reference/methods/pins.add
func pinsAdd(w *Workspace, c *call) (map[string]any, *apiError) {
	r, m, e := w.pinning(c)
	switch {
	case e != nil:
		return nil, e
	case m.Subtype != "":
		return nil, fail("not_pinnable") // what Slack itself wrote: joins, renames
	case r.pinned(m.TS) >= 0:
		return nil, fail("already_pinned")
	case len(r.Pins) >= maxPins:
		return nil, fail("too_many_pins")
	}
	r.Pins = append(slices.Clone(r.Pins), pin{TS: m.TS, By: BotUser, Created: w.cfg.Now().Unix()})
	w.changed()
	return nil, nil
}

// https://docs.slack.dev/reference/methods/pins.remove
func pinsRemove(w *Workspace, c *call) (map[string]any, *apiError) {
	r, m, e := w.pinning(c)
	if e != nil {
		return nil, e
	}
	if !r.unpin(m.TS) {
		return nil, fail("no_pin")
	}
	w.changed()
	return nil, nil
}

func (r *room) unpin(ts string) bool {
	i := r.pinned(ts)
	if i >= 0 {
		r.Pins = slices.Delete(slices.Clone(r.Pins), i, i+1)
	}
	return i >= 0
}

// https://docs.slack.dev/reference/methods/pins.list
func pinsList(w *Workspace, c *call) (map[string]any, *apiError) {
	r, e := w.target(c)
	if e != nil {
		return nil, e
	}
	items := []map[string]any{}
	for _, p := range slices.Backward(r.Pins) {
		m := r.message(p.TS)
		if m == nil {
			continue // too old to be remembered here
		}
		shown := r.wire(m)
		shown["permalink"], shown["pinned_to"] = w.link(r, m.TS), []string{r.ID}
		items = append(items,
			map[string]any{"type": "message", "channel": r.ID, "created": p.Created, "created_by": p.By, "message": shown})
	}
	return map[string]any{"items": items}, nil
}

// Unpin lets a person take a pin off a message, as anybody in the channel may.
func (w *Workspace) Unpin(user, channel, ts string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, r, _, err := w.sees(user, channel, ts)
	if err == nil && r.unpin(ts) {
		w.changed()
	}
	return err
}

// Pin lets a person pin a message.
func (w *Workspace) Pin(user, channel, ts string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, r, _, err := w.sees(user, channel, ts)
	if err == nil && r.pinned(ts) < 0 {
		r.Pins = append(slices.Clone(r.Pins), pin{TS: ts, By: user, Created: w.cfg.Now().Unix()})
		w.changed()
	}
	return err
}
