package policy

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the broken files say to testdata/broken.txt")

// TestBrokenFiles holds what each file of testdata/broken is refused with against testdata/broken.txt.
func TestBrokenFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/broken/*.yml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d broken files, %v", len(files), err)
	}
	located := regexp.MustCompile(`^policy\.yml:[1-9][0-9]*: (\S+: )?.`)
	var said bytes.Buffer
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Parse("policy.yml", data, verbs)
		var problems Problems
		if p != nil || !errors.As(err, &problems) {
			t.Errorf("%s is taken: %v", file, err)
			continue
		}
		said.WriteString("# " + filepath.Base(file) + "\n" + err.Error() + "\n")
		for _, line := range strings.Split(err.Error(), "\n") {
			if !located.MatchString(line) {
				t.Errorf("%s: no file and line in %q", file, line)
			}
		}
	}
	golden(t, "testdata/broken.txt", said.Bytes())
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := lineAt(gotLines, i), lineAt(wantLines, i)
		if g != w {
			t.Fatalf("%s:%d:\n got %s\nwant %s", file, i+1, g, w)
		}
	}
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

func TestEveryMistakeIsTold(t *testing.T) {
	_, err := Parse("policy.yml",
		[]byte("versoin: 1\nchannels:\n  show:\n    grants:\n      - {who: [\"@ken\"], may: [fly], confrm: self}\n"), verbs)
	want := []string{
		`policy.yml:1: version: is missing: the file begins with version: 1`,
		`policy.yml:1: versoin: unknown key (did you mean "version"?); known here: version, groups, contact, audit, channels`,
		`policy.yml:3: channels.show: not a channel id: use C…: channel details → About`,
		`policy.yml:5: channels.show.grants[0].confrm: unknown key (did you mean "confirm"?); known here: who, may, confirm, approvers, expires, guests, external`,
		`policy.yml:5: channels.show.grants[0].who[0]: "@ken" is a name: use the user id, U…: profile → ⋮ → Copy member ID (a user group: its id, S…)`,
		`policy.yml:5: channels.show.grants[0].may[0]: unknown verb "fly"`,
	}
	if err == nil {
		t.Fatal("taken")
	}
	for _, line := range want {
		if !strings.Contains(err.Error()+"\n", line+"\n") {
			t.Errorf("missing %s\nin\n%s", line, err)
		}
	}
	if n := strings.Count(err.Error(), "\n") + 1; n != len(want) {
		t.Errorf("%d lines, want %d:\n%s", n, len(want), err)
	}
}

func TestTooLarge(t *testing.T) {
	text := "version: 1\n#" + strings.Repeat("x", MaxSize)
	_, err := Parse("policy.yml", []byte(text), verbs)
	if err == nil || err.Error() != "policy.yml:1: the file is larger than 1 MiB" {
		t.Errorf("error %v", err)
	}
	if _, err := Parse("policy.yml", []byte(text[:MaxSize]), verbs); err != nil {
		t.Errorf("1 MiB exactly: %v", err)
	}
}

func TestKeysCannotForgeLines(t *testing.T) {
	_, err := Parse("policy.yml", []byte("version: 1\n\"a\\nb\": 1\n"), verbs)
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), `"a\nb": unknown key`) {
		t.Errorf("error %q", err)
	}
}

// In a long file the line is the YAML library's own, since finding a better one would take too long.
func TestSyntaxErrorInALongFile(t *testing.T) {
	_, err := Parse("policy.yml", []byte("version: [\n"+strings.Repeat("#\n", mostLines)), verbs)
	if err == nil || !strings.HasPrefix(err.Error(), "policy.yml:") || !strings.Contains(err.Error(), "not YAML: ") {
		t.Errorf("error %v", err)
	}
}
