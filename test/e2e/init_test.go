package e2e

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"casterbot/internal/sandbox"

	"github.com/creack/pty"
)

// newcomer is somebody who sets casterbot up in a world of their own.
type newcomer struct {
	t     *testing.T
	world *sandbox.World
	dir   string
}

func openNewcomer(t *testing.T) *newcomer {
	t.Helper()
	_, open := openWorld(t, sandbox.Config{Patient: true})
	return &newcomer{t: t, world: open, dir: filepath.Join(t.TempDir(), "casterbot")}
}

// command is casterbot as a process, in an environment without any setting of its own.
func (n *newcomer) command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = []string{childMark + "=1", "HOME=" + n.t.TempDir(), "PATH=" + os.Getenv("PATH"), "TERM=xterm",
		"CASTERBOT_ADMIN_ADDR=127.0.0.1:0"}
	return cmd
}

// init is casterbot init in the world.
func (n *newcomer) init(args ...string) *exec.Cmd {
	return n.command(append([]string{"init", "--dir", n.dir, "--slack-api-url", n.world.SlackURL, "--live-endpoint",
		n.world.LiveURL}, args...)...)
}

// file is what stands in a file of the set-up.
func (n *newcomer) file(name string) string {
	data, err := os.ReadFile(filepath.Join(n.dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		n.t.Fatal(err)
	}
	return string(data)
}

// starts runs the bot as init says how, until ana gets an answer to a command.
func (n *newcomer) starts(said string) {
	n.t.Helper()
	_, line, _ := strings.Cut(said, "\n  here\n")
	line, _, _ = strings.Cut(strings.TrimSpace(line), "\n")
	// a program that go test has built is taken for one of go run
	set, ok := strings.CutSuffix(line, "; go run .")
	if !ok {
		set, ok = strings.CutSuffix(line, "; "+os.Args[0])
	}
	if !ok {
		n.t.Fatalf("no command that starts it in\n%s", said)
	}
	bot := exec.Command("sh", "-c", set+`; exec "$0"`, os.Args[0])
	bot.Env = []string{childMark + "=1", "PATH=" + os.Getenv("PATH"), "CASTERBOT_ADMIN_ADDR=127.0.0.1:0"}
	var log lockedText
	bot.Stdout, bot.Stderr = &log, &log
	if err := bot.Start(); err != nil {
		n.t.Fatal(err)
	}
	defer func() {
		_ = bot.Process.Signal(syscall.SIGTERM)
		_ = bot.Wait()
	}()
	n.until("sockets", &log, func() bool { return len(n.world.Slack.Sockets()) == 2 })
	if _, err := n.world.Slack.Type("U0ANA", "C0SHOW", "/caster list", ""); err != nil {
		n.t.Fatal(err)
	}
	n.until("an answer", &log, func() bool {
		for _, call := range n.world.Slack.Log(0) {
			if strings.Contains(string(call.Blocks), "Evening News") {
				return true
			}
		}
		return false
	})
}

func (n *newcomer) until(what string, said *lockedText, is func() bool) {
	n.t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			n.t.Fatalf("no %s; the program says\n%s", what, said)
		}
	}
}

// TestInitAtATerminal: a person answers at a terminal, with slips; nothing secret is on the screen; the bot works.
func TestInitAtATerminal(t *testing.T) {
	t.Parallel()
	n := openNewcomer(t)
	person := n.sits(n.init())
	person.reads("app token (not shown):").types(sandbox.BotToken)
	person.reads("that is a bot token, not the app token").types("xapp-fake-of-another-world")
	person.reads("the app token is not a valid token").types(sandbox.AppToken)
	person.reads("bot token (not shown):").types("xoxp-fake-of-a-person")
	person.reads("that is the token of a person").types(sandbox.BotToken)
	person.reads("@casterbot is in the workspace Show Workspace")
	person.reads("Region of the studios").types("shanghai").reads("no region ID").types("")
	person.reads("RAM role of this ECS instance").types("")
	person.reads("access key ID (not shown):").types(sandbox.AccessKeySecret + "-wrong")
	person.reads("access key secret (not shown):").types(sandbox.AccessKeySecret)
	person.reads("does not exist").reads("access key ID (not shown):").types(sandbox.AccessKeyID)
	person.reads("access key secret (not shown):").types(sandbox.AccessKeySecret)
	person.reads("studio  Evening News  (on air)").reads("stream  live.example.com/show/friday  (not live)")
	person.reads("Number of the account").types("1234567890123456").reads("acs:live:*:1234567890123456:caster/*")
	person.reads("Channels of the show").types("#shwo-control").reads("did you mean #show-control?")
	if err := n.world.Slack.AddBot("C0NOBOT"); err != nil {
		t.Fatal(err)
	}
	person.types("show-control, crew-lounge")
	person.reads("Operators").types("@crew, nobody at all").reads("there is no operator").types("@crew")
	person.reads("Leads").types("@leads").reads("Producers").types("Pia Costa, gus").reads("is a guest")
	person.reads("Studios that #show-control may touch").types("Evening Talk").reads("there are 2 of the name")
	person.types("Evening *, 5").reads("Streams that #show-control may record").types("live.example.com/show/main, 3")
	person.reads("Studios that #crew-lounge may touch").types("Morning Show").reads("Streams that #crew-lounge").types("")
	person.reads("In #show-control:").reads("To start it")
	if code := person.leaves(); code != 0 {
		t.Fatalf("exit code %d\n%s", code, person.screen.String())
	}
	person.sawNoSecret()
	n.starts(strings.ReplaceAll(person.screen.String(), "\r", ""))
}

