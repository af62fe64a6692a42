//go:build !linux

package config

// wipe has nothing to do where the kernel does not show the environment of a process to others.
func wipe([]string) {}
