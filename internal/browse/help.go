package browse

import (
	"strings"

	"casterbot/internal/authz"
	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

// Help lists what this person may do in this channel.
func (b *Browser) Help(facts authz.Facts, p grammar.Parsed) op.Answer {
	if p.Topic != "" {
		return b.helpTopic(p)
	}
	answer := op.Answer{Mark: op.MarkNeutral, Title: op.L("What you can do here")}
	refused, several := op.Decision{}, false
	for _, row := range b.helps {
		if p.Noun != "" && row.noun != p.Noun {
			continue
		}
		d := b.authz.Decide(facts, op.Command{Verb: row.verb, Effect: row.effect}, nil)
		if !d.Allowed && len(refused.Why) == 0 {
			refused = d
		}
		if !d.Allowed {
			continue
		}
		answer.Items = append(answer.Items, row.items[needs(d)])
		several = several || row.several
	}
	if len(answer.Items) == 0 {
		return op.Answer{Mark: op.MarkDenied, Title: op.L("You can't use casterbot in this channel."), Lines: refused.Why}
	}
	answer.Note = b.helpNote(facts.Channel.ID, p.Noun, several)
	return answer
}

// helpRow is what help says of one command. It is written once, because help is asked for more often than anything
// else.
type helpRow struct {
	noun, verb string
	effect     op.Effect
	several    bool
	items      map[second]op.Item
}

func helpRows(t op.Table) []helpRow {
	rows := make([]helpRow, 0, len(t.Commands))
	for _, c := range t.Commands {
		row := helpRow{noun: grammar.Words(c.Usage)[0], verb: c.Verb, effect: c.Effect, several: c.Many != nil,
			items: map[second]op.Item{}}
		for need := range secondWords {
			row.items[need] = helpItem(c, need)
		}
		rows = append(rows, row)
	}
	return rows
}

func helpItem(c op.Command, need second) op.Item {
	item := op.Item{Title: op.L(op.Code("/" + c.Shown())), Facts: []op.Line{op.L(c.Short, secondWords[need])}}
	if places := grammar.Placeholders(c.Usage); len(places) > 0 && c.Effect != op.Read {
		item.Next = []op.Next{{Label: "Open…",
			Text: strings.Join(grammar.Words(c.Usage), " ") + strings.Repeat(" ?", len(places))}}
	}
	return item
}

// second is when a second person is needed.
type second struct{ idle, onAir bool }

func needs(d op.Decision) second {
	all := d.Confirmations()
	other := func(c op.Confirmation) bool { return c.Confirm == op.ConfirmOther }
	return second{other(all[0]), other(all[len(all)-1])}
}

var secondWords = map[second]op.Text{
	{true, true}:   " Needs a second person.",
	{false, true}:  " Needs a second person while it is on air.",
	{true, false}:  " Needs a second person unless it is on air.",
	{false, false}: "",
}

func (b *Browser) helpNote(channel, noun string, several bool) op.Line {
	scope, _ := b.authz.Scope(channel)
	note := op.L("Names or ids; several words in quotes; ", op.Code("?"), " in place of a name lets you choose.")
	if several {
		note = append(note, op.L(" Where … stands, several will do: names, part of one with a star, or ",
			op.Code(op.AllWord), ".")...)
	}
	if studio := scope.Default["caster"]; studio != "" && noun != "record" {
		note = append(note, op.L(" Without a name: studio ", op.B(studio), ".")...)
	}
	if stream := scope.Default["stream"]; stream != "" && noun != "caster" {
		note = append(note, op.L(" Without a stream: ", op.B(stream), ".")...)
	}
	return note
}

// helpTopic explains one command.
func (b *Browser) helpTopic(p grammar.Parsed) op.Answer {
	topic := strings.TrimSpace(p.Noun + " " + strings.TrimPrefix(p.Topic, p.Noun+" "))
	answer := op.Answer{Mark: op.MarkNeutral, Title: op.L("Help for ", op.Code("/"+topic))}
	for _, c := range b.table.Commands {
		for _, spelling := range append([]string{c.Usage}, c.Aliases...) {
			words := strings.Join(grammar.Words(spelling), " ")
			if strings.HasPrefix(words, topic) || strings.HasSuffix(words, " "+p.Topic) && strings.HasPrefix(words, p.Noun) {
				answer.Items = append(answer.Items, topicItem(c))
				break
			}
		}
	}
	if len(answer.Items) == 0 {
		_, err := grammar.Parse(*b.table, topic)
		if err == nil {
			err = op.Refuse(op.L("There is no command ", op.Code("/"+topic), "."))
		}
		return *b.answer(err)
	}
	return answer
}

func topicItem(c op.Command) op.Item {
	item := op.Item{Title: op.L(op.Code("/" + c.Shown())), Facts: []op.Line{op.L(c.Short)}}
	for _, alias := range c.Aliases {
		item.Facts = append(item.Facts, op.L("Also: ", op.Code("/"+op.Readable(alias))))
	}
	for _, example := range c.Examples {
		item.Facts = append(item.Facts, op.L("Example: ", op.Code("/"+example)))
	}
	item.Facts = append(item.Facts, op.L("Permission: ", op.Code(c.Verb), " · effect: ", op.V(string(c.Effect))))
	return item
}
