package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// target is what a figure of people's waiting is held against.
type target struct {
	title   string
	show    string // or the program
	figure  string
	unit    string
	goal    float64
	least   bool   // the figure should be at least so large
	bracket string // a second figure, in brackets, or empty
	edge    float64
	some    bool // it holds whether all that was asked ran or not
}

// near and far are the targets of a crew's pace.
func near(title, figure string, goal, edge float64) []target {
	return crewTargets("", title, figure, goal, edge)
}
func far(title, figure string, goal, edge float64) []target {
	return crewTargets(", far", title, figure, goal, edge)
}

func crewTargets(where, title, figure string, goal, edge float64) []target {
	var list []target
	for _, setup := range []string{"one process", "two replicas"} {
		list = append(list, target{
			title: title + ", p50 (p90): " + setup + where, show: "crew: " + setup + where,
			figure: figure + " p50", unit: "ms", goal: goal, bracket: figure + " p90", edge: edge,
		})
	}
	return list
}

const (
	inOne    = "hour: 50 recordings one by one, one channel"
	withOne  = "hour: 50 recordings with one press"
	reload   = "hour: 40 restarts at once"
	reload2  = reload + ", two replicas"
	reloaded = "40 restarts confirmed at once: "
)

// targets are those of people's waiting and, last, those of loads.
var targets = slices.Concat(
	near("typed → card", "card", 150, 250), near("click → call", "call", 40, 100),
	near("click → result on the card", "result", 250, 700),
	far("click → call", "call", 350, 450),
	[]target{
		{title: "50 recordings with one press: ran", show: withOne, figure: "ran", goal: streams, least: true},
		{title: "50 recordings with one press: all begun after the click", show: withOne, figure: "begun",
			unit: "s", goal: 3},
		{title: "50 recordings with one press: most in any second", show: withOne, figure: "most", goal: 50, some: true},
		{title: "50 one by one in one channel: ran", show: inOne, figure: "ran", goal: streams, least: true},
		{title: "50 one by one in one channel: refused", show: inOne, figure: "told no", goal: 0},
		{title: "50 one by one in one channel: click → call, the longest", show: inOne, figure: "call max", unit: "ms",
			goal: 500},
		{title: reloaded + "ran", show: reload, figure: "ran", goal: studios, least: true},
		{title: reloaded + "all called after the click", show: reload, figure: "begun", unit: "s", goal: 5},
		{title: reloaded + "most in any second", show: reload, figure: "most", goal: 10, some: true},
		{title: reloaded + "all cards final after the click", show: reload, figure: "ended", unit: "s", goal: 20},
		{title: "share of the limit used: one process, %", show: reload, figure: "used", goal: 90, least: true},
		{title: "share of the limit used: two replicas, %", show: reload2, figure: "used", goal: 80, least: true},
		{title: "under the flood: typed → a lead's card, the longest", show: "flood", figure: "card max", unit: "ms",
			goal: 1000},
		{title: "under the flood: a lead's click → call, the longest", show: "flood", figure: "call max", unit: "ms",
			goal: 500},
		{title: "no button that decides after the click, the longest", show: "buttons", figure: "dead max", unit: "ms",
			goal: 200},
		{title: "a socket that only seems alive: commands are lost for", show: "deaf socket", figure: "until",
			unit: "s", goal: 15},
		{title: "ack p99 of help at 200/s", show: theBot, figure: "help, 200/s ack p99", unit: "ms", goal: 1.4},
		{title: "highest rate of help, ack p99 < 100 ms", show: theBot, figure: "highest rate", unit: "/s", goal: 14000,
			least: true},
	},
)

// met reports that the median holds against the goal, and that of the bracket against the edge.
func (t target) met(f figures) bool {
	figure, bracket := f.of(t.show, t.figure), f.of(t.show, t.bracket)
	if !t.some && f.of(t.show, "ran").median < f.of(t.show, "asked").median {
		return false // the times of those that ran say nothing about the others
	}
	if t.least {
		return figure.median >= t.goal
	}
	return figure.median <= t.goal && (t.bracket == "" || bracket.median <= t.edge)
}

