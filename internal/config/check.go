package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
)

func (c *Config) check() []Problem {
	var wrong problems
	for _, f := range fields(c) {
		wrong.add(f.name, f.check())
	}
	wrong.add("SLACK_API_URL", SecureURL("SLACK_API_URL", c.SlackAPIURL))
	wrong.add("CASTERBOT_LIVE_ENDPOINT", SecureURL("CASTERBOT_LIVE_ENDPOINT", c.LiveEndpoint))
	wrong = append(wrong, c.checkPlaces()...)
	wrong = append(wrong, c.checkAudit()...)
	wrong = append(wrong, c.checkTrail()...)
	if c.Region != "" && !regionID.MatchString(c.Region) {
		wrong.add("ALIBABA_CLOUD_REGION_ID",
			fmt.Errorf("ALIBABA_CLOUD_REGION_ID is %q: it should be a region id, such as cn-shanghai", c.Region))
	}
	wrong.add("CASTERBOT_WATCH_SHARE", percent("CASTERBOT_WATCH_SHARE", c.WatchShare))
	wrong.add("CASTERBOT_QUOTA_SHARE", percent("CASTERBOT_QUOTA_SHARE", c.QuotaShare))
	if strings.Contains(os.Getenv("DEBUG"), "sdk") {
		wrong.add("DEBUG", errors.New("DEBUG contains \"sdk\", which makes the cloud SDK print keys: unset it"))
	}
	return wrong
}

// checkAudit looks at the address of the witness, and that what belongs together is there; the keys are read by others.
func (c *Config) checkAudit() []Problem {
	const key, witness, its = "CASTERBOT_AUDIT_KEY", "CASTERBOT_AUDIT_WITNESS", "CASTERBOT_AUDIT_WITNESS_KEY"
	const keep = "CASTERBOT_KEEP"
	var wrong problems
	if c.AuditKey == "" && (c.AuditFile != "" || c.AuditWitness != "") {
		wrong.add(key, fmt.Errorf("%s %w, and without it there are no checkpoints to bring anywhere; make one with casterbot audit keygen",
			key, ErrNotSet))
	}
	if c.AuditKey == "" && c.AuditArchive != "" {
		wrong.add(key, fmt.Errorf("%s %w, and without it nothing is moved to an archive; make one with casterbot audit keygen",
			key, ErrNotSet))
	}
	if c.Keep < 30 {
		wrong.add(keep, fmt.Errorf("%s is %d: it should be a number of days, 30 or more", keep, c.Keep))
	}
	if c.AuditWitness != "" {
		wrong.add(witness, SecureURL(witness, c.AuditWitness))
	}
	if (c.AuditWitness == "") != (c.AuditWitnessKey == "") {
		wrong.add(its, fmt.Errorf("%s and %s belong together: set both", witness, its))
	}
	return wrong
}

// checkTrail looks at what the cloud's own record needs: whether it is asked, and in whose name changes are made.
func (c *Config) checkTrail() []Problem {
	var wrong problems
	for _, one := range [][2]string{{"CASTERBOT_STS_ENDPOINT", c.STSEndpoint},
		{"CASTERBOT_ACTIONTRAIL_ENDPOINT", c.TrailEndpoint}} {
		if name, address := one[0], one[1]; address != "" {
			wrong.add(name, SecureURL(name, address))
		}
	}
	if c.ActionTrail != "on" && c.ActionTrail != "off" {
		wrong.add("CASTERBOT_ACTIONTRAIL", fmt.Errorf("CASTERBOT_ACTIONTRAIL is %q: it should be on or off", c.ActionTrail))
	}
	if !sessionName.MatchString(c.RoleSessionName) {
		wrong.add("ALIBABA_CLOUD_ROLE_SESSION_NAME",
			errors.New("ALIBABA_CLOUD_ROLE_SESSION_NAME should be 2 to 64 letters, digits or characters of .@-_, such as casterbot"))
	}
	return wrong
}

// problems are those that are found one after the other.
type problems []Problem

func (p *problems) add(name string, err error) {
	if err != nil {
		*p = append(*p, Problem{name, err})
	}
}

func percent(name string, share int) error {
	if share < 1 || share > 100 {
		return fmt.Errorf("%s is %d: it should be a number of percent from 1 to 100", name, share)
	}
	return nil
}

// checkPlaces looks at the form of the database's and the admin server's address; whether they can be used shows later.
func (c *Config) checkPlaces() []Problem {
	const database = "CASTERBOT_DATABASE_URL"
	var wrong problems
	kind, rest, _ := strings.Cut(c.DatabaseURL.Reveal(), ":")
	switch {
	case !slices.Contains([]string{"sqlite", "postgres", "postgresql"}, kind) || rest == "":
		wrong.add(database, errors.New("CASTERBOT_DATABASE_URL is not the address of a database: it should look like sqlite:casterbot.db or postgres://…"))
	case rest == ":memory:":
		wrong.add(database, errors.New("CASTERBOT_DATABASE_URL names a database that ends with the process, and with it what waits and who did what: name a file, like sqlite:casterbot.db"))
	}
	if _, port, err := net.SplitHostPort(c.AdminAddr); c.AdminAddr != "" && (err != nil || port == "") {
		wrong.add("CASTERBOT_ADMIN_ADDR",
			fmt.Errorf("CASTERBOT_ADMIN_ADDR is %q: it should look like 127.0.0.1:9090, or be empty for none", c.AdminAddr))
	}
	return wrong
}

// regionID is what the cloud's names of regions look like; whether there is one of that name shows when it is asked.
var regionID = regexp.MustCompile(`^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$`)

// sessionName is what STS takes for the name of a role session.
var sessionName = regexp.MustCompile(`^[A-Za-z0-9.@_-]{2,64}$`)

// IsRegion reports the form of a region's id.
func IsRegion(id string) bool { return regionID.MatchString(id) }

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
