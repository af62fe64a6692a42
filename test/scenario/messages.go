package scenario

import (
	"encoding/json"
	"slices"
	"strings"

	"casterbot/internal/sandbox/fakeslack"
)

// public writes down new cards and then the edits of older ones, each as it looks now. A card that is drawn once more
// as it was, by itself, changes nothing for those who read.
func (e *observer) public(log []fakeslack.Call) []string {
	var posts, edits []string
	posted := map[string]bool{}
	for _, c := range log {
		if c.Method != "chat.postMessage" || c.Error != "" || strings.HasPrefix(c.Channel, "D") {
			continue
		}
		posted[c.TS] = true
		m, _ := e.world.Slack.Message(c.Channel, c.TS)
		name := e.names.meet(drawing(m))
		e.cards = slices.DeleteFunc(e.cards, func(old card) bool { return name != "" && old.name == name })
		e.cards = append(e.cards, card{spot: spot{c.Channel, c.TS}, name: name, buttons: buttonsOf(c)})
		posts = append(posts, e.cardLine("bot posts", e.cards[len(e.cards)-1]))
	}
	edited, clicked := map[string]bool{}, map[string]bool{}
	for _, c := range log {
		if clicks := e.replaced(c); c.Method == "chat.update" && c.Error == "" || clicks {
			edited[c.TS], clicked[c.TS] = true, clicked[c.TS] || clicks
			e.remember(c)
		}
	}
	for i, c := range e.cards {
		if !edited[c.ts] || posted[c.ts] {
			continue
		}
		line := e.cardLine("bot edits", c)
		if c.name == "" || clicked[c.ts] || line != c.last {
			edits = append(edits, line)
		}
		e.cards[i].last = line
	}
	return append(append(posts, edits...), e.pins(log)...)
}

// replaced reports a card that was edited by way of a click's response URL.
func (e *observer) replaced(c fakeslack.Call) bool {
	if !c.Replaces() || c.Error != "" {
		return false
	}
	m, ok := e.world.Slack.Message(c.Channel, c.TS)
	return ok && m.EphemeralTo == ""
}

// pins writes down which messages the bot put above a channel or took off.
func (e *observer) pins(log []fakeslack.Call) []string {
	verbs := map[string]string{"pins.add": "bot pins", "pins.remove": "bot unpins"}
	var lines []string
	for _, c := range log {
		verb := verbs[c.Method]
		if verb == "" || c.Error != "" {
			continue
		}
		m, _ := e.world.Slack.Message(c.Channel, c.TS)
		lines = append(lines, verb+" #"+e.channelName(c.Channel)+"> "+e.plain(m.Text))
	}
	return lines
}

// drawing is everything that a message draws, in order; the copy of its text for old programs is left out.
func drawing(m fakeslack.Message) string {
	all := string(m.Blocks)
	for _, blocks := range attachments(m.Attachments) {
		all += string(blocks)
	}
	return all
}

func buttonsOf(c fakeslack.Call) []button {
	return allButtons(fakeslack.Message{Blocks: c.Blocks, Attachments: c.Attach})
}

// remember keeps the buttons of an edited card for late clicks.
func (e *observer) remember(c fakeslack.Call) {
	for i := range e.cards {
		if e.cards[i].ts == c.TS {
			e.cards[i].buttons = append(e.cards[i].buttons, buttonsOf(c)...)
		}
	}
}

// cardLine is a card as one line: where, its sentences, its buttons, its number.
func (e *observer) cardLine(how string, c card) string {
	m, ok := e.world.Slack.Message(c.channel, c.ts)
	where := " #" + e.channelName(c.channel)
	if m.ThreadTS != "" && m.ThreadTS != m.TS {
		where += " thread"
	}
	if !ok {
		return how + where + "> (the message is gone) " + c.name
	}
	line := how + where + "> " + e.plain(m.Text) + pressable(allButtons(m))
	return strings.TrimSpace(line + " " + c.name)
}

func pressable(list []button) string {
	text := ""
	for _, b := range list {
		text += " " + b.shown()
	}
	return text
}

// private writes down what people were told alone, person by person.
func (e *observer) private(log []fakeslack.Call) []string {
	told := map[string][]string{}
	for _, c := range log {
		user := e.listener(c)
		if user == "" || c.TS == "" || c.Error != "" {
			continue
		}
		e.privates[user] = append(e.privates[user], spot{c.Channel, c.TS})
		blocks := c.Blocks
		if m, ok := e.world.Slack.Message(c.Channel, c.TS); ok {
			blocks = m.Blocks
		}
		head := "bot to " + e.userName(user) + ">"
		if c.Method == "chat.postMessage" {
			head = "bot to " + e.userName(user) + "> (direct)"
			e.names.meet(string(blocks)) // it stands for the card that could not be shown
		}
		told[user] = append(told[user], e.paragraphs(head, e.lines(blocks))...)
	}
	var lines []string
	for _, user := range sorted(told) {
		lines = append(lines, told[user]...)
	}
	return lines
}

