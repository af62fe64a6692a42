package config

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
)

// wipe overwrites the values of the named variables in the block that the kernel has put into the process at its start,
// and shows to others as /proc/PID/environ. os.Unsetenv does not reach it: Go works on a copy. Where that is not
// possible the block stays as it is.
func wipe(names []string) {
	from, size := environBlock()
	memory, err := os.OpenFile("/proc/self/mem", os.O_RDWR, 0)
	if err != nil || size == 0 {
		return
	}
	defer memory.Close()
	block := make([]byte, size)
	if _, err := memory.ReadAt(block, from); err != nil {
		return
	}
	at := from
	for entry := range bytes.SplitSeq(block, []byte{0}) {
		name, value, _ := bytes.Cut(entry, []byte("="))
		if slices.Contains(names, string(name)) {
			_, _ = memory.WriteAt(make([]byte, len(value)), at+int64(len(entry)-len(value)))
		}
		at += int64(len(entry)) + 1
	}
}

// environBlock is where that block lies, by the 50th and 51st field of proc_pid_stat(5). The second may hold any
// character, and ends with the last bracket.
func environBlock() (from, size int64) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0, 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 49 {
		return 0, 0
	}
	var to int64
	if _, err := fmt.Sscan(fields[47]+" "+fields[48], &from, &to); err != nil || to < from {
		return 0, 0
	}
	return from, to - from
}
