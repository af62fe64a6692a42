package commands

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"casterbot/internal/grammar"
	"casterbot/internal/op"
)

func TestTableInvariants(t *testing.T) {
	table := Table(newFake(), &fakeRecords{}, time.Now)
	usages, verbs := map[string]bool{}, map[string]bool{}
	for _, c := range table.Commands {
		for _, usage := range append([]string{c.Usage}, c.Aliases...) {
			fixed := strings.Join(grammar.Words(usage), " ")
			if usages[fixed] {
				t.Errorf("%s: these words are another command's", usage)
			}
			usages[fixed] = true
			if !slices.Equal(grammar.Placeholders(usage), grammar.Placeholders(c.Usage)) {
				t.Errorf("%s: other arguments than %s", usage, c.Usage)
			}
		}
		if verbs[c.Verb] || c.Verb == "" {
			t.Errorf("%s: verb %q is not its own", c.Usage, c.Verb)
		}
		verbs[c.Verb] = true
		for _, p := range grammar.Placeholders(c.Usage) {
			if _, ok := table.Kind(p.Name); !ok {
				t.Errorf("%s: no kind %q", c.Usage, p.Name)
			}
		}
		if !strings.HasSuffix(c.Short, ".") || utf8.RuneCountInString(c.Short) > 100 {
			t.Errorf("%s: short %q is not one short sentence", c.Usage, c.Short)
		}
		checkParts(t, c)
	}
}

func checkParts(t *testing.T, c op.Command) {
	t.Helper()
	if c.Effect == op.Read {
		if c.Read == nil || c.Plan != nil || c.Apply != nil {
			t.Errorf("%s: a read command has Read and nothing else", c.Usage)
		}
		return
	}
	if c.Read != nil || c.Plan == nil || c.Apply == nil {
		t.Errorf("%s: a change has Plan and Apply", c.Usage)
	}
	if (c.Verify == nil) == (c.NoVerify == "") {
		t.Errorf("%s: want Verify or the reason why not", c.Usage)
	}
	if c.Repeatable != (c.Verb == "caster.copy") {
		t.Errorf("%s: only a copy has a token that makes a second call harmless", c.Usage)
	}
}

func TestExamplesParse(t *testing.T) {
	table := Table(newFake(), &fakeRecords{}, time.Now)
	for _, c := range table.Commands {
		if len(c.Examples) == 0 {
			t.Errorf("%s: no example", c.Usage)
		}
		for _, example := range c.Examples {
			p, err := grammar.Parse(table, example)
			if err != nil || p.Command.Usage != c.Usage || len(p.Missing) > 0 {
				t.Errorf("%q: understood as %q, missing %v, %v", example, p.Command.Usage, p.Missing, err)
			}
		}
	}
}

func TestVerbsAndEffects(t *testing.T) {
	want := map[string]op.Effect{
		"caster.list": op.Read, "caster.show": op.Read, "record.status": op.Read,
		"record.files": op.Read,
		"caster.copy":  op.Change, "caster.restart": op.OnAir, "caster.start": op.Change, "caster.stop": op.OnAir,
		"caster.take": op.OnAir, "caster.standby": op.OnAir,
		"caster.scene.start": op.Preview, "caster.scene.stop": op.Preview,
		"record.start": op.Change, "record.stop": op.Change, "record.restart": op.Change, "record.finish": op.Change,
	}
	for verb, effect := range map[string]op.Effect{
		"caster.care": op.Read,
		"caster.lock": op.Change, "caster.unlock": op.Change, "caster.break": op.Change, "caster.board": op.Change,
		"caster.ask": op.Preview,
		"caster.why": op.Read, "caster.who": op.Read, "caster.history": op.Read,
		"record.history": op.Read, "audit.read": op.Read,
	} {
		want[verb] = effect
	}
	for _, c := range Table(newFake(), &fakeRecords{}, time.Now).Commands {
		if want[c.Verb] != c.Effect {
			t.Errorf("%s: effect %s, want %s", c.Verb, c.Effect, want[c.Verb])
		}
		delete(want, c.Verb)
	}
	if len(want) > 0 {
		t.Errorf("not in the table: %v", want)
	}
}

func TestCancelDelayIsFinish(t *testing.T) {
	p, err := grammar.Parse(Table(newFake(), &fakeRecords{}, time.Now), "record cancel_delay main")
	if err != nil || p.Command.Verb != "record.finish" || p.Args["stream"] != "main" {
		t.Errorf("got %q %v, %v", p.Command.Verb, p.Args, err)
	}
}

func TestKinds(t *testing.T) {
	for _, k := range Table(newFake(), &fakeRecords{}, time.Now).Kinds {
		if (k.Options == nil) == (k.Max == 0) {
			t.Errorf("%s: want options or a longest text", k.Name)
		}
		if k.Needs != "" && k.Needs != "caster" || k.Label == "" {
			t.Errorf("%s: needs %q, label %q", k.Name, k.Needs, k.Label)
		}
	}
}
