package messages

import (
	"context"
	"fmt"

	"casterbot/bot/render"
	"casterbot/bot/webapi"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Put says something to everybody in a channel: in a new message, or in place of the one that is named. It gives the
// message's id (docs.slack.dev/reference/methods/chat.postMessage, chat.update). Its errors are those of a card.
func (c *Chat) Put(ctx context.Context, channel, id string, a op.Answer) (string, error) {
	return c.putAs(ctx, webapi.Result, channel, id, a)
}

// Redraw is Put for what nobody waits for, as a board: an edit that may take what the cards leave of Slack's budget.
func (c *Chat) Redraw(ctx context.Context, channel, id string, a op.Answer) (string, error) {
	return c.putAs(ctx, webapi.Board, channel, id, a)
}

func (c *Chat) putAs(ctx context.Context, class webapi.Class, channel, id string, a op.Answer) (string, error) {
	m := c.Localizer.Public(channel).Answer(a)
	ts, err := c.putOnce(ctx, class, channel, id, m)
	if webapi.Code(err) == "invalid_blocks" {
		ts, err = c.putOnce(ctx, class, channel, id, m.Simple())
	}
	if err != nil {
		return "", fmt.Errorf("say something in %s: %w", channel, err)
	}
	return ts, nil
}

func (c *Chat) putOnce(ctx context.Context, class webapi.Class, channel, id string, m render.Message) (string, error) {
	if err := c.limit(ctx, class, channel, id); err != nil {
		return "", err
	}
	return c.write(ctx, channel, id, "", m)
}

// Pin puts a message above its channel (docs.slack.dev/reference/methods/pins.add). That it is there already is no
// error.
func (c *Chat) Pin(ctx context.Context, channel, message string) error {
	err := c.api.AddPinContext(ctx, channel, slack.NewRefToMessage(channel, message))
	if webapi.Code(err) == "already_pinned" {
		return nil
	}
	return classify(err)
}

// Unpin takes a message off from there (docs.slack.dev/reference/methods/pins.remove).
func (c *Chat) Unpin(ctx context.Context, channel, message string) error {
	err := c.api.RemovePinContext(ctx, channel, slack.NewRefToMessage(channel, message))
	if webapi.Code(err) == "no_pin" {
		return nil
	}
	return classify(err)
}
