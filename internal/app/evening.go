package app

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"

	"casterbot/internal/cli"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/scenarios"
)

// evening is what the command line says of the sandbox's scenarios.
type evening struct {
	name     string
	list     bool
	scenario *scenarios.Scenario // the one of that name; nil for none
}

func (e *evening) flags(f *flag.FlagSet) {
	f.StringVar(&e.name, "scenario", "",
		"rehearse an evening on which something goes wrong, by its `NAME`; it begins afresh each time")
	f.BoolVar(&e.list, "scenarios", false, "list the evenings that can be rehearsed")
}

// rehearse lists the scenarios, which is all there is to do then, or prepares the world for one: it has a folder of its
// own, so that the world in which one plays otherwise stays as it is.
func (w *world) rehearse(out io.Writer) (done bool, err error) {
	if !w.evening.list && w.evening.name == "" {
		return false, nil
	}
	all, err := scenarios.All()
	if err != nil {
		return false, err
	}
	if w.evening.list {
		for _, s := range all {
			fmt.Fprintf(out, "%-16s %s\n", s.Name, s.Title)
		}
		return true, nil
	}
	s, edits := op.Nearest(all, func(s scenarios.Scenario) int { return op.Distance(w.evening.name, s.Name) })
	if edits > 0 {
		return false, cli.Usage(fmt.Errorf(
			"--scenario: there is no %q (did you mean %s?); casterbot sandbox --scenarios lists them", w.evening.name, s.Name))
	}
	w.evening.scenario, w.reset = &s, true
	w.dir = filepath.Join(w.dir, "scenario-"+s.Name)
	return false, nil
}
