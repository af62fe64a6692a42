package config

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/kelseyhightower/envconfig"
)

// ErrNoSlack says that no Slack token is set at all: the person may only want to have a look.
var ErrNoSlack = errors.New(
	"SLACK_APP_TOKEN and SLACK_BOT_TOKEN are not set. To try casterbot without any account, run: casterbot sandbox. To set it up: casterbot init")

// ErrNotSet says that a setting that must be given is not.
var ErrNotSet = errors.New("is not set")

// Problem is what is wrong with one setting, in one line that names it and holds nothing of a secret.
type Problem struct {
	Name string // of the setting, or the name that is none
	error
}

func (p Problem) Unwrap() error { return p.error }

// Load reads the environment. Every problem is one line that names the variable, what it should look like and where to
// get it.
func Load() (Config, error) {
	c := Config{}
	if wrong := c.read(func(field) bool { return true }); len(wrong) > 0 {
		return c, wrong[0]
	}
	if c.SlackAppToken == "" && c.SlackBotToken == "" {
		return c, noSlack()
	}
	return c, first(c.check())
}

// Examine is Load for whoever wants to know everything that is wrong. A setting with a problem has its default, or
// none.
func Examine() (Config, []Problem) {
	c := Config{}
	wrong := c.read(func(field) bool { return true })
	for _, p := range append(c.check(), c.checkLog()...) {
		if !slices.ContainsFunc(wrong, func(other Problem) bool { return other.Name == p.Name }) {
			wrong = append(wrong, p)
		}
	}
	return c, wrong
}

// SecretFile is a file that a secret is read out of.
type SecretFile struct{ Name, Path string }

// SecretFiles lists those that the environment names.
func SecretFiles() []SecretFile {
	var all []SecretFile
	for _, f := range fields(&Config{}) {
		if f.secret == nil {
			continue
		}
		if path := os.Getenv(f.name + "_FILE"); path != "" {
			all = append(all, SecretFile{f.name + "_FILE", path})
		} else if path := f.credential(); path != "" {
			all = append(all, SecretFile{"CREDENTIALS_DIRECTORY", path})
		}
	}
	return all
}

func first(wrong []Problem) error {
	if len(wrong) == 0 {
		return nil
	}
	return wrong[0]
}

// Database reads the address of the database alone, for commands that need nothing else.
func Database() (string, error) {
	address, _, err := Record()
	return address, err
}

// Record reads the address of the database and the key of its audit log, which may be empty, and nothing else.
func Record() (address, key string, err error) {
	c := Config{}
	wrong := c.read(func(f field) bool { return f.secret == &c.DatabaseURL || f.secret == &c.AuditKey })
	if len(wrong) > 0 {
		return "", "", wrong[0]
	}
	return c.DatabaseURL.Reveal(), c.AuditKey.Reveal(), first(c.checkPlaces())
}

// Archive gives the folder of the audit log's archive; empty when none is set.
func Archive() string { return os.Getenv("CASTERBOT_AUDIT_ARCHIVE") }

// read takes the settings out of the environment, of the secrets those that are wanted. Secrets are gone from the
// environment afterwards, and from a core file.
func (c *Config) read(wanted func(field) bool) []Problem {
	defer seal(fields(c))
	wrong := unknown(os.Environ())
	for _, f := range fields(c) {
		if f.secret != nil && !wanted(f) {
			continue
		}
		if err := f.shaped(); err != nil {
			wrong = append(wrong, Problem{f.name, err})
			f.unset()
		}
	}
	for err := envconfig.Process("", c); err != nil; err = envconfig.Process("", c) {
		p := unread(c, err)
		wrong = append(wrong, p)
		if p.Name == "" {
			break
		}
		_ = os.Unsetenv(p.Name)
	}
	for _, f := range fields(c) {
		if f.secret == nil || !wanted(f) {
			continue
		}
		if err := f.readFile(); err != nil {
			wrong = append(wrong, Problem{f.name, err})
			*f.secret = ""
		}
	}
	return wrong
}

// unset lets a setting that cannot be used count as not set.
func (f field) unset() {
	_ = os.Unsetenv(f.name)
	if f.secret != nil {
		_ = os.Unsetenv(f.name + "_FILE")
	}
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
func unread(c *Config, err error) Problem {
	wrong := &envconfig.ParseError{}
	if !errors.As(err, &wrong) {
		return Problem{"", fmt.Errorf("read the environment: %w", err)}
	}
	want := "a number"
	for _, f := range fields(c) {
		if f.name == wrong.KeyName {
			want = cmp.Or(f.tag.Get("form"), want)
		}
	}
	return Problem{wrong.KeyName, fmt.Errorf("%s is %q: it should be %s", wrong.KeyName, wrong.Value, want)}
}

func (f field) check() error {
	if f.secret == nil {
		return nil
	}
	value := string(*f.secret)
	if value == "" && f.tag.Get("need") == "true" {
		return fmt.Errorf("%s %w: it is the %s; get it at %s", f.name, ErrNotSet, f.tag.Get("desc"), f.tag.Get("from"))
	}
	if want := f.tag.Get("prefix"); !strings.HasPrefix(value, want) {
		is := TokenKind(value)
		if is != "" {
			is = " (it is " + is + ")"
		}
		return fmt.Errorf("%s does not begin with %s%s: it must be the %s; get it at %s", f.name, want, is, f.tag.Get("desc"),
			f.tag.Get("from"))
	}
	return nil
}

// kinds are what Slack's tokens begin with, the narrow ones first.
var kinds = []struct{ prefix, name string }{
	{"xapp-", "an app-level token"}, {"xoxb-", "a bot token"}, {"xoxp-", "the token of a person"},
	{"xoxe", "a token that rotates, or one for configuration"}, {"xoxa-", "a token of an old workspace app"},
	{"xox", "a token of another kind"},
}

// TokenKind says what a text is that begins like a token of Slack's; empty when it does not.
func TokenKind(text string) string {
	for _, kind := range kinds {
		if strings.HasPrefix(text, kind.prefix) {
			return kind.name
		}
	}
	return ""
}
