package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"casterbot/test/testbed"
)

// offlineMark in the environment names the built sandbox, and makes TestWithoutNetwork its own child, which is in a
// network namespace of its own.
const offlineMark = "CASTERBOT_TEST_OFFLINE"

// TestWithoutNetwork does the main job with the built sandbox where there is no network but loopback: nothing of it
// needs an account, another host or a name.
func TestWithoutNetwork(t *testing.T) {
	if binary := os.Getenv(offlineMark); binary != "" {
		defer http.DefaultClient.CloseIdleConnections()
		if err := mainJob(binary); err != nil {
			t.Fatal(err)
		}
		return
	}
	binary := filepath.Join(t.TempDir(), "casterbot")
	if err := testbed.BuildRelease(t.Context(), "casterbot", binary); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWithoutNetwork$")
	home := t.TempDir()
	cmd.Env = []string{offlineMark + "=" + binary, "HOME=" + home, "TMPDIR=" + home}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 { // whoever is not root may have it in a user namespace
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return
	case errors.Is(err, syscall.EPERM) && os.Getenv("CI") != "true":
		t.Skip("SKIPPED: the test of the sandbox without a network. It needs root, or user namespaces for everybody.")
	}
	t.Fatalf("%v\n%s", err, out)
}

// mainJob is the part of the child: it starts the sandbox and records with it.
func mainJob(binary string) error {
	if err := onlyLoopback(); err != nil {
		return err
	}
	cmd := exec.Command(binary, "sandbox", "--addr", "127.0.0.1:0", "--dir", filepath.Join(os.Getenv("HOME"), "world"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return err
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	page, err := address(out)
	if err != nil {
		return err
	}
	return remotePage(page).record()
}

// onlyLoopback puts loopback up, and makes sure that there is nothing else.
func onlyLoopback() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	request := struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}{name: [16]byte{'l', 'o'}, flags: syscall.IFF_UP | syscall.IFF_RUNNING}
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS,
		uintptr(unsafe.Pointer(&request))); e != 0 {
		return fmt.Errorf("put loopback up: %w", e)
	}
	all, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.Flags&net.FlagLoopback == 0 && i.Flags&net.FlagUp != 0 {
			return fmt.Errorf("there is a network: %s", i.Name)
		}
	}
	if c, err := net.DialTimeout("tcp", "192.0.2.1:80", time.Second); err == nil {
		return errors.Join(errors.New("another host can be reached"), c.Close())
	}
	return nil
}

// address is where the sandbox says that its page is; the rest of what it says is read away.
func address(out io.Reader) (string, error) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		for _, word := range strings.Fields(lines.Text()) {
			if strings.HasPrefix(word, "http://") {
				go func() { _, _ = io.Copy(io.Discard, out) }()
				return word, nil
			}
		}
	}
	return "", errors.Join(errors.New("the sandbox did not say where its page is"), lines.Err())
}

// remotePage is the page of a sandbox, as a browser uses it.
type remotePage string

// record types a command, confirms it on the card, and sees the recording run and the checked result.
func (p remotePage) record() error {
	if err := p.until("the bot is connected", func(s *seenState) bool { return s.Bot.Running }); err != nil {
		return err
	}
	typed := map[string]any{"as": "U0ANA", "channel": "C0SHOW", "text": "/record start main"}
	if err := p.post("type", typed); err != nil {
		return err
	}
	var ts string
	var button buttonOf
	err := p.until("the card asks", func(s *seenState) bool {
		for _, m := range s.Messages["C0SHOW"] {
			if b, found := buttonIn(m.Blocks, m.Attachments); found {
				ts, button = m.TS, b
			}
		}
		return ts != ""
	})
	if err != nil {
		return err
	}
	if err := p.post("click", map[string]any{"as": "U0ANA", "channel": "C0SHOW", "ts": ts, "action": button.Action,
		"state": map[string]string{"type": "button", "value": button.Value}}); err != nil {
		return err
	}
	return p.until("main is recorded, and the card says so", func(s *seenState) bool {
		recorded := slices.ContainsFunc(s.Wall.Streams, func(x seenStream) bool {
			return x.App == "show" && x.Name == "main" && x.RecordingSince > 0
		})
		return recorded && strings.Contains(fmt.Sprint(s.Messages), "Recording of main started")
	})
}

// seenState is what is read of the page's state.
type seenState struct {
	Bot      struct{ Running bool }
	Messages map[string][]struct {
		TS, Text            string
		Blocks, Attachments json.RawMessage
	}
	Wall struct{ Streams []seenStream }
}

type seenStream struct {
	App, Name      string
	RecordingSince int64
}

// buttonOf is the button by which a card is confirmed.
type buttonOf struct{ Action, Value string }

func buttonIn(blocks ...json.RawMessage) (found buttonOf, ok bool) {
	for _, raw := range blocks {
		var tree any
		_ = json.Unmarshal(raw, &tree)
		if found, ok = buttonAt(tree); ok {
			break
		}
	}
	return found, ok
}

func buttonAt(node any) (found buttonOf, ok bool) {
	var inner []any
	switch node := node.(type) {
	case []any:
		inner = node
	case map[string]any:
		text, _ := node["text"].(map[string]any)
		if node["type"] == "button" && text["text"] == "Start recording" {
			return buttonOf{fmt.Sprint(node["action_id"]), fmt.Sprint(node["value"])}, true
		}
		inner = slices.Collect(maps.Values(node))
	}
	for _, n := range inner {
		if found, ok = buttonAt(n); ok {
			break
		}
	}
	return found, ok
}

func (p remotePage) post(path string, body map[string]any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	res, err := http.Post(string(p)+"/api/"+path, "application/json", bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if said, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", path, res.Status, said)
	}
	return nil
}

// until looks at the page until something is so.
func (p remotePage) until(what string, so func(*seenState) bool) error {
	var last []byte
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		res, err := http.Get(string(p) + "/api/state?as=U0ANA")
		if err != nil {
			return err
		}
		last, err = io.ReadAll(res.Body)
		if err = errors.Join(err, res.Body.Close()); err != nil {
			return err
		}
		var s seenState
		if err := json.Unmarshal(last, &s); err != nil {
			return err
		}
		if so(&s) {
			return nil
		}
	}
	return fmt.Errorf("never seen: %s\n%s", what, last)
}
