package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	stateFile    = "world.json"
	stateVersion = 1
	quiet        = 500 * time.Millisecond // after a change, before it is saved
)

// state is the content of the state file.
type state struct {
	Version int             `json:"version"`
	Ahead   time.Duration   `json:"ahead"` // nanoseconds
	Slack   json.RawMessage `json:"slack"`
	Live    json.RawMessage `json:"live"`
}

func (w *World) state() state {
	return state{Version: stateVersion, Ahead: w.Clock.Ahead(), Slack: w.Slack.Save(), Live: w.Live.Save()}
}

// load reads the folder, if there is one, into the world.
func (w *World) load() error {
	if w.cfg.Dir == "" {
		return nil
	}
	if err := os.MkdirAll(w.cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("the sandbox's folder: %w", err)
	}
	w.keep = &keeper{path: filepath.Join(w.cfg.Dir, stateFile)}
	if w.cfg.Reset {
		return w.keep.forget()
	}
	s, err := w.keep.read()
	if err != nil || s == nil {
		return err
	}
	w.Clock.set(s.Ahead)
	if err := errors.Join(w.Slack.Load(s.Slack), w.Live.Load(s.Live)); err != nil {
		return w.keep.broken(err)
	}
	return nil
}

// keeper writes the state file some time after changes, and only when the
// content differs from what is there.
type keeper struct {
	path string

	mu   sync.Mutex
	last []byte
}

// run saves at its start, so that what changed before it listened is not
// missed, and then after every change.
func (k *keeper) run(ctx context.Context, w *World) {
	slack, endSlack := w.Slack.Subscribe()
	defer endSlack()
	live, endLive := w.Live.Subscribe()
	defer endLive()
	for {
		if err := k.save(w.state); err != nil {
			w.cfg.Log.Error("the sandbox's state was not saved", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-slack:
		case <-live:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(quiet):
		}
	}
}

func (k *keeper) read() (*state, error) {
	data, err := os.ReadFile(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, k.broken(err)
	}
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, k.broken(err)
	}
	if s.Version != stateVersion {
		return nil, k.broken(fmt.Errorf("version %d, this program writes %d", s.Version, stateVersion))
	}
	return &s, nil
}

func (k *keeper) broken(err error) error {
	return fmt.Errorf("%s cannot be read (%w): use --reset to start afresh", k.path, err)
}

func (k *keeper) forget() error {
	if err := os.Remove(k.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reset the sandbox: %w", err)
	}
	return nil
}

// save replaces the file by a whole new one. The state is taken under the lock,
// so that a later save never writes an earlier state.
func (k *keeper) save(take func() state) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	data, err := json.Marshal(take())
	if err != nil {
		return fmt.Errorf("save the sandbox: %w", err)
	}
	if bytes.Equal(data, k.last) {
		return nil
	}
	if err := replace(k.path, data); err != nil {
		return fmt.Errorf("save the sandbox: %w", err)
	}
	k.last = data
	return nil
}

func replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), stateFile+".*")
	if err != nil {
		return err
	}
	_, werr := f.Write(data)
	err = errors.Join(werr, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
