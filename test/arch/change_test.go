package arch

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"casterbot/internal/grammar"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/policy"
	"casterbot/internal/quota"
	"casterbot/internal/sandbox/fakelive"
	"casterbot/test/oracle"
)

// place is where a command of the table has to be known, besides its entry.
type place struct {
	where string
	calls bool // it is asked only of commands that call the cloud
	has   func(t *testing.T, c op.Command) bool
}

// places is the whole way of an operation through the tree, in the order of "Add an operation" in docs/architecture.md.
var places = []place{
	{"internal/live/actions.go: a row that says that it changes something", true, func(_ *testing.T, c op.Command) bool {
		return slices.ContainsFunc(live.Actions(), func(a live.Action) bool { return a.Name == c.Sends && a.Write })
	}},
	{"internal/quota/limits.go: how often it may be called", true, func(_ *testing.T, c op.Command) bool {
		return quota.Limit(c.Sends) > 0
	}},
	{"internal/quota/limits.go: that it changes something", true, func(t *testing.T, c op.Command) bool {
		return limitSays(t, c.Sends, true)
	}},
	{"internal/live/write_test.go, TestReceipts: what is sent and what is read of the answer", true,
		func(t *testing.T, c op.Command) bool {
			return strings.Contains(text(t, "internal/live/write_test.go"), fmt.Sprintf(`"Action": %q`, c.Sends))
		}},
	{"its entry: Starts or Ends, for the guardian and the crash matrix", true, func(_ *testing.T, c op.Command) bool {
		return len(c.Starts)+len(c.Ends) > 0
	}},
	{"commands/failure/codes.go, through commands/errors_test.go: the codes that its page documents", true,
		func(t *testing.T, c op.Command) bool {
			return strings.Contains(text(t, "commands/errors_test.go"), fmt.Sprintf("%q: {", c.Sends))
		}},
	{"commands/calls_test.go: a use that counts its calls (then go test ./commands -update)", false,
		func(t *testing.T, c op.Command) bool {
			return strings.Contains(text(t, "docs/performance.md"), "| `/"+c.Usage+"` |")
		}},
	{"internal/i18n/zh-CN.yml: its texts", false, func(t *testing.T, c op.Command) bool {
		return strings.Contains(text(t, "internal/i18n/zh-CN.yml"), c.Short)
	}},
	{"internal/sandbox/fakelive/operations.go: what the emulator does", true, func(_ *testing.T, c op.Command) bool {
		_, known := fakelive.Required(c.Sends)
		return known
	}},
	{"internal/sandbox/fakelive: a test of it", true, func(t *testing.T, c op.Command) bool {
		// a call of it: as the first argument or the first field of a row, or with its parameters behind its name
		return regexp.MustCompile(`[\w.]\("` + c.Sends + `", |\{"` + c.Sends + `", |"` + c.Sends + ` \w+=`).
			MatchString(texts(t, "internal/sandbox/fakelive/*_test.go"))
	}},
	{"internal/sandbox/fakelive/sdk_test.go: a call by the vendor's own client", true,
		func(t *testing.T, c op.Command) bool {
			return strings.Contains(text(t, "internal/sandbox/fakelive/sdk_test.go"), "live.Create"+c.Sends+"Request()")
		}},
	{"commands/sends_test.go, tested: the tests of its plan, its fingerprint and its look", true,
		func(t *testing.T, c op.Command) bool {
			return strings.Contains(text(t, "commands/sends_test.go"), fmt.Sprintf("%q:", c.Verb))
		}},
	{"commands/world_test.go, TestWorldAnswersGetLost: what a look proves when no answer came", true,
		func(t *testing.T, c op.Command) bool {
			return strings.Contains(text(t, "commands/world_test.go"), fmt.Sprintf("{%q, ", c.Sends))
		}},
	{"test/oracle/oracle.go, wordings: which parameters its call has", true, func(_ *testing.T, c op.Command) bool {
		required, _ := fakelive.Required(c.Sends)
		said := oracle.Parameters(sample(c))
		return !slices.ContainsFunc(required, func(name string) bool { return !slices.Contains(said, name) })
	}},
	{"test/soak/order.go, typed: what stands for its arguments", true, func(t *testing.T, c op.Command) bool {
		orders := text(t, "test/soak/order.go")
		return !slices.ContainsFunc(grammar.Placeholders(c.Usage), func(p grammar.Placeholder) bool {
			return !strings.Contains(orders, fmt.Sprintf("%q: {", p.Name))
		})
	}},
	{"test/e2e/testdata/*.talk: a conversation that uses it", false, func(t *testing.T, c op.Command) bool {
		return strings.Contains(conversations(t), strings.Join(grammar.Words(c.Usage), " "))
	}},
	{"manifest.yml: its words in the usage hint", false, func(t *testing.T, c op.Command) bool {
		words := grammar.Words(c.Usage)
		hint := hints(t)["/"+words[0]]
		return !slices.ContainsFunc(words[1:], func(word string) bool { return !slices.Contains(hint, word) })
	}},
	{"README.md: its row (go test ./test/arch -update)", false, func(t *testing.T, c op.Command) bool {
		readme := text(t, "README.md")
		return strings.Contains(readme, "`/"+c.Shown()+"`") && strings.Contains(readme, "`"+c.Verb+"`")
	}},
	{"README.md: its RAM action (go test ./test/arch -update)", true, func(t *testing.T, c op.Command) bool {
		return strings.Contains(text(t, "README.md"), fmt.Sprintf("%q", "live:"+c.Sends))
	}},
	{"docs/policy.md: its verb", false, func(t *testing.T, c op.Command) bool {
		return strings.Contains(text(t, "docs/policy.md"),
			"| `"+c.Verb+"` | `/"+strings.Join(grammar.Words(c.Usage), " ")+"`")
	}},
	{"docs/policy.example.yml: who may use it in C0SHOW", false, permitted},
	{"CHANGELOG.md: that it is there", false, func(t *testing.T, c op.Command) bool {
		words := grammar.Words(c.Usage) // behind its noun, or in a list of commands: `/caster list`, `show`; start|stop
		return regexp.MustCompile("(?:/" + words[0] + " |[`|])" + regexp.QuoteMeta(strings.Join(words[1:], " ")) + "[`| ]").
			MatchString(text(t, "CHANGELOG.md"))
	}},
}

