package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"casterbot/test/testbed"
)

// disk is where the database of a bot lies, and how it is spoiled and mended.
type disk struct {
	program string // starts the bot on it
	address string // of the database, as the bot sees it
	words   string // why it cannot be written, as people read it
	begin   func(*testbed.Process) error
	fill    func() error
	free    func() error
	save    func(to string) error // copies the database out when the bot has stopped
}

// launcher is a program that gives the bot a small disk of its own, which nobody else sees and which goes with it.
const launcher = `#!/bin/sh
exec unshare %s --propagation private sh -c 'mount -t tmpfs -o size=16m,%s disk "$1" && exec "$2"' bot '%s' '%s'
`

// ownDisk makes a disk in a mount namespace; who is not root gets a user namespace with it.
func ownDisk(ctx context.Context, r *run, w *testbed.World, options string) (disk, error) {
	folder := w.File("disk")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return disk{}, err
	}
	space := "--mount"
	if os.Getuid() != 0 {
		space = "--user --map-root-user --mount"
	}
	write := func(name, program string) (string, error) {
		path := w.File(name)
		return path, os.WriteFile(path, fmt.Appendf(nil, launcher, space, options, folder, program), 0o700)
	}
	probe, err := write("probe", "true")
	if err != nil {
		return disk{}, err
	}
	if out, err := exec.CommandContext(ctx, probe).CombinedOutput(); err != nil {
		return disk{}, fmt.Errorf("no disk of its own can be made here: %w: %s", err, out)
	}
	program, err := write("on-a-disk", r.program)
	return disk{program: program, address: "sqlite:" + filepath.Join(folder, "casterbot.db")}, err
}

// fullDisk is filled to the last page. Where no disk can be made, in a container for instance, a limit of the size of
// files takes its place.
func fullDisk(ctx context.Context, r *run, w *testbed.World) (disk, error) {
	d, err := ownDisk(ctx, r, w, "rw")
	if err != nil {
		r.say("%v; instead no file may grow", err)
		return limitedFiles(ctx, r, w)
	}
	var inside *os.Root
	d.words = "its disk is full"
	d.begin = func(p *testbed.Process) (err error) {
		inside, err = os.OpenRoot(fmt.Sprintf("/proc/%d/root%s", p.PID(), w.File("disk")))
		if err == nil {
			r.later(func() { _ = inside.Close() })
		}
		return err
	}
	d.fill = func() error { return fillUp(inside) }
	d.free = func() error { return inside.Remove("filler") }
	d.save = func(to string) error { return copyFrom(inside, "casterbot.db", to) }
	return d, nil
}

// fillUp writes until not a byte more finds room.
func fillUp(folder *os.Root) error {
	file, err := folder.Create("filler")
	if err != nil {
		return err
	}
	defer file.Close()
	for size := 1 << 16; size > 0; {
		_, err := file.Write(make([]byte, size))
		switch {
		case errors.Is(err, syscall.ENOSPC):
			size /= 2
		case err != nil:
			return err
		}
	}
	return nil
}

// plain is the folder of the world, without a disk of its own.
func plain(r *run, w *testbed.World) disk {
	return disk{program: r.program, address: w.SQLite(), words: "its disk takes no more or is broken",
		save: func(to string) error {
			folder, err := os.OpenRoot(filepath.Dir(w.File("casterbot.db")))
			if err != nil {
				return err
			}
			return errors.Join(copyFrom(folder, "casterbot.db", to), folder.Close())
		}}
}

// limitedFiles forbids the running process to write to any file.
func limitedFiles(ctx context.Context, r *run, w *testbed.World) (disk, error) {
	d := plain(r, w)
	var number string
	limit := func(size string) error {
		if out, err := exec.CommandContext(ctx, "prlimit", "--pid", number, "--fsize="+size).CombinedOutput(); err != nil {
			return fmt.Errorf("prlimit: %w: %s", err, out)
		}
		return nil
	}
	d.begin = func(p *testbed.Process) error { number = strconv.Itoa(p.PID()); return nil }
	d.fill = func() error { return limit("0:") }
	d.free = func() error { return limit("unlimited:") }
	return d, nil
}

// readOnlyDisk lets every write of the running process to its database fail as on a disk that has turned read-only,
// which the kernel does to a disk with faults. strace stands between for so long.
func readOnlyDisk(ctx context.Context, r *run, w *testbed.World) (disk, error) {
	d := plain(r, w)
	var number string
	var between *exec.Cmd
	d.begin = func(p *testbed.Process) error { number = strconv.Itoa(p.PID()); return nil }
	const calls = "pwrite64,ftruncate,fallocate"
	d.fill = func() (err error) {
		between, err = follow(ctx, number, "-e", "trace="+calls, "-e", "inject="+calls+":error=EROFS", "-o", os.DevNull)
		return err
	}
	d.free = func() error {
		err := between.Process.Signal(syscall.SIGINT)
		_ = between.Wait() // it ends by the signal
		return err
	}
	r.later(func() {
		if between != nil && between.ProcessState == nil {
			_ = d.free()
		}
	})
	return d, nil
}
