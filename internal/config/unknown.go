package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"casterbot/internal/op"
)

// ours begins the names that belong to casterbot alone: one that is not known is a slip. Other programs have names that
// begin like Slack's and the cloud's, so there only what is nearly the name of a setting is one.
const ours = "CASTERBOT_"

// slip is how many edits away from a setting a name may be to be taken for it.
const slip = 2

// links are the names that Kubernetes and Docker make of services next to casterbot, also of one that is called so; the
// value of …_PORT is an address then.
var links = regexp.MustCompile(`_SERVICE_(HOST|PORT)(_\w+)?=|_PORT=\w+://|_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?=`)

// tests begin the names that only tests and builds for tests read.
var tests = []string{"CASTERBOT_CRASH", "CASTERBOT_TEST_", "CASTERBOT_BROWSER", "CASTERBOT_SHOTS"}

// unknown refuses the names of the environment that were meant to be settings and are none.
func unknown(environ []string) []Problem {
	var wrong problems
	known := names()
	set := func(name string) bool {
		return slices.ContainsFunc(environ, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
	}
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if slices.Contains(known, name) || links.MatchString(entry) || forTests(name) {
			continue
		}
		near, edits := nearest(known, name)
		switch own := strings.HasPrefix(strings.ToUpper(name), ours); {
		case own:
			wrong.add(name, fmt.Errorf("%s is no setting: did you mean %s? casterbot run --help lists them", name, near))
		case edits <= slip && !set(near) && !set(near+"_FILE") && kin(name, near):
			wrong.add(name, fmt.Errorf("%s is no setting: did you mean %s? Otherwise leave it out", name, near))
		}
	}
	return wrong
}

// names are those of all settings, and those of the files of secrets.
func names() []string {
	var all []string
	for _, f := range fields(&Config{}) {
		if all = append(all, f.name); f.secret != nil {
			all = append(all, f.name+"_FILE")
		}
	}
	return all
}

// nearest finds the setting that a name was meant to be. Only secrets can stand in a file.
func nearest(known []string, name string) (string, int) {
	name = strings.ToUpper(name)
	if plain, ok := strings.CutSuffix(name, "_FILE"); ok && slices.Contains(known, plain) {
		return plain, 0
	}
	return op.Nearest(known, func(k string) int { return op.Distance(name, k) })
}

// kin reports that two names begin with the same word, such as SLACK.
func kin(name, near string) bool {
	word, _, _ := strings.Cut(near, "_")
	return strings.HasPrefix(strings.ToUpper(name), word+"_")
}

func forTests(name string) bool {
	return slices.ContainsFunc(tests, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}
