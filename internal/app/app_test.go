package app

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casterbot/internal/cli"
	"casterbot/internal/config"
)

// TestWireSaysWhatIsMissing starts the bot with settings that only show to be wrong when its parts are made.
func TestWireSaysWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		settings config.Config
		want     []string
	}{
		"no policy": {config.Config{PolicyFile: filepath.Join(t.TempDir(), "policy.yml")},
			[]string{"CASTERBOT_POLICY", "docs/policy.example.yml"}},
		"policy a folder": {config.Config{PolicyFile: t.TempDir()}, []string{"CASTERBOT_POLICY names a folder"}},
		"odd database": {config.Config{PolicyFile: "../../docs/policy.example.yml", AccessKeyID: "LTAIfakefake",
			AccessKeySecret: "fake", DatabaseURL: "sqlite://casterbot.db"}, []string{"CASTERBOT_DATABASE_URL", "a host"}},
		"no keys": {config.Config{PolicyFile: "../../docs/policy.example.yml"},
			[]string{"ALIBABA_CLOUD_ACCESS_KEY_ID", "RAM role"}},
		"no audit key": {config.Config{PolicyFile: "../../docs/policy.example.yml", AccessKeyID: "LTAIfakefake",
			AccessKeySecret: "fake", DatabaseURL: "sqlite::memory:", AuditKey: "PRIVATE+KEY+fake"},
			[]string{"CASTERBOT_AUDIT_KEY", "audit keygen"}},
		"half a key": {config.Config{PolicyFile: "../../docs/policy.example.yml", AccessKeyID: "LTAIfakefake"},
			[]string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET"}},
	} {
		t.Run(name, func(t *testing.T) {
			var said bytes.Buffer
			program := cli.Program{Name: "casterbot", Err: &said,
				Commands: []cli.Command{{Name: "run", Default: true, Run: func(ctx context.Context, _ cli.Call) error {
					_, err := New(ctx, Options{Settings: c.settings, Log: slog.New(slog.DiscardHandler), Now: time.Now})
					return err
				}}}}
			if code := program.Run(t.Context(), nil); code != cli.Misused {
				t.Errorf("exit code %d, want %d", code, cli.Misused)
			}
			if strings.Count(said.String(), "\n") != 1 {
				t.Errorf("more than one line: %q", said.String())
			}
			for _, want := range c.want {
				if !strings.Contains(said.String(), want) {
					t.Errorf("%q does not say %q", said.String(), want)
				}
			}
		})
	}
}
