package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casterbot/internal/config"
	"casterbot/internal/sandbox"
)

// What people who set a bot up do wrong with files: each is told what is to be done with that file.
func TestFaultsOfFiles(t *testing.T) {
	asFile := func(make func(s *stand, path string)) func(*stand) {
		return func(s *stand) {
			path := filepath.Join(s.dir, "token")
			make(s, path)
			s.Setenv("SLACK_BOT_TOKEN", "")
			s.Setenv("SLACK_BOT_TOKEN_FILE", path)
		}
	}
	find(t, []fault{
		{"a folder in place of a file", asFile(func(s *stand, path string) { _ = os.Mkdir(path, 0o755) }), []string{
			"broken settings | is a directory | name the file in that folder in SLACK_BOT_TOKEN_FILE", noBotToken}},
		{"quotes in a file", inFile("SLACK_BOT_TOKEN", `"xoxb-fake-quoted"`), []string{
			"broken settings | stands in quotation marks | and nothing else", noBotToken}},
		{"a token in place of its file", set("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN_FILE", "xoxb-fake-in-place"), []string{
			"broken settings | SLACK_BOT_TOKEN_FILE: it holds a token | put the token into a file", noBotToken}},
		{"line ends of Windows", set("ALIBABA_CLOUD_REGION_ID", "cn-shanghai\r"), []string{
			"broken settings | ALIBABA_CLOUD_REGION_ID ends in a carriage return | sed -i 's/"}},
		{"a folder that others write", func(s *stand) { _ = os.Chmod(s.dir, 0o777) }, []string{
			"warning files | has mode 0777: others can put another file in the place | chmod go-w "}},
		{"a shared folder in which nobody replaces another's files", func(s *stand) {
			_ = os.Chmod(s.dir, 0o777|os.ModeSticky)
		}, nil},
		{"a database in no folder", set("CASTERBOT_DATABASE_URL", "sqlite:/nowhere/at/all/bot.db"), []string{
			"broken database | its folder must exist | mkdir -p -m 700 /nowhere/at/all"}},
		{"another tool's region", set("ALIBABA_CLOUD_REGION_ID", "", "ALIBABA_CLOUD_REGION", "cn-beijing"), []string{
			"warning settings | ALIBABA_CLOUD_REGION is set, which casterbot does not use | set ALIBABA_CLOUD_REGION_ID"}},
		{"another tool's region and ours", set("ALIBABA_CLOUD_REGION", "cn-beijing"), nil},
		{"another tool's key and ours", set("ALICLOUD_ACCESS_KEY", "fake"), nil},
		{"a proxy that Go does not use", set("HTTPS_PROXY", "fake:fakepass@proxy.example:port"), []string{
			"warning proxy | HTTPS_PROXY is not the address of a proxy | set HTTPS_PROXY=http://HOST:PORT"}},
		{"no address of a database", set("CASTERBOT_DATABASE_URL", "casterbot.db"), []string{
			"broken settings | should look like sqlite:casterbot.db or", "not checked database | CASTERBOT_DATABASE_URL is wrong"}},
	})
}

// init wrote the settings, and nobody read them into the environment: that is said, in place of where tokens come from.
func TestSettingsThatWereNotRead(t *testing.T) {
	s := newStand(t)
	s.Chdir(s.dir)
	s.file(config.FileName, "SLACK_APP_TOKEN_FILE=/nowhere\n")
	const load = " | set -a; . ./casterbot.env; set +a"
	s.Setenv("SLACK_BOT_TOKEN", "")
	s.Setenv("CASTERBOT_POLICY", "")
	if r := s.look(); r.find("broken settings | SLACK_BOT_TOKEN is not set | set SLACK_BOT_TOKEN") < 0 {
		t.Errorf("one token is missing:\n%s", r.Text())
	}
	s.Setenv("SLACK_APP_TOKEN", "")
	s.Setenv("CASTERBOT_POLICY", "/nowhere/policy.yml")
	s.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "")
	s.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "")
	r := s.look()
	for _, want := range []string{"broken settings | SLACK_APP_TOKEN is not set", "broken settings | SLACK_BOT_TOKEN is not set",
		"broken policy | CASTERBOT_POLICY names no file"} {
		if r.find(want+load) < 0 {
			t.Errorf("no %s:\n%s", want+load, r.Text())
		}
	}
	if _, err := config.Load(); err == nil || !strings.Contains(err.Error(), ". ./casterbot.env") {
		t.Errorf("the start says %v", err)
	}
	s.Setenv("SLACK_APP_TOKEN", sandbox.BotToken)
	if r := s.look(); strings.Contains(r.Text(), "set -a") {
		t.Errorf("a wrong token is one that was read:\n%s", r.Text())
	}
}
