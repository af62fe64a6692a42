package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"casterbot/internal/op"
)

// Level is how much a finding matters.
type Level string

// The levels.
const (
	OK        Level = "ok"
	Warning   Level = "warning"     // it works, and probably not as it is meant
	Broken    Level = "broken"      // the bot does not start, or something of it does not work
	Unchecked Level = "not checked" // because of something else, which What says
)

// Finding is one thing that was looked at.
type Finding struct {
	Check string `json:"check"` // "tokens"
	Level Level  `json:"level"`
	What  string `json:"what"`         // how it is, and where
	Do    string `json:"do,omitempty"` // what mends it: a command, an address or a place
}

// Report is all that was found, in the order in which one thing needs the other.
type Report struct {
	Findings []Finding `json:"findings"`
}

// Exit codes of a report.
const (
	ExitWell   = 0
	ExitBroken = 1
	ExitUsage  = 2 // never of a report: it stands here so that no other takes it
	ExitWarned = 3
)

// Exit is the exit code of a report.
func (r Report) Exit() int {
	switch {
	case r.count(Broken) > 0:
		return ExitBroken
	case r.count(Warning) > 0:
		return ExitWarned
	}
	return ExitWell
}

func (r Report) count(level Level) int {
	n := 0
	for _, f := range r.Findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

// Text is the report for people: one line for each finding, and one more for what to do.
func (r Report) Text() string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%-11s  %-10s  %s\n", f.Level, f.Check, f.What)
		if f.Do != "" {
			fmt.Fprintf(&b, "%25s→ %s\n", "", f.Do)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", r.Summary())
	return b.String()
}

// Summary is the report in one line.
func (r Report) Summary() string {
	broken, warned, unchecked := r.count(Broken), r.count(Warning), r.count(Unchecked)
	text := fmt.Sprintf("%d broken, %s", broken, op.Count(warned, "warning"))
	if broken+warned == 0 {
		text = "All is well"
	}
	if unchecked > 0 {
		text += fmt.Sprintf(", %d not checked", unchecked)
	}
	return text + "."
}

// JSON is the report for programs.
func (r Report) JSON() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(struct { // made of texts alone: nothing in it can fail
		Report
		Summary string `json:"summary"`
		Exit    int    `json:"exit"`
	}{r, r.Summary(), r.Exit()})
	return b.Bytes()
}
