package doctor

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casterbot/internal/config"
	"casterbot/internal/sandbox"
	"casterbot/internal/sandbox/fakelive"
)

// goodPolicy fits the seed of the sandbox: nothing is to be said about it.
const goodPolicy = `version: 1
groups:
  operators: [U0ANA, S0CREW]
  leads: [U0KEN, S0LEADS]
channels:
  C0SHOW:
    name: "#show-control"
    studios: ["Evening News", "Morning *"]
    streams:
      main: live.example.com/show/main
    grants:
      - who: [operators]
        may: [caster.list, caster.show, "record.*"]
      - who: [leads]
        may: [caster.restart]
        confirm: other
        approvers: [leads, operators]
`

// stand is a world with a bot's settings in it, to be spoilt.
type stand struct {
	*testing.T
	world  *sandbox.World
	dir    string
	policy string
	proxy  func(*http.Request) (*url.URL, error)
}

// newStand opens a world in which all is well. Everything is set by the environment, as for a bot.
func newStand(t *testing.T) *stand {
	t.Helper()
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		for _, prefix := range []string{"SLACK_", "ALIBABA_CLOUD_", "CASTERBOT_", "DEBUG", "TZ", "CREDENTIALS_DIRECTORY",
			"SSL_CERT_FILE", "KUBERNETES_SERVICE_HOST", "ALL_PROXY", "all_proxy"} {
			if strings.HasPrefix(name, prefix) {
				t.Setenv(name, "")
				_ = os.Unsetenv(name)
			}
		}
	}
	text, err := os.ReadFile("../../manifest.yml")
	if err != nil {
		t.Fatal(err)
	}
	app, err := sandbox.ReadManifest(text)
	if err != nil {
		t.Fatal(err)
	}
	world, err := sandbox.Open(sandbox.Config{PageAddr: "127.0.0.1:0", APIAddr: "127.0.0.1:0", App: app})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	s := &stand{T: t, world: world, dir: t.TempDir()}
	s.policy = s.file("policy.yml", goodPolicy)
	for _, entry := range world.Env() {
		name, value, _ := strings.Cut(entry, "=")
		t.Setenv(name, value)
	}
	t.Setenv("CASTERBOT_POLICY", s.policy)
	t.Setenv("CASTERBOT_DATABASE_URL", "sqlite:"+filepath.Join(s.dir, "casterbot.db"))
	t.Setenv("CASTERBOT_ADMIN_ADDR", "127.0.0.1:0")
	return s
}

// file writes one in the folder of the stand.
func (s *stand) file(name, text string) string {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	return path
}

// edit replaces a part of the policy.
func (s *stand) edit(old, put string) {
	s.Helper()
	text, err := os.ReadFile(s.policy)
	if err != nil || !strings.Contains(string(text), old) {
		s.Fatalf("the policy has no %q (%v)", old, err)
	}
	s.file("policy.yml", strings.Replace(string(text), old, put, 1))
}

// refuse lets the cloud refuse an action from now on.
func (s *stand) refuse(action, code string) {
	s.Helper()
	fault := fakelive.Fault{Action: action, Kind: fakelive.Refuse, Code: code, Times: -1}
	if _, err := s.world.Live.Inject(fault); err != nil {
		s.Fatal(err)
	}
}

// look runs all checks with what the environment says.
func (s *stand) look() Report {
	s.Helper()
	text, _ := os.ReadFile("../../manifest.yml")
	app, _ := sandbox.ReadManifest(text)
	c := Config{Files: config.SecretFiles(), Scopes: app.Scopes, Verbs: []string{"caster.list", "caster.show",
		"caster.restart", "record.start", "record.stop", "record.status"}}
	secrets := s.secrets()
	c.Settings, c.Wrong = config.Examine()
	x := newExam(c)
	if s.proxy != nil {
		x.proxy = s.proxy
	}
	report := x.examine(s.Context())
	for _, secret := range secrets {
		if strings.Contains(report.Text(), secret) || strings.Contains(string(report.JSON()), secret) {
			s.Errorf("a secret is told: %q in\n%s", secret, report.Text())
		}
	}
	s.same(report)
	return report
}

// secrets are those of the environment and of the files that it names.
func (s *stand) secrets() (all []string) {
	for _, name := range []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "ALIBABA_CLOUD_ACCESS_KEY_ID",
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"} {
		text := os.Getenv(name)
		if path := os.Getenv(name + "_FILE"); path != "" {
			data, _ := os.ReadFile(path)
			text = string(data)
		}
		if text = strings.Trim(text, "\ufeff\"' \r\n"); len(text) > 3 {
			all = append(all, text)
		}
	}
	if u, err := url.Parse(os.Getenv("CASTERBOT_DATABASE_URL")); err == nil && u.User != nil {
		if password, _ := u.User.Password(); password != "" {
			all = append(all, password)
		}
	}
	return all
}

// same holds text and JSON against each other.
func (s *stand) same(r Report) {
	s.Helper()
	back := Report{}
	if err := json.Unmarshal(r.JSON(), &back); err != nil {
		s.Fatal(err)
	}
	if back.Text() != r.Text() || back.Exit() != r.Exit() {
		s.Errorf("text and JSON differ:\n%s\n%s", r.Text(), r.JSON())
	}
	for _, f := range back.Findings {
		for _, part := range []string{f.Check, string(f.Level), f.What, f.Do} {
			if !strings.Contains(r.Text(), part) {
				s.Errorf("%q is in the JSON only", part)
			}
		}
	}
}
