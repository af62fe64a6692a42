package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// FileName is the file of settings that `casterbot init` writes. Whoever starts casterbot reads it into the environment.
const FileName = "casterbot.env"

// Load command of the file for a shell.
const loadFile = "set -a; . ./" + FileName + "; set +a"

// Unloaded is the command that reads the file of settings of this folder; empty when there is none.
func Unloaded() string {
	if info, err := os.Stat(FileName); err != nil || info.IsDir() {
		return ""
	}
	return loadFile
}

// noSlack is ErrNoSlack; where a file of settings lies beside, it was forgotten.
func noSlack() error {
	if load := Unloaded(); load != "" {
		return fmt.Errorf("%w. Settings are in %s here; to use them, run: %s", ErrNoSlack, FileName, load)
	}
	return ErrNoSlack
}

// remedied is a mistake with what to do against it, where that is something else than to set the setting.
type remedied struct {
	error
	do string
}

func (r remedied) Unwrap() error { return r.error }

// Remedy is what to do against a mistake; empty: set the setting to something else.
func Remedy(err error) string {
	r := remedied{}
	if errors.As(err, &r) {
		return r.do
	}
	return ""
}

// readFile takes a secret out of the file that NAME_FILE names, or out of a credential of systemd.
func (f field) readFile() error {
	name := f.name + "_FILE"
	path := os.Getenv(name)
	if path == "" {
		name, path = "CREDENTIALS_DIRECTORY", f.credential()
	}
	if path == "" {
		return nil
	}
	if os.Getenv(f.name) != "" {
		return remedied{fmt.Errorf("%s and %s are both set; keep one", f.name, name),
			"unset " + f.name + ", or unset " + name}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return unreadFile(f.name, name, path, err)
	}
	text, err := plainText(data)
	if err != nil {
		return remedied{fmt.Errorf("%s: %s %w", name, path, err), "write " + f.name + " into " + path + ", and nothing else"}
	}
	*f.secret = Secret(text)
	if err := wrongShape(path+", which "+name+" names,", text, true); err != nil {
		return remedied{err, "write " + f.name + " into " + path + ", and nothing else"}
	}
	return nil
}

// unreadFile says why the file of a secret cannot be read.
func unreadFile(secret, name, path string, err error) error {
	do := "name another file in " + name
	info, unseen := os.Stat(path)
	switch {
	case TokenKind(path) != "":
		err = fmt.Errorf("it holds a token, where the name of a file belongs")
		do = "put the token into a file, and its name into " + name + "; or set " + secret + " to it, and unset " + name
	case errors.Is(err, fs.ErrPermission):
		do = "let the user that runs casterbot read it: chown USER " + path
	case errors.Is(err, fs.ErrNotExist):
		do = "write " + secret + " into " + path + ", or correct " + name
	case unseen == nil && info.IsDir():
		do = "name the file in that folder in " + name
	}
	return remedied{fmt.Errorf("%s: %w", name, err), do}
}
