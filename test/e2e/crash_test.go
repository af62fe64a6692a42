package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"casterbot/internal/sandbox"
	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
)

// childMark in the environment makes the test binary be casterbot itself, so that it can be killed as a process.
const childMark = "CASTERBOT_TEST_CHILD"

// asked is one thing to do and who can confirm it.
type asked struct{ asker, channel, text, by string }

// twenty are operations that can all be told apart by what they change.
func twenty() []asked {
	list := []asked{
		{"U0ANA", "C0SHOW", "/caster restart {Evening Loop}", "U0BO"},
		{"U0MIO", "C0MORN", "/caster restart {Morning Loop}", "U0MIO"},
		{"U0ANA", "C0SHOW", "/caster scene start {Evening News} \"Preview 2\"", "U0ANA"},
		{"U0BO", "C0SHOW", "/caster scene stop {Evening News} \"Preview 1\"", "U0BO"},
		{"U0ANA", "C0SHOW", "/caster scene start {Evening Loop} \"Preview 1\"", "U0ANA"},
		{"U0BO", "C0SHOW", "/caster scene start {Evening Virtual} \"Preview 1\"", "U0BO"},
		{"U0MIO", "C0MORN", "/caster scene start {Morning Loop} \"Preview 1\"", "U0MIO"},
		{"U0ANA", "C0SHOW", "/record start main", "U0ANA"},
		{"U0ANA", "C0SHOW", "/record start backup", "U0ANA"},
		{"U0MIO", "C0MORN", "/record stop main", "U0MIO"},
		{"U0KEN", "C0SHOW", "/caster restart {Evening News}", "U0BO"},
	}
	for i := len(list); i < 20; i++ {
		if i%2 == 0 {
			list = append(list, asked{"U0ANA", "C0SHOW",
				fmt.Sprintf("/caster copy {Evening Sports} \"Evening Sports %d\"", i), "U0ANA"})
			continue
		}
		list = append(list, asked{"U0MIO", "C0MORN",
			fmt.Sprintf("/caster copy {Morning Show} \"Morning Show %d\"", i), "U0MIO"})
	}
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// TestCrashes kills the bot with SIGKILL at random moments while twenty operations are asked for and confirmed, and
// then holds the database, the cards and the cloud against each other.
func TestCrashes(t *testing.T) {
	t.Parallel()
	c := openCrash(t)
	for _, action := range []string{"CopyCaster", "RestartCaster", "StartCasterScene", "StopCasterScene",
		"RealTimeRecordCommand"} {
		if _, err := c.world.Live.Inject(fakelive.Fault{Action: action, Kind: fakelive.Slow, Delay: 150 * time.Millisecond,
			Times: -1}); err != nil {
			t.Fatal(err)
		}
	}
	list := twenty()
	for len(list) > 0 {
		c.start()
		c.ask(list[:4]...)
		c.until("some cards", func() bool { return len(c.waiting()) >= 3 })
		for _, card := range c.waiting() {
			c.confirm(card)
			time.Sleep(rand.N(40 * time.Millisecond))
		}
		time.Sleep(rand.N(900 * time.Millisecond))
		c.kill(syscall.SIGKILL)
		list = list[4:]
	}
	c.start()
	c.until("twenty cards", func() bool { return len(c.cards()) >= 20 })
	c.until("an end of every operation", func() bool {
		for _, card := range c.waiting() {
			c.confirm(card)
		}
		return c.settled()
	})
	c.kill(syscall.SIGTERM)
	c.check()
}

// crash is a world with the bot as a process of its own.
type crash struct {
	t     *testing.T
	world *sandbox.World
	env   []string
	url   string
	child *exec.Cmd

	clicked map[string]time.Time // message → last click
}

func openCrash(t *testing.T) *crash {
	t.Helper()
	_, open := openWorld(t, sandbox.Config{})
	c := &crash{t: t, world: open, clicked: map[string]time.Time{},
		url: "sqlite:" + filepath.Join(folder(t), "casterbot.db")}
	c.env = append(append(os.Environ(), open.Env()...), childMark+"=1", "CASTERBOT_POLICY="+examplePolicy,
		"CASTERBOT_DATABASE_URL="+c.url, "CASTERBOT_ADMIN_ADDR=127.0.0.1:0", "CASTERBOT_LOG_LEVEL=error")
	t.Cleanup(func() {
		if c.child != nil {
			_ = c.child.Process.Kill()
			_ = c.child.Wait()
		}
	})
	return c
}

func (c *crash) start() {
	c.t.Helper()
	c.child = exec.Command(os.Args[0])
	c.child.Env, c.child.Stderr = c.env, os.Stderr
	if err := c.child.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.until("two sockets", func() bool { return len(c.world.Slack.Sockets()) == 2 })
}

// kill ends the process and waits until the workspace has noticed.
func (c *crash) kill(how syscall.Signal) {
	c.t.Helper()
	if err := c.child.Process.Signal(how); err != nil {
		c.t.Fatal(err)
	}
	if err := c.child.Wait(); err != nil && how == syscall.SIGTERM {
		c.t.Errorf("an orderly stop ended with %v", err)
	}
	c.child = nil
	c.until("no socket", func() bool { return len(c.world.Slack.Sockets()) == 0 })
}

// until polls; it is patient, because the bot writes one message a second into a channel.
func (c *crash) until(what string, done func() bool) {
	c.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			for _, card := range c.cards() {
				c.t.Log(card.channel, card.Text)
			}
			c.t.Fatalf("waited for %s in vain", what)
		}
	}
}

