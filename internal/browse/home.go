package browse

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/grammar"
	"casterbot/internal/op"
	"casterbot/internal/store"
	"casterbot/internal/tally"
)

// How much stands on the bot's own page, and how long its looks may take in all. Nothing is looked at until somebody
// opens the page; then what was seen within the last 30 s serves, and a new round of looks begins at most every ten
// seconds, whoever opens it: one look for each list of the person's channels.
const (
	homeThings = 12 // of one kind in one channel
	homeItems  = 80
	homeLast   = 5
	homeWaits  = 8
	homeEvery  = 10 * time.Second
	homeWithin = 4 * time.Second
)

// page is the bot's own page while it is put together for one person.
type page struct {
	b      *Browser
	person op.Person
	rooms  []string
	round  func() bool // may this page look at the cloud
	seen   time.Time   // of the oldest list on the page that shows how things stand
	waits  int         // cards on the page
	answer op.Answer
}

// Home gives what one person sees on the bot's own page: what waits for their answer, what they may touch in the
// channels that they are in, and their last requests. What waits can be answered on the page: it shows what the card
// says, and its buttons.
func (b *Browser) Home(ctx context.Context, r op.Request) (op.Answer, error) {
	person, rooms, err := b.authz.Visitor(ctx, r.Person, r.PersonTeam)
	if err != nil {
		return *b.answer(err), nil
	}
	p := &page{b: b, person: person, rooms: rooms, seen: b.now(),
		round: sync.OnceValue(func() bool { return b.refresh.AllowN(b.now(), 1) })}
	p.answer = op.Answer{
		Mark: op.MarkNeutral, Title: op.L("casterbot"),
		Lines: []op.Line{op.L("Type ", op.Code("/caster"), " or ", op.Code("/record"),
			" in the channel of your show: each lists what you may do there.")},
	}
	if err := p.waiting(ctx); err != nil {
		return p.answer, err
	}
	p.channels(ctx)
	if err := p.last(ctx); err != nil {
		return p.answer, err
	}
	items, rest := op.Cut(p.answer.Items, homeItems-2*p.waits)
	if p.answer.Items = items; len(rest) > 0 {
		p.answer.Items = append(items, op.Item{Title: rest})
	}
	p.answer.Note = op.L("As of ", op.At(p.seen), ".")
	return p.answer, nil
}

func (p *page) add(items ...op.Item) { p.answer.Items = append(p.answer.Items, items...) }

// waiting lists the cards that wait for the person: their own, those that they may approve, and those of which nobody
// knows what became, which they may settle.
func (p *page) waiting(ctx context.Context) error {
	open, err := p.b.store.List(ctx, store.Query{States: []op.State{op.Pending, op.Unknown}, Limit: 500})
	if err != nil {
		return err
	}
	var mine []op.Operation
	for _, o := range open {
		if slices.Contains(p.rooms, o.Channel) && o.Card != "" && p.concerned(o) {
			mine = append(mine, o)
		}
	}
	shown, rest := op.Cut(mine, homeWaits)
	for _, o := range shown {
		p.waits++
		if err := p.card(ctx, o); err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		p.add(op.Item{Mark: op.MarkWait, Title: op.L(rest, " waiting for you: see the cards in the channels.")})
	}
	return nil
}

// card shows one that waits, with its buttons; where the person may not press them, as a link to it.
func (p *page) card(ctx context.Context, o op.Operation) (err error) {
	if o.IsSeveral() && o.State == op.Unknown {
		if o.Members, err = p.b.store.Members(ctx, o.ID); err != nil {
			return err
		}
	}
	item := op.Item{Mark: op.MarkWait, Title: op.L("Waits for you: ", o.Plan.Title), Card: &o}
	if o.State == op.Unknown {
		item.Mark, item.Facts = op.MarkUnknown,
			[]op.Line{op.L("not known whether it happened"), op.L("sent ", op.At(o.Sent), " by ", op.Who(o.Requester))}
		if !p.b.authz.MaySettle(ctx, o, p.person) {
			item.Card = nil
		}
	} else {
		item.Facts = []op.Line{op.L("asked by ", op.Who(o.Requester)), op.L("until ", op.At(o.Expires))}
	}
	item.Facts = append(item.Facts, op.L(op.In(o.Channel)), op.L(op.Message(o.Channel, o.Card, "Card")),
		op.L("op ", op.V(o.Ref())))
	p.add(item)
	return nil
}

// concerned reports whether an operation waits for the person: also one that they asked for and of which nobody knows
// what became.
func (p *page) concerned(o op.Operation) bool {
	return p.b.authz.Awaits(o, p.person) || o.State == op.Unknown && o.Requester == p.person.ID
}

// channels lists what the person may touch, channel by channel, or says why it is nothing.
func (p *page) channels(ctx context.Context) {
	ctx, cancel := p.b.within(ctx, homeWithin)
	defer cancel()
	named := false
	for _, id := range p.rooms {
		scope, ok := p.b.authz.Scope(id)
		if !ok {
			continue
		}
		named = true
		channel, err := p.b.authz.Channel(ctx, id)
		if err != nil {
			p.add(op.Item{Mark: op.MarkUnknown, Title: op.L(op.In(id)),
				Facts: []op.Line{op.L("Slack tells nothing about this channel now.")}})
			continue
		}
		p.channel(ctx, channel, scope)
	}
	if !named {
		p.answer.Lines = append(p.answer.Lines,
			op.L("You are in none of the channels that the policy names, so there is nothing to show yet."))
	}
}

