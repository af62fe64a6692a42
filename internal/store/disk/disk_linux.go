package disk

import (
	"fmt"
	"os"
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

// Locked reports a lock on a file, as the kernel lists them in /proc/locks (proc_locks(5)). The number of the file is
// that of its disk, which some file systems tell differently: there the number of the process decides.
func Locked(path, process string) bool {
	var s syscall.Stat_t
	list, err := os.ReadFile("/proc/locks")
	if err != nil || syscall.Stat(path, &s) != nil {
		return false
	}
	disk := fmt.Sprintf("%02x:%02x", s.Dev>>8&0xfff, s.Dev&0xff|s.Dev>>12&0xfff00)
	for line := range strings.SplitSeq(string(list), "\n") {
		f := strings.Fields(line)
		if len(f) < 6 || f[1] != "FLOCK" || !strings.HasSuffix(f[5], fmt.Sprintf(":%d", s.Ino)) {
			continue
		}
		if strings.HasPrefix(f[5], disk) || f[4] == process {
			return true
		}
	}
	return false
}
