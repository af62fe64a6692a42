package messages

import (
	"slices"
	"sync"
	"time"

	"casterbot/internal/op"
)

// Slack takes five posts at a response address within half an hour
// (docs.slack.dev/interactivity/handling-user-interaction). One is kept for a private answer to whoever clicked.
const (
	hookUses   = 5
	hookKept   = 1
	hookLives  = 29 * time.Minute
	hookEdits  = 10 * time.Second // from the click: later chat.update, which says more, comes first
	maxClicked = 2048
)

// clicked remembers the response addresses of clicks, and what is left of each: such an address edits the very message
// that was clicked, at once and outside of every limit. They are capabilities: they stay in this memory, and no log and
// no error has them.
type clicked struct {
	now  func() time.Time
	mu   sync.Mutex
	list []*clickedAt        // the oldest first
	ends map[string]op.State // of cards that show the end of their operation, by its id: which
}

type clickedAt struct {
	channel, message, url string
	until, first          time.Time // when it ends, and until when it comes before chat.update
	drew                  int64     // version of the operation that it has drawn
	left                  int
	mute                  bool // Slack did not answer, or refused: it edits no more
}

// keep remembers the address of a click. In a thread an address does not edit reliably, so that one is not.
func (c *clicked) keep(click op.Click, good func(address string) bool) {
	if click.Message == "" || click.Thread != "" || click.ReplyTo == "" || !good(click.ReplyTo) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now, first := c.now(), 0
	for first < len(c.list) && (now.After(c.list[first].until) || len(c.list)-first >= maxClicked) {
		c.list[first] = nil
		first++
	}
	c.list = append(c.list[first:], &clickedAt{
		channel: click.Channel, message: click.Message, url: click.ReplyTo, until: now.Add(hookLives),
		first: now.Add(hookEdits), left: hookUses,
	})
}

// canEdit reports that a message has an address that still edits it: one that comes before chat.update, or with late
// also one that only stands in for it.
func (c *clicked) canEdit(channel, message string, late bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.newest(channel, message, late) != nil
}

// newest gives the newest address that still edits a message, nil when there is none. The caller holds mu.
func (c *clicked) newest(channel, message string, late bool) *clickedAt {
	for i := len(c.list) - 1; i >= 0; i-- {
		a := c.list[i]
		ends := a.first
		if late {
			ends = a.until
		}
		if a.message == message && a.channel == channel && !a.mute && a.left > hookKept && c.now().Before(ends) {
			return a
		}
	}
	return nil
}

// edit takes one use of an address for an edit, nil when there is none.
func (c *clicked) edit(channel, message string, late bool) *clickedAt {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.newest(channel, message, late)
	if a != nil {
		a.left--
	}
	return a
}

// spoil keeps an address from being used for edits once more.
func (c *clicked) spoil(a *clickedAt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a.mute = true
}

// recordVersion remembers which version of its card an address has drawn.
func (c *clicked) recordVersion(a *clickedAt, version int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a.drew = version
}

// shows reports that a message shows that version of its card already, as far as Slack's word for it is known.
func (c *clicked) shows(channel, message string, version int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.list, func(a *clickedAt) bool {
		return a.channel == channel && a.message == message && a.drew == version && version > 0
	})
}

// written remembers that a card shows the end of its operation; one that asks or waits is written anew first.
func (c *clicked) written(o op.Operation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.ends) >= maxClicked || c.ends == nil {
		c.ends = map[string]op.State{}
	}
	if delete(c.ends, o.ID); o.State.Final() || o.State == op.Unknown {
		c.ends[o.ID] = o.State
	}
}

// ended reports that a card shows the state that its operation has come to.
func (c *clicked) ended(o op.Operation) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ends[o.ID] == o.State
}

// answer takes one use of an address for a private answer; false when nothing is left. Of an address that is no
// click's, or that is forgotten, nothing is known.
func (c *clicked) answer(url string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.list) - 1; i >= 0; i-- {
		if a := c.list[i]; a.url == url {
			a.left--
			return a.left >= 0
		}
	}
	return true
}
