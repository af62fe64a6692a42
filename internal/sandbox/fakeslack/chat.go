package fakeslack

import (
	"slices"
	"strings"
)

// target finds the channel of a call by id, by #name, or by the person of a
// direct message, where the bot may write.
func (w *Workspace) target(c *call) (*room, *apiError) {
	id := c.args["channel"]
	r := w.byRoom[id]
	if u := w.person(id); u != nil && !u.Deleted {
		r = w.directRoom(id)
	}
	if name, ok := strings.CutPrefix(id, "#"); ok {
		if i := slices.IndexFunc(w.rooms, func(x *room) bool { return x.Name == name && x.IM == "" }); i >= 0 {
			r = w.rooms[i]
		}
	}
	switch {
	case r == nil || r.Private && !r.has(BotUser):
		return nil, fail("channel_not_found")
	case r.Archived:
		return nil, fail("is_archived")
	case !r.has(BotUser):
		return nil, fail("not_in_channel")
	}
	c.log.Channel = r.ID
	return r, nil
}

// content reads and checks the message of a call.
func (c *call) content(f *familiar) (draft, *apiError) {
	d, e := c.draft()
	c.log.Text, c.log.Blocks, c.log.Attach = d.Text, d.Blocks, d.Attachments
	switch {
	case e != nil:
		return d, e
	case d.empty():
		return d, fail("no_text")
	}
	return d, d.check(f)
}

// https://docs.slack.dev/reference/methods/chat.postMessage
func postMessage(w *Workspace, c *call) (map[string]any, *apiError) {
	c.log.Channel = c.args["channel"]
	d, e := c.content(w.familiar)
	if e != nil {
		return nil, e
	}
	r, e := w.target(c)
	if e != nil {
		return nil, e
	}
	if d.ThreadTS != "" && r.message(d.ThreadTS) == nil {
		return nil, fail("thread_not_found")
	}
	m := w.store(r, w.draw(d))
	c.log.TS = m.TS
	return map[string]any{"channel": r.ID, "ts": m.TS, "message": m.wire()}, nil
}

// https://docs.slack.dev/reference/methods/chat.postEphemeral
func postEphemeral(w *Workspace, c *call) (map[string]any, *apiError) {
	c.log.Channel, c.log.User = c.args["channel"], c.args["user"]
	d, e := c.content(w.familiar)
	if e != nil {
		return nil, e
	}
	r, e := w.target(c)
	if e != nil {
		return nil, e
	}
	if !r.has(c.args["user"]) {
		return nil, fail("user_not_in_channel")
	}
	m := w.draw(d)
	m.EphemeralTo = c.args["user"]
	w.store(r, m)
	c.log.TS = m.TS
	return map[string]any{"message_ts": m.TS}, nil
}

// own finds a message of the bot that a call names. Ephemeral messages are not
// kept by Slack, so no call finds them.
func (w *Workspace) own(c *call, other string) (*room, *Message, *apiError) {
	c.log.Channel, c.log.TS = c.args["channel"], c.args["ts"]
	r, e := w.target(c)
	if e != nil {
		return nil, nil, e
	}
	m := r.message(c.args["ts"])
	switch {
	case m == nil || m.EphemeralTo != "":
		return nil, nil, fail("message_not_found")
	case m.User != BotUser:
		return nil, nil, fail(other)
	}
	return r, m, nil
}

// updateMessage changes a message. Blocks that are not sent are removed when
// text is, attachments that are not sent stay.
// https://docs.slack.dev/reference/methods/chat.update
func updateMessage(w *Workspace, c *call) (map[string]any, *apiError) {
	r, m, e := w.own(c, "cant_update_message")
	if e != nil {
		return nil, e
	}
	d, e := c.draft()
	c.log.Text, c.log.Blocks, c.log.Attach = d.Text, d.Blocks, d.Attachments
	if e != nil {
		return nil, e
	}
	if d.Text == "" && d.Blocks == nil && d.Attachments == nil {
		return nil, fail("no_text")
	}
	if e := d.check(w.familiar); e != nil {
		return nil, e
	}
	if d.Blocks == nil && d.Text == "" {
		d.Text, d.Blocks = m.Text, m.Blocks
	}
	if d.Attachments == nil {
		d.Attachments = m.Attachments
	}
	w.redraw(r, m, d)
	return map[string]any{"channel": r.ID, "ts": m.TS, "text": m.Text, "message": m.wire()}, nil
}

// https://docs.slack.dev/reference/methods/chat.delete
func deleteMessage(w *Workspace, c *call) (map[string]any, *apiError) {
	r, m, e := w.own(c, "cant_delete_message")
	if e != nil {
		return nil, e
	}
	w.erase(r, m)
	return map[string]any{"channel": r.ID, "ts": m.TS}, nil
}

// https://docs.slack.dev/reference/methods/chat.getPermalink
func permalink(w *Workspace, c *call) (map[string]any, *apiError) {
	r, e := w.target(c)
	if e != nil {
		return nil, e
	}
	ts := c.args["message_ts"]
	if m := r.message(ts); m == nil || m.EphemeralTo != "" {
		return nil, fail("message_not_found")
	}
	return map[string]any{"channel": r.ID, "permalink": w.link(r, ts)}, nil
}
