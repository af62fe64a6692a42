package doctor

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"casterbot/internal/config"
	"casterbot/internal/live"
)

// Keys are where the settings say that the credentials come from.
func Keys(c config.Config) live.CredentialsConfig {
	return live.CredentialsConfig{
		AccessKeyID: c.AccessKeyID.Reveal(), AccessKeySecret: c.AccessKeySecret.Reveal(),
		SecurityToken: c.SecurityToken.Reveal(),
		RoleARN:       c.RoleARN, RoleSessionName: c.RoleSessionName, ECSRole: c.ECSRole,
		OIDCProviderARN: c.OIDCProviderARN, OIDCTokenFile: c.OIDCTokenFile, Profile: c.Profile,
		STSEndpoint: c.STSEndpoint,
	}
}

// keys looks at the form of an access key, and at what is set beside it; false when it cannot work.
func (n *notes) keys(c config.Config) bool {
	id, secret, token := c.AccessKeyID.Reveal(), c.AccessKeySecret.Reveal(), c.SecurityToken.Reveal()
	switch {
	case strings.HasPrefix(secret, "LTAI") && !strings.HasPrefix(id, "LTAI"):
		n.bad("swap them", "ALIBABA_CLOUD_ACCESS_KEY_SECRET holds an access key id: the two halves of the key are swapped")
		return false
	case strings.HasPrefix(id, "STS.") && token == "":
		n.bad("set ALIBABA_CLOUD_SECURITY_TOKEN, or use an access key of a RAM user",
			"ALIBABA_CLOUD_ACCESS_KEY_ID is that of a temporary key, and ALIBABA_CLOUD_SECURITY_TOKEN is not set")
		return false
	case token != "" && c.RoleARN == "":
		n.warn("use a role (ALIBABA_CLOUD_ROLE_ARN, an ECS role, OIDC), which is renewed, or a key of a RAM user",
			"ALIBABA_CLOUD_SECURITY_TOKEN is one for hours: when it expires no command works")
	}
	if unused := unusedSources(c); len(unused) > 0 {
		n.warn("unset what is not meant: the access key, or the others",
			"the access key is used, and %s is not", strings.Join(unused, ", "))
	}
	return true
}

// unusedSources are other ways to credentials that are set beside an access key, which goes before them.
func unusedSources(c config.Config) (unused []string) {
	if c.AccessKeyID == "" {
		return nil
	}
	for name, value := range map[string]string{
		"ALIBABA_CLOUD_OIDC_PROVIDER_ARN": c.OIDCProviderARN, "ALIBABA_CLOUD_PROFILE": c.Profile,
		"ALIBABA_CLOUD_ECS_METADATA": c.ECSRole,
	} {
		if value != "" {
			unused = append(unused, name)
		}
	}
	slices.Sort(unused)
	return unused
}

// regional is the endpoint of one region.
var regional = regexp.MustCompile(`^live(?:-vpc)?\.([a-z]{2}-[a-z]+(?:-\d+)?)\.aliyuncs\.com$`)

// place holds the endpoint against the region.
func (n *notes) place(c config.Config) {
	u, err := url.Parse(c.LiveEndpoint)
	if err != nil {
		return
	}
	if m := regional.FindStringSubmatch(u.Hostname()); m != nil && m[1] != c.Region {
		n.warn("set both to the region of the studios", "CASTERBOT_LIVE_ENDPOINT is of the region %s, and ALIBABA_CLOUD_REGION_ID is %s",
			m[1], c.Region)
	}
}

// skew tells a wrong clock.
func (n *notes) skew(ahead time.Duration) {
	switch off := ahead.Abs(); {
	case off > live.SkewRefused:
		n.bad(setClock, "the clock of this machine is %s that of ApsaraVideo Live: no change is sent", offBy(ahead))
	case off > live.SkewTold:
		n.warn(setClock, "the clock of this machine is %s that of ApsaraVideo Live", offBy(ahead))
	}
}

// offBy says how far a clock is ahead of another one.
func offBy(ahead time.Duration) string {
	way := "ahead of"
	if ahead < 0 {
		way = "behind"
	}
	return plural(int(ahead.Abs().Round(time.Minute).Minutes()), "minute") + " " + way
}

// trail looks whether ActionTrail answers, if it is to be asked, and whether it can tell the bot's calls from others.
func (a *account) trail(ctx context.Context, x *exam, n *notes) {
	if x.Settings.ActionTrail != "on" {
		return
	}
	if x.Settings.RoleARN == "" {
		n.warn("set ALIBABA_CLOUD_ROLE_ARN, or ALIBABA_CLOUD_OIDC_PROVIDER_ARN with it: then each change has a session of its own",
			"CASTERBOT_ACTIONTRAIL is on without a role: a call to which no answer came cannot be found in ActionTrail")
	}
	now := time.Now()
	_, err := a.client.Touched(ctx, "", now.Add(-time.Minute), now)
	e := &live.Error{}
	switch {
	case err == nil:
		n.ok("ActionTrail answers")
	case errors.As(err, &e) && forbids(e.Code):
		n.bad("allow actiontrail:LookupEvents on *, or set CASTERBOT_ACTIONTRAIL=off", "the keys may not ask ActionTrail: %s",
			explained(e))
	case errors.As(err, &e):
		n.warn("let this machine reach CASTERBOT_ACTIONTRAIL_ENDPOINT, by default https://actiontrail.REGION.aliyuncs.com",
			"ActionTrail could not be asked: %s", explained(e))
	}
}
