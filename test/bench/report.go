package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
)

// report draws the figures.
type report struct {
	figures  figures
	runs     int
	markdown bool
}

// facts are the figures beside the times.
var facts = []struct{ name, unit, title string }{
	{"highest rate", "/s", "highest rate with ack p99 < 100 ms, commands/s"},
	{"start to first ack", "ms", "start to first ack, ms"},
	{"start to first ack, new database", "ms", "the same with a new database, ms"},
	{"memory, idle", "MB", "memory idle, MB"},
	{"memory, most at 1000/s", "MB", "memory at its peak up to 1000/s, MB"},
	{"memory, most when overloaded", "MB", "memory at its peak when overloaded, MB"},
	{"binary", "MB", "binary, MB (10⁶ bytes)"},
}

func (r report) print(out io.Writer) {
	r.between(out, "bench", r.felt)
	if !r.none() {
		r.between(out, "bench: loads", r.loads)
	}
}

// loads draws what nobody types.
func (r report) loads(out io.Writer) {
	r.times(out, "To the acknowledgement, ms", "ack", true)
	r.times(out, "To the answer that the person sees, ms", "shown", false)
	rows := [][]string{{"", theBot, "bare slack-go loop"}}
	for _, f := range facts {
		rows = append(rows, []string{f.title, cell(r.figures.of(theBot, f.name), f.unit),
			cell(r.figures.of(theBare, f.name), f.unit)})
	}
	r.table(out, rows)
}

// times draws one row for each scenario.
func (r report) times(out io.Writer, title, kind string, costs bool) {
	head := []string{title}
	for _, c := range shares {
		head = append(head, c.name)
	}
	if costs {
		head = append(head, "CPU ms per 1000", "lost", "sent late p99")
	} else {
		head = append(head, "unanswered")
	}
	rows := [][]string{head}
	for _, s := range scenarios {
		if math.IsNaN(r.figures.of(s.program, s.name+" "+kind+" max").median) {
			continue
		}
		row := []string{s.program + ": " + s.name}
		for _, c := range shares {
			row = append(row, cell(r.figures.of(s.program, s.name+" "+kind+" "+c.name), "ms"))
		}
		if costs {
			row = append(row, cell(r.figures.of(s.program, s.name+" cpu"), ""),
				cell(r.figures.of(s.program, s.name+" lost"), ""),
				cell(r.figures.of(s.program, s.name+" late"), "ms"))
		} else {
			row = append(row, cell(r.figures.of(s.program, s.name+" silent"), ""))
		}
		rows = append(rows, row)
	}
	r.table(out, rows)
}

func (r report) table(out io.Writer, rows [][]string) {
	defer fmt.Fprintln(out)
	if !r.markdown {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, row := range rows {
			fmt.Fprintln(w, strings.Join(row, "\t"))
		}
		_ = w.Flush()
		return
	}
	for i, row := range rows {
		fmt.Fprintln(out, "| "+strings.Join(row, " | ")+" |")
		if i == 0 {
			fmt.Fprintln(out, "|"+strings.Repeat(" --- |", len(row)))
		}
	}
}

// cell writes a spread with as many digits as its unit deserves.
func cell(s spread, unit string) string {
	if math.IsNaN(s.median) {
		return "–"
	}
	digits := map[string]int{"ms": 2, "s": 2, "MB": 1}[unit]
	text := func(v float64) string { return strconv.FormatFloat(v, 'f', digits, 64) }
	if s.least == s.most {
		return text(s.median)
	}
	return text(s.median) + " (" + text(s.least) + "–" + text(s.most) + ")"
}

// machine says where the figures come from.
func machine() string {
	model := runtime.GOARCH
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			model = strings.TrimSpace(value)
		}
	}
	return fmt.Sprintf("%d cores (%s), %s, %s", runtime.NumCPU(), model, runtime.GOOS, runtime.Version())
}
