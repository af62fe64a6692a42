package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const sources = "../.."

// date is what the commit is said to be of.
const date = "1796042644"

// copied is the tree in a folder of its own, as a clone elsewhere would be.
func copied(t *testing.T, name string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), name)
	from := release{root: sources}
	err := from.each(".", func(path string) error {
		text, err := os.ReadFile(filepath.Join(sources, path))
		if err != nil {
			return err
		}
		return errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(to, path)), 0o700),
			os.WriteFile(filepath.Join(to, path), text, 0o600))
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// built is this command as a program of its own: under the race detector, as these tests are, packing takes a minute.
func built(t *testing.T) string {
	t.Helper()
	program, r := filepath.Join(t.TempDir(), "release"), release{root: "."}
	build := []string{"build", "-trimpath", "-buildvcs=false", "-o", program, "."}
	if _, err := r.command(t.Context(), pure, "go", build...); err != nil {
		t.Fatal(err)
	}
	return program
}

// made is what a release of this system makes of sources: the folder with its files.
func made(t *testing.T, maker, from string) string {
	t.Helper()
	out, r := filepath.Join(t.TempDir(), "dist"), release{root: "."}
	if _, err := r.command(t.Context(), nil, maker, "-root", from, "-out", out, "-version", "v1.2.3", "-date", date,
		"-targets", runtime.GOOS+"/"+runtime.GOARCH); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRelease: two clones in different folders become the same bytes, and these hold what they should.
func TestRelease(t *testing.T) {
	maker := built(t)
	first, second := made(t, maker, copied(t, "clone")), made(t, maker, copied(t, "somewhere/else/altogether"))
	sums := read(t, first, "SHA256SUMS")
	if !bytes.Equal(sums, read(t, second, "SHA256SUMS")) || bytes.Count(sums, []byte("\n")) != 3 {
		t.Errorf("%s\n%s", sums, read(t, second, "SHA256SUMS"))
	}
	name := "casterbot-v1.2.3-" + runtime.GOOS + "-" + runtime.GOARCH
	files := unpacked(t, filepath.Join(first, name+".tar.gz"))
	for _, want := range []string{"LICENSE", "README.md", "CHANGELOG.md", "THIRD-PARTY-LICENSES.txt", "docs/operations.md",
		"completions/bash/casterbot", "completions/zsh/_casterbot", "completions/fish/casterbot.fish", "manifest.yml",
		"deploy/casterbot.service", "deploy/kubernetes.yml", "deploy/helm/casterbot/Chart.yaml"} {
		if len(files[name+"/"+want]) == 0 {
			t.Errorf("%s is missing", want)
		}
	}
	program := files[name+"/casterbot"]
	whole(t, program, files[name+"/THIRD-PARTY-LICENSES.txt"], read(t, first, name+".cdx.json"))
	if runtime.GOOS == "linux" {
		static(t, program)
	}
	chart := unpacked(t, filepath.Join(first, "casterbot-chart-1.2.3.tgz"))["casterbot/Chart.yaml"]
	if !strings.Contains(string(chart), "\nversion: \"1.2.3\"\nappVersion: \"v1.2.3\"\n") {
		t.Errorf("%s", chart)
	}
}

func read(t *testing.T, folder, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// unpacked are the files of an archive, of which each has nobody's name and the time of the commit.
func unpacked(t *testing.T, path string) map[string][]byte {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(read(t, filepath.Dir(path), filepath.Base(path))))
	if err != nil {
		t.Fatal(err)
	}
	files, names := map[string][]byte{}, []string{}
	pack := tar.NewReader(zip)
	for {
		head, err := pack.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		content, unread := io.ReadAll(pack)
		if err := errors.Join(err, unread); err != nil {
			t.Fatal(err)
		}
		mode := int64(0o644)
		if strings.HasSuffix(head.Name, "/casterbot") && !strings.Contains(head.Name, "completions") {
			mode = 0o755
		}
		if !head.ModTime.Equal(time.Unix(1796042644, 0)) || head.Uid+head.Gid != 0 || head.Uname+head.Gname != "" ||
			head.Mode != mode {
			t.Errorf("%+v", head)
		}
		files[head.Name], names = content, append(names, head.Name)
	}
	if !zip.ModTime.IsZero() || zip.Name != "" || !slices.IsSorted(names) {
		t.Errorf("%+v, %v", zip.Header, names)
	}
	return files
}

// whole looks that what Go says is in a program stands in its licences and in its SBOM, and no path of this machine.
func whole(t *testing.T, program, licences, sbom []byte) {
	t.Helper()
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil || len(info.Deps) < 10 {
		t.Fatalf("%v: %v", err, info)
	}
	parts := struct {
		Components []struct{ Name, Version string }
	}{}
	if err := json.Unmarshal(sbom, &parts); err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, c := range parts.Components {
		listed[c.Name] = c.Version
	}
	for _, m := range info.Deps {
		if listed[m.Path] != m.Version || !bytes.Contains(licences, []byte("\n"+m.Path+" "+m.Version+", ")) {
			t.Errorf("%s %s: the SBOM has %q", m.Path, m.Version, listed[m.Path])
		}
	}
	if listed["std"] == "" || !bytes.Contains(licences, []byte("\nGo "+info.GoVersion)) {
		t.Errorf("Go itself is missing")
	}
	modules, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{os.TempDir() + "/", strings.TrimSpace(string(modules))} {
		if bytes.Contains(program, []byte(path)) || bytes.Contains(sbom, []byte(path)) {
			t.Errorf("%s is in the program or in its SBOM", path)
		}
	}
}

// static looks that a program needs nothing of the system that it runs on.
func static(t *testing.T, program []byte) {
	t.Helper()
	file, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range file.Progs {
		if part.Type == elf.PT_INTERP || part.Type == elf.PT_DYNAMIC {
			t.Errorf("it is linked dynamically: %v", part.Type)
		}
	}
}

// TestReleaseIntoAFullFolder: what another run has made is not mixed in.
func TestReleaseIntoAFullFolder(t *testing.T) {
	out := t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "old"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := run(t.Context(), []string{"-root", sources, "-out", out, "-version", "v1.2.3", "-date", date})
	if err == nil || !strings.Contains(err.Error(), "is not empty: remove what is in it") {
		t.Error(err)
	}
}

// TestCommitted: a release can be made again, and nothing that lies about in the tree goes into it.
func TestCommitted(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write(".gitignore", "*.old\n/dist/\n")
	write("docs/a.txt", "a\n")
	r := release{root: root}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@example.com",
		"-c", "commit.gpgsign=false", "commit", "-q", "-m", "a"}} {
		if _, err := r.command(t.Context(), nil, "git", args...); err != nil {
			t.Fatal(err)
		}
	}
	write("dist/made", "")
	if err := r.committed(t.Context()); err != nil {
		t.Errorf("what is left out and goes nowhere: %v", err)
	}
	for name, text := range map[string]string{"docs/a.txt": "changed\n", "docs/new.txt": "", "new.go": "",
		"deploy/values.old": ""} {
		write(name, text)
		if err := r.committed(t.Context()); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		write("docs/a.txt", "a\n")
		if name != "docs/a.txt" {
			_ = os.Remove(filepath.Join(root, name))
		}
	}
}

