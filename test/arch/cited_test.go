package arch

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages are the documents about the tree as it is. CHANGELOG.md is about trees that were.
var pages = []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md", "docs/audit.md",
	"docs/operations.md", "docs/embedded-world.md", "docs/performance.md",
	"docs/policy.md", "docs/reliability.md", "docs/scaling.md", "docs/security.md"}

// cited is a path of the tree as documents and comments name one.
var cited = regexp.MustCompile("`((?:bot|commands|docs|deploy|internal|test)/[\\w./-]*\\w)`")

// TestCitedPathsExist: a page names no file or folder that is not there.
func TestCitedPathsExist(t *testing.T) {
	for _, page := range pages {
		for _, m := range cited.FindAllStringSubmatch(text(t, page), -1) {
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s names %s, and there is no such thing", page, m[1])
			}
		}
	}
}

// citedPage is a document as comments and texts of the code name one, and reference what only people know who have read
// something else: a number of an issue or of a list that is not in this repository.
var (
	citedPage = regexp.MustCompile(`[\w./-]*\w\.md\b`)
	reference = regexp.MustCompile(`\bissue \d+\b|[("/ ][TFP][1-9]\d?[:),]`)
)

// TestCommentsCiteWhatIsThere: no comment or text sends its reader to a page that this repository does not have.
func TestCommentsCiteWhatIsThere(t *testing.T) {
	for _, end := range []string{".go", ".yml", ".sql", "Makefile", "Dockerfile"} {
		for _, file := range files(t, end) {
			for i, line := range strings.Split(text(t, file), "\n") {
				if found := reference.FindString(line); found != "" && strings.Contains(line, "//") && !isTest(file) {
					t.Errorf("%s:%d cites %q", file, i+1, strings.TrimSpace(found))
				}
				for _, page := range citedPage.FindAllString(line, -1) {
					_, here := os.Stat(filepath.Join(root, page))
					_, beside := os.Stat(filepath.Join(root, filepath.Dir(file), page))
					if here != nil && beside != nil && !isTest(file) {
						t.Errorf("%s:%d cites %s, and there is no such page", file, i+1, page)
					}
				}
			}
		}
	}
}

func isTest(file string) bool { return strings.HasPrefix(file, "test/arch/") }

// functions are the functions and methods of a file by name; a folder has those of all its files.
func functions(t *testing.T, place string) []string {
	t.Helper()
	var list []string
	for _, file := range files(t, ".go") {
		if file != place && !strings.HasPrefix(file, strings.TrimSuffix(place, "/")+"/") {
			continue
		}
		_, parsed := source(t, file)
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				list = append(list, f.Name.Name)
			}
		}
	}
	return list
}

// TestPlacesThatDecide: every place that decides whether a call may leave is where the page says, and has the test that
// it names.
func TestPlacesThatDecide(t *testing.T) {
	list := rows(section(t, "docs/architecture.md", "## Who decides whether a call may leave"))
	if len(list) < 15 {
		t.Fatalf("docs/architecture.md lists %d places", len(list))
	}
	for _, row := range list {
		where, tests := names(row[1]), names(row[3])
		if len(where) < 2 || len(tests) < 2 || len(where)%2 > 0 {
			t.Errorf("%q: want a file and a function, and a package and its tests", row)
			continue
		}
		for i := 0; i < len(where); i += 2 {
			if !slices.Contains(functions(t, where[i]), where[i+1]) {
				t.Errorf("%s has no function %s", where[i], where[i+1])
			}
		}
		for _, name := range tests[1:] {
			if !slices.Contains(functions(t, tests[0]), name) {
				t.Errorf("%s has no %s", tests[0], name)
			}
		}
	}
}

// named is something of a package as documents name it: `store.ErrUnsure`, `quota.Permit.Left`.
var named = regexp.MustCompile("`([a-z0-9]+)\\.([A-Za-z]\\w*)((?:\\.\\w+)?)(?:\\(\\))?`")

