package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"casterbot/internal/config"
	"casterbot/internal/op"
	"casterbot/internal/parallel"
	"casterbot/internal/policy"
)

// exam is one look at everything.
type exam struct {
	Config
	secrets []string
	policy  *policy.Policy // nil: it cannot be read
	bot     bot            // that runs beside this
	proxy   func(*http.Request) (*url.URL, error)
}

// check is one part of it. What it finds is told in this order.
type check func(ctx context.Context, x *exam) []Finding

func newExam(c Config) *exam {
	return &exam{Config: c, secrets: secretsOf(c.Settings), proxy: http.ProxyFromEnvironment}
}

// examine makes the checks of this machine one after the other, as each goes by what the one before has found, and
// then those of Slack and of the cloud side by side.
func (x *exam) examine(ctx context.Context) Report {
	r := Report{Findings: []Finding{}}
	for _, look := range []check{checkSettings, checkFiles, checkProxy, checkAuthorities, checkZones, checkPolicy,
		checkDatabase, checkAudit, checkAdmin} {
		r.Findings = append(r.Findings, look(ctx, x)...)
	}
	for _, found := range parallel.Each([]check{checkSlack, checkCloud}, func(_ int, look check) []Finding {
		return look(ctx, x)
	}) {
		r.Findings = append(r.Findings, found...)
	}
	for i, f := range r.Findings {
		r.Findings[i].What, r.Findings[i].Do = x.masked(f.What), x.masked(f.Do)
	}
	return r
}

// wrong is what is wrong with the first of some settings that has a problem, empty when none has.
func (x *exam) wrong(names ...string) string {
	for _, name := range names {
		switch {
		case x.unset(name):
			return name + " is not set"
		case slices.ContainsFunc(x.Wrong, func(p config.Problem) bool { return p.Name == name }):
			return name + " is wrong"
		}
	}
	return ""
}

// unset reports a setting that must be given and is not.
func (x *exam) unset(name string) bool {
	return slices.ContainsFunc(x.Wrong, func(p config.Problem) bool {
		return p.Name == name && errors.Is(p, config.ErrNotSet)
	})
}

// notes are the findings of one check.
type notes struct {
	check string
	list  []Finding
}

func (n *notes) add(level Level, do, format string, args ...any) {
	n.list = append(n.list, Finding{Check: n.check, Level: level, What: fmt.Sprintf(format, args...), Do: do})
}

func (n *notes) ok(format string, args ...any)       { n.add(OK, "", format, args...) }
func (n *notes) warn(do, format string, args ...any) { n.add(Warning, do, format, args...) }
func (n *notes) bad(do, format string, args ...any)  { n.add(Broken, do, format, args...) }

// skip says that something was not looked at, and why.
func (n *notes) skip(what, why string) {
	n.add(Unchecked, "", "%s: not checked, because %s", what, why)
}

// secretsOf are the texts of the settings that nobody may read, the longest first, and what of them may stand alone.
func secretsOf(c config.Config) []string {
	var all []string
	for _, s := range []config.Secret{c.SlackAppToken, c.SlackBotToken, c.AccessKeyID, c.AccessKeySecret,
		c.SecurityToken, c.AuditKey} {
		all = append(all, s.Reveal())
	}
	if address := c.DatabaseURL.Reveal(); !strings.HasPrefix(address, "sqlite:") && strings.ContainsAny(address, ":@") {
		all = append(append(all, address), passwords(address)...)
	}
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"} {
		all = append(all, passwords(os.Getenv(name))...)
		all = append(all, passwords(os.Getenv(strings.ToLower(name)))...)
	}
	all = slices.DeleteFunc(all, func(text string) bool { return len(text) < 4 })
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

// passwords are those of an address, as they stand in it and as they are meant.
func passwords(address string) []string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return nil
	}
	password, _ := u.User.Password()
	_, written, _ := strings.Cut(u.User.String(), ":")
	return append([]string{password, written}, u.Query()["password"]...)
}

// masked takes the secrets out of a text, and whatever else looks like one. What Slack, the cloud and files say
// commands no terminal.
func (x *exam) masked(text string) string {
	for _, secret := range x.secrets {
		text = strings.ReplaceAll(text, secret, "[secret]")
	}
	return op.Printed(config.Scrub(text))
}
