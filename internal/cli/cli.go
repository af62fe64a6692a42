// Package cli is casterbot's command line: a table of commands over the standard flag package, help with examples
// everywhere, and exit codes that scripts can rely on (0 done, 1 failure, 2 usage, 3 denied, or of doctor: only
// warnings). A library for this would pull in text/template, which keeps the linker from dropping most of the cloud
// SDK.
//
// It knows no part of the bot but the policy, whose check and explain need nothing else, and the database, which it
// saves and puts back.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"casterbot/internal/config"
	"casterbot/internal/op"
)

// Exit codes.
const (
	OK      = 0
	Failure = 1
	Misused = 2
	Denied  = 3
)

// Program is a table of commands.
type Program struct {
	Name, Short string
	Out, Err    io.Writer
	Commands    []Command
}

// Command is one row of the table.
type Command struct {
	Name     string // one or two words
	Args     string // what follows the flags: "FILE"
	Short    string
	Examples []string
	Help     string // more text
	Default  bool   // run when no command is named
	Flags    func(*flag.FlagSet)
	Run      func(context.Context, Call) error
	Commands []Command
}

// Call is one run of a command.
type Call struct {
	Args     []string
	Out, Err io.Writer
}

type exit struct {
	error
	code int
}

func (e exit) Unwrap() error { return e.error }

// Usage marks an error as a mistake in how the program was called: exit code 2.
func Usage(err error) error { return exit{err, Misused} }

// Refused marks an error as a denial: exit code 3. Nothing more is printed for it.
func Refused() error { return Ended(Denied) }

// errSaid is the error of a command that has said everything itself.
var errSaid = errors.New("ended")

// Ended ends a command that has said everything with an exit code; nil for 0.
func Ended(code int) error {
	if code == OK {
		return nil
	}
	return exit{errSaid, code}
}

// Run finds and runs a command, and gives the exit code.
func (p Program) Run(ctx context.Context, args []string) int {
	if len(args) == 1 && slices.Contains([]string{"-v", "-version", "--version"}, args[0]) {
		args = []string{"version"}
	}
	err := p.dispatch(ctx, p.Commands, p.Name, args)
	stop := exit{}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return OK
	case errors.As(err, &stop) && errors.Is(err, errSaid):
		return stop.code
	}
	fmt.Fprintf(p.Err, "%s: %s\n", p.Name, op.Printed(config.Scrub(err.Error())))
	if stop.error != nil {
		return stop.code
	}
	return Failure
}

func (p Program) dispatch(ctx context.Context, table []Command, path string, args []string) error {
	if len(args) > 1 && args[0] == "help" { // help run is run --help
		return p.dispatch(ctx, table, path, append(slices.Clone(args[1:]), "--help"))
	}
	if len(args) > 0 && (args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help") {
		p.list(table, path)
		return nil
	}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		for _, c := range table {
			if c.Name == args[0] {
				return p.run(ctx, c, path+" "+c.Name, args[1:])
			}
		}
		return Usage(fmt.Errorf("unknown command %q%s; %s --help lists them", args[0], nearest(table, args[0]), path))
	}
	for _, c := range table {
		if c.Default {
			return p.run(ctx, c, path+" "+c.Name, args)
		}
	}
	p.list(table, path)
	return Usage(errors.New("which command?"))
}

func nearest(table []Command, typed string) string {
	near, edits := op.Nearest(table, func(c Command) int { return op.Distance(typed, c.Name) })
	if edits > 2 {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", near.Name)
}

func (p Program) run(ctx context.Context, c Command, path string, args []string) error {
	if len(c.Commands) > 0 {
		return p.dispatch(ctx, c.Commands, path, args)
	}
	flags := flag.NewFlagSet(path, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	if c.Flags != nil {
		c.Flags(flags)
	}
	given, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		p.explain(c, path, flags)
		return nil
	}
	if err != nil {
		return Usage(fmt.Errorf("%w; %s --help explains it", err, path))
	}
	if c.Args == "" && len(given) > 0 {
		return Usage(fmt.Errorf("%q is too much; %s --help explains it", given[0], path))
	}
	return c.Run(ctx, Call{Args: given, Out: p.Out, Err: p.Err})
}

func (p Program) list(table []Command, path string) {
	fmt.Fprintf(p.Out, "%s\n\nUsage: %s COMMAND [FLAGS]\n\n", p.Short, path)
	for _, c := range table {
		fmt.Fprintf(p.Out, "  %-10s  %s\n", c.Name, c.Short)
	}
	fmt.Fprintf(p.Out, "\nExamples:\n")
	for _, c := range table {
		for _, example := range c.examples() {
			fmt.Fprintf(p.Out, "  %s\n", example)
		}
	}
	fmt.Fprintf(p.Out, "\n%s COMMAND --help explains one command. Exit codes: 0 done, 1 failure, 2 usage, 3 denied, or nothing but warnings.\n",
		path)
}

func (c Command) examples() []string {
	if len(c.Commands) > 0 {
		var all []string
		for _, sub := range c.Commands {
			all = append(all, sub.examples()...)
		}
		return all
	}
	return c.Examples[:min(1, len(c.Examples))]
}

func (p Program) explain(c Command, path string, flags *flag.FlagSet) {
	fmt.Fprintf(p.Out, "%s\n\nUsage: %s\n", c.Short, strings.TrimSpace(path+" [FLAGS] "+c.Args))
	flags.SetOutput(p.Out)
	count := 0
	flags.VisitAll(func(*flag.Flag) { count++ })
	if count > 0 {
		fmt.Fprintf(p.Out, "\nFlags:\n")
		flags.PrintDefaults()
	}
	fmt.Fprintf(p.Out, "\nExamples:\n")
	for _, example := range c.Examples {
		fmt.Fprintf(p.Out, "  %s\n", example)
	}
	if c.Help != "" {
		fmt.Fprintf(p.Out, "\n%s", c.Help)
	}
}

// Settings writes the table of environment variables for a terminal.
func Settings(rows []config.Row) string {
	var b strings.Builder
	b.WriteString("Environment:\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "  %s\n      %s\n", row.Name, strings.ReplaceAll(row.Text, "`", ""))
		if row.Default != "" {
			fmt.Fprintf(&b, "      default: %s\n", row.Default)
		}
	}
	return b.String()
}
