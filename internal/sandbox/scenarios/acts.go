package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
)

// errNotYet is an act that cannot be done as things are: the button is not there, or the bot is not connected.
var errNotYet = errors.New("not yet")

// act does something in a world.
type act func(w world) error

// world is what an evening is played in.
type world struct {
	slack *fakeslack.Workspace
	live  *fakelive.World
}

// acts are all that a step can do, in the words of the stories (CONTRIBUTING.md).
var acts = []struct {
	form *regexp.Regexp
	make func(m []string) act
}{
	{regexp.MustCompile(`^world> (.+)$`), func(m []string) act {
		return func(w world) error { return Happen(w.slack, w.live, m[1]) }
	}},
	{regexp.MustCompile(`^(\w+(?:, \w+)*) (#[\w-]+)> \[([^\]]+)\] ?(.*)$`), func(m []string) act {
		return func(w world) error { return w.press(strings.Split(m[1], ", "), m[2][1:], m[3], m[4]) }
	}},
	{regexp.MustCompile(`^(\w+) (#[\w-]+)> (.+)$`), func(m []string) act {
		return func(w world) error { return w.types(m[1], m[2][1:], m[3]) }
	}},
}

func parse(text string) (act, error) {
	for _, kind := range acts {
		m := kind.form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if event, ok := strings.CutPrefix(text, "world> "); ok && !Known(event) {
			return nil, fmt.Errorf("%q does not happen in this world", event)
		}
		return kind.make(m), nil
	}
	return nil, fmt.Errorf("no such act: %s", text)
}

// happening is something that befalls the world, in words.
type happening struct {
	words *regexp.Regexp
	do    func(w world, m []string) error
}

func says(words string, do func(w world, m []string) error) happening {
	return happening{regexp.MustCompile("^" + words + "$"), do}
}

var happenings = []happening{
	says(`the stream (\S+)/(\S+) (breaks|comes back)`, func(w world, m []string) error {
		if m[3] == "breaks" {
			return w.live.CutStream(fakelive.Domain, m[1], m[2])
		}
		return w.live.ResumeStream(fakelive.Domain, m[1], m[2])
	}),
	says(`another console (stops|starts) (.+)`, func(w world, m []string) error {
		return w.studio(m[2], func(s *fakelive.Studio) { s.OnAir = m[1] == "starts" })
	}),
	says(`every call is refused with (\S+)`, func(w world, m []string) error {
		_, err := w.live.Inject(fakelive.Fault{Kind: fakelive.Refuse, Code: m[1], Times: -1})
		return err
	}),
	says(`the next (\w+) is done but not answered`, func(w world, m []string) error {
		_, err := w.live.Inject(fakelive.Fault{Action: m[1], Kind: fakelive.ResetAfter})
		return err
	}),
	says(`the API is well again`, func(w world, _ []string) error {
		w.live.ClearFaults()
		return nil
	}),
	says(`slack (goes away|comes back)`, func(w world, m []string) error {
		fault := fakeslack.Fault{}
		if m[1] == "goes away" {
			fault.Status = http.StatusServiceUnavailable
		}
		w.slack.Fail("*", fault)
		w.slack.Fail("response_url", fault)
		if fault.Status != 0 {
			w.slack.Disconnect("", "")
		}
		return nil
	}),
}

// Known reports words for something that Happen can let happen.
func Known(words string) bool {
	return slices.ContainsFunc(happenings, func(h happening) bool { return h.words.MatchString(words) })
}

// Happen lets something befall the world, by the words of a story.
func Happen(slack *fakeslack.Workspace, live *fakelive.World, words string) error {
	for _, h := range happenings {
		if m := h.words.FindStringSubmatch(words); m != nil {
			return h.do(world{slack, live}, m)
		}
	}
	return errors.New("nothing of the kind happens in this world")
}

func (w world) studio(name string, change func(*fakelive.Studio)) error {
	for _, s := range w.live.Snapshot().Studios {
		if s.Name == name {
			return w.live.SetStudio(s.ID, change)
		}
	}
	return fmt.Errorf("no studio is called %s", name)
}

// screen is the workspace as somebody sees it, and the channel with that name.
func (w world) screen(name, channel string) (fakeslack.Screen, fakeslack.Room, error) {
	if len(w.slack.Sockets()) == 0 {
		return fakeslack.Screen{}, fakeslack.Room{}, errNotYet
	}
	bot, err := w.slack.Snapshot(fakeslack.BotUser)
	if err != nil {
		return bot, fakeslack.Room{}, err
	}
	for _, u := range bot.People {
		if u.Name != name {
			continue
		}
		s, err := w.slack.Snapshot(u.ID)
		if err != nil {
			return s, fakeslack.Room{}, err
		}
		i := slices.IndexFunc(s.Rooms, func(r fakeslack.Room) bool { return r.Name == channel })
		if i < 0 {
			return s, fakeslack.Room{}, fmt.Errorf("%s is in no channel %s", name, channel)
		}
		return s, s.Rooms[i], nil
	}
	return bot, fakeslack.Room{}, fmt.Errorf("nobody is called %s", name)
}

func (w world) types(name, channel, text string) error {
	s, room, err := w.screen(name, channel)
	if err != nil {
		return err
	}
	_, err = w.slack.Type(s.Me.ID, room.ID, text, "")
	return err
}

// press clicks the newest button with that label beside that text: of several people all see it before the first has
// clicked.
func (w world) press(names []string, channel, label, beside string) error {
	s, room, err := w.screen(names[0], channel)
	if err != nil {
		return err
	}
	for _, m := range slices.Backward(room.Messages) {
		p, found := button(m, label)
		if !found || !strings.Contains(written(m), beside) {
			continue
		}
		p.Stale = len(names) > 1
		for _, name := range names {
			if s, _, err = w.screen(name, channel); err != nil {
				return err
			}
			if _, err := w.slack.Click(s.Me.ID, room.ID, m.TS, p); err != nil {
				return err
			}
		}
		return nil
	}
	return errNotYet
}

// button finds a button of a message by its label, wherever it stands.
func button(m fakeslack.Message, label string) (p fakeslack.Press, found bool) {
	for _, raw := range []json.RawMessage{m.Blocks, m.Attachments} {
		var tree any
		if json.Unmarshal(raw, &tree) != nil {
			continue
		}
		each(tree, func(node map[string]any) {
			text, _ := node["text"].(map[string]any)
			if node["type"] != "button" || text["text"] != label {
				return
			}
			p.Action, _ = node["action_id"].(string)
			p.Value, _ = node["value"].(string)
			found = true
		})
	}
	return p, found
}

// written is what a message says.
func written(m fakeslack.Message) string {
	return marks.Replace(strings.Join([]string{m.Text, string(m.Blocks), string(m.Attachments)}, " "))
}

// each visits every object of a JSON document.
func each(node any, visit func(map[string]any)) {
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			each(n, visit)
		}
	case map[string]any:
		visit(node)
		for _, n := range node {
			each(n, visit)
		}
	}
}
