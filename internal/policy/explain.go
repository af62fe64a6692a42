package policy

import (
	"fmt"
	"strings"
	"time"

	"casterbot/internal/op"
)

// Explanation is a decision with the way to it.
type Explanation struct {
	Decision op.Decision
	Steps    []op.Line // the grants of the channel from the top, up to the one that decides
	Through  string    // the group, id or "everyone" that made the deciding grant fit
	Contact  []string  // whom people in the channel ask about the bot itself
}

// Explain decides as Decide does, and tells how it came to that.
func (p *Policy) Explain(person op.Person, c op.Channel, verb string, effect op.Effect, target op.Target) Explanation {
	r := p.read(question{person: person, channel: c, verb: verb, effect: effect, target: target})
	e := Explanation{Decision: r.decision(), Contact: p.Contact(c.ID)}
	if r.own == nil || verb == Help {
		return e
	}
	for _, g := range r.own.grants {
		through := p.through(g.who, person)
		e.Steps = append(e.Steps, p.step(g, verb, through))
		if g == r.decides {
			e.Through = through
			break
		}
	}
	return e
}

func (p *Policy) step(g *grant, verb, through string) op.Line {
	line := op.L(op.V(p.rule(g.line())), " is for ", g.who.names())
	if through == "" {
		line = op.L(line, ", not this person")
	} else {
		line = op.L(line, ", this person by ", span(through))
	}
	switch {
	case !g.verbs[verb]:
		return op.L(line, "; it does not give ", op.Code(verb), ".")
	case through == "":
		return op.L(line, "; it gives ", op.Code(verb), ".")
	}
	return op.L(line, "; it gives ", op.Code(verb), " and decides.")
}

// through gives the entry of a list that means the person, or "".
func (p *Policy) through(w principals, person op.Person) string {
	for _, name := range w.written {
		ids := []string{name}
		if g := p.groups[name]; g != nil {
			ids = g.members
		}
		if name == everyone || among(ids, person) {
			return name
		}
	}
	return ""
}

// String gives the explanation as lines of plain text for a terminal.
func (e Explanation) String() string {
	var b strings.Builder
	d := e.Decision
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-10s %s\n", name, text)
		}
	}
	word := "denied"
	if d.Allowed {
		word = "allowed"
	}
	row("decision", word)
	row("rule", d.Rule)
	row("through", e.Through)
	if d.Allowed {
		for i, c := range d.Confirmations() {
			row([]string{"confirm", "on air"}[i], confirmText(c, d.Approvers))
		}
	}
	for i, why := range d.Why {
		row([]string{"why", ""}[min(i, 1)], why.Plain())
	}
	for i, step := range e.Steps {
		row([]string{"read", ""}[min(i, 1)], step.Plain())
	}
	row("contact", strings.Join(e.Contact, ", "))
	row("policy", d.Policy[:min(12, len(d.Policy))])
	return b.String()
}

// confirmText says who must press the button, and how long they have.
func confirmText(c op.Confirmation, approvers []string) string {
	text := c.Line(op.L(op.V(strings.Join(approvers, ", ")))).Plain()
	if c.Within > 0 {
		text += " Within " + short(c.Within) + "."
	}
	return text
}

// short writes a duration without trailing parts that are zero: "30m", "24h", "1m30s".
func short(d time.Duration) string {
	text := d.String()
	for _, whole := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, whole) {
			text = text[:len(text)-2]
		}
	}
	return text
}
