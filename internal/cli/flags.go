package cli

import (
	"flag"
	"fmt"
	"strings"
	"time"

	"casterbot/internal/op"
)

// parse reads the flags of a command, which may stand before and after its arguments, and gives the arguments. What is
// wrong with a flag is said with its name and what it should be: the library's own words are for programmers.
func parse(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := checkFlags(flags, args); err != nil {
			return nil, err
		}
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		read := len(args) - flags.NArg()
		if flags.NArg() == 0 || read > 0 && args[read-1] == "--" {
			return append(rest, flags.Args()...), nil
		}
		rest, args = append(rest, flags.Arg(0)), flags.Args()[1:]
	}
}

func checkFlags(flags *flag.FlagSet, args []string) error {
	for i := 0; i < len(args); i++ {
		written := args[i]
		if written == "--" || len(written) < 2 || written[0] != '-' {
			return nil
		}
		name, value, given := strings.Cut(strings.TrimLeft(written, "-"), "=")
		if name == "h" || name == "help" {
			return flag.ErrHelp
		}
		f := flags.Lookup(name)
		if f == nil {
			return fmt.Errorf("there is no flag --%s%s", name, nearestFlag(flags, name))
		}
		what, _ := flag.UnquoteUsage(f)
		switch yes, ok := f.Value.(interface{ IsBoolFlag() bool }); {
		case ok && yes.IsBoolFlag() && !given:
			continue
		case !given && i+1 == len(args):
			return fmt.Errorf("--%s needs its %s", name, what)
		case !given:
			i++
			value = args[i]
		}
		if f.Value.Set(value) != nil {
			return fmt.Errorf("--%s is %q: it should be %s", name, value, form(f))
		}
	}
	return nil
}

// form says what a value of a flag looks like.
func form(f *flag.Flag) string {
	if getter, ok := f.Value.(flag.Getter); ok {
		switch getter.Get().(type) {
		case bool:
			return "true or false"
		case time.Duration:
			return "a duration, such as 90s"
		case int:
			return "a number"
		}
	}
	return "a " + f.Name
}

func nearestFlag(flags *flag.FlagSet, typed string) string {
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	near, edits := op.Nearest(names, func(name string) int { return op.Distance(typed, name) })
	if edits > max(2, len(typed)/2) {
		return ""
	}
	return fmt.Sprintf(" (did you mean --%s?)", near)
}
