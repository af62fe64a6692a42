//go:build !race

package main

// racing says that this program was built with the race detector.
const racing = false
