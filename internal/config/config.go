// Package config reads casterbot's settings from the environment, says in one line what is wrong with them, and makes
// the log. It keeps true that a secret prints as [secret] wherever it goes, and that plain http is accepted only to
// this machine. It knows nothing of what the settings are for.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/kelseyhightower/envconfig"
)

// Config holds every setting. The tags are the documentation: Rows lists them for --help and the README.
type Config struct {
	SlackAppToken Secret `envconfig:"SLACK_APP_TOKEN" desc:"app-level token (xapp-…) with connections:write" from:"api.slack.com/apps → your app → Basic Information → App-Level Tokens" prefix:"xapp-" need:"true"`
	SlackBotToken Secret `envconfig:"SLACK_BOT_TOKEN" desc:"bot token (xoxb-…)" from:"api.slack.com/apps → your app → OAuth & Permissions, after installing it" prefix:"xoxb-" need:"true"`
	SlackAPIURL   string `envconfig:"SLACK_API_URL" default:"https://slack.com/api/" desc:"Slack's Web API; another one for tests"`

	AccessKeyID     Secret `envconfig:"ALIBABA_CLOUD_ACCESS_KEY_ID" desc:"access key id of a RAM user with the policy of the README" from:"the RAM console"`
	AccessKeySecret Secret `envconfig:"ALIBABA_CLOUD_ACCESS_KEY_SECRET" desc:"its secret" from:"the RAM console, once, when the key is made"`
	SecurityToken   Secret `envconfig:"ALIBABA_CLOUD_SECURITY_TOKEN" desc:"STS token, when the key is a temporary one"`
	RoleARN         string `envconfig:"ALIBABA_CLOUD_ROLE_ARN" desc:"RAM role to assume"`
	RoleSessionName string `envconfig:"ALIBABA_CLOUD_ROLE_SESSION_NAME" default:"casterbot" desc:"name of the role session in the cloud's audit"`
	OIDCProviderARN string `envconfig:"ALIBABA_CLOUD_OIDC_PROVIDER_ARN" desc:"OIDC provider, on Kubernetes with RRSA"`
	OIDCTokenFile   string `envconfig:"ALIBABA_CLOUD_OIDC_TOKEN_FILE" desc:"file with the OIDC token"`
	ECSRole         string `envconfig:"ALIBABA_CLOUD_ECS_METADATA" desc:"RAM role of the ECS instance"`
	Profile         string `envconfig:"ALIBABA_CLOUD_PROFILE" desc:"profile of the vendor's command line"`
	Region          string `envconfig:"ALIBABA_CLOUD_REGION_ID" default:"cn-shanghai" desc:"region id sent with every call"`
	LiveEndpoint    string `envconfig:"CASTERBOT_LIVE_ENDPOINT" default:"https://live.aliyuncs.com" desc:"ApsaraVideo Live's endpoint; another one for tests"`

	PolicyFile  string `envconfig:"CASTERBOT_POLICY" default:"policy.yml" desc:"who may do what, where; see docs/policy.md"`
	DatabaseURL Secret `envconfig:"CASTERBOT_DATABASE_URL" default:"sqlite:casterbot.db" desc:"where operations are kept: sqlite:FILE, or postgres://… for several processes, see docs/scaling.md"`
	AdminAddr   string `envconfig:"CASTERBOT_ADMIN_ADDR" default:"127.0.0.1:9090" desc:"address of /healthz and /readyz; empty for none"`
	WatchShare  int    `envconfig:"CASTERBOT_WATCH_SHARE" default:"10" desc:"how much of the account's limits the guardian and the boards may use, in percent"`
	QuotaShare  int    `envconfig:"CASTERBOT_QUOTA_SHARE" default:"90" desc:"how much of the account's limits casterbot may use, all its processes together, in percent; the rest is for other tools"`
	LogLevel    string `envconfig:"CASTERBOT_LOG_LEVEL" default:"info" desc:"debug, info, warn or error"`
	LogFormat   string `envconfig:"CASTERBOT_LOG_FORMAT" default:"json" desc:"json or text"`
}

// Row documents one setting.
type Row struct{ Name, Default, Text string }

// Rows lists the settings in their order. Secrets can also be given as a file, by NAME_FILE.
func Rows() []Row {
	var rows []Row
	for _, f := range fields(&Config{}) {
		text := f.tag.Get("desc")
		if f.secret != nil {
			text += "; or `" + f.name + "_FILE`"
		}
		if from := f.tag.Get("from"); from != "" {
			text += "; from " + from
		}
		rows = append(rows, Row{Name: f.name, Default: f.tag.Get("default"), Text: text})
	}
	return rows
}

type field struct {
	name   string
	tag    reflect.StructTag
	secret *Secret
}

func fields(c *Config) []field {
	value := reflect.ValueOf(c).Elem()
	list := make([]field, value.NumField())
	for i := range list {
		tag := value.Type().Field(i).Tag
		secret, _ := value.Field(i).Addr().Interface().(*Secret)
		list[i] = field{name: tag.Get("envconfig"), tag: tag, secret: secret}
	}
	return list
}

