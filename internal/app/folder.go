package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"casterbot/internal/cli"
	"casterbot/internal/config"
	"casterbot/internal/policy"
	"casterbot/internal/store"
)

// prepare checks what was named on the command line before anything is opened or said, and takes the folder: of two
// worlds in one each would undo what the other writes.
func (w *world) prepare() (release func() error, err error) {
	if _, err := config.Level("--log-level", w.logLevel); err != nil {
		return nil, cli.Usage(err)
	}
	if w.cameras < 0 {
		return nil, cli.Usage(fmt.Errorf("--cameras is %d: it is a number of streams", w.cameras))
	}
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return nil, cli.Usage(fmt.Errorf("--dir: %w", err))
	}
	if !w.noBot {
		_, err := policy.Load(w.policy(), shape().Verbs())
		if w.policyFile == "" && errors.Is(err, fs.ErrNotExist) {
			err = nil // it is made
		}
		if err != nil {
			return nil, unreadable("--policy", w.policy(), err)
		}
	}
	release, err = store.Hold(filepath.Join(w.dir, "world"), time.Now())
	if err != nil {
		return nil, fmt.Errorf("--dir: a sandbox in %s is %w", w.dir, err)
	}
	return release, nil
}

// policy is the file of the bot in the world.
func (w *world) policy() string {
	if w.policyFile != "" {
		return w.policyFile
	}
	return filepath.Join(w.dir, "policy.yml")
}

// unreadable says which setting names a policy that cannot be read: a mistake in how the program was called.
func unreadable(setting, path string, err error) error {
	if broken := (policy.Problems{}); err == nil || errors.As(err, &broken) {
		return err
	}
	return cli.Usage(policy.Unreadable(setting, path, err))
}