// ask types all at once, and waits until Slack has seen each acknowledged: from then on nothing is lost. What Slack
// says has failed is typed again, as people do.
func (c *crash) ask(list ...asked) {
	c.t.Helper()
	for len(list) > 0 {
		sent := make([]fakeslack.Sent, len(list))
		for i, a := range list {
			for _, s := range c.world.Live.Snapshot().Studios {
				a.text = strings.ReplaceAll(a.text, "{"+s.Name+"}", s.ID)
			}
			var err error
			if sent[i], err = c.world.Slack.Type(a.asker, a.channel, a.text, ""); err != nil {
				c.t.Fatal(err)
			}
		}
		var failed []asked
		for i, s := range sent {
			if ack := <-s.Done; ack.Err != "" {
				failed = append(failed, list[i])
			}
		}
		list = failed
	}
}

// seen is a card of the bot as it looks now.
type seen struct {
	channel string
	fakeslack.Message
}

// smallPrint finds an operation's reference in the small print of its card, and mention a person.
var (
	smallPrint = regexp.MustCompile(`· +op ([0-9A-Z]{6}) `)
	mention    = regexp.MustCompile(`<@(U\w+)>`)
)

// cards are the newest card of each operation. A bot that is killed between a post and the note of it posts once more:
// Slack has no key that would prevent it. The older copy's buttons are refused.
func (c *crash) cards() []seen {
	screen, err := c.world.Slack.Snapshot(fakeslack.BotUser)
	if err != nil {
		c.t.Fatal(err)
	}
	var list []seen
	place := map[string]int{}
	for _, room := range screen.Rooms {
		for _, m := range room.Messages {
			ref := smallPrint.FindStringSubmatch(string(m.Attachments))
			if m.User != fakeslack.BotUser || m.EphemeralTo != "" || room.IsIM || ref == nil {
				continue
			}
			if i, again := place[ref[1]]; again {
				list[i] = seen{room.ID, m}
				continue
			}
			place[ref[1]] = len(list)
			list = append(list, seen{room.ID, m})
		}
	}
	return list
}

// waiting are the cards that somebody can confirm.
func (c *crash) waiting() []seen {
	var list []seen
	for _, card := range c.cards() {
		if strings.HasPrefix(card.Text, "🟡") {
			list = append(list, card)
		}
	}
	return list
}

func (c *crash) settled() bool {
	for _, card := range c.cards() {
		if strings.HasPrefix(card.Text, "🟡") || strings.HasPrefix(card.Text, "⏳") {
			return false
		}
	}
	return true
}

// confirm presses the card's button as whoever may, and again only when nothing has come of it for a while.
func (c *crash) confirm(card seen) {
	if time.Since(c.clicked[card.TS]) < 3*time.Second {
		return
	}
	c.clicked[card.TS] = time.Now()
	asker := mention.FindStringSubmatch(card.Text)
	switch {
	case asker == nil:
		c.t.Errorf("a card without an asker: %s", card.Text)
	case strings.Contains(string(card.Attachments), "op:confirm"):
		_, _ = c.world.Slack.Click(asker[1], card.channel, card.TS, fakeslack.Press{Action: "op:confirm"})
	case strings.Contains(string(card.Attachments), "op:approve"):
		_, _ = c.world.Slack.Click("U0BO", card.channel, card.TS, fakeslack.Press{Action: "op:approve"})
	}
}
