package testbed

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func (p *Process) read(name string) (string, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.PID(), name))
	return string(data), err
}

// Memory reads a figure of /proc/PID/status in MB (10⁶ bytes), such as VmRSS (now) or VmHWM (the most so far).
func (p *Process) Memory(key string) (float64, error) {
	text, err := p.status(key)
	if err != nil {
		return 0, err
	}
	kib, err := strconv.ParseFloat(strings.TrimSuffix(text, " kB"), 64)
	return kib * 1024 / 1e6, err
}

// Threads is how many threads it has now.
func (p *Process) Threads() (int, error) {
	text, err := p.status("Threads")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(text)
}

func (p *Process) status(key string) (string, error) {
	status, err := p.read("status")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, key+":"); ok {
			return strings.TrimSpace(value), nil
		}
	}
	return "", fmt.Errorf("%s is not in /proc/PID/status", key)
}

// Descriptors is how many files and connections it has open now.
func (p *Process) Descriptors() (int, error) {
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.PID()))
	return len(list), err
}

// tick is how finely Linux counts the time of a process.
const tick = 10 * time.Millisecond

// CPU is the time that the process has run so far, in user and kernel mode together.
func (p *Process) CPU() (time.Duration, error) {
	stat, err := p.read("stat")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, errors.New("/proc/PID/stat is too short")
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	kernel, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+kernel) * tick, errors.Join(err1, err2)
}
