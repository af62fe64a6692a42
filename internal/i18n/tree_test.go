package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// speaking are the packages that have words for people, in an order in which each finds what it imports.
var speaking = []string{"internal/op", "internal/grammar", "internal/policy", "internal/store", "internal/live",
	"internal/records", "internal/tally",
	"internal/authz",
	"internal/audit", "internal/browse", "internal/notify", "internal/engine",
	"internal/monitor", "commands/nextcmd", "commands/recording",
	"commands/failure",
	"commands/naming", "internal/civiltime", "internal/past", "commands/history", "commands/report", "commands",
	"bot/webapi", "bot/render", "bot/payload", "bot/directory", "bot/messages", "bot/socket", "bot"}

// source is a package of the tree with the types of its expressions, as far as they come out of the tree.
type source struct {
	path  string
	files []*ast.File
	info  *types.Info
	fset  *token.FileSet
}

// tree reads the packages. Other people's packages are not read: what comes out of them has no type, and is no text of
// ours.
type tree struct {
	read map[string]*types.Package
}

func (t tree) Import(name string) (*types.Package, error) {
	if own, ok := t.read[name]; ok {
		return own, nil
	}
	empty := types.NewPackage(name, path.Base(name))
	empty.MarkComplete()
	return empty, nil
}

func readTree(t *testing.T) []source {
	t.Helper()
	in := tree{read: map[string]*types.Package{}}
	fset := token.NewFileSet()
	var out []source
	for _, name := range speaking {
		s := source{path: name, fset: fset, files: filesOf(t, fset, name), info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{},
		}}
		if len(s.files) == 0 {
			continue
		}
		checker := types.Config{Importer: in, Error: func(error) {}}
		own, _ := checker.Check("casterbot/"+name, fset, s.files, s.info)
		in.read["casterbot/"+name] = own
		out = append(out, s)
	}
	return out
}

// TestWhoSpeaks: no package has texts that this test does not read.
func TestWhoSpeaks(t *testing.T) {
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" ||
			name == "test"): // what tests draw nobody reads
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") ||
			slices.Contains(speaking, path.Dir(name)):
			return nil
		}
		data, err := fs.ReadFile(root, name)
		if strings.Contains(string(data), "op.L(") && path.Dir(name) != "internal/i18n" {
			t.Errorf("%s has texts, and its package is not in the list of those that are read", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func filesOf(t *testing.T, fset *token.FileSet, folder string) []*ast.File {
	t.Helper()
	root := os.DirFS("../..")
	names, err := fs.Glob(root, folder+"/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := fs.ReadFile(root, name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(fset, name, data, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}
