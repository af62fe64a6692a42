package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"casterbot/internal/sandbox/blockkit"
)

// element is an interactive element inside a block.
type element struct {
	block, action string
	attachment    int // 1-based, 0 for an element of the message itself
	body          map[string]any
}

// walk calls visit for every object below v with the block_id it lies in.
func walk(v any, block string, visit func(block string, obj map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			walk(x, block, visit)
		}
	case map[string]any:
		if id, ok := v["block_id"].(string); ok {
			block = id
		}
		visit(block, v)
		for _, x := range v {
			walk(x, block, visit)
		}
	}
}

// fillIDs gives a block_id to every block and an action_id to every
// interactive element that has none, as Slack does. Nil stays nil.
func fillIDs(raw json.RawMessage, next func(prefix string) string) json.RawMessage {
	list, ok := blockkit.Decode(raw).([]any)
	if !ok {
		return nil
	}
	for _, b := range list {
		if m, ok := b.(map[string]any); ok && m["block_id"] == nil {
			m["block_id"] = next("b")
		}
	}
	walk(list, "", func(_ string, m map[string]any) {
		kind, _ := m["type"].(string)
		if _, interactive := inputs[kind]; interactive && m["action_id"] == nil {
			m["action_id"] = next("a")
		}
	})
	return marshal(list)
}

// fillAttachments numbers attachments and fills the ids of their blocks.
func fillAttachments(raw json.RawMessage, next func(prefix string) string) json.RawMessage {
	var list []map[string]json.RawMessage
	if json.Unmarshal(raw, &list) != nil || len(list) == 0 {
		return nil
	}
	for i, a := range list {
		a["id"] = marshal(i + 1)
		if a["blocks"] != nil {
			a["blocks"] = fillIDs(a["blocks"], next)
		}
		if a["fallback"] == nil {
			a["fallback"] = marshal("[no preview available]")
		}
	}
	return marshal(list)
}

// elements lists the interactive elements of blocks.
func elements(raw json.RawMessage) []element {
	var out []element
	walk(blockkit.Decode(raw), "", func(block string, m map[string]any) {
		if id, ok := m["action_id"].(string); ok {
			out = append(out, element{block: block, action: id, body: m})
		}
	})
	return out
}

// allElements lists those of a message, its attachments included.
func (m *Message) allElements() []element {
	out := elements(m.Blocks)
	var list []struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	if json.Unmarshal(m.Attachments, &list) != nil {
		return out
	}
	for i, a := range list {
		for _, e := range elements(a.Blocks) {
			e.attachment = i + 1
			out = append(out, e)
		}
	}
	return out
}

func (e element) kind() string {
	s, _ := e.body["type"].(string)
	return s
}

// stateful says whether the element holds an input.
func (e element) stateful() bool { return inputs[e.kind()].field != "" }

// matches says whether the person means this element. A value distinguishes
// buttons only: on a select it is the choice.
func (e element) matches(p Press) bool {
	if e.action != p.Action || p.Block != "" && e.block != p.Block {
		return false
	}
	return p.Value == "" || e.kind() != "button" || e.body["value"] == p.Value
}

// initial is the state of an element nobody touched.
func (e element) initial() State {
	in := inputs[e.kind()]
	s := State{Type: e.kind()}
	if preset, ok := e.body[in.preset]; ok {
		_ = json.Unmarshal(marshal(map[string]any{in.field: preset}), &s) // the linter has seen the element
	}
	return s
}

// complete turns what the person chose into full state: the element's type, and
// for a select the option as the element offers it.
func (e element) complete(s State, value string) State {
	s.Type = e.kind()
	if value != "" && s.SelectedOption == nil && s.Value == nil {
		if strings.HasSuffix(e.kind(), "_input") {
			s.Value = &value
		} else {
			s.SelectedOption = &Option{Value: value}
		}
	}
	if s.SelectedOption != nil {
		o := e.option(*s.SelectedOption)
		s.SelectedOption = &o
	}
	s.SelectedOptions = slices.Clone(s.SelectedOptions)
	for i, o := range s.SelectedOptions {
		s.SelectedOptions[i] = e.option(o)
	}
	return s
}

// takes refuses more than the element allows, as the Slack client does: options, or files.
func (e element) takes(s State) error {
	const mostFiles = 10
	most, err := strconv.Atoi(fmt.Sprint(e.body["max_selected_items"]))
	if n := len(s.SelectedOptions); err == nil && n > most {
		return fmt.Errorf("fakeslack: %s takes %d options, not %d", e.action, most, n)
	}
	if most, err = strconv.Atoi(fmt.Sprint(e.body["max_files"])); err != nil {
		most = mostFiles
	}
	if n := len(s.Files); n > most {
		return fmt.Errorf("fakeslack: %s takes %d files, not %d", e.action, most, n)
	}
	return nil
}

// option finds an option of the element by value; an external select has none,
// so what the person brings stands.
func (e element) option(o Option) Option {
	walk([]any{e.body["options"], e.body["option_groups"]}, "", func(_ string, m map[string]any) {
		if v, ok := m["value"].(string); ok && v == o.Value {
			_ = json.Unmarshal(marshal(m), &o)
		}
	})
	if o.Text == nil {
		o.Text = &Text{Type: "plain_text", Text: o.Value}
	}
	return o
}

// actionOf is the entry of "actions" in a block_actions payload.
func (e element) actionOf(s State, ts string) map[string]any {
	a := map[string]any{}
	if e.stateful() || e.kind() == "overflow" {
		_ = json.Unmarshal(marshal(s), &a)
	}
	for _, k := range []string{"type", "action_id", "text", "placeholder"} {
		if v, ok := e.body[k]; ok {
			a[k] = v
		}
	}
	if v, ok := e.body["value"]; ok && !e.stateful() {
		a["value"] = v
	}
	a["block_id"], a["action_ts"] = e.block, ts
	return a
}
