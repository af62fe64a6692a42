package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
)

// licence is the name of a file that has to go with copies of what it stands beside.
var licence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyright|notice|patents)([-.].*)?$`)

// licences are the texts of everything that is in a binary besides casterbot: the modules that Go says are in it, Go
// itself, and data that has a licence of its own.
func (r *release) licences(ctx context.Context, binary string) ([]byte, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	fmt.Fprintln(&text, "casterbot itself is under the Apache License 2.0, see LICENSE. It is built with what follows.")
	goroot, err := r.command(ctx, nil, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	if err := collect(&text, "Go "+info.GoVersion, goroot); err != nil {
		return nil, err
	}
	if err := r.data(&text); err != nil {
		return nil, err
	}
	for _, m := range info.Deps {
		if err := r.module(ctx, &text, m); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}

func (r *release) module(ctx context.Context, text *bytes.Buffer, m *debug.Module) error {
	if m.Replace != nil {
		m = m.Replace
	}
	said, err := r.command(ctx, []string{"GOFLAGS="}, "go", "mod", "download", "-json", m.Path+"@"+m.Version)
	if err != nil {
		return err
	}
	var got struct{ Dir string }
	if err := json.Unmarshal([]byte(said), &got); err != nil {
		return err
	}
	return collect(text, m.Path+" "+m.Version, got.Dir)
}

// collect adds the licences that stand in a folder. Without any nobody may pass a copy on.
func collect(text *bytes.Buffer, name, folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	found := false
	for _, entry := range entries {
		if entry.IsDir() || !licence.MatchString(entry.Name()) {
			continue
		}
		found = true
		if err := add(text, name+", "+entry.Name(), filepath.Join(folder, entry.Name())); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("%s has no licence in %s", name, folder)
	}
	return nil
}

// data adds the licences of data that stands in the tree, NAME.LICENSE beside what it is for.
func (r *release) data(text *bytes.Buffer) error {
	return r.each(".", func(path string) error {
		if !strings.HasSuffix(path, ".LICENSE") {
			return nil
		}
		return add(text, path, filepath.Join(r.root, path))
	})
}

func add(text *bytes.Buffer, title, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(text, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), title, bytes.TrimSpace(data))
	return nil
}
