package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Unreadable says which setting names a policy that cannot be read; err is that of Load. Mistakes in one, Problems,
// name the file themselves.
func Unreadable(setting, path string, err error) error {
	const about = "it says who may do what; docs/policy.md explains it, docs/policy.example.yml is one to start from"
	info, unseen := os.Stat(path)
	switch broken := (Problems{}); {
	case err == nil || errors.As(err, &broken):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s names no file (%w): %s", setting, err, about)
	case unseen == nil && info.IsDir():
		return fmt.Errorf("%s names a folder, %s: name the file in it, like %s", setting, path,
			filepath.Join(path, "policy.yml"))
	}
	return fmt.Errorf("%s names a file that cannot be read (%w)", setting, err)
}
