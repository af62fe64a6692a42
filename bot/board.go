package bot

import (
	"context"
	"fmt"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Put says something to everybody in a channel: in a new message, or in place of the one that is named. It gives the message's
// id (docs.slack.dev/reference/methods/chat.postMessage, chat.update). Its errors are those of Show.
func (c *Chat) Put(ctx context.Context, channel, id string, a op.Answer) (string, error) {
	if err := c.Turn(ctx, channel); err != nil {
		return "", err
	}
	m := c.tongues.public(channel).answer(a)
	ts, err := c.write(ctx, channel, id, m)
	if code(err) == "invalid_blocks" {
		ts, err = c.write(ctx, channel, id, m.simple())
	}
	if err != nil {
		return "", fmt.Errorf("say something in %s: %w", channel, err)
	}
	return ts, nil
}

func (c *Chat) write(ctx context.Context, channel, id string, m message) (ts string, err error) {
	busy := c.pace.write(ctx, channel, func() {
		if id == "" {
			_, ts, err = c.api.PostMessageContext(ctx, channel, m.options()...)
			return
		}
		_, ts, _, err = c.api.UpdateMessageContext(ctx, channel, id, m.options()...)
		ts = first(ts, id)
	})
	if busy != nil {
		return "", busy
	}
	return ts, c.classify(channel, err)
}

// Pin puts a message above its channel (docs.slack.dev/reference/methods/pins.add). That it is there already is no error.
func (c *Chat) Pin(ctx context.Context, channel, message string) error {
	err := c.api.AddPinContext(ctx, channel, slack.NewRefToMessage(channel, message))
	if code(err) == "already_pinned" {
		return nil
	}
	return c.classify(channel, err)
}

// Unpin takes a message off from there (docs.slack.dev/reference/methods/pins.remove).
func (c *Chat) Unpin(ctx context.Context, channel, message string) error {
	err := c.api.RemovePinContext(ctx, channel, slack.NewRefToMessage(channel, message))
	if code(err) == "no_pin" {
		return nil
	}
	return c.classify(channel, err)
}
