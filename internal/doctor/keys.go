package doctor

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

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