// TestNoLicence: what may not be passed on is not.
func TestNoLicence(t *testing.T) {
	folder := t.TempDir()
	for name, is := range map[string]bool{"LICENSE": true, "LICENCE.txt": true, "License.txt": true, "COPYING": true,
		"NOTICE": true, "LICENSE-MIT": true, "licensed.go": false, "README.md": false} {
		if licence.MatchString(name) != is {
			t.Errorf("%s: %v", name, !is)
		}
	}
	if err := collect(&bytes.Buffer{}, "example.com/fake v1.0.0", folder); err == nil {
		t.Error("a module without a licence is let through")
	}
}

func TestChartVersion(t *testing.T) {
	for version, want := range map[string]string{"v1.2.3": "1.2.3", "1.2.3-rc.1": "1.2.3-rc.1",
		"0123456": "0.0.0-commit-0123456", "0123456-dirty": "0.0.0-commit-0123456-dirty"} {
		if got := chartVersion(version); got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}

// TestOneWayToBuild: the Makefile and the Dockerfile build what a release does.
func TestOneWayToBuild(t *testing.T) {
	for _, name := range []string{"Makefile", "Dockerfile"} {
		text := string(read(t, sources, name))
		if !strings.Contains(text, `CGO_ENABLED=0 go build -trimpath -tags nethttpomithttp2 -ldflags "-s -w -X main.version=`) {
			t.Errorf("%s builds in another way than build.go", name)
		}
	}
}
