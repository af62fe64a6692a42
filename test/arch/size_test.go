package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The budgets of size, in lines, for everything but tests.
const (
	longestFile     = 300
	longestFunction = 60
	nineOfTen       = 40
	half            = 15
)

// TestSizes keeps files and functions short enough to be read at once.
func TestSizes(t *testing.T) {
	var lengths []int
	for _, file := range files(t, ".go") {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		positions := token.NewFileSet()
		parsed, err := parser.ParseFile(positions, filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		line := func(p token.Pos) int { return positions.Position(p).Line }
		if n := line(parsed.FileEnd); n > longestFile+1 {
			t.Errorf("%s has %d lines, at most %d: split it by topic", file, n-1, longestFile)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := line(f.End()) - line(f.Pos()) + 1
			lengths = append(lengths, n)
			if n > longestFunction {
				t.Errorf("%s:%d: %s has %d lines, at most %d", file, line(f.Pos()), f.Name.Name, n, longestFunction)
			}
		}
	}
	slices.Sort(lengths)
	if n := lengths[len(lengths)/2]; n > half {
		t.Errorf("half of the functions have more than %d lines, at most %d", n, half)
	}
	if n := lengths[len(lengths)*9/10]; n > nineOfTen {
		t.Errorf("a tenth of the functions has more than %d lines, at most %d", n, nineOfTen)
	}
}
