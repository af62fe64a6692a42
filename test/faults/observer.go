package main

import (
	"sync"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

// observer follow what the bot says: the messages of each channel, and what each person was told alone. They read only
// what is new, so that many people can look all the time.
type observer struct {
	slack *fakeslack.Workspace

	mu      sync.Mutex
	seq     int
	posted  map[string][]string         // channel → timestamps, the oldest first
	private map[place][]*fakeslack.Call // what somebody was told alone in a channel
}

// place is a person in a channel.
type place struct{ person, channel string }

func newObserver(w *testbed.World) *observer {
	return &observer{slack: w.Slack, posted: map[string][]string{}, private: map[place][]*fakeslack.Call{}}
}

// look reads what has been said since the last look. The caller holds mu.
func (e *observer) look() {
	for _, c := range e.slack.Log(e.seq) {
		e.seq = c.Seq
		switch {
		case c.Error != "" || c.Replaces() || testbed.Hint(c):
		case c.Method == "chat.postMessage":
			e.posted[c.Channel] = append(e.posted[c.Channel], c.TS)
		case c.Method == "chat.postEphemeral", c.Method == "response_url", c.Method == "ack" && c.View == nil:
			at := place{c.User, c.Channel}
			e.private[at] = append(e.private[at], &c)
		}
	}
}

// told gives what a person was told alone in a channel, and in a direct message, the oldest first.
func (e *observer) told(person, channel string) []*fakeslack.Call {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.look()
	return e.private[place{person, channel}]
}

// card is the newest card of a channel as it is now; the zero Card when there is none.
func (e *observer) card(channel string) testbed.Card {
	e.mu.Lock()
	e.look()
	list := e.posted[channel]
	e.mu.Unlock()
	for i := len(list) - 1; i >= 0; i-- {
		m, ok := e.slack.Message(channel, list[i])
		if !ok || m.EphemeralTo != "" {
			continue
		}
		if c, ok := testbed.ReadCard(channel, m); ok {
			return c
		}
	}
	return testbed.Card{}
}
