package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/kelseyhightower/envconfig"
)

// ErrNoSlack says that no Slack token is set at all: the person may only want to have a look.
var ErrNoSlack = errors.New(
	"SLACK_APP_TOKEN and SLACK_BOT_TOKEN are not set. To try casterbot without any account, run: casterbot sandbox")

// Load reads the environment. Every problem is one line that names the variable, what it should look like and where to
// get it.
func Load() (Config, error) {
	c := Config{}
	if err := c.read(func(field) bool { return true }); err != nil {
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
	if err := c.read(func(f field) bool { return f.secret == &c.DatabaseURL }); err != nil {
		return "", err
	}
	return c.DatabaseURL.Reveal(), c.checkPlaces()
}

// read takes the settings out of the environment, of the secrets those that are wanted. Secrets are gone from the
// environment afterwards, and from a core file.
func (c *Config) read(wanted func(field) bool) error {
	defer seal(fields(c))
	if err := unknown(os.Environ()); err != nil {
		return err
	}
	for _, f := range fields(c) {
		if f.secret != nil && !wanted(f) {
			continue
		}
		if err := f.shaped(); err != nil {
			return err
		}
	}
	if err := envconfig.Process("", c); err != nil {
		return unread(c, err)
	}
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

// shaped looks at a value as it was given. One that is empty counts as not set, unless that has a meaning of its own.
func (f field) shaped() error {
	value, set := os.LookupEnv(f.name)
	if set && value == "" && f.tag.Get("empty") == "" {
		return os.Unsetenv(f.name)
	}
	file := os.Getenv(f.name + "_FILE")
	if f.secret == nil {
		file = ""
	}
	return cmp.Or(wrongShape(f.name, value, f.secret != nil), wrongShape(f.name+"_FILE", file, false))
}

// unread says in plain words which value the library could not read: all that are no text are numbers.
func unread(c *Config, err error) error {
	wrong := &envconfig.ParseError{}
	if !errors.As(err, &wrong) {
		return fmt.Errorf("read the environment: %w", err)
	}
	want := "a number"
	for _, f := range fields(c) {
		if f.name == wrong.KeyName {
			want = cmp.Or(f.tag.Get("form"), want)
		}
	}
	return fmt.Errorf("%s is %q: it should be %s", wrong.KeyName, wrong.Value, want)
}

// readFile takes a secret out of the file that NAME_FILE names, or out of a credential of systemd.
func (f field) readFile() error {
	name := f.name + "_FILE"
	path := os.Getenv(name)
	if path == "" {
		name, path = "CREDENTIALS_DIRECTORY", f.credential()
	}
	if path == "" {
		return nil
	}
	if os.Getenv(f.name) != "" {
		return fmt.Errorf("%s and %s are both set; keep one", f.name, name)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	text, err := plainText(data)
	if err != nil {
		return fmt.Errorf("%s: %s %w", name, path, err)
	}
	*f.secret = Secret(text)
	return wrongShape(path+", which "+name+" names,", text, true)
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
	if c.Region != "" && !regionID.MatchString(c.Region) {
		return fmt.Errorf("ALIBABA_CLOUD_REGION_ID is %q: it should be a region id, such as cn-shanghai", c.Region)
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
	if rest == ":memory:" {
		return errors.New("CASTERBOT_DATABASE_URL names a database that ends with the process, and with it what waits and who did what: name a file, like sqlite:casterbot.db")
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
	return nil
}

// regionID is what the cloud's names of regions look like; whether there is one of that name shows when it is asked.
var regionID = regexp.MustCompile(`^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$`)

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
