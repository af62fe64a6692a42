package disk

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// holdsFile names, for a child of this test, the file that it is to lock.
const holdsFile = "CASTERBOT_TEST_HOLDS"

func TestMain(m *testing.M) {
	if path := os.Getenv(holdsFile); path != "" {
		hold(path)
		return
	}
	os.Exit(m.Run())
}

// hold locks a file in both ways until its input ends.
func hold(path string) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		err = syscall.FcntlFlock(file.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK, Len: 1})
	}
	if err == nil {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
	}
	fmt.Println(err)
	_, _ = bufio.NewReader(os.Stdin).ReadString(0)
}

// Whoever holds a file is seen without touching it.
func TestLocksAreSeen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	look := func() (bool, []string) {
		openers, ok := Openers(path, path+"-none")
		if !ok {
			t.Fatal("/proc/locks cannot be read")
		}
		return Locked(path, "1"), openers
	}
	if locked, openers := look(); locked || len(openers) > 0 {
		t.Errorf("before: %v, %v", locked, openers)
	}
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holdsFile+"="+path)
	input, _ := other.StdinPipe()
	output, _ := other.StdoutPipe()
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if said, err := bufio.NewReader(output).ReadString('\n'); err != nil || said != "<nil>\n" {
		t.Fatal(said, err)
	}
	locked, openers := look()
	if !locked || !slices.Equal(openers, []string{strconv.Itoa(other.Process.Pid)}) {
		t.Errorf("held by %d: %v, %v", other.Process.Pid, locked, openers)
	}
	_ = input.Close()
	_ = other.Wait()
	if locked, openers := look(); locked || len(openers) > 0 {
		t.Errorf("after: %v, %v", locked, openers)
	}
}

func TestFreeAndWritable(t *testing.T) {
	folder := t.TempDir()
	if left := Free(folder); left == nil || *left == 0 {
		t.Errorf("%v", left)
	}
	if err := Writable(filepath.Join(folder, "new")); err != nil {
		t.Error(err)
	}
	access = func(path string, _ uint32) error {
		if path == folder {
			return nil
		}
		return syscall.EROFS
	}
	defer func() { access = syscall.Access }()
	if err := Writable(filepath.Join(folder, "old"), "-wal"); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Error(err)
	}
}

// TestNoteSaved: what root has noted the bot's user reads and replaces, and a link in its place is not followed.
func TestNoteSaved(t *testing.T) {
	path, at := filepath.Join(t.TempDir(), "casterbot.db"), time.Unix(1796042644, 0).UTC()
	other := filepath.Join(t.TempDir(), "other")
	if err := errors.Join(os.WriteFile(other, []byte("precious"), 0o600), os.Symlink(other, path+Saved)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		NoteSaved(path, at)
		info, err := os.Lstat(path + Saved)
		if err != nil || !info.Mode().IsRegular() || info.Mode()&0o004 == 0 || !SavedAt(path).Equal(at) {
			t.Errorf("%v, %v, %v", info.Mode(), SavedAt(path), err)
		}
		if err := os.Chmod(path+Saved, 0o400); err != nil {
			t.Fatal(err)
		}
		at = at.Add(time.Hour)
	}
	if text, err := os.ReadFile(other); err != nil || string(text) != "precious" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestNetworkFileSystemsAreRefused(t *testing.T) {
	// ext4, tmpfs
	for number, want := range map[uint32]string{0x6969: "NFS", 0xff534d42: "CIFS", 0xef53: "", 0x01021994: ""} {
		err := onThisMachine(number)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%x: %v", number, err)
		}
	}
	if err := Local(t.TempDir()); err != nil {
		t.Error(err)
	}
}
