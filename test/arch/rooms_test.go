package arch

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The budgets of a package and of what is in it, for everything but tests.
const (
	mostFiles  = 25
	mostNames  = 150 // unexported ones of a package
	mostFields = 16
	widest     = 120 // bytes of a line, tabs counted as one
)

// large are the structs that may have more fields than mostFields: rows of the database or of the command table, and
// the settings.
var large = map[string]string{
	"internal/op.Operation":  "a row of the database",
	"internal/op.Command":    "a row of the command table",
	"internal/config.Config": "the settings",
}

// folder is what the tree has in one folder.
type folder struct {
	files, names int
}

// source reads a Go file of the tree.
func source(t *testing.T, file string) (*token.FileSet, *ast.File) {
	t.Helper()
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, filepath.Join(root, file), nil,
		parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return positions, parsed
}

// TestRooms keeps packages and structs small enough to be known.
func TestRooms(t *testing.T) {
	rooms, needed := map[string]folder{}, map[string]bool{}
	for _, file := range files(t, ".go") {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		room := rooms[path.Dir(file)]
		room.files++
		_, parsed := source(t, file)
		for _, d := range parsed.Decls {
			for _, name := range declared(d) {
				if !ast.IsExported(name) && name != "_" && name != "init" && name != "main" {
					room.names++
				}
			}
		}
		rooms[path.Dir(file)] = room
		for name, n := range fields(parsed) {
			full := path.Dir(file) + "." + name
			if n <= mostFields {
				continue
			}
			if needed[full] = true; large[full] == "" {
				t.Errorf("%s: %s has %d fields, at most %d: group what belongs together", file, name, n, mostFields)
			}
		}
	}
	for name, room := range rooms {
		if room.files > mostFiles {
			t.Errorf("%s has %d files, at most %d: it is more than one package", name, room.files, mostFiles)
		}
		if room.names > mostNames {
			t.Errorf("%s has %d names of its own, at most %d: it is more than one package", name, room.names, mostNames)
		}
	}
	for full := range large {
		if !needed[full] {
			t.Errorf("%s needs no exception: take it out of the list", full)
		}
	}
}

// declared are the package-level names of a declaration, without methods.
func declared(d ast.Decl) []string {
	var list []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			list = append(list, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				list = append(list, s.Name.Name)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					list = append(list, name.Name)
				}
			}
		}
	}
	return list
}

// fields counts the fields of the structs that a file declares.
func fields(file *ast.File) map[string]int {
	count := map[string]int{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.TypeSpec); ok {
			if body, ok := s.Type.(*ast.StructType); ok {
				for _, f := range body.Fields.List {
					count[s.Name.Name] += max(1, len(f.Names))
				}
			}
		}
		return true
	})
	return count
}

// TestLines keeps lines as wide as a screen that shows two files side by side.
func TestLines(t *testing.T) {
	for _, file := range files(t, ".go") {
		body := text(t, file)
		skip := longTexts(body)
		for i, line := range strings.Split(body, "\n") {
			if len(line) > widest && !skip[i+1] && !unbreakable.MatchString(line) {
				t.Errorf("%s:%d has %d bytes, at most %d", file, i+1, len(line), widest)
			}
		}
	}
}

// TestTheExampleKeepsTheRules: what the page tells to write passes TestLines. The example is indented by three spaces.
func TestTheExampleKeepsTheRules(t *testing.T) {
	const page = "docs/architecture.md"
	for line := range strings.SplitSeq(section(t, page, "## Add an operation"), "\n") {
		code, example := strings.CutPrefix(line, "   \t")
		if example && len(code)+1 > widest {
			t.Errorf("%s: %d bytes, at most %d:\n%s", page, len(code)+1, widest, code)
		}
	}
}

// unbreakable is a line that is wide for the sake of one text, tag or address that stands in it.
var unbreakable = regexp.MustCompile("https?://[^ ]{60}|\"[^\"]{60,}\"|`[^`]{60,}")

// longTexts are the lines that a text of several lines reaches over.
func longTexts(body string) map[int]bool {
	lines := map[int]bool{}
	positions := token.NewFileSet()
	file := positions.AddFile("", -1, len(body))
	var s scanner.Scanner
	s.Init(file, []byte(body), nil, 0)
	for {
		at, kind, literal := s.Scan()
		if kind == token.EOF {
			return lines
		}
		for i := range strings.Count(literal, "\n") + 1 {
			if kind == token.STRING && strings.Contains(literal, "\n") {
				lines[file.Line(at)+i] = true
			}
		}
	}
}

// old are names of types, functions, methods and fields that were metaphors of ours. They say nothing to somebody who
// was not there.
var old = regexp.MustCompile(
	`(?i)^(tongues?|shelf|shelves|debts?|deeds?|wish|wishes|sparing|sight|drawn|spell|whisper|mind|eyes|desk|glass)$`)

// TestOldNamesAreGone: they do not come back.
func TestOldNamesAreGone(t *testing.T) {
	for _, file := range files(t, ".go") {
		positions, parsed := source(t, file)
		ast.Inspect(parsed, func(n ast.Node) bool {
			var named []*ast.Ident
			switch n := n.(type) {
			case *ast.TypeSpec:
				named = []*ast.Ident{n.Name}
			case *ast.FuncDecl:
				named = []*ast.Ident{n.Name}
			case *ast.StructType:
				for _, f := range n.Fields.List {
					named = append(named, f.Names...)
				}
			}
			for _, id := range named {
				if old.MatchString(id.Name) {
					t.Errorf("%s: %s is a name of the old house: docs/architecture.md has the words",
						positions.Position(id.Pos()), id.Name)
				}
			}
			return true
		})
	}
}
