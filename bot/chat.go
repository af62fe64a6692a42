package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"casterbot/internal/engine"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Chat posts and edits cards and says things in private. It is the engine's view of Slack.
type Chat struct {
	api     *slack.Client
	hooks   hooks
	pace    *pace
	repeats func(op.Operation) bool
}

var _ engine.Chat = (*Chat)(nil)

// NewChat makes a chat for one workspace.
func NewChat(c Config) *Chat {
	c = c.filled()
	return &Chat{api: c.api(), hooks: hooks{client: c.HTTP, api: c.APIURL}, pace: newPace(), repeats: c.Repeats}
}

// Show posts the card of an operation, or edits it when it has one, and gives its message id
// (docs.slack.dev/reference/methods/chat.postMessage, chat.update). A post whose answer is lost may be posted twice, since
// Slack has no key for it; both show the same reference, and buttons of both are judged by the same operation.
func (c *Chat) Show(ctx context.Context, o op.Operation) (string, error) {
	m := card(o, c.repeats(o))
	ts, err := c.put(ctx, o, m)
	if code(err) == "invalid_blocks" || code(err) == "invalid_attachments" {
		ts, err = c.put(ctx, o, m.simple())
	}
	if err != nil {
		return "", fmt.Errorf("show op %s: %w", o.Ref(), err)
	}
	return ts, nil
}

func (c *Chat) put(ctx context.Context, o op.Operation, m message) (string, error) {
	if err := c.pace.wait(ctx, o.Channel); err != nil {
		return "", err
	}
	var ts string
	var err error
	if o.Card == "" {
		_, ts, err = c.api.PostMessageContext(ctx, o.Channel, threaded(m.options(), o.Thread)...)
	} else {
		_, ts, _, err = c.api.UpdateMessageContext(ctx, o.Channel, o.Card, m.options()...)
	}
	if err == nil && ts == "" {
		ts = o.Card
	}
	return ts, c.classify(o.Channel, err)
}

func threaded(options []slack.MsgOption, thread string) []slack.MsgOption {
	if thread == "" {
		return options
	}
	return append(options, slack.MsgOptionTS(thread))
}

// meanings sorts Slack's refusals into what the engine can act upon.
var meanings = map[string]error{
	"not_in_channel":         engine.ErrNotInChannel,
	"channel_not_found":      engine.ErrNotInChannel,
	"is_archived":            engine.ErrNotInChannel,
	"restricted_action":      engine.ErrNotInChannel,
	"message_not_found":      engine.ErrGone,
	"cant_update_message":    engine.ErrGone,
	"edit_window_closed":     engine.ErrGone,
	"message_limit_exceeded": engine.ErrBusy,
	"ratelimited":            engine.ErrBusy,
	"rate_limited":           engine.ErrBusy,
	"service_unavailable":    engine.ErrBusy,
}

func (c *Chat) classify(channel string, err error) error {
	if err == nil {
		return nil
	}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		c.pace.hold(channel, limited.RetryAfter)
		return fmt.Errorf("%w: Slack asks to wait %s", engine.ErrBusy, limited.RetryAfter)
	}
	if meaning, ok := meanings[code(err)]; ok {
		return fmt.Errorf("%w (%s)", meaning, code(err))
	}
	return err
}

// code is Slack's error code, or empty.
func code(err error) string {
	if said, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return said.Err
	}
	return ""
}

// Tell says something to one person in private: by the response address while it is good, else by an ephemeral message in
// the channel, else by a direct message.
func (c *Chat) Tell(ctx context.Context, to op.Address, a op.Answer) error {
	return c.tell(ctx, to, answer(a))
}

func (c *Chat) tell(ctx context.Context, to op.Address, m message) error {
	if to.ReplyTo != "" && to.Thread == "" && c.hooks.post(ctx, to.ReplyTo, m) == nil {
		return nil
	}
	if to.Channel != "" {
		err := c.whisper(ctx, to, m)
		if err == nil || !errors.Is(err, errCannotHear) {
			return err
		}
	}
	if to.ReplyTo != "" && to.Thread != "" && c.hooks.post(ctx, to.ReplyTo, m) == nil {
		return nil
	}
	return c.direct(ctx, to.Person, m)
}

// errCannotHear: an ephemeral message would not reach the person there.
var errCannotHear = errors.New("not in the same channel")

var unheard = map[string]bool{
	"not_in_channel": true, "user_not_in_channel": true, "channel_not_found": true, "is_archived": true,
	"thread_not_found": true, "restricted_action": true,
}

func (c *Chat) whisper(ctx context.Context, to op.Address, m message) error {
	_, err := c.api.PostEphemeralContext(ctx, to.Channel, to.Person, threaded(m.options(), to.Thread)...)
	if unheard[code(err)] {
		return fmt.Errorf("%w: %s", errCannotHear, code(err))
	}
	return retryOnce(ctx, err, func() error {
		_, err := c.api.PostEphemeralContext(ctx, to.Channel, to.Person, threaded(m.simplerAfter(err).options(), to.Thread)...)
		return err
	})
}

// direct writes to the person alone (docs.slack.dev/reference/methods/conversations.open).
func (c *Chat) direct(ctx context.Context, person string, m message) error {
	channel, _, _, err := c.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{person}})
	if err != nil {
		return fmt.Errorf("open a conversation: %w", err)
	}
	_, _, err = c.api.PostMessageContext(ctx, channel.ID, m.options()...)
	return retryOnce(ctx, err, func() error {
		_, _, err := c.api.PostMessageContext(ctx, channel.ID, m.simplerAfter(err).options()...)
		return err
	})
}

// simplerAfter is the message to try after an error: plain blocks when Slack refused the first ones.
func (m message) simplerAfter(err error) message {
	if code(err) == "invalid_blocks" {
		return m.simple()
	}
	return m
}

// maxPatience is how long a private answer waits when Slack asks to.
const maxPatience = 5 * time.Second

// retryOnce tries again when Slack refused the blocks, or asked to wait for a short time; nothing was posted then.
func retryOnce(ctx context.Context, err error, again func() error) error {
	limited, busy := errors.AsType[*slack.RateLimitedError](err)
	switch {
	case busy && limited.RetryAfter <= maxPatience:
		timer := time.NewTimer(limited.RetryAfter)
		defer timer.Stop()
		select {
		case <-timer.C:
			return again()
		case <-ctx.Done():
			return ctx.Err()
		}
	case code(err) == "invalid_blocks":
		return again()
	}
	return err
}
