// Command release makes what `make release` makes: for each system a static binary in an archive with its
// licences, completions, documents and ways to run it, an SBOM beside it, the packed Helm chart, and SHA256SUMS over
// all. It keeps true that the same commit and the same Go give the same bytes, wherever and whenever it runs: times are
// those of the commit, owners and paths are nobody's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// release is one run: which sources become which files.
type release struct {
	root, out, work string // folders: the sources, what is made, what is gone afterwards
	version         string
	at              time.Time // of the commit
}

// target is a system to build for.
type target struct{ system, arch string }

func (t target) String() string { return t.system + "-" + t.arch }

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("release", flag.ExitOnError)
	root := flags.String("root", ".", "the sources")
	out := flags.String("out", "dist", "where the files go")
	version := flags.String("version", "", "what the program calls itself; of git when empty")
	date := flags.String("date", "", "the time of what is in the archives, in seconds since 1970; of the commit when empty")
	targets := flags.String("targets", "linux/amd64,linux/arm64,darwin/arm64", "the systems to build for")
	of := flags.String("licences", "", "only print the licences of what is in this binary")
	if err := flags.Parse(args); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	r := release{root: *root, out: *out, work: work, version: *version}
	if *of != "" {
		return r.print(ctx, *of)
	}
	if err := r.describe(ctx, *date); err != nil {
		return err
	}
	return r.make(ctx, strings.Split(*targets, ","))
}

// describe asks git for what is not given.
func (r *release) describe(ctx context.Context, date string) (err error) {
	if r.version == "" {
		if r.version, err = r.command(ctx, nil, "git", "describe", "--tags", "--always"); err != nil {
			return err
		}
		if err := r.committed(ctx); err != nil {
			return err
		}
	}
	if date == "" {
		if date, err = r.command(ctx, nil, "git", "log", "-1", "--format=%ct"); err != nil {
			return err
		}
	}
	seconds, err := strconv.ParseInt(date, 10, 64)
	r.at = time.Unix(seconds, 0).UTC()
	return err
}

// print is for the image, which is built without a release.
func (r *release) print(ctx context.Context, binary string) error {
	text, err := r.licences(ctx, binary)
	if err == nil {
		_, err = os.Stdout.Write(text)
	}
	return err
}

// committed refuses sources that nobody could get again: what is changed, what is new, and in the folders that go into
// the archives as they stand also what git is told to leave out, which may be somebody's secrets.
func (r *release) committed(ctx context.Context) error {
	changed, err := r.command(ctx, nil, "git", "status", "--porcelain", "--untracked-files=all")
	if err != nil {
		return err
	}
	left, err := r.command(ctx, nil, "git", append([]string{"ls-files", "--others", "--ignored", "--exclude-standard"},
		folders...)...)
	if err != nil {
		return err
	}
	if all := strings.TrimSpace(changed + "\n" + left); all != "" {
		return fmt.Errorf("there is what is not committed: commit it or put it elsewhere, or say -version to build for a try:\n%s", all)
	}
	return nil
}

func (r *release) make(ctx context.Context, targets []string) error {
	if old, err := filepath.Glob(filepath.Join(r.out, "*")); err != nil || len(old) > 0 {
		return errors.Join(err, fmt.Errorf("%s is not empty: remove what is in it, or name another folder with -out", r.out))
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	completions, err := r.completions(ctx)
	if err != nil {
		return err
	}
	for _, name := range targets {
		system, arch, _ := strings.Cut(name, "/")
		if err := r.target(ctx, target{system, arch}, completions); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := r.chart(); err != nil {
		return fmt.Errorf("the Helm chart: %w", err)
	}
	return r.sums()
}

// target makes the archive of one system, and its SBOM.
func (r *release) target(ctx context.Context, t target, completions []file) error {
	name := "casterbot-" + r.version + "-" + t.String()
	binary, err := r.build(ctx, t)
	if err != nil {
		return err
	}
	program, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	licences, err := r.licences(ctx, binary)
	if err != nil {
		return err
	}
	documents, err := r.documents()
	if err != nil {
		return err
	}
	files := append([]file{{"casterbot", program, true}, {"THIRD-PARTY-LICENSES.txt", licences, false}}, completions...)
	if err := r.archive(name+".tar.gz", name, append(files, documents...)); err != nil {
		return err
	}
	return r.components(ctx, binary, name)
}

// command runs a program in the folder of the sources and gives what it prints.
func (r *release) command(ctx context.Context, environ []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = r.root, append(os.Environ(), environ...)
	out, err := cmd.Output()
	if failed := (&exec.ExitError{}); errors.As(err, &failed) {
		return "", fmt.Errorf("%s: %w: %s", cmd, err, failed.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
