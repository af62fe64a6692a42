package scenario

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"casterbot/internal/sandbox/fakeslack"
)

// home opens the bot's own tab and writes down what it shows.
func (p *play) home(m []string) error {
	u, err := p.person(m[1])
	if err != nil {
		return err
	}
	p.see.wantHome(u.ID)
	return p.sends(p.world.Slack.OpenHome(u.ID))
}

// pressHome uses a button or menu of the bot's tab: ana home> [Show] Evening News. What the tab then shows is written
// down.
func (p *play) pressHome(m []string) error {
	u, err := p.person(m[1])
	if err != nil {
		return err
	}
	view, b, err := p.homeButton(u.ID, m[2], m[3])
	if err != nil {
		return err
	}
	press := fakeslack.Press{Action: b.Action, Block: b.block, Value: b.Value}
	if b.menu() {
		press.Value = ""
		if press.State, err = p.choose(u.ID, fakeslack.Place{View: view}, b, m[2]); err != nil {
			return err
		}
	}
	p.see.wantHome(u.ID)
	return p.sends(p.world.Slack.ClickView(u.ID, view, press))
}

func (p *play) homeButton(user, label, beside string) (view string, b button, err error) {
	s, err := p.world.Slack.Snapshot(user)
	if err != nil || s.Home == nil {
		return "", b, errors.Join(errors.New("the home tab is empty"), err)
	}
	b, ok := labelled(buttons(s.Home.Blocks), label, beside)
	if !ok {
		return "", b, fmt.Errorf("the home tab has no button %q", label)
	}
	return s.Home.ID, b, nil
}

// searches types into a menu whose options come from the bot, and writes down what is offered:
// ana #show-control> searches "Eve" in [Studio] op1, ana form> searches "Eve" in [Studio], ana home> …
func (p *play) searches(m []string) error {
	u, err := p.person(m[1])
	if err != nil {
		return err
	}
	at, action, block, err := p.menu(u.ID, m[2], m[4], m[5])
	if err != nil {
		return err
	}
	sent, ack, err := p.suggest(u.ID, at, action, block, m[3])
	switch {
	case err != nil:
		return err
	case ack.Err != "":
		p.said = append(p.said, "slack to "+u.Name+"> Could not load results.")
	case sent.Envelope == "":
		p.said = append(p.said, "slack to "+u.Name+"> Type more letters to search.")
	default:
		p.said = append(p.said, p.see.paragraphs("bot offers "+u.Name+">", offers(ack.Groups()))...)
	}
	return nil
}

// menu finds where a person types: in a message of a channel, in the open form, or at home.
func (p *play) menu(user, place, label, where string) (at fakeslack.Place, action, block string, err error) {
	var b button
	switch place {
	case "form":
		view, ok := p.see.view(user)
		if !ok {
			return at, "", "", errors.New("no form is open")
		}
		for _, in := range inputsOf(view) {
			if in.label == label {
				return fakeslack.Place{View: view.ID}, in.Action, in.block, nil
			}
		}
		return at, "", "", fmt.Errorf("the form has no field %q", label)
	case "home":
		at.View, b, err = p.homeButton(user, label, where)
	default:
		if at.Channel, err = p.channel(place); err == nil {
			at.TS, b, err = p.see.button(user, at.Channel, label, where, false)
		}
	}
	return at, b.Action, b.block, err
}

func (p *play) suggest(user string, at fakeslack.Place, action, block, query string) (fakeslack.Sent,
	fakeslack.Ack, error) {
	sent, err := p.world.Slack.Suggest(user, at, fakeslack.Press{Action: action, Block: block}, query)
	if err != nil {
		return sent, fakeslack.Ack{}, err
	}
	select {
	case ack := <-sent.Done:
		return sent, ack, nil
	case <-time.After(patience):
		return sent, fakeslack.Ack{}, errors.New("a search was not answered")
	}
}

// offers draws what is offered: a line for each heading.
func offers(groups []fakeslack.OptionGroup) []string {
	if len(groups) == 0 {
		return []string{"nothing"}
	}
	var lines []string
	for _, g := range groups {
		var words []string
		for _, o := range g.Options {
			text := o.Text.Text
			if o.Description != nil {
				text += " (" + o.Description.Text + ")"
			}
			words = append(words, text)
		}
		line := strings.Join(words, " | ")
		if g.Label != nil {
			line = g.Label.Text + ": " + line
		}
		lines = append(lines, line)
	}
	return lines
}

// choose is the state of a menu after a choice: label is "Menu = Option", or one of the options behind the three dots.
func (p *play) choose(user string, at fakeslack.Place, b button, label string) (fakeslack.State, error) {
	_, name, found := strings.Cut(label, " = ")
	if b.Type == "overflow" {
		name, found = label, true
	}
	if !found {
		return fakeslack.State{}, fmt.Errorf("%q is a menu: want [%s = Option]", label, label)
	}
	one := input{label: b.label, choices: b.choices()}.holding
	if b.external() {
		one = func(name string) (fakeslack.State, error) { return p.found(user, at, b.Action, b.block, name) }
	}
	if b.several() {
		return several(name, one)
	}
	return one(name)
}

// several is the choice of all that are named, with commas between them; one finds an option by its name.
func several(names string, one func(name string) (fakeslack.State, error)) (fakeslack.State, error) {
	s := fakeslack.State{SelectedOptions: []fakeslack.Option{}}
	for _, name := range strings.Split(names, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		found, err := one(name)
		if err != nil {
			return s, err
		}
		s.SelectedOptions = append(s.SelectedOptions, *found.SelectedOption)
	}
	return s, nil
}

// found searches for an option by its words, as a person does who types them, and chooses it.
func (p *play) found(user string, at fakeslack.Place, action, block, name string) (fakeslack.State, error) {
	_, ack, err := p.suggest(user, at, action, block, name)
	if err != nil {
		return fakeslack.State{}, err
	}
	for _, o := range ack.Options() {
		if called(o.Text.Text, name) {
			return fakeslack.State{SelectedOption: &o}, nil
		}
	}
	return fakeslack.State{}, fmt.Errorf("a search for %q does not offer it (%s)", name, ack.Err)
}

// pin is the newest message that stands above a channel.
func (p *play) pin(user, channel string) (fakeslack.Message, error) {
	s, err := p.world.Slack.Snapshot(user)
	if err != nil {
		return fakeslack.Message{}, err
	}
	for _, r := range s.Rooms {
		if r.ID == channel && len(r.Pinned) > 0 {
			return r.Pinned[0], nil
		}
	}
	return fakeslack.Message{}, errors.New("nothing is pinned there")
}

// seesPin writes down the newest pinned message of a channel, whole: ana sees> the pin of #show-control.
func (p *play) seesPin(m []string) error {
	user, channel, err := p.place(m[1], m[2])
	if err != nil {
		return err
	}
	pin, err := p.pin(user, channel)
	if err != nil {
		return err
	}
	p.said = append(p.said,
		p.see.paragraphs("bot shows "+m[1]+" the pin>", append(p.see.lines(pin.Blocks), p.see.attached(pin)...))...)
	return nil
}
