package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// sbomTool writes what a binary is made of, by what Go has written into it, in the form of CycloneDX.
const sbomTool = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"

// pure is the environment in which nothing of the machine gets into a binary.
var pure = []string{"CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0"}

// build makes the static binary of a target, once, with the flags of the Makefile. No path of this machine and no state
// of git is in it.
func (r *release) build(ctx context.Context, t target) (string, error) {
	binary, err := filepath.Abs(filepath.Join(r.work, t.String(), "casterbot"))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(binary); !errors.Is(err, fs.ErrNotExist) {
		return binary, err
	}
	_, err = r.command(ctx, append([]string{"GOOS=" + t.system, "GOARCH=" + t.arch}, pure...), "go", "build", "-trimpath",
		"-buildvcs=false", "-tags", "nethttpomithttp2", "-ldflags", "-s -w -X main.version="+r.version, "-o", binary, ".")
	return binary, err
}

// completions are what the program says about itself to each shell, under the names by which the shells look for them.
func (r *release) completions(ctx context.Context) ([]file, error) {
	binary, err := r.build(ctx, target{runtime.GOOS, runtime.GOARCH})
	if err != nil {
		return nil, err
	}
	var files []file
	for shell, name := range map[string]string{"bash": "casterbot", "zsh": "_casterbot", "fish": "casterbot.fish"} {
		text, err := r.command(ctx, nil, binary, "completion", shell)
		if err != nil {
			return nil, err
		}
		files = append(files, file{"completions/" + shell + "/" + name, []byte(text + "\n"), false})
	}
	return files, nil
}

// components writes the SBOM of a binary beside its archive.
func (r *release) components(ctx context.Context, binary, name string) error {
	said, err := r.command(ctx, pure, "go", "run", "-trimpath", sbomTool, "bin", "-json", "-std", "-licenses",
		"-noserial", "-notimestamp", "-version", r.version, binary)
	if err != nil {
		return err
	}
	parts := map[string]any{}
	if err := json.Unmarshal([]byte(said), &parts); err != nil {
		return err
	}
	forget(parts)
	text, err := json.MarshalIndent(parts, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.out, name+".cdx.json"), append(text, '\n'), 0o644)
}

// forget takes out which copy of the tool has written an SBOM: another machine has another one.
func forget(sbom map[string]any) {
	metadata, _ := sbom["metadata"].(map[string]any)
	tools, _ := metadata["tools"].([]any)
	for _, tool := range tools {
		if t, ok := tool.(map[string]any); ok {
			delete(t, "hashes")
		}
	}
}
