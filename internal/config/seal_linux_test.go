package config

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestSealed looks at a process from outside, as whoever has the same rights on the machine can, after it has read its
// settings. Only Linux shows the environment of a process to others.
func TestSealed(t *testing.T) {
	if os.Getenv("CASTERBOT_TEST_SEAL") != "" {
		sealed(t)
		return
	}
	child := exec.Command(os.Args[0], "-test.run", "^TestSealed$", "-test.v")
	child.Env = []string{"CASTERBOT_TEST_SEAL=1", "SLACK_APP_TOKEN=xapp-canary-1", "SLACK_BOT_TOKEN=xoxb-canary-2",
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET=canary-3", "CASTERBOT_DATABASE_URL=postgres://u:canary-4@db/x",
		"ALIBABA_CLOUD_REGION_ID=cn-beijing"}
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func sealed(t *testing.T) {
	c, err := Load()
	if err != nil || c.AccessKeySecret.Reveal() != "canary-3" || c.DatabaseURL.Reveal() != "postgres://u:canary-4@db/x" {
		t.Fatal("the settings are not read:", err)
	}
	seen, err := os.ReadFile("/proc/self/environ")
	const kept = "ALIBABA_CLOUD_REGION_ID=cn-beijing"
	if err != nil || strings.Contains(string(seen), "canary") || !strings.Contains(string(seen), kept) {
		t.Errorf("the kernel shows %q, %v", seen, err)
	}
	if left := strings.Join(os.Environ(), " "); strings.Contains(left, "canary") {
		t.Errorf("in the environment: %s", left)
	}
	var core syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &core); err != nil || core.Cur != 0 || core.Max != 0 {
		t.Errorf("a core file may be written: %+v, %v", core, err)
	}
}
