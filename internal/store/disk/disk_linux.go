package store

import (
	"fmt"
	"syscall"
)

// local refuses a folder on another machine's disk.
func local(folder string) error {
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
