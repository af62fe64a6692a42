package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"casterbot/internal/sandbox"
	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
)

// observer look at the world from the outside and remember what they have seen.
type observer struct {
	world *sandbox.World
	names names

	call     int   // last call of the bot that was looked at
	asked    int64 // last call of the cloud
	toast    map[string]int
	views    map[string]string // person → what their form shows
	homes    map[string]bool   // people who have opened their home
	cards    []card
	privates map[string][]spot // person → private messages, oldest first
}

// spot is where a message is.
type spot struct{ channel, ts string }

// card is a public message of the bot and every button that it ever had.
type card struct {
	spot
	name    string
	buttons []button
	last    string // as it was written down
}

func (e *observer) open(w *sandbox.World) {
	*e = observer{
		world: w, names: names{refs: map[string]string{}, tokens: map[string]string{}},
		toast: map[string]int{}, views: map[string]string{}, homes: map[string]bool{}, privates: map[string][]spot{},
	}
	e.look()
}

func (e *observer) screen() fakeslack.Screen {
	s, _ := e.world.Slack.Snapshot(fakeslack.BotUser)
	return s
}

func (e *observer) people() []fakeslack.User { return e.screen().People }

// channels names every channel by its id.
func (e *observer) channels() map[string]string {
	all := map[string]string{}
	for _, u := range e.people() {
		s, err := e.world.Slack.Snapshot(u.ID)
		if err != nil {
			continue
		}
		for _, r := range s.Rooms {
			if all[r.ID] = r.Name; r.IsIM {
				all[r.ID] = u.Name
			}
		}
	}
	return all
}

func (e *observer) card(name string) (card, bool) {
	for _, c := range e.cards {
		if c.name == name {
			return c, true
		}
	}
	return card{}, false
}

// onScreen is the message of a card as a person sees it.
func (e *observer) onScreen(user string, of card) (fakeslack.Message, bool) {
	s, err := e.world.Slack.Snapshot(user)
	for _, r := range s.Rooms {
		for _, m := range r.Messages {
			if err == nil && r.ID == of.channel && m.TS == of.ts {
				return m, true
			}
		}
	}
	return fakeslack.Message{}, false
}

// view is the form that a person has open.
func (e *observer) view(user string) (fakeslack.View, bool) {
	s, err := e.world.Slack.Snapshot(user)
	if err != nil || len(s.Views) == 0 {
		return fakeslack.View{}, false
	}
	return s.Views[len(s.Views)-1], true
}

// button finds what to press, and in which message.
func (e *observer) button(user, channel, label, where string, late bool) (ts string, b button, err error) {
	if opNumber.FindString(where) == where && where != "" {
		c, ok := e.card(where)
		if !ok || c.channel != channel {
			return "", b, fmt.Errorf("there is no %s here", where)
		}
		m, _ := e.world.Slack.Message(c.channel, c.ts)
		list := allButtons(m)
		if late {
			list = c.buttons
		}
		b, ok = labelled(list, label, "")
		if !ok {
			return "", b, fmt.Errorf("%s has no button %q", where, label)
		}
		return c.ts, b, nil
	}
	for _, at := range slices.Backward(e.privates[user]) {
		m, ok := e.world.Slack.Message(at.channel, at.ts)
		if b, found := labelled(allButtons(m), label, where); ok && found && at.channel == channel {
			return at.ts, b, nil
		}
	}
	for _, c := range slices.Backward(e.cards) {
		m, _ := e.world.Slack.Message(c.channel, c.ts)
		if b, found := labelled(allButtons(m), label, ""); found && c.name == "" && c.channel == channel &&
			strings.Contains(m.Text+drawing(m), where) {
			return c.ts, b, nil
		}
	}
	return "", b, fmt.Errorf("no message has a button %q", label)
}

