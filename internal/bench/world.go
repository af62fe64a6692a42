package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"casterbot/internal/sandbox"
	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
)

// Who types, and how many channels they type in. Slack takes about one message a second in a channel, so cards need many.
var people = []string{"U0ANA", "U0BO", "U0KEN", "U0MIO"}

const channels = 128

// world is the workspace and the cloud on loopback, without a page.
type world struct {
	slack   *fakeslack.Workspace
	live    *fakelive.World
	env     []string // for the program under test
	servers []*http.Server
}

func newWorld() (*world, error) {
	w := &world{
		slack: fakeslack.New(fakeslack.Config{
			AppToken: sandbox.AppToken, BotToken: sandbox.BotToken, Grace: time.Second,
			Commands: []fakeslack.Command{{Name: "/caster"}, {Name: "/record"}},
		}),
		live: fakelive.New(fakelive.Config{AccessKeyID: sandbox.AccessKeyID, AccessKeySecret: sandbox.AccessKeySecret, Limits: true}),
	}
	for i := range channels {
		w.slack.AddChannel(channel(i), fmt.Sprintf("show-%d", i), false, append([]string{fakeslack.BotUser}, people...)...)
	}
	slackURL, err := w.serve(w.slack)
	if err != nil {
		return nil, err
	}
	liveURL, err := w.serve(w.live)
	if err != nil {
		w.close()
		return nil, err
	}
	w.slack.SetBase(slackURL)
	w.env = []string{
		"SLACK_API_URL=" + slackURL + "/api/", "SLACK_APP_TOKEN=" + sandbox.AppToken, "SLACK_BOT_TOKEN=" + sandbox.BotToken,
		"CASTERBOT_LIVE_ENDPOINT=" + liveURL, "CASTERBOT_ADMIN_ADDR=127.0.0.1:0",
		"ALIBABA_CLOUD_ACCESS_KEY_ID=" + sandbox.AccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET=" + sandbox.AccessKeySecret,
	}
	return w, nil
}

func (w *world) serve(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen on loopback: %w", err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	w.servers = append(w.servers, s)
	go func() { _ = s.Serve(l) }()
	return "http://" + l.Addr().String(), nil
}

func (w *world) close() {
	w.slack.Close()
	w.live.Close()
	for _, s := range w.servers {
		_ = s.Close()
	}
}

func channel(i int) string { return fmt.Sprintf("C0BENCH%03d", i%channels) }

// writePolicy gives every channel the rights of the sandbox's control room.
func writePolicy(folder string) (string, error) {
	var b strings.Builder
	b.WriteString("version: 1\ngroups:\n  operators: [S0CREW]\n  leads: [S0LEADS]\nchannels:\n")
	for i := range channels {
		fmt.Fprintf(&b, "  %s:\n", channel(i))
		b.WriteString(`    studios: ["Evening *"]
    streams:
      main: live.example.com/show/main
      backup: live.example.com/show/backup
    default: {studio: "Evening News", stream: main}
    grants:
      - who: [operators, leads]
        may: [caster.list, caster.show, caster.copy, "caster.scene.*", "record.*"]
        confirm: self
      - who: [operators, leads]
        may: [caster.restart]
        confirm: other
        approvers: [leads, operators]
`)
	}
	path := filepath.Join(folder, "policy.yml")
	return path, os.WriteFile(path, []byte(b.String()), 0o600)
}
