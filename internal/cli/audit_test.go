package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casterbot/internal/audit"
)

// keygen writes the key for its owner alone, shows only the public one, and never takes a file that is there.
func TestKeygen(t *testing.T) {
	var out, errs bytes.Buffer
	p := Program{Name: "casterbot", Out: &out, Err: &errs, Commands: []Command{AuditCommand()}}
	file := filepath.Join(t.TempDir(), "audit.key")
	if code := p.Run(t.Context(), []string{"audit", "keygen", "--name", "example.com/show", file}); code != OK {
		t.Fatalf("%d, %s", code, errs.String())
	}
	secret, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(string(secret))
	if err != nil || out.String() != key.Public()+"\n" || key.Name() != "example.com/show" {
		t.Errorf("%v, %q", err, out.String())
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if code := p.Run(t.Context(), []string{"audit", "keygen", file}); code != Failure ||
		!strings.Contains(errs.String(), "there already") {
		t.Errorf("%d, %s", code, errs.String())
	}
	if again, _ := os.ReadFile(file); !bytes.Equal(again, secret) {
		t.Error("the key was written over")
	}
	for _, wrong := range [][]string{{"audit", "keygen"}, {"audit", "keygen", "--name", "a b", file + "2"}} {
		if code := p.Run(t.Context(), wrong); code != Misused {
			t.Errorf("%v: %d", wrong, code)
		}
	}
}
