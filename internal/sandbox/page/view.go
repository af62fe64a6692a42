package page

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/internal/sandbox/scenarios"
)

// view is what the browser draws: the world as one person sees it.
type view struct {
	Me       string               `json:"me"`
	Team     string               `json:"team"`
	People   []person             `json:"people"`
	Groups   []group              `json:"groups"`
	Channels []channel            `json:"channels"`
	Messages map[string][]message `json:"messages"` // by channel id, oldest first
	Views    []fakeslack.View     `json:"views"`    // open modals, the top one last
	Home     *fakeslack.View      `json:"home"`
	Toasts   []toast              `json:"toasts"`
	Commands []command            `json:"commands"`
	Bot      botState             `json:"bot"`
	Clock    clock                `json:"clock"`
	Wall     wall                 `json:"wall"`
	spoiled
	Suggestions []Suggestion    `json:"suggestions"`
	Scenario    *scenarios.View `json:"scenario"` // null when none is played
}

// spoiled is what goes wrong in the cloud, and what could.
type spoiled struct {
	Faults     []fault  `json:"faults"`
	Operations []string `json:"operations"` // of the cloud, those that change something first
}

type person struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Real     string `json:"real"`
	Role     string `json:"role"`
	Initials string `json:"initials"`
	Hue      int    `json:"hue"` // one of eight colours
	Bot      bool   `json:"bot"`
	Zone     string `json:"zone"`   // such as Asia/Shanghai
	Locale   string `json:"locale"` // such as zh-CN
}

type group struct {
	ID      string   `json:"id"`
	Handle  string   `json:"handle"`
	Members []string `json:"members"`
}

type channel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Topic    string `json:"topic"`
	External bool   `json:"external"`
	Archived bool   `json:"archived"`
	Bot      bool   `json:"bot"` // the bot is a member
	DM       bool   `json:"dm"`  // this person's conversation with the bot

	Pinned []message `json:"pinned"` // the newest pin first
}

type message struct {
	TS          string          `json:"ts"`
	Order       int64           `json:"order"` // ts in microseconds
	Thread      string          `json:"thread"`
	User        string          `json:"user"`
	Bot         bool            `json:"bot"`
	Text        string          `json:"text"`
	Blocks      json.RawMessage `json:"blocks"`
	Attachments json.RawMessage `json:"attachments"`
	Edited      bool            `json:"edited"`
	OnlyYou     bool            `json:"onlyYou"`
}

type toast struct {
	ID      int    `json:"id"`
	Text    string `json:"text"`
	Channel string `json:"channel"`
}

type command struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Hint        string `json:"hint"`
}

type botState struct {
	Name    string `json:"name"`
	Running bool   `json:"running"`
	Sockets int    `json:"sockets"`
}

type clock struct {
	Now   int64 `json:"now"`   // unix milliseconds
	Ahead int64 `json:"ahead"` // seconds
	Speed int   `json:"speed"` // times the real clock
	Due   int64 `json:"due"`   // unix milliseconds of what happens next by itself; 0 when nothing is due
}

func (p *Page) serveState(rw http.ResponseWriter, r *http.Request) {
	screen, err := p.cfg.Slack.Snapshot(r.URL.Query().Get("as"))
	if err != nil {
		fail(rw, http.StatusNotFound, err)
		return
	}
	answer(rw, http.StatusOK, p.view(screen))
}

func (p *Page) view(s fakeslack.Screen) view {
	now := p.cfg.Now()
	v := view{
		Me: s.Me.ID, Team: s.Team, Views: append([]fakeslack.View{}, s.Views...), Home: s.Home,
		People: []person{}, Groups: []group{}, Channels: []channel{}, Toasts: []toast{},
		Messages: map[string][]message{}, Commands: commandsOf(s.Commands),
		Clock: clock{Now: now.UnixMilli(), Ahead: int64(p.cfg.Ahead() / time.Second), Speed: p.cfg.Speed(),
			Due: millis(p.cfg.Due())},
		Scenario: p.cfg.Scenario(),
		Wall:     p.wall(), spoiled: spoiled{Faults: p.listFaults(), Operations: fakelive.Operations()},
		Suggestions: append([]Suggestion{}, p.cfg.Suggestions...),
		Bot:         botState{Name: "casterbot", Running: s.Sockets > 0, Sockets: s.Sockets},
	}
	for i, u := range s.People {
		v.People = append(v.People, personOf(u, i))
		if u.IsBot {
			v.Bot.Name = u.Name
		}
	}
	for _, g := range s.Groups {
		v.Groups = append(v.Groups, group{ID: g.ID, Handle: g.Handle, Members: g.Users})
	}
	for _, room := range s.Rooms {
		v.Channels = append(v.Channels, channelOf(room))
		v.Messages[room.ID] = messagesOf(room.Messages)
	}
	for _, t := range s.Toasts {
		v.Toasts = append(v.Toasts, toast{ID: t.Seq, Text: t.Text, Channel: t.Channel})
	}
	return v
}

func personOf(u fakeslack.User, i int) person {
	return person{ID: u.ID, Name: u.Name, Real: u.RealName, Role: u.Profile.Title, Initials: initials(u.RealName),
		Hue: i % 8, Bot: u.IsBot, Zone: u.TZ, Locale: u.Locale}
}

// initials are the first letters of the first and the last name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) > 2 {
		words = []string{words[0], words[len(words)-1]}
	}
	out := ""
	for _, w := range words {
		out += string(unicode.ToUpper([]rune(w)[0]))
	}
	return out
}

func channelOf(r fakeslack.Room) channel {
	return channel{
		ID: r.ID, Name: r.Name, Topic: r.Topic, External: r.IsExtShared, Archived: r.IsArchived, Bot: r.BotMember, DM: r.IsIM,
		Pinned: messagesOf(r.Pinned),
	}
}

func messagesOf(list []fakeslack.Message) []message {
	out := make([]message, 0, len(list))
	for _, m := range list {
		out = append(out, message{
			TS: m.TS, Order: micros(m.TS), Thread: m.ThreadTS, User: m.User, Bot: m.BotID != "", Text: m.Text,
			Blocks: m.Blocks, Attachments: m.Attachments, Edited: m.Edited != nil, OnlyYou: m.EphemeralTo != "",
		})
	}
	return out
}

// micros reads a message timestamp such as 1763774211.000100.
func micros(ts string) int64 {
	var n int64
	for _, c := range ts {
		if c >= '0' && c <= '9' {
			n = n*10 + int64(c-'0')
		}
	}
	return n
}

func commandsOf(list []fakeslack.Command) []command {
	out := make([]command, 0, len(list))
	for _, c := range list {
		out = append(out, command{Name: c.Name, Description: c.Description, Hint: c.UsageHint})
	}
	return out
}
