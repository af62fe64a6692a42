package setup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"casterbot/internal/config"
)

// The files of a setup, in its folder. Their names are those that deploy/compose.yml reads.
const (
	settingsFile = config.FileName
	policyFile   = "policy/policy.yml" // in a folder of its own: a container mounts folders
	databaseFile = "casterbot.db"
	ramFile      = "ram-policy.json"
	secretsDir   = "secrets"
)

// folder is where everything is written. Each file is written whole or not at all, and only its owner can read it.
type folder string

func (f folder) path(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

// read gives the text of a file without white space around it; an empty one is as good as none.
func (f folder) read(name string) (string, error) {
	data, err := os.ReadFile(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(data)), err
}

func (f folder) has(name string) bool {
	_, err := os.Stat(f.path(name))
	return err == nil
}

// write puts a file into its place in one step, mode 0600.
func (f folder) write(name, text string) error {
	path := f.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*") // made with mode 0600
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(file.Name()))
	}
	return nil
}

// keep writes a file that may be there already with another content: then somebody is asked, or it is an error. False
// when the answer is no. Of what is replaced a copy stays, unless it is a secret.
func (r *run) keep(ctx context.Context, name, text string) (written bool, err error) {
	old, err := os.ReadFile(r.files.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, r.files.write(name, text)
	case err != nil:
		return false, err
	case bytes.Equal(bytes.TrimSpace(old), bytes.TrimSpace([]byte(text))):
		return true, os.Chmod(r.files.path(name), 0o600)
	}
	if yes, err := r.mayReplace(ctx, r.files.path(name)+" is there already with another content"); err != nil || !yes {
		return false, err
	}
	if !strings.HasPrefix(name, secretsDir+"/") {
		if err := r.files.write(name+".old", string(old)); err != nil {
			return false, err
		}
	}
	return true, r.files.write(name, text)
}

// mayReplace asks for what is there.
func (r *run) mayReplace(ctx context.Context, there string) (bool, error) {
	switch {
	case r.Replace || r.fresh:
		return true, nil
	case !r.t.asks():
		return false, fmt.Errorf("%s: --replace replaces it", there)
	}
	return r.t.yes(ctx, "  "+there+". Replace it?", false)
}

// policyPath is the policy that the settings name, which a person may have put elsewhere.
func (r *run) policyPath() string {
	if other := r.settings.get("CASTERBOT_POLICY"); other != "" {
		if info, err := os.Stat(other); err == nil && !info.IsDir() {
			return other
		}
	}
	return r.files.path(policyFile)
}

// leavePolicy reports that the policy which is there stays: nobody wants another one, or wants to leave the one
// elsewhere.
func (r *run) leavePolicy(ctx context.Context) (bool, error) {
	elsewhere := r.policyPath() != r.files.path(policyFile)
	if !r.anew("policy") && r.Policy == (PolicyAnswers{}) {
		return elsewhere || r.files.has(policyFile), nil
	}
	if !elsewhere {
		return false, nil
	}
	yes, err := r.mayReplace(ctx, settingsFile+" names another policy, "+r.policyPath())
	return !yes, err
}
