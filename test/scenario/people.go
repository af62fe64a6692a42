package scenario

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"casterbot/internal/sandbox/fakeslack"
)

// person finds somebody by the name that people use.
func (p *play) person(name string) (fakeslack.User, error) {
	for _, u := range p.see.people() {
		if u.Name == name {
			return u, nil
		}
	}
	return fakeslack.User{}, fmt.Errorf("nobody is called %s", name)
}

// channel finds a channel by its name with the hash, as it is now.
func (p *play) channel(name string) (string, error) {
	for id, known := range p.see.channels() {
		if "#"+known == name {
			return id, nil
		}
	}
	return "", fmt.Errorf("no channel is called %s", name)
}

func (p *play) place(who, where string) (user, channel string, err error) {
	u, err := p.person(who)
	if err != nil {
		return "", "", err
	}
	channel, err = p.channel(where)
	return u.ID, channel, err
}

// types is a line that somebody writes: ana #show-control> /record stop main.
func (p *play) types(m []string) error {
	user, channel, err := p.place(m[1], m[2])
	if err != nil {
		return err
	}
	thread := ""
	if m[3] != "" {
		card, ok := p.see.card(m[3])
		if !ok {
			return fmt.Errorf("there is no %s", m[3])
		}
		thread = card.ts
	}
	return p.sends(p.world.Slack.Type(user, channel, lines(p.see.known(m[4])), thread))
}

func (p *play) sends(s fakeslack.Sent, err error) error {
	if err == nil {
		p.sent = append(p.sent, s)
	}
	return err
}

// press is a click: [Label] op1 on a card; [Label] text on the last private message that has such a button, beside that
// text, or else on a message without a number. [Menu = Option] chooses from a menu, [Option] from the three dots.
// "late" clicks on what the card showed before, "twice" clicks again before the first click has got an answer.
func (p *play) press(m []string) error {
	user, channel, err := p.place(m[1], m[2])
	if err != nil {
		return err
	}
	where, label := m[4], m[3]
	how := ""
	for _, word := range []string{" late", " twice"} {
		if strings.HasSuffix(where, word) {
			where, how = strings.TrimSuffix(where, word), word
		}
	}
	at, b, err := p.see.button(user, channel, label, where, how == " late")
	if err != nil {
		return err
	}
	times := 1
	if how == " twice" {
		times = 2
	}
	press := fakeslack.Press{Action: b.Action, Block: b.block, Value: b.Value, Stale: times > 1 || how == " late"}
	if b.menu() {
		press.Value = ""
		if press.State, err = p.choose(user, fakeslack.Place{Channel: channel, TS: at}, b, label); err != nil {
			return err
		}
	}
	for range times {
		if err := p.sends(p.world.Slack.Click(user, channel, at, press)); err != nil {
			return err
		}
	}
	return nil
}

// sees writes down a whole card as one person's screen shows it, small print included.
func (p *play) sees(m []string) error {
	user, err := p.person(m[1])
	if err != nil {
		return err
	}
	card, ok := p.see.card(m[2])
	if !ok {
		return fmt.Errorf("there is no %s", m[2])
	}
	message, ok := p.see.onScreen(user.ID, card)
	if !ok {
		return errors.New("its message is gone")
	}
	p.said = append(p.said,
		p.see.paragraphs("bot shows "+m[1]+" "+m[2]+">", append(p.see.lines(message.Blocks), p.see.attached(message)...))...)
	return nil
}

// filling is one field of a form: Label = value. Nothing behind the sign empties it.
var filling = regexp.MustCompile(`^\s*(.+?) =(?: (.*?))?\s*$`)

// form fills in fields of the open form and then presses a button of it, if one is named: ana form> Studio = Evening
// News [Continue]. More fields follow behind a semicolon. A field that takes several options gets them with commas, in
// place of what it held: ana form> Streams = main, backup, cam1 [Continue].
func (p *play) form(m []string) error {
	u, err := p.person(m[1])
	if err != nil {
		return err
	}
	view, ok := p.see.view(u.ID)
	if !ok {
		return errors.New("no form is open")
	}
	values := map[string]map[string]fakeslack.State{}
	for _, text := range strings.Split(m[2], ";") {
		if strings.TrimSpace(text) == "" {
			continue
		}
		field := filling.FindStringSubmatch(text)
		if field == nil {
			return fmt.Errorf("%q: want Label = value", text)
		}
		if err := p.fill(u.ID, view, field[1], field[2], values); err != nil {
			return err
		}
	}
	switch m[3] {
	case "":
		return nil
	case "Cancel":
		return p.sends(p.world.Slack.CloseView(u.ID, view.ID))
	}
	return p.submit(u, view, values)
}

func (p *play) submit(u fakeslack.User, view fakeslack.View, values map[string]map[string]fakeslack.State) error {
	err := p.sends(p.world.Slack.Submit(u.ID, view.ID, values))
	now, ok := p.see.view(u.ID)
	if err == nil || !ok || len(now.Errors) == 0 {
		return err
	}
	for _, in := range inputsOf(now) {
		if sentence := now.Errors[in.block]; sentence != "" {
			p.said = append(p.said, "slack to "+u.Name+"> "+in.label+": "+sentence)
		}
	}
	return nil
}

// fill sets one field. One that redraws the form when it changes is sent at once, as Slack does.
func (p *play) fill(user string, view fakeslack.View, label, value string,
	values map[string]map[string]fakeslack.State) error {
	for _, in := range inputsOf(view) {
		if in.label != label {
			continue
		}
		state, err := p.value(user, view, in, value)
		if err != nil {
			return err
		}
		if in.sends {
			return p.sends(p.world.Slack.ClickView(user, view.ID,
				fakeslack.Press{Action: in.Action, Block: in.block, State: state}))
		}
		values[in.block] = map[string]fakeslack.State{in.Action: state}
		return nil
	}
	return fmt.Errorf("the form has no field %q", label)
}

// value is the state of a field with what the story writes.
func (p *play) value(user string, view fakeslack.View, in input, value string) (fakeslack.State, error) {
	one := in.holding
	if in.external() {
		one = func(name string) (fakeslack.State, error) {
			return p.found(user, fakeslack.Place{View: view.ID}, in.Action, in.block, name)
		}
	}
	if in.several() {
		return several(value, one)
	}
	return one(value)
}
