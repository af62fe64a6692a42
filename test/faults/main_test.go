package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"casterbot/test/pgtest"
	"casterbot/test/testbed"

	"go.uber.org/goleak"
)

// program is the bot with its crash points, built once.
var program string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "casterbot-faults")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(folder, "casterbot")
	if err := testbed.BuildCrashable(context.Background(), program, false); err != nil {
		panic(err)
	}
	alone, err := testbed.Alone()
	if err != nil {
		panic(err)
	}
	code := m.Run()
	if err := errors.Join(alone.Close(), shared.Close(), os.RemoveAll(folder), goleak.Find()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// shared is the PostgreSQL of those scripts that leave it alone.
var shared = &pgtest.Shared{}

// TestScripts plays the short form of every script that is quick. They mostly wait, so a processor has several at the
// same time; with more than it can drive, Slack's three seconds would be over before it comes to an envelope.
func TestScripts(t *testing.T) {
	var all sync.WaitGroup
	free := make(chan struct{}, 4*runtime.GOMAXPROCS(0))
	for _, s := range scripts() {
		if !s.quick {
			continue
		}
		folder := t.TempDir()
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			out := &strings.Builder{}
			o := options{program: program, out: out, shared: shared}
			began := time.Now()
			if !o.one(t.Context(), s, folder) {
				t.Errorf("%s", out)
			}
			t.Logf("%s took %s", s.name, time.Since(began).Round(100*time.Millisecond))
		})
	}
	all.Wait()
}
