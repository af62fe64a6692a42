package audit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// A driver may run a statement without arguments a second time when the connection breaks.
func TestEveryWriteCarriesAnArgument(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if fun, ok := call.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(fun.Sel.Name, "Exec") {
				if found++; len(call.Args) < 2 {
					t.Errorf("%s: a statement without arguments", name)
				}
			}
			return true
		})
	}
	if found < 6 {
		t.Errorf("only %d statements were found", found)
	}
}