// labelled finds a button by its words, a menu by "Menu = Option" or its name alone, the three dots by one of their
// options.
func labelled(list []button, label, beside string) (button, bool) {
	menu, _, _ := strings.Cut(label, " = ")
	for _, b := range list {
		match := b.label == label
		switch {
		case b.Type == "overflow":
			match = slices.ContainsFunc(b.Options, func(c choice) bool { return c.Text.Text == label })
		case b.menu():
			match = b.label == menu
		}
		if match && strings.Contains(b.beside, beside) {
			return b, true
		}
	}
	return button{}, false
}

func (e *observer) newCalls() []fakelive.Call {
	return slices.DeleteFunc(e.world.Live.Snapshot().Calls, func(c fakelive.Call) bool { return c.Seq <= e.asked })
}

// look writes down what has happened since the last look, in a fixed order: calls of the cloud, new cards, edits,
// forms, private messages, and what Slack itself says.
func (e *observer) look() []string {
	lines := e.calls()
	log := e.world.Slack.Log(e.call)
	if len(log) > 0 {
		e.call = log[len(log)-1].Seq
	}
	lines = append(lines, e.public(log)...)
	lines = append(lines, e.forms()...)
	lines = append(lines, e.private(log)...)
	lines = append(lines, e.files(log)...)
	return append(lines, e.toasts()...)
}

// calls writes down the calls that change something. What became of one is said when it was not simply answered.
func (e *observer) calls() []string {
	var lines []string
	for _, c := range e.newCalls() {
		e.asked = max(e.asked, c.Seq)
		if strings.HasPrefix(c.Action, "Describe") || asides[c.Action] {
			continue
		}
		line := "api> " + c.Action + " " + e.params(c.Params) + e.session(c.Session)
		switch {
		case !c.Answered && c.Applied:
			line += " → done, no answer"
		case !c.Answered:
			line += " → nothing done, no answer"
		case c.Status != 200:
			line += fmt.Sprintf(" → %d %s", c.Status, c.Code)
		case c.Fault != "" && c.Applied:
			line += " → done, answered with: " + string(c.Fault)
		case c.Fault != "":
			line += " → nothing done, answered with: " + string(c.Fault)
		}
		lines = append(lines, line)
	}
	return inOrder(lines)
}

// inOrder sorts calls of one action that follow each other, by what they are about: several may leave at once, in any
// order. Calls about the same thing keep theirs.
func inOrder(lines []string) []string {
	for from := 0; from < len(lines); {
		to := from + 1
		for to < len(lines) && action(lines[to]) == action(lines[from]) {
			to++
		}
		slices.SortStableFunc(lines[from:to], func(a, b string) int { return strings.Compare(about(a), about(b)) })
		from = to
	}
	return lines
}

func action(line string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(line, "api> "), " ")
	return name
}

func about(line string) string {
	asked, _, _ := strings.Cut(line, " → ")
	return asked
}

func (e *observer) params(params map[string]string) string {
	things := e.things()
	shown := map[string]string{}
	for name, value := range params {
		shown[name] = value
		if thing := things[value]; thing != "" {
			shown[name] = thing
		}
		if name == "ClientToken" {
			shown[name] = e.names.token(value)
		}
	}
	text, _ := json.Marshal(shown) // keys are sorted
	return string(text)
}

// toasts writes down what Slack tells people without the bot.
func (e *observer) toasts() []string {
	var lines []string
	for _, u := range e.people() {
		s, err := e.world.Slack.Snapshot(u.ID)
		if err != nil {
			continue
		}
		for _, t := range s.Toasts {
			if t.Seq > e.toast[u.ID] {
				e.toast[u.ID] = t.Seq
				lines = append(lines, "slack to "+u.Name+"> "+t.Text)
			}
		}
	}
	return lines
}

// sorted gives the keys of a set in order.
func sorted[T any](set map[string]T) []string {
	keys := slices.Collect(maps.Keys(set))
	sort.Strings(keys)
	return keys
}