// ErrNoSlack says that no Slack token is set at all: the person may only want to have a look.
var ErrNoSlack = errors.New(
	"SLACK_APP_TOKEN and SLACK_BOT_TOKEN are not set. To try casterbot without any account, run: casterbot sandbox")

// Load reads the environment. Every problem is one line that names the variable, what it should look like and where to
// get it.
func Load() (Config, error) {
	c := Config{}
	if err := envconfig.Process("", &c); err != nil {
		return c, fmt.Errorf("read the environment: %w", err)
	}
	if err := c.readFiles(func(field) bool { return true }); err != nil {
		return c, err
	}
	if c.SlackAppToken == "" && c.SlackBotToken == "" {
		return c, ErrNoSlack
	}
	return c, c.check()
}

// Database reads the address of the database alone, for commands that need nothing else.
func Database() (string, error) {
	c := Config{}
	if err := envconfig.Process("", &c); err != nil {
		return "", fmt.Errorf("read the environment: %w", err)
	}
	if err := c.readFiles(func(f field) bool { return f.secret == &c.DatabaseURL }); err != nil {
		return "", err
	}
	return c.DatabaseURL.Reveal(), c.checkPlaces()
}

// readFiles takes the wanted secrets out of the files that NAME_FILE names, and removes them from the environment of
// this process.
func (c *Config) readFiles(wanted func(field) bool) error {
	for _, f := range fields(c) {
		if f.secret == nil || !wanted(f) {
			continue
		}
		if err := f.readFile(); err != nil {
			return err
		}
	}
	return nil
}

func (f field) readFile() error {
	path := os.Getenv(f.name + "_FILE")
	given := os.Getenv(f.name)
	_ = os.Unsetenv(f.name)
	if path == "" {
		return nil
	}
	if given != "" {
		return fmt.Errorf("%s and %s_FILE are both set; keep one", f.name, f.name)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s_FILE: %w", f.name, err)
	}
	*f.secret = Secret(strings.TrimSpace(string(text)))
	return nil
}

func (c *Config) check() error {
	for _, f := range fields(c) {
		if err := f.check(); err != nil {
			return err
		}
	}
	if err := cmp.Or(SecureURL("SLACK_API_URL", c.SlackAPIURL), SecureURL("CASTERBOT_LIVE_ENDPOINT", c.LiveEndpoint),
		c.checkPlaces()); err != nil {
		return err
	}
	for name, share := range map[string]int{"CASTERBOT_WATCH_SHARE": c.WatchShare, "CASTERBOT_QUOTA_SHARE": c.QuotaShare} {
		if share < 1 || share > 100 {
			return fmt.Errorf("%s is %d: it should be a number of percent from 1 to 100", name, share)
		}
	}
	if strings.Contains(os.Getenv("DEBUG"), "sdk") {
		return errors.New("DEBUG contains \"sdk\", which makes the cloud SDK print keys: unset it")
	}
	return nil
}

// checkPlaces looks at the form of the database's and the admin server's address; whether they can be used shows later.
func (c *Config) checkPlaces() error {
	kind, rest, _ := strings.Cut(c.DatabaseURL.Reveal(), ":")
	if !slices.Contains([]string{"sqlite", "postgres", "postgresql"}, kind) || rest == "" {
		return errors.New("CASTERBOT_DATABASE_URL is not the address of a database: it should look like sqlite:casterbot.db or postgres://…")
	}
	if _, port, err := net.SplitHostPort(c.AdminAddr); c.AdminAddr != "" && (err != nil || port == "") {
		return fmt.Errorf("CASTERBOT_ADMIN_ADDR is %q: it should look like 127.0.0.1:9090, or be empty for none", c.AdminAddr)
	}
	return nil
}

func (f field) check() error {
	if f.secret == nil {
		return nil
	}
	value := string(*f.secret)
	if value == "" && f.tag.Get("need") == "true" {
		return fmt.Errorf("%s is not set: it is the %s; get it at %s", f.name, f.tag.Get("desc"), f.tag.Get("from"))
	}
	if want := f.tag.Get("prefix"); !strings.HasPrefix(value, want) {
		return fmt.Errorf("%s does not begin with %s: it must be the %s; get it at %s", f.name, want, f.tag.Get("desc"),
			f.tag.Get("from"))
	}
	if strings.ContainsAny(value, " \t\r\n") {
		return fmt.Errorf("%s contains white space: copy it again without line breaks", f.name)
	}
	return nil
}

// SecureURL accepts https, and http only to this machine.
func SecureURL(name, raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%s is not an address: it should look like https://host/", name)
	}
	if u.User != nil {
		return fmt.Errorf("%s must not hold a user or password", name)
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme == "https" || u.Scheme == "http" && loopback {
		return nil
	}
	return fmt.Errorf("%s must begin with https://; plain http is accepted only to 127.0.0.1, ::1 and localhost", name)
}