// TestNamedThingsExist: a page names no type, function, field or constant that is not in its package any more.
func TestNamedThingsExist(t *testing.T) {
	known := map[string]map[string]bool{}
	for _, file := range files(t, ".go") {
		_, parsed := source(t, file)
		list := known[parsed.Name.Name]
		if list == nil {
			list = map[string]bool{}
			known[parsed.Name.Name] = list
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				list[n.Name.Name] = true
			case *ast.TypeSpec:
				list[n.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range n.Names {
					list[name.Name] = true
				}
			case *ast.Field:
				for _, name := range n.Names {
					list[name.Name] = true
				}
			}
			return true
		})
	}
	for _, page := range pages {
		if page == "docs/operations.md" { // `store.writable` is a field of /readyz there
			continue
		}
		for _, m := range named.FindAllStringSubmatch(text(t, page), -1) {
			list := known[m[1]]
			if m[1] == "main" || list == nil || strings.HasSuffix(m[0], ".go`") || fileEnding[m[2]] {
				continue
			}
			for _, name := range strings.Split(m[2]+m[3], ".") {
				if !list[name] {
					t.Errorf("%s names %s, and package %s has no %s", page, m[0], m[1], name)
				}
			}
		}
	}
}

// fileEnding are the ends of file names, which look like something of a package.
var fileEnding = map[string]bool{"go": true, "yml": true, "md": true, "json": true, "db": true, "talk": true}

// carriers are functions that hold a call back on behalf of a place of the list, or decide about something else.
var carriers = map[string]string{
	"internal/engine abort":       "writes down what others decided before the mark",
	"internal/engine unadmitted":  "for admit",
	"internal/engine tooMany":     "words of expand",
	"internal/engine tooManyOpen": "words of checkQuota",
	"internal/engine late":        "words of propose",
	"internal/engine create":      "writes down what supplanted decided",
	"internal/engine send":        "for CheckLock",
	"internal/engine apply":       "for the open of the send guard",
	"internal/engine lookAgain":   "decides about a look",
	"internal/engine Close":       "ends the program",
	"internal/live outcome":       "words for what RoundTrip held back, or for no connection",
	"internal/live noTurn":        "words of turn",
	"internal/live look":          "of a look that was given up: whether it had left by then",
	"internal/live failed":        "words of send",
	"internal/live assume":        "for send: no keys of the role",
	"internal/live askByToken":    "likewise",
	"internal/engine askTrail":    "decides about a call that has left",
}

// TestNoPlaceThatDecidesIsMissing: whatever in the engine refuses, ends an operation as failed or in internal/live says
// that nothing was sent is on the page, or is named here with the place for which it acts.
func TestNoPlaceThatDecidesIsMissing(t *testing.T) {
	listed, found := map[string]bool{}, map[string]bool{}
	for _, row := range rows(section(t, "docs/architecture.md", "## Who decides whether a call may leave")) {
		for where := range slices.Chunk(names(row[1]), 2) {
			listed[filepath.Dir(where[0])+" "+where[1]] = true
		}
	}
	for _, file := range files(t, ".go") {
		folder := filepath.Dir(file)
		if folder != "internal/engine" && folder != "internal/live" || strings.HasSuffix(file, "_test.go") {
			continue
		}
		_, parsed := source(t, file)
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !holdsBack(f) {
				continue
			}
			place := folder + " " + f.Name.Name
			found[place] = true
			if _, acts := carriers[place]; listed[place] == acts {
				t.Errorf("%s: put it into the table of docs/architecture.md or say in carriers for which place it acts", place)
			}
		}
	}
	for place := range carriers {
		if !found[place] {
			t.Errorf("%s holds nothing back: it needs no word here", place)
		}
	}
}

// noes are the functions by which the engine and internal/live say no.
var noes = []string{"Refuse", "abort", "tooMany", "tooManyOpen", "noTurn"}

// holdsBack reports a function that makes a refusal, an outcome that nothing was done, or an error that nothing was
// sent.
func holdsBack(f *ast.FuncDecl) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = found || slices.ContainsFunc(noes, func(name string) bool { return is(n.Fun, name) })
		case *ast.KeyValueExpr:
			found = found || is(n.Key, "State") && is(n.Value, "Failed") || is(n.Key, "Class") && is(n.Value, "NotSent")
		case *ast.AssignStmt:
			for _, value := range n.Rhs {
				found = found || is(value, "NotSent")
			}
		}
		return true
	})
	return found
}

// is reports a name, with or without its package.
func is(x ast.Expr, name string) bool {
	if s, ok := x.(*ast.SelectorExpr); ok {
		return s.Sel.Name == name
	}
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}
