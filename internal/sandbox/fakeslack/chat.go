package fakeslack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
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

// upload is a file that an app has announced, and that is there once it was sent.
type upload struct {
	Name string
	size int
	body []byte
}

// https://docs.slack.dev/reference/methods/files.getUploadURLExternal
func filesURL(w *Workspace, c *call) (map[string]any, *apiError) {
	size, err := strconv.Atoi(c.args["length"])
	if c.args["filename"] == "" || err != nil || size <= 0 {
		return nil, fail("invalid_arguments")
	}
	id, ticket := w.nextID("F"), w.hub.secret()
	w.uploads.add(id, upload{Name: c.args["filename"], size: size}, time.Hour)
	w.uploads.add(ticket, upload{Name: id}, time.Minute)
	return map[string]any{"file_id": id, "upload_url": w.base + "/upload/v1/" + ticket}, nil
}

// serveUpload takes the bytes of a file, once.
func (w *Workspace) serveUpload(rw http.ResponseWriter, r *http.Request) {
	body, err := uploaded(http.MaxBytesReader(rw, r.Body, maxBody), r)
	w.mu.Lock()
	defer w.mu.Unlock()
	ticket := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	at, alive := w.uploads.get(ticket)
	if err != nil || !alive {
		http.Error(rw, "no such upload", http.StatusNotFound)
		return
	}
	file, _ := w.uploads.get(at.Name)
	w.uploads.drop(ticket)
	if len(body) != file.size {
		http.Error(rw, "the file has another length", http.StatusBadRequest)
		return
	}
	file.body = body
	fmt.Fprintf(rw, "OK - %d", len(body))
}

func uploaded(body io.ReadCloser, r *http.Request) ([]byte, error) {
	r.Body = body
	file, _, err := r.FormFile("file")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// filesComplete posts files that were sent into a channel.
// https://docs.slack.dev/reference/methods/files.completeUploadExternal
func filesComplete(w *Workspace, c *call) (map[string]any, *apiError) {
	var files []struct{ ID, Title string }
	if json.Unmarshal([]byte(c.args["files"]), &files) != nil || len(files) == 0 {
		return nil, fail("invalid_arguments")
	}
	c.args["channel"] = c.args["channel_id"]
	r, e := w.target(c)
	if e != nil {
		return nil, e
	}
	var done []map[string]any
	for _, f := range files {
		file, alive := w.uploads.get(f.ID)
		if !alive || file.body == nil {
			return nil, fail("file_not_found")
		}
		w.uploads.drop(f.ID)
		m := w.store(r, w.draw(draft{Text: "📄 " + file.Name}))
		c.log.TS, c.log.Text = m.TS, file.Name+"\n"+string(file.body)
		done = append(done, map[string]any{"id": f.ID, "title": f.Title})
	}
	return map[string]any{"files": done}, nil
}
