package fakeslack

import (
	"encoding/json"

	"casterbot/internal/sandbox/blockkit"
)

// maxStack is how many modals may lie on each other
// (https://docs.slack.dev/surfaces/modals#limits).
const maxStack = 3

// View is an open modal or a home tab; the JSON is Slack's view object, but
// for errors, which the person sees beside the inputs.
type View struct {
	ID     string `json:"id"`
	TeamID string `json:"team_id"`
	Type   string `json:"type"`
	ViewContent
	State          ViewState `json:"state"`
	Hash           string    `json:"hash"`
	ClearOnClose   bool      `json:"clear_on_close"`
	NotifyOnClose  bool      `json:"notify_on_close"`
	RootViewID     string    `json:"root_view_id"`
	PreviousViewID string    `json:"previous_view_id,omitempty"`
	AppID          string    `json:"app_id"`
	BotID          string    `json:"bot_id"`

	Errors map[string]string `json:"errors,omitempty"` // block_id → sentence
}

// ViewContent is what the app put into a view.
type ViewContent struct {
	Title           json.RawMessage `json:"title,omitempty"`
	Submit          json.RawMessage `json:"submit,omitempty"`
	Close           json.RawMessage `json:"close,omitempty"`
	Blocks          json.RawMessage `json:"blocks"`
	PrivateMetadata string          `json:"private_metadata"`
	CallbackID      string          `json:"callback_id"`
	ExternalID      string          `json:"external_id"`
}

// ViewState holds the inputs of a view: block_id → action_id → state.
type ViewState struct {
	Values map[string]map[string]State `json:"values"`
}

// view reads and checks the view of a call. Slack refuses a bad view with
// invalid_arguments, not with invalid_blocks.
func (w *Workspace) view(c *call, kind string) (*View, *apiError) {
	raw := c.json("view")
	c.log.View = raw
	var problems []string
	for _, p := range blockkit.LintView(raw) {
		problems = append(problems, p.Message+" [json-pointer:/view"+p.Pointer+"]")
	}
	if len(problems) > 0 {
		return nil, &apiError{code: "invalid_arguments", problems: problems}
	}
	v, err := w.newView(raw)
	if err != nil || v.Type != kind {
		return nil, &apiError{code: "invalid_arguments",
			problems: []string{"must be of type " + kind + " [json-pointer:/view/type]"}}
	}
	return v, nil
}

// newView makes a view of what the app sent, with ids, hash and the initial
// state of its inputs. The caller holds mu.
func (w *Workspace) newView(raw json.RawMessage) (*View, error) {
	v := &View{}
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, err
	}
	v.ID, v.TeamID, v.AppID, v.BotID, v.Hash = w.nextID("V"), TeamID, AppID, BotID, w.hub.secret()
	v.RootViewID, v.PreviousViewID, v.Errors = v.ID, "", nil
	v.Blocks = fillIDs(v.Blocks, w.nextID)
	v.State = ViewState{Values: map[string]map[string]State{}}
	for _, e := range elements(v.Blocks) {
		if e.stateful() {
			v.hold(e, e.initial())
		}
	}
	return v, nil
}

// replace draws other content into an open view. Inputs whose block_id and
// action_id stay keep what the person typed, as in Slack.
func (v *View) replace(next *View, hash string) {
	for block, inner := range v.State.Values {
		for action, s := range inner {
			if now, ok := next.State.Values[block][action]; ok && now.Type == s.Type {
				next.State.Values[block][action] = s
			}
		}
	}
	next.ID, next.RootViewID, next.PreviousViewID, next.Hash = v.ID, v.RootViewID, v.PreviousViewID, hash
	*v = *next
}

