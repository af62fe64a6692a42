package disk

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
)

// Local refuses a folder on another machine's disk.
func Local(folder string) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return nil // opening the file tells what is wrong
	}
	return onThisMachine(uint32(s.Type))
}

// onThisMachine refuses the file systems on which neither the lock beside a database nor its shared memory can be
// relied on, by the number that the kernel gives them (statfs(2)).
func onThisMachine(number uint32) error {
	name := map[uint32]string{
		0x6969: "NFS", 0xff534d42: "CIFS", 0xfe534d42: "SMB", 0x517b: "SMB", 0x00c36400: "Ceph", 0x5346414f: "AFS",
		0x73757245: "Coda",
	}[number]
	if name != "" {
		return fmt.Errorf("its folder is on a network file system (%s), where a database can be damaged; use a local disk, or PostgreSQL", name)
	}
	return nil
}

// Free is how many bytes may still be written to the disk of a folder; nil when that is not known.
func Free(folder string) *uint64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return nil
	}
	bytes := s.Bavail * uint64(s.Bsize)
	if s.Files > 0 && s.Ffree == 0 { // no file can be made
		bytes = 0
	}
	return &bytes
}

// heldLock is a line of the kernel's list of locks, /proc/locks (proc_locks(5)).
type heldLock struct{ kind, process, file string }

// locks are those; not ok where they cannot be read.
func locks() (all []heldLock, ok bool) {
	list, err := os.ReadFile("/proc/locks")
	for line := range strings.SplitSeq(string(list), "\n") {
		if f := strings.Fields(line); len(f) > 5 && f[1] != "->" { // not who waits for one
			all = append(all, heldLock{f[1], f[4], f[5]})
		}
	}
	return all, err == nil
}

// on reports a lock on a file. Its number there has that of its disk before it, which some file systems tell
// differently: there the number of the process decides.
func (l heldLock) on(path, process string) bool {
	var s syscall.Stat_t
	if syscall.Stat(path, &s) != nil || !strings.HasSuffix(l.file, fmt.Sprintf(":%d", s.Ino)) {
		return false
	}
	disk := fmt.Sprintf("%02x:%02x", s.Dev>>8&0xfff, s.Dev&0xff|s.Dev>>12&0xfff00)
	return strings.HasPrefix(l.file, disk+":") || l.process == process
}

// Locked reports that a process holds the lock of a lock file.
func Locked(path, process string) bool {
	all, _ := locks()
	return slices.ContainsFunc(all, func(l heldLock) bool { return l.kind == "FLOCK" && l.on(path, process) })
}

// Openers are the processes that have locked a part of one of some files, as SQLite does while it has a file open; not
// ok where that cannot be seen.
func Openers(paths ...string) (processes []string, ok bool) {
	all, ok := locks()
	for _, l := range all {
		among := slices.ContainsFunc(paths, func(path string) bool { return l.on(path, "") })
		if (l.kind == "POSIX" || l.kind == "OFDLCK") && among && !slices.Contains(processes, l.process) {
			processes = append(processes, l.process)
		}
	}
	return processes, ok
}
