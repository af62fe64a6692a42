package fakeslack

import (
	"encoding/json"
	"maps"
	"path"
	"strings"

	"casterbot/internal/sandbox/composer"
)

// input says which field of an element presets it and which field of its state holds what a person put in; both are
// empty for an element without state.
type input struct{ preset, field string }

// inputs are the element types that carry an action_id.
var inputs = map[string]input{
	"button": {}, "overflow": {}, "workflow_button": {}, "feedback_buttons": {}, "icon_button": {},
	"plain_text_input": {"initial_value", "value"}, "email_text_input": {"initial_value", "value"},
	"url_text_input": {"initial_value", "value"}, "number_input": {"initial_value", "value"},
	"rich_text_input": {"initial_value", "rich_text_value"}, "file_input": {"", "files"},
	"static_select": {"initial_option", "selected_option"}, "external_select": {"initial_option", "selected_option"},
	"radio_buttons":              {"initial_option", "selected_option"},
	"multi_static_select":        {"initial_options", "selected_options"},
	"multi_external_select":      {"initial_options", "selected_options"},
	"checkboxes":                 {"initial_options", "selected_options"},
	"users_select":               {"initial_user", "selected_user"},
	"multi_users_select":         {"initial_users", "selected_users"},
	"channels_select":            {"initial_channel", "selected_channel"},
	"multi_channels_select":      {"initial_channels", "selected_channels"},
	"conversations_select":       {"initial_conversation", "selected_conversation"},
	"multi_conversations_select": {"initial_conversations", "selected_conversations"},
	"datepicker":                 {"initial_date", "selected_date"},
	"timepicker":                 {"initial_time", "selected_time"},
	"datetimepicker":             {"initial_date_time", "selected_date_time"},
}

// several reports that the field holds a list, which is empty and not null when nothing is chosen.
func (i input) several() bool { return strings.HasSuffix(i.field, "s") }

// State is what one input element holds; the JSON is that of view.state.values.
// Type may be left empty: the workspace fills it from the element.
type State struct {
	Type                  string          `json:"type,omitempty"`
	Value                 *string         `json:"value,omitempty"`
	SelectedOption        *Option         `json:"selected_option,omitempty"`
	SelectedOptions       []Option        `json:"selected_options,omitempty"`
	SelectedUser          string          `json:"selected_user,omitempty"`
	SelectedUsers         []string        `json:"selected_users,omitempty"`
	SelectedChannel       string          `json:"selected_channel,omitempty"`
	SelectedChannels      []string        `json:"selected_channels,omitempty"`
	SelectedConversation  string          `json:"selected_conversation,omitempty"`
	SelectedConversations []string        `json:"selected_conversations,omitempty"`
	SelectedDate          string          `json:"selected_date,omitempty"`
	SelectedTime          string          `json:"selected_time,omitempty"`
	SelectedDateTime      int64           `json:"selected_date_time,omitempty"`
	RichText              json.RawMessage `json:"rich_text_value,omitempty"`
	Files                 []File          `json:"files,omitempty"`
}

// File is a file that a person has put into an input; the JSON is a part of Slack's file object. Only the name is
// needed: the workspace fills in the rest. What is in a file is not kept.
type File struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Title    string `json:"title"`
	Mimetype string `json:"mimetype"`
	Filetype string `json:"filetype"`
	Size     int64  `json:"size"`
	User     string `json:"user"`
	Created  int64  `json:"created"`
	Mode     string `json:"mode"`
	URL      string `json:"url_private"`
	Download string `json:"url_private_download"`
}

// MarshalJSON writes an input that holds nothing as Slack does: with null, or with an empty list. Emulator's own
// choice: an empty rich_text_input has its type only.
func (s State) MarshalJSON() ([]byte, error) {
	type plain State
	out, err := json.Marshal(plain(s))
	in := inputs[s.Type]
	if err != nil || in.field == "" || in.field == "rich_text_value" || strings.Contains(string(out), `"`+in.field+`":`) {
		return out, err
	}
	nothing := "null"
	if in.several() {
		nothing = "[]"
	}
	return append(out[:len(out)-1], `,"`+in.field+`":`+nothing+"}"...), nil
}

// Typed is the state of a text input that holds s; in a rich_text_input it becomes rich text.
func Typed(s string) State { return State{Value: &s} }

// Chosen is the state of a select whose option has this value. The workspace
// completes the option from the element when it offers one with that value.
func Chosen(value string) State { return State{SelectedOption: &Option{Value: value}} }

// empty reports an input that nothing was put into.
func (s State) empty() bool {
	return (s.Value == nil || *s.Value == "") && s.SelectedOption == nil && len(s.SelectedOptions) == 0 &&
		s.SelectedUser == "" && len(s.SelectedUsers) == 0 && s.SelectedChannel == "" && len(s.SelectedChannels) == 0 &&
		s.SelectedConversation == "" && len(s.SelectedConversations) == 0 && s.SelectedDate == "" &&
		s.SelectedTime == "" && s.SelectedDateTime == 0 && len(s.RichText) == 0 && len(s.Files) == 0
}

// with is the state with one input changed. The maps are replaced, not changed, since snapshots share them.
func (v ViewState) with(e element, s State) ViewState {
	values := maps.Clone(v.Values)
	if values == nil {
		values = map[string]map[string]State{}
	}
	inner := maps.Clone(values[e.block])
	if inner == nil {
		inner = map[string]State{}
	}
	inner[e.action] = s
	values[e.block] = inner
	return ViewState{Values: values}
}

// enter is what becomes of what a person typed or chose: full state, with the element's type. The caller holds mu.
func (w *Workspace) enter(user string, e element, s State, value string) State {
	s = e.complete(s, value)
	if s.Value != nil && *s.Value != "" {
		switch typed := *s.Value; e.kind() {
		case "plain_text_input":
			typed = composer.Codes(typed)
			s.Value = &typed
		case "rich_text_input":
			s.Value, s.RichText = nil, marshal(composer.RichText(w.encode(typed)))
		}
	}
	s.Files = append([]File(nil), s.Files...)
	for i, f := range s.Files {
		s.Files[i] = w.upload(user, f)
	}
	return s
}

// upload makes the file object of a file that was put into an input.
func (w *Workspace) upload(user string, f File) File {
	if f.ID != "" {
		return f
	}
	kind := strings.ToLower(strings.TrimPrefix(path.Ext(f.Name), "."))
	f.ID, f.Title, f.Filetype, f.User, f.Created = w.nextID("F"), f.Name, kind, user, w.cfg.Now().Unix()
	f.Mode, f.URL = "hosted", w.base+"/files-pri/"+TeamID+"-"+f.ID+"/"+f.Name
	f.Download = w.base + "/files-pri/" + TeamID + "-" + f.ID + "/download/" + f.Name
	return f
}

// state is what a person sees in the inputs of a message: what they put in, else what the message began with.
func (m *Message) state(user string) ViewState {
	out := ViewState{Values: map[string]map[string]State{}}
	for _, e := range m.allElements() {
		if !e.stateful() {
			continue
		}
		s, held := m.held[user].Values[e.block][e.action]
		if !held || s.Type != e.kind() {
			s = e.initial()
		}
		out = out.with(e, s)
	}
	return out
}

// put keeps what a person has put into inputs of a message.
func (m *Message) put(user string, e element, s State) {
	held := maps.Clone(m.held)
	if held == nil {
		held = map[string]ViewState{}
	}
	held[user] = held[user].with(e, s)
	m.held = held
}