// spend uses up a trigger_id and says whose it was.
func (w *Workspace) spend(id string) (*trigger, *apiError) {
	t, alive := w.triggers.get(id)
	switch {
	case t == nil:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case !alive:
		return nil, fail("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

// modal reads the modal of a call and spends the trigger that it is opened with.
func (w *Workspace) modal(c *call) (*View, *trigger, *apiError) {
	v, e := w.view(c, "modal")
	if e != nil {
		return nil, nil, e
	}
	if w.takenExternalID(v) {
		return nil, nil, fail("duplicate_external_id")
	}
	t, e := w.spend(c.args["trigger_id"])
	if e != nil {
		return nil, nil, e
	}
	c.log.User = t.user
	v.defaultTo(t.channel)
	return v, t, nil
}

// defaultTo fills the selects that ask for the conversation which the person looks at.
func (v *View) defaultTo(channel string) {
	for _, e := range elements(v.Blocks) {
		s := v.State.Values[e.block][e.action]
		if channel != "" && s.empty() && e.kind() == "conversations_select" &&
			e.body["default_to_current_conversation"] == true {
			s.SelectedConversation = channel
			v.hold(e, s)
		}
	}
}

func (w *Workspace) takenExternalID(v *View) bool {
	if v.ExternalID == "" {
		return false
	}
	other := w.findView("", v.ExternalID)
	return other != nil && other.ID != v.ID
}

// findView finds an open view by id or by external id.
func (w *Workspace) findView(id, external string) *View {
	match := func(v *View) bool { return v.ID == id || external != "" && v.ExternalID == external }
	for _, stack := range w.views {
		for _, v := range stack {
			if match(v) {
				return v
			}
		}
	}
	for _, h := range w.homes {
		if match(h) {
			return h
		}
	}
	return nil
}

// shown is the view part of an answer.
func shown(v *View) (map[string]any, *apiError) { return map[string]any{"view": v.wire()}, nil }

// https://docs.slack.dev/reference/methods/views.open
func viewsOpen(w *Workspace, c *call) (map[string]any, *apiError) {
	v, t, e := w.modal(c)
	if e != nil {
		return nil, e
	}
	w.views[t.user] = []*View{v}
	w.changed()
	return shown(v)
}

// https://docs.slack.dev/reference/methods/views.push
func viewsPush(w *Workspace, c *call) (map[string]any, *apiError) {
	v, t, e := w.modal(c)
	if e != nil {
		return nil, e
	}
	if !t.modal || len(w.views[t.user]) == 0 {
		return nil, fail("not_found")
	}
	if w.pushView(t.user, v) != nil {
		return nil, fail("push_limit_reached")
	}
	return shown(v)
}

// pushView lays a view on a person's stack. The caller holds mu.
func (w *Workspace) pushView(user string, v *View) error {
	stack := w.views[user]
	if len(stack) >= maxStack {
		return errUnknown
	}
	top := stack[len(stack)-1]
	v.RootViewID, v.PreviousViewID = top.RootViewID, top.ID
	w.views[user] = append(stack[:len(stack):len(stack)], v)
	w.changed()
	return nil
}

// https://docs.slack.dev/reference/methods/views.update
func viewsUpdate(w *Workspace, c *call) (map[string]any, *apiError) {
	old := w.findView(c.args["view_id"], c.args["external_id"])
	if old == nil {
		c.log.View = c.json("view")
		return nil, fail("not_found")
	}
	v, e := w.view(c, old.Type)
	if e != nil {
		return nil, e
	}
	if h := c.args["hash"]; h != "" && h != old.Hash {
		return nil, fail("hash_conflict")
	}
	v.ID = old.ID
	if w.takenExternalID(v) {
		return nil, fail("duplicate_external_id")
	}
	old.replace(v, v.Hash)
	w.changed()
	return shown(old)
}

// https://docs.slack.dev/reference/methods/views.publish
func viewsPublish(w *Workspace, c *call) (map[string]any, *apiError) {
	user := c.args["user_id"]
	c.log.User = user
	v, e := w.view(c, "home")
	if e != nil {
		return nil, e
	}
	if u := w.person(user); u == nil || u.Deleted || u.IsStranger {
		return nil, fail("user_not_found")
	}
	old := w.homes[user]
	if h := c.args["hash"]; h != "" && old != nil && h != old.Hash {
		return nil, fail("hash_conflict")
	}
	if old == nil {
		w.homes[user] = v
	} else {
		old.replace(v, v.Hash)
	}
	w.changed()
	return shown(w.homes[user])
}