// TestEveryChangeIsEverywhere names each place that a command has not reached.
func TestEveryChangeIsEverywhere(t *testing.T) {
	for _, c := range table().Commands {
		for _, p := range places {
			if (c.Sends != "" || !p.calls) && !p.has(t, c) {
				t.Errorf("/%s is missing in %s", c.Usage, p.where)
			}
		}
	}
}

// limitSays reports whether the row of an operation's limit says that it changes something, or that it does not.
func limitSays(t *testing.T, operation string, changes bool) bool {
	t.Helper()
	return regexp.MustCompile(fmt.Sprintf(`%q:\s+\{\d+, %t\}`, operation, changes)).
		MatchString(text(t, "internal/quota/limits.go"))
}

// TestLimitsSayWhatChanges: a write is never made without a turn that all replicas know of, and a look is not held up
// where they cannot be asked.
func TestLimitsSayWhatChanges(t *testing.T) {
	for _, a := range live.Actions() {
		if !limitSays(t, a.Name, a.Write) {
			t.Errorf("internal/quota/limits.go: the row of %s must say %t, as in internal/live/actions.go", a.Name, a.Write)
		}
	}
}

// sample is an operation of a command that knows all of its arguments.
func sample(c op.Command) op.Operation {
	o := op.Operation{Verb: c.Verb, Token: "token",
		Plan: op.Plan{Args: op.Args{}, Seen: map[string]string{"program": "s"}}}
	for _, p := range grammar.Placeholders(c.Usage) {
		o.Plan.Args[p.Name] = "domain/app/stream"
	}
	return o
}

// permitted asks the example policy for somebody of the crew's leads.
func permitted(t *testing.T, c op.Command) bool {
	t.Helper()
	p, err := policy.Load(filepath.Join(root, "docs/policy.example.yml"), table().Verbs())
	if err != nil {
		t.Fatal(err)
	}
	lead := op.Person{ID: "U0KEN", Groups: []string{"S0CREW", "S0LEADS"}}
	return p.Decide(lead, op.Channel{ID: "C0SHOW", Member: true}, c.Verb, c.Effect, op.Target{}).Allowed
}

// texts are all files that fit a pattern, one after the other.
func texts(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	all := ""
	for _, path := range paths {
		rel, _ := filepath.Rel(root, path)
		all += text(t, rel)
	}
	return all
}