func (p *page) channel(ctx context.Context, c op.Channel, scope op.Scope) {
	var things []op.Item
	var refused *op.Decision
	for _, kind := range p.b.table.Kinds {
		show, ok := p.b.shows(kind.Name)
		if !ok {
			continue
		}
		d := p.b.authz.Decide(authz.Facts{Person: p.person, Channel: c}, show, nil)
		if !d.Allowed {
			refused = cmp.Or(refused, &d)
			continue
		}
		things = append(things, p.things(ctx, c.ID, d, kind, show)...)
	}
	head := op.Item{Title: op.L(op.In(c.ID)), Next: []op.Next{
		{Label: "Open a form…", Text: "help", Channel: c.ID, About: "#" + c.Name},
	}}
	if len(things) == 0 && refused != nil && len(refused.Why) > 0 {
		head.Mark, head.Facts = op.MarkDenied, refused.Why[:min(len(refused.Why), 2)]
	}
	p.add(head)
	p.add(things...)
}

// things lists what there is of one kind in a channel, as a look shows it. Where there is only an old one, nothing is
// said of how things stand but what the bot did itself.
func (p *page) things(ctx context.Context, channel string, d op.Decision, kind op.Kind, show op.Command) []op.Item {
	l, old, err := p.look(ctx, channel, d, kind)
	if err != nil {
		return []op.Item{{Mark: op.MarkUnknown, Title: op.L(op.Strong(op.Text(kind.Label))),
			Facts: []op.Line{unlisted(err)}}}
	}
	if l.Asked.IsZero() {
		return []op.Item{{Mark: op.MarkUnknown, Title: op.L(op.Strong(op.Text(kind.Label))),
			Facts: []op.Line{op.L("Not looked at yet. Refresh in a moment.")}}}
	}
	if len(old) == 0 && l.Asked.Before(p.seen) {
		p.seen = l.Asked
	}
	var items []op.Item
	var all []op.Option = l.Value
	shown, rest := op.Cut(all, homeThings)
	known := func(op.Option) []op.Line { return nil }
	if kind.Known != nil {
		known = kind.Known(ctx)
	}
	for _, o := range shown {
		if len(old) > 0 {
			o.Mark = op.MarkUnknown
		}
		item := p.thing(ctx, channel, kind, show, o, known(o))
		if len(old) > 0 {
			item.Title = op.L(op.B(o.Label), old)
		}
		items = append(items, item)
	}
	if len(rest) > 0 {
		items = append(items,
			op.Item{Title: op.L(rest, ": type ", op.Code("/"+strings.Join(grammar.Words(show.Usage)[:1], " ")),
				" in the channel.")})
	}
	return items
}

// thing shows one studio or stream: how it stands, who holds it, what is known of it, and what was last done with it
// from this channel.
func (p *page) thing(ctx context.Context, channel string, kind op.Kind, show op.Command, o op.Option,
	known []op.Line) op.Item {
	item := op.Item{Mark: o.Mark, Title: op.L(op.B(o.Label), " · ", o.Note), Next: []op.Next{
		{Label: "Show", Text: grammar.Format(show.Usage, op.Args{kind.Name: o.Value}), Channel: channel},
	}}
	target := op.Target{Kind: kind.Name, ID: o.Value}
	if lock, err := p.b.authz.Lock(ctx, target); err == nil && lock.Held() {
		item.Facts = append(item.Facts, op.L("🔒 ", lock.Line()))
	}
	item.Facts = append(item.Facts, known...)
	done, err := p.b.store.List(ctx, store.Query{Target: target.Key(), Channel: channel, Newest: true, Limit: 1})
	if err == nil && len(done) > 0 {
		item.Facts = appendNew(item.Facts, lastDone(done[0]))
	}
	return item
}

// lastDone says what was last done with a thing; of what nobody knows, as it is known of the thing.
func lastDone(o op.Operation) op.Line {
	if o.State == op.Unknown && !o.Sent.IsZero() {
		return tally.Unsettled(o)
	}
	return op.L(o.Plan.Title, ": ", StateWords[o.State], " ", op.At(o.Since()))
}

// appendNew adds a fact that does not stand there already.
func appendNew(all []op.Line, fact op.Line) []op.Line {
	if slices.ContainsFunc(all, func(l op.Line) bool { return slices.Equal(l, fact) }) {
		return all
	}
	return append(all, fact)
}

// last lists what the person asked for last.
func (p *page) last(ctx context.Context) error {
	last, err := p.b.store.List(ctx, store.Query{Asker: p.person.ID, Alone: true, Newest: true, Limit: homeLast})
	if err != nil {
		return err
	}
	if len(last) == 0 {
		p.answer.Lines = append(p.answer.Lines, op.L("You have not asked for anything yet."))
		return nil
	}
	p.add(op.Item{Title: op.L(op.Strong("Your last requests"))})
	for _, o := range last {
		facts := []op.Line{op.L(StateWords[o.State], " ", op.At(o.Since())), op.L(op.In(o.Channel))}
		if o.Card != "" && slices.Contains(p.rooms, o.Channel) {
			facts = append(facts, op.L(op.Message(o.Channel, o.Card, "Card")))
		}
		if o.IsSeveral() && o.State.Final() && o.Outcome != nil && len(o.Outcome.Text) > 0 { // how many of them
			facts[0] = op.L(o.Outcome.Text, " ", op.At(o.Since()))
		}
		p.add(op.Item{Mark: op.StateMarks[o.State], Title: o.Plan.Title, Facts: append(facts, op.L("op ", op.V(o.Ref())))})
	}
	return nil
}

// StateWords are the states in the words of a list.
var StateWords = map[op.State]op.Text{
	op.Pending: "waiting for a confirmation since", op.Queued: "under way since", op.Running: "under way since",
	op.Succeeded: "done", op.Failed: "not done", op.Unknown: "not known since", op.Expired: "expired",
	op.Cancelled: "cancelled",
}
