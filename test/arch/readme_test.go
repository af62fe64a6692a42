package arch

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"casterbot/internal/config"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/policy"
)

// TestReadmeTables compares the tables that the code can write with those that stand in the README.
func TestReadmeTables(t *testing.T) {
	readme := text(t, "README.md")
	for name, want := range map[string]string{"commands": commandTable(), "settings": settingTable(), "ram": ramPolicy()} {
		first, last := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		before, rest, found := strings.Cut(readme, first)
		have, after, closed := strings.Cut(rest, last)
		if !found || !closed {
			t.Errorf("README.md has no place %s… %s", first, last)
			continue
		}
		if have != want && !*update {
			t.Errorf("README.md, %s: run go test ./test/arch -update. It should be\n%s", name, want)
		}
		readme = before + first + want + last + after
	}
	if *update {
		if err := os.WriteFile(filepath.Join(root, "README.md"), []byte(readme), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var looks = map[op.Effect]string{op.Read: "looks", op.Preview: "preview", op.Change: "changes", op.OnAir: "on air"}

func commandTable() string {
	b := strings.Builder{}
	b.WriteString("| command | what it does | verb | effect |\n|---|---|---|---|\n")
	for _, c := range table().Commands {
		usage := "`/" + c.Shown() + "`"
		for _, alias := range c.Aliases {
			usage += ", `/" + op.Readable(alias) + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | `%s` | %s |\n", usage, c.Short, c.Verb, looks[c.Effect])
	}
	return b.String()
}

func settingTable() string {
	b := strings.Builder{}
	b.WriteString("| variable | default | what it is |\n|---|---|---|\n")
	for _, row := range config.Rows() {
		value := row.Default
		if value != "" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", row.Name, value, row.Text)
	}
	return b.String()
}

// ramPolicy is the one that casterbot init writes, with words in place of the account and its domain.
func ramPolicy() string {
	return "```json\n" + live.RAMPolicy("ACCOUNT_ID", []string{"STREAMING_DOMAIN"}) + "```\n"
}

// TestDependencies: the README names every module that the tree imports, tests included, at its version, with a reason.
func TestDependencies(t *testing.T) {
	imported := imported(t)
	for _, row := range rows(section(t, "README.md", "## Dependencies")) {
		if len(row) != 3 || len(names(row[0])) != 1 {
			t.Fatalf("README.md: a row of the dependencies has three cells and begins with one name: %q", row)
		}
		name := names(row[0])[0]
		if imported[name] != row[1] {
			t.Errorf("README.md has %s %s, go.mod and the imports %q", name, row[1], imported[name])
		}
		if len(row[2]) < 20 {
			t.Errorf("README.md gives no reason for %s", name)
		}
		delete(imported, name)
	}
	for name, version := range imported {
		t.Errorf("README.md does not say why %s %s is needed", name, version)
	}
}

// helmTests are a module of their own.
const helmTests = "test/helm/"

// imported maps the modules of a go.mod that some file imports to their versions.
func imported(t *testing.T) map[string]string {
	t.Helper()
	used := map[string]string{}
	pattern := regexp.MustCompile(`(?m)^(?:require )?\s*(\S+\.\S+) (v\S+)`)
	ours := pattern.FindAllStringSubmatch(text(t, "go.mod"), -1)
	helm := pattern.FindAllStringSubmatch(text(t, helmTests+"go.mod"), -1)
	for _, file := range files(t, ".go") {
		required := ours
		if strings.HasPrefix(file, helmTests) {
			required = helm
		}
		for _, name := range importsOf(t, file) {
			for _, m := range required {
				if name == m[1] || strings.HasPrefix(name, m[1]+"/") {
					used[m[1]] = m[2]
				}
			}
		}
	}
	if len(used) < 5 {
		t.Fatalf("only %v found in go.mod", used)
	}
	return used
}

// TestPolicyToStartWith: the policy to start with is one that the bot takes without a word.
func TestPolicyToStartWith(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.yml")
	text := fenced(section(t, "docs/operations.md", "### 3. The policy"))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := policy.Load(path, table().Verbs())
	if err != nil {
		t.Fatal(err)
	}
	if doubts := p.Warnings(); len(doubts) > 0 || len(p.Channels()) != 1 {
		t.Errorf("%v, channels %v", doubts, p.Channels())
	}
}

// conversations is what people type in all stories together: the lines with a "> " in them.
func conversations(t *testing.T) string {
	t.Helper()
	stories, err := filepath.Glob(filepath.Join(root, "test", "e2e", "testdata", "*.talk"))
	if err != nil || len(stories) == 0 {
		t.Fatalf("no test/e2e/testdata/*.talk: %v", err)
	}
	said := strings.Builder{}
	for _, story := range stories {
		data, err := os.ReadFile(story)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(data), "\n") {
			if who, what, typed := strings.Cut(line, "> "); typed && !strings.HasPrefix(who, "bot ") &&
				!strings.HasPrefix(who, "#") {
				said.WriteString(what + "\n")
			}
		}
	}
	return said.String()
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks: links between the documents lead somewhere.
func TestLinks(t *testing.T) {
	for _, page := range files(t, ".md") {
		for _, m := range link.FindAllStringSubmatch(text(t, page), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			to := filepath.Join(filepath.Dir(page), target)
			if target == "" {
				to = page
			}
			if _, err := os.Stat(filepath.Join(root, to)); err != nil {
				t.Errorf("%s: the link %s leads nowhere", page, m[1])
				continue
			}
			if anchor != "" && !anchors(text(t, to))[anchor] {
				t.Errorf("%s: %s has no heading for #%s", page, to, anchor)
			}
		}
	}
}

// anchors are the names under which the headings of a page can be reached.
func anchors(page string) map[string]bool {
	found := map[string]bool{}
	for line := range strings.SplitSeq(page, "\n") {
		if title := strings.TrimLeft(line, "#"); title != line {
			name := strings.ToLower(strings.TrimSpace(title))
			name = regexp.MustCompile("[^a-z0-9 _-]").ReplaceAllString(name, "")
			found[strings.ReplaceAll(name, " ", "-")] = true
		}
	}
	return found
}

// TestReadmeRefusal: the refusal that the README shows is the one that people read, as a story has it.
func TestReadmeRefusal(t *testing.T) {
	_, shown, ok := strings.Cut(text(t, "README.md"), "(only gus sees it) ")
	shown, _, _ = strings.Cut(shown, "```")
	words := strings.Join(strings.Fields(shown), " ")
	story := strings.ReplaceAll(text(t, "test/e2e/testdata/denied.talk"), "`", "")
	if !ok || !strings.Contains(strings.Join(strings.Fields(story), " "), words) {
		t.Errorf("nobody reads %q", words)
	}
}

// TestPolicyIsMountedAsAFolder: most editors replace a file, and the mount of a single one keeps the old one.
func TestPolicyIsMountedAsAFolder(t *testing.T) {
	alone := regexp.MustCompile(`policy\.yml:/`)
	for _, page := range append(slices.Clone(pages), "deploy/compose.yml", "deploy/kubernetes.yml", "Dockerfile") {
		if found := alone.FindString(text(t, page)); found != "" || strings.Contains(text(t, page), "subPath") {
			t.Errorf("%s mounts the policy as a single file: %s", page, found)
		}
		if strings.Contains(text(t, page), "- [ ]") {
			t.Errorf("%s has a box that nobody ticks", page)
		}
	}
}
