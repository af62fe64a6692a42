package arch

import (
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports maps every package of the tree (by its folder) to what its files outside of tests import.
func imports(t *testing.T) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{}
	for _, file := range files(t, ".go") {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		folder := path.Dir(file)
		if found[folder] == nil {
			found[folder] = map[string]bool{}
		}
		for _, name := range importsOf(t, file) {
			found[folder][name] = true
		}
	}
	return found
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, name)
	}
	return list
}

// rule is one row of the table of packages in docs/architecture.md.
type rule struct{ ours, alone []string }

func rules(t *testing.T) map[string]rule {
	t.Helper()
	list := map[string]rule{}
	for _, row := range rows(section(t, "docs/architecture.md", "## Packages")) {
		if len(row) != 4 || len(names(row[0])) != 1 {
			t.Fatalf("docs/architecture.md: a row of the packages has four cells and begins with one name: %q", row)
		}
		list[names(row[0])[0]] = rule{ours: names(row[2]), alone: names(row[3])}
	}
	return list
}

// TestImports holds every package against its row. internal/app may import everything, being the wiring, and main.go
// only that.
func TestImports(t *testing.T) {
	table, tree := rules(t), imports(t)
	for _, folder := range slices.Sorted(maps.Keys(tree)) {
		allowed, known := table[folder]
		if folder == "internal/app" {
			continue
		}
		if !known {
			t.Errorf("%s has no row in the packages of docs/architecture.md", folder)
		}
		for name := range tree[folder] {
			ours, own := strings.CutPrefix(name, "casterbot/")
			if own && !slices.Contains(allowed.ours, ours) {
				t.Errorf("%s imports %s, and its row in docs/architecture.md does not allow it", folder, ours)
			}
		}
	}
	for folder, r := range table {
		if tree[folder] == nil {
			t.Errorf("docs/architecture.md has a row for %s, and there is no such package", folder)
		}
		for _, ours := range r.ours {
			if !tree[folder]["casterbot/"+ours] {
				t.Errorf("docs/architecture.md lets %s import %s, and it does not: take it out of the row", folder, ours)
			}
		}
	}
}

// TestHiddenLibraries: a library that a package hides is imported only by those in whose rows it stands.
func TestHiddenLibraries(t *testing.T) {
	owners := map[string][]string{}
	for folder, r := range rules(t) {
		for _, library := range r.alone {
			owners[library] = append(owners[library], folder)
		}
	}
	for _, library := range []string{"github.com/slack-go/slack", "github.com/aliyun/alibaba-cloud-sdk-go"} {
		if owners[library] == nil {
			t.Errorf("docs/architecture.md names no package that alone imports %s", library)
		}
	}
	tree := imports(t)
	for library, allowed := range owners {
		var users []string
		for folder, list := range tree {
			for name := range list {
				if (name == library || strings.HasPrefix(name, library+"/")) && !slices.Contains(users, folder) {
					users = append(users, folder)
				}
			}
		}
		slices.Sort(users)
		slices.Sort(allowed)
		if !slices.Equal(users, allowed) {
			t.Errorf("%s is imported by %v; docs/architecture.md allows it to %v", library, users, allowed)
		}
	}
}

// TestOpIsPlain: the nouns need nothing but the standard library.
func TestOpIsPlain(t *testing.T) {
	for name := range imports(t)["internal/op"] {
		if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ".") || first == "casterbot" {
			t.Errorf("internal/op imports %s: only the standard library is allowed", name)
		}
	}
}

// TestNothingKeepsTheLinkerFromPruning: text/template calls methods by name, and so keeps every method of the cloud's
// SDK in the binary.
func TestNothingKeepsTheLinkerFromPruning(t *testing.T) {
	for folder, list := range imports(t) {
		for _, name := range []string{"text/template", "html/template"} {
			if list[name] {
				t.Errorf("%s imports %s, which doubles the binary", folder, name)
			}
		}
	}
}
