package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// file is one that goes into an archive, by its path there.
type file struct {
	path    string
	content []byte
	runs    bool // it is a program
}

// skipped are folders that hold no sources.
var skipped = map[string]bool{"testdata": true, "dist": true}

// each calls do for every file of the sources under a folder, in the order of their names, by its path from the top.
func (r *release) each(folder string, do func(path string) error) error {
	return fs.WalkDir(os.DirFS(r.root), folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (skipped[d.Name()] || strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		return do(name)
	})
}

// top are the documents at the top of the tree.
var top = []string{"LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "manifest.yml"}

// folders are those whose documents go with them.
var folders = []string{"docs", "deploy"}

// documents are what goes into every archive as it stands in the tree: so the links between the documents lead
// somewhere.
func (r *release) documents() ([]file, error) {
	var files []file
	take := func(name string) error {
		if strings.HasSuffix(name, ".go") {
			return nil
		}
		content, err := os.ReadFile(filepath.Join(r.root, name))
		files = append(files, file{name, content, false})
		return err
	}
	var failed error
	for _, name := range top {
		failed = errors.Join(failed, take(name))
	}
	for _, folder := range folders {
		failed = errors.Join(failed, r.each(folder, take))
	}
	return files, failed
}

// chart packs the Helm chart as `helm package` does, with the version of the release.
func (r *release) chart() error {
	const from = "deploy/helm/casterbot"
	number := chartVersion(r.version)
	var files []file
	err := r.each(from, func(name string) error {
		content, err := os.ReadFile(filepath.Join(r.root, name))
		if path.Base(name) == "Chart.yaml" {
			content = chartLine.ReplaceAll(content, []byte(`version: "`+number+`"`))
			content = appLine.ReplaceAll(content, []byte(`appVersion: "`+r.version+`"`))
		}
		files = append(files, file{strings.TrimPrefix(name, from+"/"), content, false})
		return err
	})
	if err != nil {
		return err
	}
	return r.archive("casterbot-chart-"+number+".tgz", "casterbot", files)
}

var (
	chartLine = regexp.MustCompile(`(?m)^version: .*$`)
	appLine   = regexp.MustCompile(`(?m)^appVersion: .*$`)
	semantic  = regexp.MustCompile(`^v?(\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?)$`)
)

// chartVersion is a version as Helm takes one; a commit without a tag comes before every release.
func chartVersion(version string) string {
	if m := semantic.FindStringSubmatch(version); m != nil {
		return m[1]
	}
	return "0.0.0-commit-" + version
}

// archive writes files under a folder of their own, sorted, with the time of the commit and nobody's names.
func (r *release) archive(name, folder string, files []file) error {
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.path, b.path) })
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	pack := tar.NewWriter(zip)
	for _, f := range files {
		head := tar.Header{Name: folder + "/" + f.path, Mode: 0o644, Size: int64(len(f.content)), ModTime: r.at}
		if f.runs {
			head.Mode = 0o755
		}
		if err := pack.WriteHeader(&head); err != nil {
			return err
		}
		if _, err := pack.Write(f.content); err != nil {
			return err
		}
	}
	if err := errors.Join(pack.Close(), zip.Close()); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.out, name), out.Bytes(), 0o644)
}

// sums writes SHA256SUMS over everything that was made, in the form of sha256sum -c.
func (r *release) sums() error {
	entries, err := os.ReadDir(r.out)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(r.out, entry.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&lines, "%x  %s\n", sha256.Sum256(content), entry.Name())
	}
	return os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), []byte(lines.String()), 0o644)
}
