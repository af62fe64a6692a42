package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"casterbot/internal/op"
)

var writing = regexp.MustCompile(`(?i)^\s*(INSERT|UPDATE|DELETE|REPLACE|VACUUM|DROP|ALTER)\b`)

// source gives the parsed files of the package, without tests.
func source(t *testing.T) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

func inspect(t *testing.T, visit func(ast.Node)) {
	for _, file := range source(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			visit(n)
			return true
		})
	}
}

// A driver may run a statement without arguments a second time when the connection breaks.
func TestEveryWriteCarriesAnArgument(t *testing.T) {
	found := 0
	inspect(t, func(n ast.Node) {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil || !writing.MatchString(text) || text == "VACUUM" { // that a second time is as good as once
			return
		}
		found++
		for _, whole := range []string{insertOperation, adoptReceived, insertDocument} { // literals in pieces
			if strings.HasPrefix(whole, text) {
				text = whole
			}
		}
		if !strings.Contains(text, "$1") {
			t.Errorf("no argument in %s", text)
		}
	})
	if found < 9 {
		t.Errorf("only %d writing statements were found", found)
	}
}

// The driver calls some lost connections safe to retry that are not, so nobody asks it.
func TestTheDriverIsNotAskedWhetherToRetry(t *testing.T) {
	inspect(t, func(n ast.Node) {
		if id, ok := n.(*ast.Ident); ok && id.Name == "SafeToRetry" {
			t.Error("SafeToRetry is asked")
		}
	})
}

// Exec is called with arguments everywhere but where tables are made, which may happen twice without harm.
func TestEveryExecCarriesAnArgument(t *testing.T) {
	found := 0
	inspect(t, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		fun, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !strings.HasPrefix(strings.ToLower(fun.Sel.Name), "exec") {
			return
		}
		found++
		args := call.Args
		if id, ok := args[0].(*ast.Ident); ok && id.Name == "ctx" || fun.Sel.Name == "ExecContext" {
			args = args[1:]
		}
		if id, ok := args[0].(*ast.Ident); ok && id.Name == "createMigrations" {
			return
		}
		if lit, ok := args[0].(*ast.BasicLit); ok && lit.Value == "`VACUUM`" {
			return
		}
		if inner, ok := args[0].(*ast.CallExpr); ok && inner.Fun.(*ast.SelectorExpr).Sel.Name == "ReplaceAll" {
			return
		}
		if fun.Sel.Name != "ExecContext" && fun.Sel.Name != "exec" || len(args) < 2 {
			t.Errorf("%s with %d arguments", fun.Sel.Name, len(call.Args))
		}
	})
	if found < 20 {
		t.Errorf("only %d calls were found", found)
	}
}

func TestMigrationsAreNumberedWithoutGaps(t *testing.T) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		if digits, _, _ := strings.Cut(file.Name(), "_"); digits != strings.Repeat("0", 3-len(strconv.Itoa(i+1)))+
			strconv.Itoa(i+1) {
			t.Errorf("%s is number %d", file.Name(), i+1)
		}
	}
}

func TestColumnsCountUp(t *testing.T) {
	args := len(fields(&op.Operation{}, ""))
	if names := strings.Count(storedColumns, ",") + 1; args != names+1 ||
		!strings.Contains(insertOperation, ", $"+strconv.Itoa(args)+",\n") {
		t.Errorf("%d arguments for %d columns and the target", args, names)
	}
}
