package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"casterbot/internal/sandbox/fakelive"
)

// inside is the order as the process takes it; a server's place is no order to the process.
func (e end) inside() string {
	if e.name == atCall || e.name == beforeEdit || e.name == afterEdit || e.name == "none" || e.name == "" {
		return ""
	}
	text := fmt.Sprintf("%s:%d", e.name, e.passage)
	if e.how != "" {
		text += ":" + e.how
	}
	return text
}

// end is where the process dies first: at a place inside it (k0 to k6, package failpoint), or by the hand of a server.
type end struct {
	name    string
	passage int
	how     string // "6s": stands still for so long instead of dying; "+100ms": dies after so long
}

// ends are the places that failpoint names, none, and a halt between the mark and the call.
var ends = []end{
	{name: "k0", passage: 1}, {name: "k0", passage: 2}, {name: "k1", passage: 1}, {name: "k1", passage: 2},
	{name: "k2", passage: 1, how: acked}, {name: "k2", passage: 2, how: acked}, {name: "k2", passage: 3, how: acked},
	{name: "k3", passage: 1}, {name: "k3", passage: 1, how: "6s"},
	{name: atCall, passage: 1}, {name: "k5", passage: 1}, {name: "k6", passage: 1},
	{name: beforeEdit, passage: 1}, {name: afterEdit, passage: 1}, {name: beforeEdit, passage: 2},
	{name: afterEdit, passage: 2},
	{name: "none"},
}

// acked is how long the process lives on at k2, so that the acknowledgement is out.
const acked = "+100ms"

// The places that the servers know.
const (
	atCall     = "k4"  // the cloud has done what it will do, and has not answered
	beforeEdit = "k7"  // the edit of a card has arrived
	afterEdit  = "k7'" // the edit of a card is done, and not answered
)

// scale is how much shorter the bot's waits are: 60 s for an answer become 3 s.
const scale = 20

// mood is how the API behaves towards the first changing call.
type mood struct {
	name  string
	fault fakelive.Fault
}

var moods = []mood{
	{name: "answers"},
	{name: "refuses", fault: fakelive.Fault{Kind: fakelive.Refuse, Code: "Forbidden.RAM"}},
	{name: "applies and is silent", fault: fakelive.Fault{Kind: fakelive.SilentAfter}},
	{name: "is silent", fault: fakelive.Fault{Kind: fakelive.SilentBefore}},
	{name: "is slow, 30 s", fault: fakelive.Fault{Kind: fakelive.Slow, Delay: 30 * time.Second / scale}},
	{name: "answers slowly, 30 s", fault: fakelive.Fault{Kind: fakelive.SlowAnswer, Delay: 30 * time.Second / scale}},
	{name: "500", fault: fakelive.Fault{Kind: fakelive.Status}},
	{name: "applies, 503", fault: fakelive.Fault{Kind: fakelive.StatusAfter, Status: 503}},
	{name: "applies, HTML", fault: fakelive.Fault{Kind: fakelive.HTML}},
	{name: "HTML", fault: fakelive.Fault{Kind: fakelive.HTMLBefore}},
	{name: "applies, cut off", fault: fakelive.Fault{Kind: fakelive.ResetAfter}},
	{name: "puts it off three times", fault: fakelive.Fault{Kind: fakelive.Throttle, Times: 3}},
	{name: "applies, an empty answer", fault: fakelive.Fault{Kind: fakelive.Empty}},
}

// twist is what people do beside the plain story.
type twist struct {
	intruder bool // somebody without the right clicks first
	twice    bool // two people click at once
	again    bool // the command is asked for again while the first one is unknown
	close    bool // a person settles what stays unknown
	late     bool // in the end one more is asked for and runs into its expiry
	second   *end // the restarted process dies too
}

// Case is one cell of the matrix.
type Case struct {
	seed  int
	order order
	end   end
	mood  mood
	twist twist
}

// matrix is the number of cells: every command with every place and every behaviour.
func matrix() int { return len(orders) * len(ends) * len(moods) }

// cell walks through a table of two lengths so that it meets every pair, and every row as soon as it can.
func cell(n, rows, columns int) (row, column int) {
	round := rows * columns // until all rows have met the columns that they meet in step
	for a, b := rows, columns; ; a, b = b, a%b {
		if b == 0 {
			round /= a
			break
		}
	}
	return n % rows, (n + n/round) % columns
}

// caseOf gives a case by its number. Numbers beyond the matrix are the same cells with other twists.
func caseOf(seed int) Case {
	r := rand.New(rand.NewPCG(uint64(seed), 3))
	pair, m := cell(seed, len(orders)*len(ends), len(moods))
	o, e := cell(pair, len(orders), len(ends))
	c := Case{seed: seed, order: orders[o], end: ends[e], mood: moods[m]}
	c.twist = twist{intruder: r.IntN(4) == 0, twice: r.IntN(3) == 0, again: r.IntN(3) == 0, close: r.IntN(2) == 0,
		late: r.IntN(6) == 0}
	if second := ends[r.IntN(len(ends))]; r.IntN(3) == 0 && second.how != "6s" && second.name[0] == 'k' &&
		second.name != atCall {
		c.twist.second = &second
	}
	return c
}

func (c Case) String() string {
	text := fmt.Sprintf("%s · dies at %s · the API %s", c.order.text, c.end, c.mood.name)
	for _, t := range []struct {
		is   bool
		text string
	}{{c.twist.intruder, "an intruder"}, {c.twist.twice, "two clicks at once"}, {c.twist.again, "asks again"},
		{c.twist.close, "a person settles"}, {c.twist.late, "one expires"}} {
		if t.is {
			text += " · " + t.text
		}
	}
	if c.twist.second != nil {
		text += " · dies again at " + c.twist.second.String()
	}
	return text
}

func (e end) String() string {
	text := e.name
	if e.passage > 1 {
		text += fmt.Sprintf(" (passage %d)", e.passage)
	}
	if e.how != "" && e.how != acked {
		text += " not, but halts for " + e.how
	}
	return text
}
