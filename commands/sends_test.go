package commands

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

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
	"caster.copy":        {"TestPlanCopy", renamedStudio, "TestVerifyCopy"},
	"caster.start":       {"TestPlanStart", renamedStudio, "TestVerifyPower"},
	"caster.stop":        {"TestPlanStop", "TestPlanStop", "TestVerifyPower"},
	"caster.restart":     {"TestPlanRestart", "TestRestartFingerprint", "TestVerifyRestart"},
	"caster.scene.start": {"TestPlanScene", "TestSceneFingerprint", "TestVerifyScene"},
	"caster.scene.stop":  {"TestPlanScene", "TestSceneFingerprint", "TestVerifyScene"},
	"caster.take":        {"TestPlanTake", "TestTakeFingerprint", "TestVerifyTake"},
	"caster.standby":     {"TestPlanStandby", "TestStillRight", "TestVerifyStandby"},
	"record.start":       {"TestPlanRecord", "TestRecordFingerprint", "TestVerifyRecord"},
	"record.stop":        {"TestPlanRecord", "TestRecordFingerprint", "TestVerifyRecord"},
	"record.restart":     {"TestPlanRecord", "TestRecordFingerprint", "TestVerifyRecord"},
	"record.finish":      {"TestPlanRecord", "TestRecordFingerprint", "TestVerifyRecord"},
}

// TestEveryCallIsTested names each command that calls the cloud and lacks a test of its plan, fingerprint or look: one
// that uses it and names the command.
func TestEveryCallIsTested(t *testing.T) {
	tests, usages := mentioned(t)
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
			switch m := tests[want.test]; {
			case !m.names[want.word]:
				t.Errorf("/%s: tested names no test of %s (%q)", c.Usage, want.of, want.test)
			case !m.isOf(c, usages) && (want.test != renamedStudio || !holdsTheName(c)):
				t.Errorf("/%s: %s, which is to test %s, does not name the command: use the constant of its usage", c.Usage,
					want.test, want.of)
			}
		}
	}
	for verb := range tested {
		if !calling[verb] {
			t.Errorf("tested names %s, which calls nothing", verb)
		}
	}
}

// TestNoTestIsOfAnotherCommand: that a test is of some command says nothing about the others.
func TestNoTestIsOfAnotherCommand(t *testing.T) {
	tests, usages := mentioned(t)
	all := Table(nil, nil, nil)
	for test, usage := range map[string]string{"TestVerifyCopy": stopUsage, "TestVerifyScene": takeUsage,
		"TestPlanRecord": stopUsage, "TestPlanScene": usageOf("start"), renamedStudio: standbyUsage} {
		if c, ok := all.Find(usage); !ok || len(tests[test].names) == 0 || tests[test].isOf(c, usages) {
			t.Errorf("%s is taken for a test of /%s", test, usage)
		}
	}
}

// mention is what the source of one test uses: names, and texts in quotes.
type mention struct{ names, texts map[string]bool }

// isOf reports whether a test names a command: by the constant of its usage, by the usage itself, or, of a recording,
// by its word for usageOf or as all recordCommands.
func (m mention) isOf(c op.Command, usages map[string]string) bool {
	if m.texts[c.Usage] || m.names[usages[c.Usage]] {
		return true
	}
	word := strings.TrimPrefix(c.Verb, "record.")
	return usageOf(word) == c.Usage && m.names["usageOf"] && (m.names["recordCommands"] || m.texts[word])
}

// mentioned reads the source of the package: what each test uses, and the constants of usages by their texts.
func mentioned(t *testing.T) (tests map[string]mention, usages map[string]string) {
	t.Helper()
	paths, _ := filepath.Glob("*.go")
	tests, usages = map[string]mention{}, map[string]string{}
	for _, path := range paths {
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
				for i, name := range v.Names {
					if strings.HasSuffix(name.Name, "Usage") {
						usages[quoted(v.Values[i])] = name.Name
					}
				}
			}
			return true
		})
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Test") {
				continue
			}
			m := mention{map[string]bool{}, map[string]bool{}}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Ident:
					m.names[n.Name] = true
				case *ast.BasicLit:
					m.texts[quoted(n)] = true
				}
				return true
			})
			tests[f.Name.Name] = m
		}
	}
	return tests, usages
}

// quoted is the text of a literal; empty where it is none.
func quoted(x ast.Expr) string {
	if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		text, _ := strconv.Unquote(lit.Value)
		return text
	}
	return ""
}

// renamedStudio is a test of all commands that holdsTheName tells.
const renamedStudio = "TestARenamedStudioIsAnotherPlan"

// holdsTheName reports a command that was confirmed for the studio with that name.
func holdsTheName(c op.Command) bool {
	return c.Sends != "" && !c.Urgent && strings.Contains(c.Usage, "{caster")
}

// TestARenamedStudioIsAnotherPlan: whatever is done to a studio was confirmed for the one with that name, but in an
// emergency, which nothing holds up (TestStillRight).
func TestARenamedStudioIsAnotherPlan(t *testing.T) {
	for _, c := range Table(nil, nil, nil).Commands {
		if !holdsTheName(c) {
			continue
		}
		f := pictured()
		f.setups[sportsID] = f.setups[newsID]
		asked := askedOf(f, c)
		command := find(t, f, c.Usage)
		p, err := command.Plan(t.Context(), asked)
		if err != nil {
			t.Fatalf("/%s: %v", c.Usage, err)
		}
		for i := range f.casters {
			f.casters[i].Name = strings.Replace(f.casters[i].Name, "Evening", "Evening Late", 1)
		}
		if now, err := command.Plan(t.Context(), asked); err != nil || now.Fingerprint == p.Fingerprint {
			t.Errorf("/%s: nothing was noticed, %v", c.Usage, err)
		}
	}
}
