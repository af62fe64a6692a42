package messages

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"casterbot/bot/render"
	"casterbot/bot/webapi"
	"casterbot/internal/notify"
	"casterbot/internal/op"
	"casterbot/internal/sleep"

	"github.com/slack-go/slack"
)

// Chat posts and edits cards and says things in private. It is the engine's view of Slack.
type Chat struct {
	api       *slack.Client
	hooks     responseURL
	clicked   *clicked
	limits    *webapi.Limiter
	repeats   func(op.Operation) bool
	urgent    func(op.Operation) bool // nil: none is
	Localizer render.Localizer
	home      atomic.Value // string: the address of the workspace, once known
	noFiles   atomic.Bool  // the token may send none
	forAll    atomic.Bool  // Slack has refused buttons that only some people see
	pause     func(context.Context, time.Duration) error
}

var _ notify.Chat = (*Chat)(nil)

// NewChat makes a chat for one workspace.
func New(c webapi.Config) *Chat {
	c = c.Filled()
	return &Chat{api: c.Api(), hooks: responseURL{client: c.HTTP, api: c.APIURL}, clicked: &clicked{now: c.Now},
		limits:  webapi.NewLimiter(c.Turn, c.Unlimited),
		repeats: c.Repeats, urgent: c.Urgent, pause: sleep.For,
		Localizer: render.Localizer{Words: c.Words, Channel: c.Language, Contact: c.Contact, Locale: c.Locale, Meet: c.Meet}}
}

// SetHome tells the address of the workspace.
func (c *Chat) SetHome(address string) { c.home.Store(address) }

// KeepClick remembers the response address of a click, which edits the card once.
func (c *Chat) KeepClick(click op.Click) { c.clicked.keep(click, c.hooks.allowed) }

// Turn waits until the card of an operation may be drawn: not at all when a click on it has just left an address that
// edits it, else for the budget of what is to be written, and at most for a few seconds. Where the budget has no turn
// the address of an older click stands in: what has come of an operation waits for no edit of another card.
func (c *Chat) Turn(ctx context.Context, o op.Operation) (notify.Show, error) {
	t := &turn{chat: c}
	addressed := o.Thread == "" && o.Card != ""
	if addressed && c.clicked.canEdit(o.Channel, o.Card, false) {
		return t.show, nil
	}
	err := c.budget(ctx, o)
	switch {
	case err == nil:
		t.taken, t.edit = true, o.Card != ""
	case errors.Is(err, notify.ErrBusy) && addressed && c.standsIn(o):
		t.late = true
	default:
		return nil, err
	}
	return t.show, nil
}

// standsIn reports that a card has an address which edits it where chat.update has no turn: not for what is soon
// outdated, nor to show once more what it has drawn itself, which would prove nothing.
func (c *Chat) standsIn(o op.Operation) bool {
	return !underWay(o) && !c.clicked.shows(o.Channel, o.Card, o.Version) && c.clicked.canEdit(o.Channel, o.Card, true)
}

// budget takes what it needs to write a card. Somebody waits for a result, and for the buttons of a question to go;
// what is added to a card that shows its end already comes after that. The card of an emergency waits behind no other.
func (c *Chat) budget(ctx context.Context, o op.Operation) error {
	if o.Card == "" && c.urgent != nil && c.urgent(o) {
		return classify(c.limits.PostFirst(ctx, o.Channel))
	}
	if underWay(o) || c.clicked.shows(o.Channel, o.Card, o.Version) || c.clicked.ended(o) {
		return c.limit(ctx, webapi.Progress, o.Channel, o.Card)
	}
	return c.limit(ctx, webapi.Result, o.Channel, o.Card)
}

// limit waits for the turn of a new message, or of an edit of that class when it has an id.
func (c *Chat) limit(ctx context.Context, class webapi.Class, channel, id string) error {
	if id == "" {
		return classify(c.limits.Post(ctx, channel))
	}
	return classify(c.limits.Edit(ctx, class))
}

func underWay(o op.Operation) bool { return o.State == op.Queued || o.State == op.Running }

// turn is the right to draw one card.
type turn struct {
	chat  *Chat
	taken bool // a turn of the budget, not used yet
	edit  bool // it is one of an edit
	late  bool // the address of an older click edits too
	open  bool // nobody knows what became of an edit by a response address
}

// show posts the card of an operation, or edits it when it has one, and gives its message id
// (docs.slack.dev/reference/methods/chat.postMessage, chat.update). A post whose answer is lost may be posted twice,
// since Slack has no key for it; both show the same reference, and buttons of both are judged by the same operation.
// Buttons that only some people see are left out of it from the first refusal on, for as long as this process runs.
func (t *turn) show(ctx context.Context, o op.Operation) (string, error) {
	m := t.chat.Localizer.Public(o.Channel).Card(o, t.chat.repeats(o))
	open, differs := m.ForAll()
	if t.chat.forAll.Load() {
		m, differs = open, false
	}
	ts, err := t.put(ctx, o, m)
	if differs && refusesBlocks(err) {
		t.chat.forAll.Store(true)
		m = open
		ts, err = t.put(ctx, o, m)
	}
	if refusesBlocks(err) {
		ts, err = t.put(ctx, o, m.Simple())
	}
	if err != nil {
		return ts, fmt.Errorf("show op %s: %w", o.Ref(), err)
	}
	return ts, nil
}

