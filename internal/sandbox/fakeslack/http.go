package fakeslack

import (
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxBody bounds a request.
const maxBody = 4 << 20

// apiError is an answer with ok:false.
type apiError struct {
	code     string
	problems []string // what was wrong with blocks or a view
	extra    map[string]any
}

func fail(code string) *apiError { return &apiError{code: code} }

func (e *apiError) reply() map[string]any {
	out := map[string]any{"ok": false, "error": e.code}
	maps.Copy(out, e.extra)
	if len(e.problems) > 0 {
		marked := make([]string, len(e.problems))
		for i, p := range e.problems {
			marked[i] = "[ERROR] " + p
		}
		out["errors"], out["response_metadata"] = e.problems, map[string]any{"messages": marked}
	}
	return out
}

// call is one Web API call being answered. Values that came as JSON objects or
// arrays are kept as their JSON text, as a form would carry them.
type call struct {
	method string
	args   map[string]string
	log    Call
}

func (c *call) json(name string) json.RawMessage {
	s := strings.TrimSpace(c.args[name])
	if s == "" || s == "null" {
		return nil
	}
	return json.RawMessage(s)
}

// draft reads a message; markdown_text stands for a message of one markdown block.
func (c *call) draft() (draft, *apiError) {
	d := draft{
		Text: c.args["text"], Blocks: c.json("blocks"), Attachments: c.json("attachments"),
		Metadata: c.json("metadata"), ThreadTS: c.args["thread_ts"],
	}
	if md := c.args["markdown_text"]; md != "" {
		if d.Text != "" || d.Blocks != nil {
			return d, fail("markdown_text_conflict")
		}
		d.Text, d.Blocks = md, marshal([]any{map[string]any{"type": "markdown", "text": md}})
	}
	return d, nil
}

func firstSegment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

func (w *Workspace) serveAPI(rw http.ResponseWriter, r *http.Request) {
	c := &call{method: strings.Trim(strings.TrimPrefix(r.URL.Path, "/api/"), "/")}
	c.log.Method = c.method
	token, err := c.read(rw, r)
	if err != nil {
		writeJSON(rw, http.StatusOK, fail("invalid_arguments").reply())
		return
	}
	w.learnBase(r)
	fault := w.takeFault(c.method)
	if fault != nil && !fault.AfterEffect {
		w.logFault(c, fault)
		w.misbehave(rw, r, fault)
		return
	}
	if wait := w.overRate(c, time.Now()); wait > 0 {
		w.logFault(c, &Fault{RetryAfter: wait})
		w.misbehave(rw, r, &Fault{RetryAfter: wait})
		return
	}
	reply := w.answer(c, token)
	if fault != nil {
		w.misbehave(rw, r, fault)
		return
	}
	rw.Header().Set("X-OAuth-Scopes", strings.Join(w.cfg.Scopes, ","))
	if m, ok := methods[c.method]; ok && m.scope != "" {
		rw.Header().Set("X-Accepted-OAuth-Scopes", m.scope)
	}
	w.late(r)
	writeJSON(rw, http.StatusOK, reply)
}

// learnBase takes the URL from the first request when SetBase was not called.
func (w *Workspace) learnBase(r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.base == "" {
		w.base = "http://" + r.Host
	}
}

// answer checks the token and runs the method.
func (w *Workspace) answer(c *call, token string) map[string]any {
	m, known := methods[c.method]
	w.mu.Lock()
	defer w.release()
	e := fail("unknown_method")
	var out map[string]any
	if known {
		if e = w.admit(m, token); e == nil {
			out, e = m.run(w, c)
		}
	}
	c.log.Args = c.args
	if e != nil {
		c.log.Error, out = e.code, e.reply()
	} else {
		if out == nil {
			out = map[string]any{}
		}
		out["ok"] = true
	}
	w.record(c.log)
	return out
}

// admit checks the token's kind and scopes
// (https://docs.slack.dev/authentication/tokens).
func (w *Workspace) admit(m method, token string) *apiError {
	switch {
	case m.open:
		return nil
	case token == "":
		return fail("not_authed")
	case token != w.cfg.AppToken && token != w.cfg.BotToken:
		return fail("invalid_auth")
	case m.app != (token == w.cfg.AppToken):
		return fail("not_allowed_token_type")
	case m.scope != "" && !w.granted(m.scope):
		return &apiError{code: "missing_scope",
			extra: map[string]any{"needed": m.scope, "provided": strings.Join(w.cfg.Scopes, ",")}}
	}
	return nil
}

// granted reports that the token has a scope; what concerns channels may be done with the scope of any kind of them.
func (w *Workspace) granted(scope string) bool {
	what, kinds := strings.CutPrefix(scope, "channels:")
	return slices.ContainsFunc(w.cfg.Scopes, func(s string) bool {
		kind, same, _ := strings.Cut(s, ":")
		return s == scope || kinds && same == what && slices.Contains(roomScopes, kind)
	})
}

// roomScopes are the kinds of channels, as scopes name them.
var roomScopes = []string{"channels", "groups", "im", "mpim"}

// read takes the arguments from query, form, multipart or JSON body, and the
// token from the Authorization header or the arguments.
func (c *call) read(rw http.ResponseWriter, r *http.Request) (token string, err error) {
	c.args = map[string]string{}
	r.Body = http.MaxBytesReader(rw, r.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		err = c.readJSON(r.Body)
	} else if err = r.ParseMultipartForm(maxBody); err == http.ErrNotMultipart {
		err = nil
	}
	if r.Form == nil {
		r.Form = r.URL.Query()
	}
	for k, v := range r.Form {
		c.args[k] = v[0]
	}
	token = c.args["token"]
	delete(c.args, "token")
	if h, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		token = h
	}
	return token, err
}

func (c *call) readJSON(body io.Reader) error {
	var in map[string]json.RawMessage
	if err := json.NewDecoder(body).Decode(&in); err != nil && err != io.EOF {
		return err
	}
	for k, v := range in {
		c.args[k] = string(v)
		if v[0] == '"' {
			var s string
			if err := json.Unmarshal(v, &s); err != nil {
				return err
			}
			c.args[k] = s
		}
	}
	return nil
}

func formField(body, name string) []byte {
	v, err := url.ParseQuery(body)
	if err != nil {
		return nil
	}
	return []byte(v.Get(name))
}
