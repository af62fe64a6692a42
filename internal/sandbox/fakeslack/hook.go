package fakeslack

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// hook is a response_url: where its posts go and what it has left.
type hook struct {
	user     string
	channel  string
	original string // timestamp of the message it may replace, or empty
	uses     int
}

// maxUses is how often a response_url works
// (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).
const maxUses = 5

// newHook mints a response_url. The caller holds mu.
func (w *Workspace) newHook(kind string, h hook) string {
	path := "/" + kind + "/" + TeamID + "/" + w.hub.secret()
	w.hooks.add(path, h, w.cfg.Hook)
	return w.base + path
}

// serveHook answers a post to a response_url. Its errors come with status 200,
// so a client that looks at the status only takes them for success.
func (w *Workspace) serveHook(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
	if err != nil {
		return
	}
	if f := w.takeFault("response_url"); f != nil && !f.AfterEffect {
		w.misbehave(rw, r, f)
		return
	} else if f != nil {
		w.postHook(r, body)
		w.misbehave(rw, r, f)
		return
	}
	e := w.postHook(r, body)
	w.late(r)
	if e != nil {
		writeJSON(rw, http.StatusOK, e.reply())
		return
	}
	writeJSON(rw, http.StatusOK, map[string]any{"ok": true})
}

func (w *Workspace) postHook(r *http.Request, body []byte) *apiError {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		body = formField(string(body), "payload")
	}
	d, err := decodeDraft(body)
	w.mu.Lock()
	defer w.release()
	h, e := w.openHook(r.URL.Path)
	call := Call{Method: "response_url", Text: d.Text, Blocks: d.Blocks, Attach: d.Attachments, Args: hookArgs(d)}
	switch {
	case e != nil:
	case err != nil:
		e = fail("invalid_payload")
	default:
		call.Channel, call.User = h.channel, h.user
		call.TS, e = w.useHook(h, d)
	}
	if e != nil {
		call.Error = e.code
	}
	w.record(call)
	return e
}

func hookArgs(d draft) map[string]string {
	args := map[string]string{}
	if d.ResponseType != "" {
		args["response_type"] = d.ResponseType
	}
	if d.ReplaceOriginal {
		args["replace_original"] = "true"
	}
	if d.DeleteOriginal {
		args["delete_original"] = "true"
	}
	return args
}

func (w *Workspace) openHook(path string) (*hook, *apiError) {
	h, alive := w.hooks.get(path)
	switch {
	case h == nil || !alive:
		return nil, fail("expired_url")
	case h.uses >= maxUses:
		return nil, fail("used_url")
	}
	h.uses++
	return h, nil
}

// useHook replaces, deletes or posts. The caller holds mu. The typed command of a slash command is no message of the
// app, so what should replace it is posted. Emulator's own choice: an original that is gone is refused.
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
func (w *Workspace) useHook(h *hook, d draft) (string, *apiError) {
	r := w.byRoom[h.channel]
	if r == nil {
		return "", fail("channel_not_found")
	}
	original := r.message(h.original)
	if original == nil && h.original != "" && (bool(d.DeleteOriginal) || bool(d.ReplaceOriginal)) {
		return "", fail("message_not_found")
	}
	if bool(d.DeleteOriginal) && original != nil {
		w.erase(r, original)
		return h.original, nil
	}
	if d.empty() {
		return "", fail("no_text")
	}
	if e := d.check(w.familiar); e != nil {
		return "", e
	}
	if bool(d.ReplaceOriginal) && original != nil {
		w.redraw(r, original, d)
		return original.TS, nil
	}
	return w.store(r, w.respond(h, d)).TS, nil
}

// respond is a new message of a response URL: for the person alone unless all shall see it, and only then in a thread.
func (w *Workspace) respond(h *hook, d draft) *Message {
	m := w.draw(d)
	if d.ResponseType != "in_channel" {
		m.EphemeralTo, m.ThreadTS = h.user, ""
	}
	return m
}

func writeJSON(rw http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_, _ = rw.Write(b)
}

// Replaces reports a post to a response URL that edits the message which was clicked: everybody sees it.
func (c Call) Replaces() bool {
	return c.Method == "response_url" && c.Args["replace_original"] == "true"
}

// expiring is a map whose entries have a deadline in real time. All entries of
// one map get the same life, so the oldest key is always the first to go, and
// add pays for the cleaning. Beyond limit the oldest go early.
type expiring[T any] struct {
	entries map[string]*deadline[T]
	order   []string
	limit   int
}

type deadline[T any] struct {
	value T
	until time.Time
}

func newExpiring[T any](limit int) *expiring[T] {
	return &expiring[T]{entries: map[string]*deadline[T]{}, limit: limit}
}

// keepExpired is how long a dead entry is remembered, so that "expired" can be
// told from "never heard of".
const keepExpired = time.Minute

func (e *expiring[T]) add(key string, value T, life time.Duration) {
	now := time.Now()
	for len(e.order) > 0 {
		oldest := e.order[0]
		d, ok := e.entries[oldest]
		if ok && len(e.order) < e.limit && now.Before(d.until.Add(keepExpired)) {
			break
		}
		delete(e.entries, oldest)
		e.order = e.order[1:]
	}
	e.entries[key] = &deadline[T]{value: value, until: now.Add(life)}
	e.order = append(e.order, key)
}

// get returns the entry and whether it is still alive; nil when unknown.
func (e *expiring[T]) get(key string) (value *T, alive bool) {
	d, ok := e.entries[key]
	if !ok {
		return nil, false
	}
	return &d.value, time.Now().Before(d.until)
}

// drop forgets an entry that is used up.
func (e *expiring[T]) drop(key string) { delete(e.entries, key) }