// refusesBlocks reports that Slack does not take what a message is drawn with.
func refusesBlocks(err error) bool {
	code := webapi.Code(err)
	return code == "invalid_blocks" || code == "invalid_attachments"
}

func (t *turn) put(ctx context.Context, o op.Operation, m render.Message) (string, error) {
	if o.Card != "" && o.Thread == "" {
		done, err := t.replace(ctx, o, m)
		switch {
		case errors.Is(err, notify.ErrNoAnswer):
			t.open = true
		case done || err != nil:
			return o.Card, err
		}
	}
	ts, err := t.write(ctx, o, m)
	if t.open { // an edit that is still on its way may land on top of this one, or of the next
		err = fmt.Errorf("%w: %w", cmp.Or(err, notify.ErrUnproven), notify.ErrNoAnswer)
	}
	return ts, err
}

// write posts a card or edits it, in its turn.
func (t *turn) write(ctx context.Context, o op.Operation, m render.Message) (string, error) {
	if !t.taken || t.edit != (o.Card != "") {
		if err := t.chat.budget(ctx, o); err != nil {
			return "", err
		}
	}
	t.taken = false
	ts, err := t.chat.write(ctx, o.Channel, o.Card, o.Thread, m)
	if err == nil {
		t.chat.clicked.written(o)
	}
	return ts, err
}

// replaceWithin is how long an edit by a response address may take: chat.update is there too.
const replaceWithin = 1200 * time.Millisecond

// replace edits a card by the address that the newest click on it has left. False without an error: there is none that
// works, and the card is as it was. False with ErrNoAnswer: nobody knows, and it may yet be edited; chat.update is
// asked at once. Slack takes such an edit though the message was deleted, or the bot was thrown out: what has come of
// an operation needs chat.update's word too.
func (t *turn) replace(ctx context.Context, o op.Operation, m render.Message) (bool, error) {
	c := t.chat
	address := c.clicked.edit(o.Channel, o.Card, t.late)
	if address == nil {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, replaceWithin)
	defer cancel()
	err := c.hooks.replace(ctx, address.url, m)
	switch {
	case err == nil:
		c.clicked.recordVersion(address, o.Version)
		c.clicked.written(o)
		if underWay(o) {
			return true, nil
		}
		return true, notify.ErrUnproven
	case refusesBlocks(err):
		return false, err
	}
	c.clicked.spoil(address)
	if errors.Is(err, errRefused) {
		return false, nil
	}
	return false, fmt.Errorf("%w: %w", notify.ErrNoAnswer, err)
}

// write calls Slack: for a new message when id is empty, else for an edit. The turn for it has been taken.
func (c *Chat) write(ctx context.Context, channel, id, thread string, m render.Message) (string, error) {
	if id == "" {
		_, ts, err := c.api.PostMessageContext(ctx, channel, threaded(m.Options(), thread)...)
		return ts, classify(heard(err, func(d time.Duration) { c.limits.HoldPosts(channel, d) }))
	}
	_, ts, _, err := c.api.UpdateMessageContext(ctx, channel, id, m.Options()...)
	return cmp.Or(ts, id), classify(heard(err, c.limits.HoldEdits))
}

// heard keeps to what Slack asks for.
func heard(err error, hold func(time.Duration)) error {
	if wait, ok := webapi.Limited(err); ok {
		hold(wait)
	}
	return err
}

func threaded(options []slack.MsgOption, thread string) []slack.MsgOption {
	if thread == "" {
		return options
	}
	return append(options, slack.MsgOptionTS(thread))
}

// meanings sorts Slack's refusals into what the engine can act upon.
var meanings = map[string]error{
	"not_in_channel":         notify.ErrNotInChannel,
	"channel_not_found":      notify.ErrNotInChannel,
	"is_archived":            notify.ErrNotInChannel,
	"restricted_action":      notify.ErrNotInChannel,
	"message_not_found":      notify.ErrGone,
	"cant_update_message":    notify.ErrGone,
	"edit_window_closed":     notify.ErrGone,
	"message_limit_exceeded": notify.ErrBusy,
	"ratelimited":            notify.ErrBusy,
	"rate_limited":           notify.ErrBusy,
	"service_unavailable":    notify.ErrBusy,
}

func classify(err error) error {
	if err == nil {
		return nil
	}
	if wait, ok := webapi.Limited(err); ok {
		return fmt.Errorf("%w: Slack asks to wait %s", notify.ErrBusy, wait)
	}
	if errors.Is(err, webapi.ErrBusy) {
		return fmt.Errorf("%w: %w", notify.ErrBusy, err)
	}
	if meaning, ok := meanings[webapi.Code(err)]; ok {
		return fmt.Errorf("%w (%s)", meaning, webapi.Code(err))
	}
	if webapi.Code(err) == "" { // a gateway's 5xx is no answer of Slack's either
		return fmt.Errorf("%w: %w", notify.ErrNoAnswer, err)
	}
	return err
}
