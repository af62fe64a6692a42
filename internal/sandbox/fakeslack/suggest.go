package fakeslack

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"casterbot/internal/sandbox/blockkit"
)

// Place is where a person types into an external select: a view, or a message
// by its channel and timestamp.
type Place struct{ View, Channel, TS string }

// OptionGroup is a part of a list of choices under a heading; choices without
// groups are one group without a label.
type OptionGroup struct {
	Label   *Text    `json:"label,omitempty"`
	Options []Option `json:"options"`
}

// leastQuery is from how many characters on an app is asked, when the select
// does not say (min_query_length).
const leastQuery = 3

// Suggest lets a person type into an external select of a message or a view.
// The Ack's Groups are what the list then shows; an answer that Slack refuses
// (more than 100 options, a text of more than 75 characters) ends as
// ErrBadAnswer. Fewer characters than the select asks for send nothing.
// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
func (w *Workspace) Suggest(user string, at Place, p Press, query string) (Sent, error) {
	w.mu.Lock()
	pay, e, err := w.suggestion(user, at, p)
	if err != nil || utf8.RuneCountInString(query) < e.leastQuery() {
		w.mu.Unlock()
		return nothing("", ""), err
	}
	pay["action_id"], pay["block_id"], pay["value"] = e.action, e.block, query
	payload := marshal(pay)
	w.mu.Unlock()
	return w.hub.post("interactive", payload,
		origin{kind: "suggest", user: user, channel: at.Channel, view: at.View, ts: at.TS, action: p.Action}), nil
}

func (w *Workspace) suggestion(user string, at Place, p Press) (map[string]any, element, error) {
	if at.View != "" {
		u, v, err := w.showing(user, at.View)
		if err != nil {
			return nil, element{}, err
		}
		pay := w.interaction("block_suggestion", u)
		pay["container"], pay["view"] = map[string]any{"type": "view", "view_id": v.ID}, v.wire()
		e, err := findPress(external(elements(v.Blocks)), p)
		return pay, e, err
	}
	u, r, m, err := w.sees(user, at.Channel, at.TS)
	if err != nil {
		return nil, element{}, err
	}
	e, err := findPress(external(m.allElements()), p)
	pay := w.interaction("block_suggestion", u)
	w.place(pay, r, m, e)
	return pay, e, err
}

// external leaves those elements whose options come from the app.
func external(list []element) []element {
	var out []element
	for _, e := range list {
		if e.kind() == "external_select" || e.kind() == "multi_external_select" {
			out = append(out, e)
		}
	}
	return out
}

func (e element) leastQuery() int {
	if n, ok := e.body["min_query_length"].(json.Number); ok {
		least, _ := strconv.Atoi(n.String()) // the linter has seen the number
		return least
	}
	return leastQuery
}

// offered reads an answer to a suggestion, or tells that Slack would refuse it.
func offered(payload json.RawMessage) ([]OptionGroup, bool) {
	if payload == nil || len(blockkit.LintOptions(payload)) > 0 {
		return nil, false
	}
	var p struct {
		Options []Option      `json:"options"`
		Groups  []OptionGroup `json:"option_groups"`
	}
	if json.Unmarshal(payload, &p) != nil {
		return nil, false
	}
	if len(p.Options) > 0 {
		p.Groups = append([]OptionGroup{{Options: p.Options}}, p.Groups...)
	}
	return p.Groups, true
}

// Groups are what an ack to a block_suggestion offers; none for any other ack.
func (a Ack) Groups() []OptionGroup {
	groups, _ := offered(a.Payload)
	return groups
}

// Options are the same without the headings.
func (a Ack) Options() []Option {
	var out []Option
	for _, g := range a.Groups() {
		out = append(out, g.Options...)
	}
	return out
}
