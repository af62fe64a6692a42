package testbed

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// releaseTags are those of the released binary.
const releaseTags = "nethttpomithttp2"

// pure is what a static binary is built with.
var pure = []string{"CGO_ENABLED=0"}

// unwatched is what the race detector passes over, as in the Makefile: SQLite, which is translated from C.
const unwatched = "-gcflags=modernc.org/...=-race=false"

// BuildRelease makes a program as it is shipped: static, without symbols and paths.
func BuildRelease(ctx context.Context, pkg, to string) error {
	return build(ctx, pkg, pure, "-trimpath", "-tags", releaseTags, "-ldflags", "-s -w", "-o", to)
}

// BuildCrashable makes the bot with its crash points (package failpoint): with the race detector if asked for, else as
// it is shipped. So it shares what it is built of with the tests, or with the releases.
func BuildCrashable(ctx context.Context, to string, race bool) error {
	if race {
		return build(ctx, "casterbot", nil, "-race", unwatched, "-buildvcs=false", "-tags", "crashpoints", "-o", to)
	}
	return build(ctx, "casterbot", pure, "-trimpath", "-buildvcs=false", "-tags", releaseTags+",crashpoints", "-o", to)
}

func build(ctx context.Context, pkg string, env []string, flags ...string) error {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build"}, flags...), pkg)...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return nil
}
