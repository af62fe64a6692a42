package config

import (
	"os"
	"syscall"
)

// seal removes secrets from the environment of this process, where they are read from and where the kernel shows them,
// and forbids a core file, in which they would stand.
func seal(all []field) {
	var secret []string
	for _, f := range all {
		if f.secret != nil {
			secret = append(secret, f.name)
			_ = os.Unsetenv(f.name)
		}
	}
	wipe(secret)
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
