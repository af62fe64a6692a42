package commands

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"casterbot/internal/grammar"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// Every changing operation of the cloud is named by a command, which then waits for its turn before it decides; a
// command that names none changes only what the bot itself knows.
func TestSends(t *testing.T) {
	named := map[string]string{}
	own := map[string]bool{"caster.lock": true, "caster.unlock": true, "caster.break": true, "caster.ask": true,
		"caster.board": true}
	for _, c := range Table(nil, nil, nil).Commands {
		if (c.Sends != "") != (c.Effect != op.Read && !own[c.Verb]) {
			t.Errorf("%s sends %q", c.Usage, c.Sends)
		}
		touched := slices.DeleteFunc(slices.Concat(c.Starts, c.Ends), func(x op.Condition) bool { return x == op.IsLocked })
		if (c.Sends != "") != (len(touched) > 0) {
			t.Errorf("%s calls %q, starts %v and ends %v: say what of its target holds after the call", c.Usage, c.Sends,
				c.Starts, c.Ends)
		}
		named[c.Sends] += c.Verb + " "
	}
	for _, a := range live.Actions() {
		if (named[a.Name] != "") != a.Write {
			t.Errorf("%s is called by %q", a.Name, named[a.Name])
		}
	}
	if !strings.Contains(named["CopyCasterSceneConfig"], "caster.take") {
		t.Errorf("%v", named)
	}
}

// tested are the tests of each command that calls the cloud, by its verb: of what its plan says, of what its
// fingerprint notices, and of what its look proves.
var tested = map[string]struct{ plan, fingerprint, look string }{
	"caster.copy":        {"TestPlanCopy", "TestARenamedStudioIsAnotherPlan", "TestVerifyCopy"},
	"caster.start":       {"TestPlanStart", "TestARenamedStudioIsAnotherPlan", "TestVerifyPower"},
	"caster.stop":        {"TestPlanStop", "TestPlanStop", "TestVerifyPower"},
	"caster.restart":     {"TestPlanRestart", "TestRestartFingerprint", "TestVerifyRestart"},
	"caster.scene.start": {"TestPlanScene", "TestSceneFingerprint", "TestVerifyScene"},
	"caster.scene.stop":  {"TestPlanScene", "TestSceneFingerprint", "TestVerifyScene"},
	"caster.take":        {"TestPlanTake", "TestTakeFingerprint", "TestVerifyTake"},
	"caster.standby":     {"TestPlanStandby", "TestARenamedStudioIsAnotherPlan", "TestVerifyStandby"},
	"record.start":       {"TestPlanRecord", "TestRecordFingerprint", "TestVerifyRecord"},
	"record.stop":        {"TestPlanRecord", "TestRecordFingerprint", "TestVerifyRecord"},
	"record.restart":     {"TestPlanRecord", "TestRecordFingerprint", "TestVerifyRecord"},
	"record.finish":      {"TestPlanRecord", "TestRecordFingerprint", "TestVerifyRecord"},
}

// TestEveryCallIsTested names each command that calls the cloud and lacks a test of its plan, fingerprint or look.
func TestEveryCallIsTested(t *testing.T) {
	words := mentioned(t)
	calling := map[string]bool{}
	for _, c := range Table(nil, nil, nil).Commands {
		if c.Sends == "" {
			continue
		}
		calling[c.Verb] = true
		by := tested[c.Verb]
		for _, want := range []struct{ test, of, word string }{
			{by.plan, "what its plan says", "Plan"}, {by.fingerprint, "what its fingerprint notices", "Fingerprint"},
			{by.look, "what its look proves", "Verify"},
		} {
			if want.word == "Verify" && c.Verify == nil {
				continue
			}
			if !slices.Contains(words[want.test], want.word) {
				t.Errorf("/%s: tested names no test of %s (%q)", c.Usage, want.of, want.test)
			}
		}
	}
	for verb := range tested {
		if !calling[verb] {
			t.Errorf("tested names %s, which calls nothing", verb)
		}
	}
}

// mentioned are the names that each test of this package uses.
func mentioned(t *testing.T) map[string][]string {
	t.Helper()
	paths, _ := filepath.Glob("*_test.go")
	all := map[string][]string{}
	for _, path := range paths {
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					all[f.Name.Name] = append(all[f.Name.Name], id.Name)
				}
				return true
			})
		}
	}
	return all
}

// TestARenamedStudioIsAnotherPlan: whatever is done to a studio was confirmed for the one with that name. Only an
// emergency is not held up by it.
func TestARenamedStudioIsAnotherPlan(t *testing.T) {
	for _, c := range Table(nil, nil, nil).Commands {
		if c.Sends == "" || !strings.Contains(c.Usage, "{caster") {
			continue
		}
		f := pictured()
		f.setups[sportsID] = f.setups[newsID]
		asked := call("caster", newsID, "scene", "s-p2", "name", "Evening 47")
		if onAir, known := c.Before(op.IsOnAir); known && !onAir {
			asked.Args["caster"] = sportsID
		}
		if open, known := c.Before(op.PreviewOpen); known && !open {
			scene(f, 0).Open = false
		}
		for name := range asked.Args {
			if !slices.ContainsFunc(grammar.Placeholders(c.Usage), func(p grammar.Placeholder) bool { return p.Name == name }) {
				delete(asked.Args, name)
			}
		}
		command := find(t, f, c.Usage)
		p, err := command.Plan(t.Context(), asked)
		if err != nil {
			t.Fatalf("/%s: %v", c.Usage, err)
		}
		for i := range f.casters {
			f.casters[i].Name = strings.Replace(f.casters[i].Name, "Evening", "Evening Late", 1)
		}
		if now, err := command.Plan(t.Context(), asked); err != nil || (now.Fingerprint == p.Fingerprint) != c.Urgent {
			t.Errorf("/%s: another plan %t, %v", c.Usage, now.Fingerprint != p.Fingerprint, err)
		}
	}
}
