package bot

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
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
	tongues tongues
	home    atomic.Value                              // string: the address of the workspace, once known
	pause   func(context.Context, time.Duration) bool // waits; false when ctx ended first
}

var _ engine.Chat = (*Chat)(nil)

// NewChat makes a chat for one workspace.
func NewChat(c Config) *Chat {
	c = c.filled()
	return &Chat{api: c.api(), hooks: hooks{client: c.HTTP, api: c.APIURL}, pace: newPace(c.Apart, c.Turn), repeats: c.Repeats, pause: pause,
		tongues: tongues{words: c.Words, channel: c.Language, locale: c.Locale, meet: c.Meet}}
}

// Turn waits until a channel may be written to, at most for a few seconds: the caller shows what is newest by then.
func (c *Chat) Turn(ctx context.Context, channel string) error { return c.pace.wait(ctx, channel) }

// Show posts the card of an operation, or edits it when it has one, and gives its message id
// (docs.slack.dev/reference/methods/chat.postMessage, chat.update). A post whose answer is lost may be posted twice, since
// Slack has no key for it; both show the same reference, and buttons of both are judged by the same operation.
func (c *Chat) Show(ctx context.Context, o op.Operation) (string, error) {
	m := c.tongues.public(o.Channel).card(o, c.repeats(o))
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
	var ts string
	var err error
	busy := c.pace.write(ctx, o.Channel, func() {
		if o.Card == "" {
			_, ts, err = c.api.PostMessageContext(ctx, o.Channel, threaded(m.options(), o.Thread)...)
		} else {
			_, ts, _, err = c.api.UpdateMessageContext(ctx, o.Channel, o.Card, m.options()...)
		}
	})
	if busy != nil {
		return "", busy
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
	if code(err) == "" { // a gateway's 5xx is no answer of Slack's either
		return fmt.Errorf("%w: %w", engine.ErrNoAnswer, err)
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
