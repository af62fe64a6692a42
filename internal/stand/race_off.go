//go:build !race

package stand

// Racing says that this program was built with the race detector.
const Racing = false