// listener is the person whom a call tells something in private, or empty.
func (e *observer) listener(c fakeslack.Call) string {
	switch {
	case e.replaced(c):
		return ""
	case c.Method == "chat.postEphemeral", c.Method == "response_url", c.Method == "ack" && c.View == nil:
		return c.User
	case c.Method == "chat.postMessage" && strings.HasPrefix(c.Channel, "D"):
		return "U" + c.Channel[1:]
	}
	return ""
}

// lines draws blocks: one line a paragraph, with the buttons that belong to it.
func (e *observer) lines(raw json.RawMessage) []string {
	var lines []string
	for _, b := range decode(raw) {
		var parts []string
		if b.Text.Text != "" {
			parts = strings.Split(e.plain(strings.ReplaceAll(b.Text.Text, "\n", "\x00")), "\x00")
		}
		if b.Type == "table" {
			lines = append(lines, e.rows(b.Rows)...)
			continue
		}
		presses := ""
		for _, el := range b.inner() {
			if el.Type != "button" && !el.menu() {
				parts = append(parts, "("+e.plain(el.words())+")")
			}
		}
		for _, press := range pressesOf(b) {
			presses += " " + press.shown()
		}
		if len(parts) == 0 {
			parts = []string{""}
		}
		parts[len(parts)-1] = strings.TrimSpace(parts[len(parts)-1] + presses)
		lines = append(lines, parts...)
	}
	return lines
}

// attached draws the attachments of a message.
func (e *observer) attached(m fakeslack.Message) []string {
	var lines []string
	for _, blocks := range attachments(m.Attachments) {
		lines = append(lines, e.lines(blocks)...)
	}
	return lines
}

// wide is how long a message may be to stand in one line of a story.
const wide = 150

// paragraphs joins a short message into one line and gives a long one a line for each paragraph.
func (e *observer) paragraphs(head string, lines []string) []string {
	if one := strings.Join(lines, " / "); len(one) <= wide {
		return []string{head + " " + one}
	}
	out := []string{head + " " + lines[0]}
	for _, line := range lines[1:] {
		out = append(out, "  "+line)
	}
	return out
}

// forms writes down forms that have opened or changed, and homes that somebody looks at.
func (e *observer) forms() []string {
	var lines []string
	for _, u := range e.people() {
		s, err := e.world.Slack.Snapshot(u.ID)
		if err != nil {
			continue
		}
		shown := ""
		if len(s.Views) > 0 {
			shown = strings.Join(e.asks(u.Name, s.Views[len(s.Views)-1]), "\n")
		}
		if shown != e.views[u.ID] && shown != "" {
			lines = append(lines, strings.Split(shown, "\n")...)
		}
		e.views[u.ID] = shown
		if e.homes[u.ID] && s.Home != nil {
			lines = append(lines, e.paragraphs("bot shows "+u.Name+" home>", e.lines(s.Home.Blocks))...)
		}
		delete(e.homes, u.ID)
	}
	return lines
}

func (e *observer) wantHome(user string) { e.homes[user] = true }

// asks draws a form: its title, its texts, each field with what it holds and offers and what is wrong with it, and its
// button.
func (e *observer) asks(name string, v fakeslack.View) []string {
	lines := []string{}
	fields := map[string]input{}
	for _, in := range inputsOf(v) {
		fields[in.block] = in
	}
	for _, b := range decode(v.Blocks) {
		in, isField := fields[b.ID]
		if !isField {
			lines = append(lines, e.lines(mustJSON([]block{b}))...)
			continue
		}
		line := in.label + ": ‹" + in.held(v) + "›"
		if in.external() {
			line += " of …"
		}
		for i, c := range in.choices {
			line += [2]string{" of ", " | "}[min(i, 1)] + c.Text.Text
		}
		if why := v.Errors[in.block]; why != "" && why != fakeslack.Required {
			line += " ← " + why
		}
		lines = append(lines, line)
	}
	var title, submit fakeslack.Text
	_ = json.Unmarshal(v.Title, &title)
	if json.Unmarshal(v.Submit, &submit) == nil && submit.Text != "" && len(lines) > 0 {
		lines[len(lines)-1] += " [" + submit.Text + "]"
	}
	return e.paragraphs("bot asks "+name+"> "+title.Text+":", append([]string{}, lines...))
}

func mustJSON(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("[]")
	}
	return data
}
