package testbed

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// releaseTags are those of the released binary.
const releaseTags = "nethttpomithttp2"

// BuildRelease makes a program as it is shipped: static, without symbols and paths.
func BuildRelease(ctx context.Context, pkg, to string) error {
	return build(ctx, pkg, []string{"CGO_ENABLED=0"}, "-trimpath", "-tags", releaseTags, "-ldflags", "-s -w", "-o", to)
}

// BuildCrashable makes the bot with its crash points (package crash), with the race detector if asked for.
func BuildCrashable(ctx context.Context, to string, race bool) error {
	flags := []string{"-buildvcs=false", "-tags", "crashpoints", "-o", to}
	if race {
		flags = append(flags, "-race")
	}
	return build(ctx, "casterbot", nil, flags...)
}

func build(ctx context.Context, pkg string, env []string, flags ...string) error {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build"}, flags...), pkg)...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return nil
}