// row holds a target against what was measured; nothing when it was not.
func (t target) row(f figures) []string {
	figure, bracket := f.of(t.show, t.figure), f.of(t.show, t.bracket)
	if f.none(t.show, t.figure) {
		return nil
	}
	goal := map[bool]string{false: "≤ ", true: "≥ "}[t.least] + plain(t.goal)
	measured := cell(figure, t.unit)
	if t.bracket != "" {
		goal += " (" + plain(t.edge) + ")"
		measured += " · " + cell(bracket, t.unit)
	}
	verdict := "missed"
	if t.met(f) {
		verdict = "met"
	}
	switch {
	case strings.HasPrefix(t.unit, "/"):
		goal += t.unit
	case t.unit != "":
		goal += " " + t.unit
	}
	return []string{t.title, goal, measured, verdict}
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// none reports that a figure was not asked for in any run; one that did not come is there, as NaN.
func (f figures) none(show, name string) bool { return len(f[[2]string{show, name}]) == 0 }

// targets draws what was measured beside what it should be.
func (r report) targets(out io.Writer) {
	rows := [][]string{{"Held against the targets", "target", "measured", ""}}
	for _, t := range targets {
		if row := t.row(r.figures); row != nil {
			rows = append(rows, row)
		}
	}
	r.rows(out, rows)
}

// felt draws what people feel.
func (r report) felt(out io.Writer) {
	fmt.Fprintf(out, "%s. %d runs: median (least–most).\n\n", machine(), r.runs)
	r.targets(out)
	r.crew(out)
	r.kinds(out)
	r.hour(out)
	r.beside(out)
	r.besides(out)
}

func (r report) crew(out io.Writer) {
	rows := [][]string{{"A crew's pace, ms", "typed → card p50", "p90", "max", "click → call p50", "p90", "max",
		"click → result p50", "p90", "max", "not run", "driver late p99"}}
	for _, s := range r.measured("crew: ") {
		row := []string{strings.TrimPrefix(s.name, "crew: ")}
		for _, step := range steps[:3] {
			for _, m := range moments {
				row = append(row, r.cell(s, step.name+" "+m.name, "ms"))
			}
		}
		rows = append(rows, append(row, r.difference(s, "asked", "ran"), r.cell(s, "late", "ms")))
	}
	r.rows(out, rows)
}

// kinds draws each kind of change on its own.
func (r report) kinds(out io.Writer) {
	rows := [][]string{{"The same by what is done, ms", "typed → card p50", "max", "click → call p50", "max",
		"click → result p50", "max"}}
	for _, s := range r.measured("crew: ") {
		for _, kind := range []string{"restart", "take", "scene start", "scene stop", "record start", "record stop",
			"standby"} {
			row := []string{strings.TrimPrefix(s.name, "crew: ") + ": " + kind}
			for _, step := range steps[:3] {
				row = append(row, r.cell(s, kind+" "+step.name+" p50", "ms"), r.cell(s, kind+" "+step.name+" max", "ms"))
			}
			rows = append(rows, row)
		}
	}
	r.rows(out, rows)
}

func (r report) hour(out io.Writer) {
	rows := [][]string{{"The top of the hour", "ran", "refused", "nothing heard", "click → call p50, ms", "p90", "max",
		"all begun after, s",
		"all cards final after, s", "most in any second", "operations over their limit", "throttled", "429 of Slack",
		"share of the limit used, %"}}
	for _, s := range r.measured("hour: ") {
		row := []string{strings.TrimPrefix(s.name, "hour: ")}
		for _, c := range []struct{ name, unit string }{{"ran", ""}, {"told no", ""}, {"silent", ""}, {"call p50", "ms"},
			{"call p90", "ms"},
			{"call max", "ms"}, {"begun", "s"}, {"ended", "s"}, {"most", ""}, {"beyond", ""}, {"throttled", ""}, {"slack", ""},
			{"used", ""}} {
			row = append(row, r.cell(s, c.name, c.unit))
		}
		rows = append(rows, row)
	}
	r.rows(out, rows)
}

// beside draws what others do not take from somebody who works.
func (r report) beside(out io.Writer) {
	rows := [][]string{{"Beside others, ms", "p50", "p90", "max", "not run"}}
	for _, f := range []struct{ title, show, figure string }{
		{"a lead beside a flood of questions: typed → card", "flood", "card"},
		{"the same: click → call", "flood", "call"},
		{"the same: click → result on the card", "flood", "result"},
		{"ten recordings under way in a channel: click → no live button", "buttons", "dead"},
	} {
		for _, s := range r.measured(f.show) {
			row := []string{f.title}
			for _, m := range moments {
				row = append(row, r.cell(s, f.figure+" "+m.name, "ms"))
			}
			rows = append(rows, append(row, r.difference(s, "asked", "ran")))
		}
	}
	r.rows(out, rows)
}

// besides draws what is one figure each.
func (r report) besides(out io.Writer) {
	rows := [][]string{{"Besides", ""}}
	for _, f := range []struct{ show, figure, unit, title string }{
		{"deaf socket", "until", "s", "one of two sockets only seems alive: the last command that was lost, after s"},
		{"deaf socket", "lost", "", "the same: commands that were lost, of five a second"},
		{"flood", "reader asked", "", "the flood: questions of the reader's"},
		{"flood", "reader answered", "", "the same: answers to them, also that there are too many"},
	} {
		if !r.figures.none(f.show, f.figure) {
			rows = append(rows, []string{f.title, cell(r.figures.of(f.show, f.figure), f.unit)})
		}
	}
	r.rows(out, rows)
}

// measured are the shows that were run, of those whose name begins so.
func (r report) measured(prefix string) []show {
	return slices.DeleteFunc(slices.Clone(shows), func(s show) bool {
		return !strings.HasPrefix(s.name, prefix) || r.figures.none(s.name, "asked")
	})
}

func (r report) cell(s show, figure, unit string) string {
	return cell(r.figures.of(s.name, figure), unit)
}

// difference is how many of one count are missing in another, run by run.
func (r report) difference(s show, of, are string) string {
	var list []float64
	for i, n := range r.figures[[2]string{s.name, of}] {
		list = append(list, n-r.figures[[2]string{s.name, are}][i])
	}
	return cell(spreadOf(list), "")
}

// rows draws a table that has any.
func (r report) rows(out io.Writer, rows [][]string) {
	if len(rows) > 1 {
		r.table(out, rows)
	}
}

// between draws in Markdown between marks, so that it can be put in the place of what stands between them in the
// document.
func (r report) between(out io.Writer, name string, draw func(io.Writer)) {
	if r.markdown {
		fmt.Fprintf(out, "<!-- %s -->\n\n", name)
		defer fmt.Fprintf(out, "<!-- /%s -->\n\n", name)
	}
	draw(out)
}

// none reports that no load was measured.
func (r report) none() bool {
	return !slices.ContainsFunc(scenarios, func(s scenario) bool {
		return !math.IsNaN(r.figures.of(s.program, s.name+" ack max").median)
	})
}
