package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"casterbot/internal/cli"
	"casterbot/internal/export"
)

// heap watches how large it is at most.
func heap() (most func() uint64, stop func()) {
	runtime.GC()
	var largest atomic.Uint64
	watching, stop := context.WithCancel(context.Background())
	go func() {
		for watching.Err() == nil {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			largest.Store(max(largest.Load(), m.HeapInuse))
			time.Sleep(50 * time.Millisecond)
		}
	}()
	return largest.Load, stop
}

// export writes all of it for other tools, with the memory that this takes.
func (l *log) export(ctx context.Context) error {
	for _, format := range export.Formats() {
		for name, value := range map[string]string{"CASTERBOT_DATABASE_URL": l.address,
			"CASTERBOT_AUDIT_KEY_FILE": filepath.Join(l.folder, "audit.key")} {
			if err := os.Setenv(name, value); err != nil {
				return err
			}
		}
		most, stop := heap()
		began := begun()
		program := cli.Program{Name: "casterbot", Out: io.Discard, Err: os.Stderr,
			Commands: []cli.Command{cli.AuditCommand(nil, nil, nil)}}
		code := program.Run(ctx, []string{"audit", "export", "--format", format})
		stop()
		if code != cli.OK {
			return fmt.Errorf("audit export ended with %d", code)
		}
		l.tell("audit export of all, as "+format, "", "%s, heap at most %d MiB", began.took(l.events), most()>>20)
	}
	return nil
}
