// Package arch holds casterbot's own rules against its tree: who may import whom, how long files and functions are, and
// that the documents say what the code says. It has tests only, and nothing imports it.
//
// What it keeps true: the tables of the README, the manifest of the Slack app and the charts of the architecture page
// can be believed, because each is compared with the code that it describes. With -update the tables that the code can
// write (commands, settings, the RAM policy) are written into the README:
//
//	go test ./test/arch -update
//
// It must not know how anything works; it reads names, texts and tables.
package arch

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"casterbot/commands"
	"casterbot/internal/op"
)

const root = "../.."

var update = flag.Bool("update", false, "write the tables that the code can write into the README")

// table is the command table; nothing in it is ever called here.
func table() op.Table { return commands.Table(nil, nil, time.Now) }

// text reads a file of the tree.
func text(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// files lists the files of the tree with this ending, by their path from its top, without hidden folders and test data.
func files(t *testing.T, ending string) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(path, ending) {
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// section is the text of a document under a heading, up to the next heading of any level.
func section(t *testing.T, path, heading string) string {
	t.Helper()
	_, after, found := strings.Cut("\n"+text(t, path), "\n"+heading+"\n")
	if !found {
		t.Fatalf("%s has no heading %q", path, heading)
	}
	body, _, _ := strings.Cut(after, "\n#")
	return body
}

// rows are the cells of the first table in a text, without its head.
func rows(text string) [][]string {
	var cells [][]string
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			if len(cells) > 0 {
				break
			}
			continue
		}
		row := strings.Split(strings.Trim(line, "|"), "|")
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		cells = append(cells, row)
	}
	return cells[min(2, len(cells)):]
}

var quoted = regexp.MustCompile("`([^`]+)`")

// names are the words in back-ticks.
func names(cell string) []string {
	var list []string
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		list = append(list, m[1])
	}
	return list
}

// fenced is the first block of code in a text.
func fenced(text string) string {
	_, after, _ := strings.Cut(text, "```")
	_, body, _ := strings.Cut(after, "\n")
	block, _, _ := strings.Cut(body, "```")
	return block
}
