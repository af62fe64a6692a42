package fakeslack

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// errUnknown is the root of what an act of a person fails with when it names
// something that is not there.
var errUnknown = errors.New("fakeslack: unknown")

func (w *Workspace) seed() {
	w.people = seedPeople()
	w.nameBot()
	w.groups = []*Group{
		{ID: "S0CREW", Handle: "crew", Name: "Crew", Users: []string{"U0ANA", "U0BO", "U0LIN"}},
		{ID: "S0LEADS", Handle: "leads", Name: "Leads", Users: []string{"U0KEN", "U0MIO"}},
	}
	everybody := []string{"U0ANA", "U0BO", "U0KEN", "U0MIO", "U0PIA", "U0LIN"}
	withGus := slices.Concat(everybody, []string{"U0GUS"})
	w.byRoom = map[string]*room{}
	for _, s := range []struct {
		id, name, topic string
		ext, bot        bool
		members         []string
	}{
		{"C0SHOW", "show-control", "Evening News: studio and recordings", false, true, withGus},
		{"C0MORN", "morning-show", "Morning show", false, true, everybody},
		{"C0RAND", "random", "Anything else", false, true, withGus},
		{"C0EXT", "partner-desk", "With our partner", true, true, slices.Concat(everybody, []string{"U0OUT"})},
		{"C0AUDIT", "audit-log", "Checkpoints of casterbot's audit log", false, true, everybody},
		{"C0NOBOT", "crew-lounge", "The bot is not in here", false, false, everybody},
	} {
		r := newRoom(s.id, s.name)
		r.Topic, r.Ext, r.Members = s.topic, s.ext, slices.Clone(s.members)
		if s.bot {
			r.Members = append(r.Members, BotUser)
		}
		w.addRoom(r)
	}
}

// nameBot gives the bot the name of the app, and the handle that Slack makes of it.
func (w *Workspace) nameBot() {
	bot := w.person(BotUser)
	if bot == nil {
		return
	}
	handle := strings.FieldsFunc(strings.ToLower(w.app), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '.'
	})
	bot.Name, bot.RealName = strings.Join(handle, "_"), w.app
	bot.Profile.RealName, bot.Profile.DisplayName = w.app, w.app
}

// home is where somebody lives and the language they chose in Slack.
type home struct{ tz, label, locale string }

var (
	berlin   = home{"Europe/Berlin", "Central European Time", "en-GB"}
	newYork  = home{"America/New_York", "Eastern Standard Time", "en-US"}
	shanghai = home{"Asia/Shanghai", "China Standard Time", "zh-CN"}
)

func seedPeople() []*User {
	bot := &User{ID: BotUser, TeamID: TeamID, IsBot: true, IsAppUser: true}
	list := []*User{bot}
	for _, p := range []struct {
		id, name, real, role string
		home
	}{
		{"U0ANA", "ana", "Ana Ruiz", "operator", berlin},
		{"U0BO", "bo", "Bo Chen", "operator", berlin},
		{"U0KEN", "ken", "Ken Mori", "lead", newYork},
		{"U0MIO", "mio", "Mio Sato", "lead", berlin},
		{"U0PIA", "pia", "Pia Costa", "producer", berlin},
		{"U0GUS", "gus", "Gus Weber", "guest", berlin},
		{"U0OUT", "olu", "Olu Partner", "outsider", berlin},
		{"U0LIN", "lin", "Lin Wei", "operator", shanghai},
	} {
		list = append(list, &User{
			ID: p.id, TeamID: TeamID, Name: p.name, RealName: p.real, TZ: p.tz, TZLabel: p.label, Locale: p.locale,
			Profile: Profile{DisplayName: p.name, RealName: p.real, Title: p.role},
		})
	}
	guest, outsider := list[6], list[7]
	guest.IsRestricted, guest.IsUltraRestricted = true, true
	outsider.TeamID, outsider.IsStranger, outsider.Locale = OtherID, true, ""
	return list
}

func (w *Workspace) addRoom(r *room) {
	w.rooms = append(w.rooms, r)
	w.byRoom[r.ID] = r
}

// person finds a user by id; nil when there is none. The caller holds mu.
func (w *Workspace) person(id string) *User {
	for _, u := range w.people {
		if u.ID == id {
			return u
		}
	}
	return nil
}

func (w *Workspace) group(id string) *Group {
	for _, g := range w.groups {
		if g.ID == id {
			return g
		}
	}
	return nil
}

// active is a person who can act, or an error. The caller holds mu.
func (w *Workspace) active(id string) (*User, error) {
	u := w.person(id)
	if u == nil {
		return nil, fmt.Errorf("%w person %s", errUnknown, id)
	}
	if u.Deleted {
		return nil, fmt.Errorf("fakeslack: %s is deactivated", id)
	}
	return u, nil
}

// directRoom is the conversation of the bot with one person, made on demand.
// The caller holds mu.
func (w *Workspace) directRoom(person string) *room {
	id := "D" + person[1:]
	if r := w.byRoom[id]; r != nil {
		return r
	}
	r := newRoom(id, "directmessage")
	r.Members, r.IM = []string{person, BotUser}, person
	w.addRoom(r)
	return r
}