// TestInitGoesOn: Ctrl-C in the middle leaves what was checked and nothing else, the terminal as it was, and a second
// run asks for the rest alone.
func TestInitGoesOn(t *testing.T) {
	t.Parallel()
	n := openNewcomer(t)
	person := n.sits(n.init())
	person.reads("app token (not shown):").types(sandbox.AppToken).reads("bot token (not shown):").interrupts()
	person.reads("nothing is left half done")
	if code := person.leaves(); code != 1 {
		t.Fatalf("exit code %d", code)
	}
	if left, _ := filepath.Glob(filepath.Join(n.dir, "*")); len(left) > 0 {
		t.Errorf("half of a step is left: %v", left)
	}
	person = n.sits(n.init())
	person.reads("app token (not shown):").types(sandbox.AppToken).reads("bot token (not shown):").types(sandbox.BotToken)
	person.reads("Region of the studios").interrupts().reads("nothing is left half done")
	person.leaves()
	person = n.sits(n.init())
	person.reads("app token: kept").reads("bot token: kept").reads("Region of the studios").types("")
	person.reads("RAM role").types("").reads("access key ID").types(sandbox.AccessKeyID)
	person.reads("access key secret").types(sandbox.AccessKeySecret).reads("Number of the account").types("")
	person.reads("Channels of the show").types("1").reads("Operators").interrupts()
	person.leaves()
	if n.file("policy/policy.yml") != "" || !strings.Contains(n.file("casterbot.env"), "ACCESS_KEY_ID_FILE") {
		t.Errorf("policy %q, settings %s", n.file("policy/policy.yml"), n.file("casterbot.env"))
	}
}

// TestInitByFlags: no terminal and nobody is asked. What was given once need not be given again, and what is there is
// not replaced without a word.
func TestInitByFlags(t *testing.T) {
	t.Parallel()
	n := openNewcomer(t)
	secrets := map[string]string{}
	for flag, text := range map[string]string{"--app-token-file": sandbox.AppToken, "--bot-token-file": sandbox.BotToken,
		"--access-key-id-file": sandbox.AccessKeyID, "--access-key-secret-file": sandbox.AccessKeySecret} {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		secrets[flag] = path
	}
	args := []string{"--yes", "--account", "1234567890123456", "--channel", "#show-control", "--operators", "@crew",
		"--studios", "Evening *", "--streams", "live.example.com/show/main"}
	for flag, path := range secrets {
		args = append(args, flag, path)
	}
	if out, err := n.init(args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"casterbot.env", "secrets/slack_app_token", "secrets/slack_bot_token",
		"secrets/access_key_id", "secrets/access_key_secret", "policy/policy.yml", "ram-policy.json"} {
		if info, err := os.Stat(filepath.Join(n.dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	out, err := n.init("--yes").CombinedOutput()
	if err != nil || strings.Count(string(out), "kept") < 5 {
		t.Errorf("a second run: %v\n%s", err, out)
	}
	before := n.file("policy/policy.yml")
	if out, err := n.init("policy", "--yes", "--channel", "C0MORN", "--operators", "U0ANA", "--studios",
		"Morning *").CombinedOutput(); err == nil || !strings.Contains(string(out), "--replace replaces it") {
		t.Errorf("another policy: %v\n%s", err, out)
	}
	if n.file("policy/policy.yml") != before {
		t.Error("the policy was replaced without a word")
	}
	n.starts(string(out))
}

// person sits at a terminal with a program.
type person struct {
	t      *testing.T
	cmd    *exec.Cmd
	tty    *os.File
	screen lockedText
	seen   int
	ended  chan struct{}
}

// sits starts a program at a terminal.
func (n *newcomer) sits(cmd *exec.Cmd) *person {
	n.t.Helper()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		n.t.Fatal(err)
	}
	p := &person{t: n.t, cmd: cmd, tty: tty, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		buffer := make([]byte, 4096)
		for {
			read, err := tty.Read(buffer)
			_, _ = p.screen.Write(buffer[:read])
			if err != nil {
				return
			}
		}
	}()
	n.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = tty.Close(); <-p.ended })
	return p
}

// reads waits until a text is on the screen, behind the one that was read before.
func (p *person) reads(text string) *person {
	p.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(2 * time.Millisecond) {
		screen := p.screen.String()
		if i := strings.Index(screen[p.seen:], text); i >= 0 {
			p.seen += i + len(text)
			return p
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%q is not on the screen:\n%s", text, screen)
		}
	}
}

func (p *person) types(text string) *person {
	p.t.Helper()
	if _, err := p.tty.WriteString(text + "\n"); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// interrupts presses Ctrl-C.
func (p *person) interrupts() *person {
	p.t.Helper()
	if _, err := p.tty.WriteString("\x03"); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// leaves waits for the end of the program, and gives its exit code.
func (p *person) leaves() int {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.t.Context(), time.Minute)
	defer stop()
	context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })
	_ = p.cmd.Wait()
	<-p.ended
	return p.cmd.ProcessState.ExitCode()
}

// sawNoSecret looks at the whole screen.
func (p *person) sawNoSecret() {
	p.t.Helper()
	for _, secret := range []string{sandbox.AppToken, sandbox.BotToken, sandbox.AccessKeyID, sandbox.AccessKeySecret,
		"xoxp-fake", "another-world"} {
		if strings.Contains(p.screen.String(), secret) {
			p.t.Errorf("%q was on the screen", secret)
		}
	}
}

// lockedText is written and read at the same time.
type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
