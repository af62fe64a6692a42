package policy

import (
	"slices"
	"strings"

	"casterbot/internal/op"
)

// question is one use of Decide: the facts that the answer rests on.
type question struct {
	person  op.Person
	channel op.Channel
	verb    string
	effect  op.Effect
	target  op.Target
}

// reading is how the policy reads one question. Decisions, refusals, explanations and lists of who may are all made of
// it, so that they name the same lines.
type reading struct {
	question
	policy  *Policy
	own     *channel // nil: the policy does not name the channel
	decides *grant   // the first of the channel's grants that fits the person and the verb; nil: none does
}

func (p *Policy) read(q question) reading {
	r := reading{question: q, policy: p, own: p.byID[q.channel.ID]}
	if r.own != nil {
		r.decides = r.own.first(q.person, q.verb)
	}
	return r
}

// Decide says whether the person may use the verb on the target in the channel. An empty target asks for the verb as
// such. A refusal carries in Why one full sentence and then what would help; Rule is the line that decided, and empty
// when nothing in the file speaks of the case.
func (p *Policy) Decide(person op.Person, c op.Channel, verb string, effect op.Effect, target op.Target) op.Decision {
	return p.read(question{person: person, channel: c, verb: verb, effect: effect, target: target}).decision()
}

func (r reading) decision() op.Decision {
	p, g := r.policy, r.decides
	if why := r.barred(); why != nil {
		return p.deny("", why)
	}
	if r.own == nil {
		first, ways := op.L("casterbot isn't set up for ", op.In(r.channel.ID), " (", op.V(p.file), ")."), r.ways()
		if strings.HasPrefix(r.channel.ID, "D") {
			first = op.L("This is a direct message: this works in the channels of a show.")
		} else {
			ways = append(ways, r.askContact()...)
		}
		return p.deny("", append([]op.Line{first}, ways...))
	}
	if r.verb == Help {
		return op.Decision{Allowed: true, Rule: p.rule(r.own.line), Confirm: op.ConfirmNone, Policy: p.hash}
	}
	if g == nil {
		return p.deny("", append([]op.Line{r.sentence()}, r.ways()...))
	}
	if why := p.withheld(r.question, g); why != nil {
		return p.deny(p.rule(g.line()), append([]op.Line{r.sentence()}, why...))
	}
	if line, why := p.outside(r.question, r.own); why != nil {
		return p.deny(p.rule(line), append(why, r.ways()...))
	}
	d := p.allow(g, r.effect)
	d.URLs, d.Role = p.urls(r.question, r.own), p.through(g.who, r.person)
	return d
}

// urls reports whether the person may see addresses for playback in the channel.
func (p *Policy) urls(q question, own *channel) bool {
	g := own.first(q.person, URLs)
	return g != nil && p.withheld(q, g) == nil
}

func (p *Policy) deny(rule string, why []op.Line) op.Decision {
	return op.Decision{Rule: rule, Why: why, Policy: p.hash}
}

// allow copies what the grant asks for; looking is never confirmed.
func (p *Policy) allow(g *grant, effect op.Effect) op.Decision {
	d := op.Decision{
		Allowed: true, Rule: p.rule(g.line()), Confirm: g.confirm, Expires: g.expires,
		OnAir: g.onAir, OnAirExpires: g.onAirExpires, Approvers: slices.Clone(g.approvers.ids), External: g.external,
		Guests: g.guests, Policy: p.hash,
	}
	if effect == op.Read {
		d.Confirm, d.Expires, d.OnAir, d.OnAirExpires, d.Approvers = op.ConfirmNone, 0, "", 0, nil
	}
	return d
}

// first gives the grant that decides for a person and a verb, from the top.
func (c *channel) first(person op.Person, verb string) *grant {
	for _, g := range c.grants {
		if g.verbs[verb] && g.who.has(person) {
			return g
		}
	}
	return nil
}

// bar is a reason to refuse that no grant can lift.
type bar struct {
	holds bool
	why   []op.Text
}

// barred gives the first bar that holds, or nil.
func (q question) barred() []op.Line {
	changes := q.effect != op.Read
	for _, b := range []bar{
		{q.person.ID == "", []op.Text{"It is not known who asks, so nothing was done."}},
		{q.person.Deleted, []op.Text{"This account is deactivated, so it may do nothing here."}},
		{q.person.Bot, []op.Text{"Bots and workflows may do nothing here: a person has to ask."}},
		{q.person.Stale && changes, []op.Text{"Your rights cannot be checked now, so nothing was done.",
			"Slack did not tell who you are and which groups you are in. Try again in a minute."}},
		{q.channel.Stale && changes, []op.Text{"This channel cannot be checked now, so nothing was done.",
			"Slack did not tell whether other organisations are in it. Try again in a minute."}},
		{q.channel.Archived && changes, []op.Text{"This channel is archived, so nothing can be changed from it."}},
	} {
		if b.holds {
			return op.Each(b.why, func(t op.Text) op.Line { return op.L(t) })
		}
	}
	return nil
}

// withheld says why the deciding grant is not for this kind of person or channel, or nil.
func (p *Policy) withheld(q question, g *grant) []op.Line {
	var text op.Text
	switch {
	case q.person.External && !g.external:
		text = " allows it, but not for people of other organisations."
	case q.person.Guest && !g.guests:
		text = " allows it, but not for guests."
	case q.channel.External && !g.external:
		text = " allows it, but not in a channel that is shared with another organisation."
	default:
		return nil
	}
	return []op.Line{op.L(op.V(p.rule(g.line())), text)}
}

// outside says why the target is not the channel's to touch, and which line of the file says so; nil when it is.
func (p *Policy) outside(q question, c *channel) (int, []op.Line) {
	t := q.target
	switch {
	case (t.Kind == "" || t.Typed != "") && t.ID == "" && t.Name == "" && t.NewName == "":
		return 0, nil
	case t.Kind == "caster" && !c.studio(t.ID, t.Name):
		return c.studiosLine, []op.Line{q.sentence(), p.onlyStudios(c)}
	case t.Kind == "stream" && !c.stream(t.ID):
		return c.streamsLine, []op.Line{q.sentence(), p.onlyStreams(c)}
	case t.Kind != "caster" && t.Kind != "stream":
		return c.line, []op.Line{q.sentence(), op.L("The policy knows studios and streams only.")}
	case t.NewName != "" && !c.studio("", t.NewName):
		return c.studiosLine, []op.Line{q.newNameSentence(), p.likeStudios(c)}
	}
	return 0, nil
}

// covers reports whether a channel may touch the target; an empty target is no hindrance.
func (p *Policy) covers(q question, c *channel) bool {
	_, why := p.outside(q, c)
	return why == nil
}

// fitsTyped reports whether a channel covers what was typed, as far as that can be told from the words.
func (c *channel) fitsTyped(t op.Target) bool {
	for name := range strings.SplitSeq(t.Typed, "\n") {
		switch {
		case name == "":
		case t.Kind == "caster" && !c.studio(name, name):
			return false
		case t.Kind == "stream" && c.alias(name).Alias == "" && !c.stream(name):
			return false
		}
	}
	return true
}
