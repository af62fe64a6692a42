package messages

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"casterbot/bot/render"
	"casterbot/bot/webapi"
	"casterbot/internal/notify"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Times that a private answer takes at most. The direct message that is tried last has a time of its own, and so has
// everything that is told after the work's own context has ended: at shutdown.
const (
	tellWithin   = time.Minute
	DirectWithin = 20 * time.Second
	LastWords    = 5 * time.Second
	tries        = 3
)

// Hint says something in private that is worth nothing later: in one try, where the person is.
func (c *Chat) Hint(ctx context.Context, to op.Address, a op.Answer) error {
	m := c.Localizer.Met(ctx, to).Answer(a)
	if to.Thread == "" && c.answer(ctx, to, m) == nil {
		return nil
	}
	_, err := c.api.PostEphemeralContext(ctx, to.Channel, to.Person, threaded(m.Options(), to.Thread)...)
	return classify(err)
}

// Home is an answer as the bot's own page of one person.
func (c *Chat) Home(to op.Address, a op.Answer) slack.HomeTabViewRequest {
	say, _ := c.Localizer.Private(to)
	return say.Home(c.linked(a), c.repeats)
}

// linked gives an answer whose links lead somewhere.
func (c *Chat) linked(a op.Answer) op.Answer {
	home, _ := c.home.Load().(string)
	return render.Linked(a, home)
}

// Tell says something to one person in private: by the response address while it is good, else by an ephemeral message
// in the channel, else by a direct message. While Slack is busy or does not answer each of the last two is tried a few
// times, for seconds; that may say something twice, which does no harm. An error means that the person was not told,
// and is the engine's to see to: it tries all of this again later.
func (c *Chat) Tell(ctx context.Context, to op.Address, a op.Answer) error {
	a = c.announced(a)
	err := c.tell(ctx, to, c.Localizer.Met(ctx, to).Answer(c.linked(a)))
	if err == nil && a.File != nil {
		c.sendFile(ctx, to, *a.File)
	}
	return err
}

func (c *Chat) tell(ctx context.Context, to op.Address, m render.Message) error {
	near, cancel := Timely(ctx, tellWithin)
	defer cancel()
	if c.here(near, to, m) {
		return nil
	}
	far, cancel := Timely(ctx, DirectWithin)
	defer cancel()
	return c.direct(far, to.Person, m)
}

// Timely limits a context; one that has ended is replaced by one for last words.
func Timely(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if ctx.Err() != nil {
		return context.WithTimeout(context.WithoutCancel(ctx), LastWords)
	}
	return context.WithTimeout(ctx, d)
}

// here answers where the person asked, and reports whether that worked. A response address cannot answer in a thread.
func (c *Chat) here(ctx context.Context, to op.Address, m render.Message) bool {
	if to.View != "" && c.inWindow(ctx, to, m) == nil {
		return true
	}
	if to.FromHome {
		return false
	}
	if to.Thread == "" && c.answer(ctx, to, m) == nil {
		return true
	}
	if to.Channel != "" && c.ephemeral(ctx, to, m) == nil {
		return true
	}
	return to.Thread != "" && c.answer(ctx, to, m) == nil
}

// answer uses the response address, as long as anything is left of it.
func (c *Chat) answer(ctx context.Context, to op.Address, m render.Message) error {
	if to.ReplyTo == "" || !c.clicked.answer(to.ReplyTo) {
		return errRefused
	}
	return c.hooks.post(ctx, to.ReplyTo, m)
}

// ephemeral is docs.slack.dev/reference/methods/chat.postEphemeral.
func (c *Chat) ephemeral(ctx context.Context, to op.Address, m render.Message) error {
	return c.retry(ctx, m, func(m render.Message) error {
		_, err := c.api.PostEphemeralContext(ctx, to.Channel, to.Person, threaded(m.Options(), to.Thread)...)
		return err
	})
}

// direct writes to the person alone (docs.slack.dev/reference/methods/conversations.open).
func (c *Chat) direct(ctx context.Context, person string, m render.Message) error {
	channel := ""
	err := c.retry(ctx, m, func(m render.Message) error {
		if channel == "" {
			opened, _, _, err := c.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{person}})
			if err != nil {
				return err
			}
			channel = opened.ID
		}
		if err := c.limits.Post(ctx, channel); err != nil {
			return classify(err)
		}
		_, _, err := c.api.PostMessageContext(ctx, channel, m.Options()...)
		return heard(err, func(d time.Duration) { c.limits.HoldPosts(channel, d) })
	})
	if unreachable[webapi.Code(err)] {
		return fmt.Errorf("write a direct message: %w (%s)", notify.ErrUnreachable, webapi.Code(err))
	}
	if err != nil {
		return fmt.Errorf("write a direct message: %w", webapi.Bare(err))
	}
	return nil
}

// unreachable are Slack's answers that mean: no direct message of this app will ever get to this person
// (docs.slack.dev/reference/methods/conversations.open#errors, chat.postMessage#errors).
var unreachable = map[string]bool{
	"user_not_found": true, "users_not_found": true, "user_not_visible": true, "user_disabled": true,
	"cannot_dm_bot":     true,
	"channel_not_found": true, "is_archived": true, "restricted_action": true, "messages_tab_disabled": true,
	"missing_scope": true,
}

// retry says something up to three times: in plain blocks when Slack refuses the first ones, and after a while when it
// is busy or did not answer, if that while is not too long for ctx.
func (c *Chat) retry(ctx context.Context, m render.Message, say func(render.Message) error) error {
	for n := 1; ; n++ {
		err := say(m)
		if err == nil || n == tries || ctx.Err() != nil {
			return err
		}
		if webapi.Code(err) == "invalid_blocks" {
			m = m.Simple()
			continue
		}
		wait, again := backoff(err, n)
		if end, ok := ctx.Deadline(); !again || ok && time.Until(end) <= wait || c.pause(ctx, wait) != nil {
			return err
		}
	}
}

// transient are Slack's answers that a later try may not get
// (docs.slack.dev/reference/methods/chat.postEphemeral#errors).
var transient = map[string]bool{
	"internal_error": true, "fatal_error": true, "service_unavailable": true, "request_timeout": true, "ratelimited": true,
	"rate_limited": true,
}

// backoff says whether another try makes sense, and how long to wait before it: as long as Slack asks, else a second
// after the first try and two after the next.
func backoff(err error, n int) (time.Duration, bool) {
	wait := time.Duration(n) * time.Second
	if asked, ok := webapi.Limited(err); ok {
		return asked, true
	}
	if status := webapi.Status(err); status != 0 {
		return wait, status >= http.StatusInternalServerError
	}
	if said := webapi.Code(err); said != "" {
		return wait, transient[said]
	}
	return wait, true // no answer
}

// inWindow says something in a window that waits for it.
func (c *Chat) inWindow(ctx context.Context, to op.Address, m render.Message) error {
	say, _ := c.Localizer.Private(to)
	_, err := c.api.UpdateViewContext(ctx, say.View(m, to.Person, to.Channel), "", "", to.View)
	if webapi.Code(err) == "invalid_arguments" {
		_, err = c.api.UpdateViewContext(ctx, say.View(m.Simple(), to.Person, to.Channel), "", "", to.View)
	}
	return err
}
