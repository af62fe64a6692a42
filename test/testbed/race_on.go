//go:build race

package testbed

// Racing says that this program was built with the race detector.
const Racing = true
