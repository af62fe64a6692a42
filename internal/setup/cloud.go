package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"casterbot/commands/failure"
	"casterbot/internal/config"
	"casterbot/internal/live"
)

const (
	liveEndpoint = "https://live.aliyuncs.com"
	usualRegion  = "cn-shanghai"
	lookWithin   = 30 * time.Second
)

// login is how casterbot gets its rights in the cloud.
type login struct {
	keyID, keySecret string
	role, ecsRole    string
}

// cloudStep takes a key or a role, tries it by a look, and tells what the account has and what it should allow.
func (r *run) cloudStep(ctx context.Context) error {
	endpoint := r.setting("CASTERBOT_LIVE_ENDPOINT", r.Cloud.Endpoint, liveEndpoint)
	if err := config.SecureURL("CASTERBOT_LIVE_ENDPOINT", endpoint); err != nil {
		return err
	}
	if err := r.askAnew(ctx, "cloud", "keys", &keyID, &keySecret); err != nil {
		return err
	}
	region, err := r.askRegion(ctx)
	if err != nil {
		return err
	}
	how, err := r.askLogin(ctx)
	if err != nil {
		return err
	}
	region, how, err = r.look(ctx, endpoint, region, how)
	if err != nil {
		return err
	}
	if err := r.writeLogin(ctx, endpoint, region, how); err != nil {
		return err
	}
	r.tellAccount()
	r.fresh = false
	return r.rights(ctx, how)
}

func (r *run) askRegion(ctx context.Context) (string, error) {
	const name = "ALIBABA_CLOUD_REGION_ID"
	region := r.setting(name, r.Cloud.Region, usualRegion)
	known := r.Cloud.Region != "" || r.settings.get(name) != "" && !r.anew("cloud")
	for {
		if !known {
			var err error
			if region, err = r.askOr(ctx, "  Region of the studios", region); err != nil {
				return "", err
			}
		}
		if config.IsRegion(region) {
			return region, nil
		}
		if !r.t.asks() {
			return "", fmt.Errorf("--region is %q: it should be a region ID, such as %s", region, usualRegion)
		}
		r.t.wrong("%q is no region ID: it looks like %s", region, usualRegion)
		region, known = usualRegion, false
	}
}

// askOr asks where somebody is there, and takes the fallback else.
func (r *run) askOr(ctx context.Context, question, fallback string) (string, error) {
	if !r.t.asks() {
		return fallback, nil
	}
	return r.t.ask(ctx, question, fallback)
}

// askLogin finds out how to log in: what a flag or a run before says, else what a person chooses.
func (r *run) askLogin(ctx context.Context) (login, error) {
	l := login{role: r.Cloud.Role, ecsRole: r.Cloud.ECSRole}
	if !r.anew("cloud") && l == (login{}) && r.Cloud.KeyID == "" {
		l = login{role: r.settings.get("ALIBABA_CLOUD_ROLE_ARN"), ecsRole: r.settings.get("ALIBABA_CLOUD_ECS_METADATA")}
	}
	if l.ecsRole != "" {
		return l, nil
	}
	if known, _, err := r.known(keyID, r.Cloud.KeyID); err == nil && known == "" && l.role == "" && r.t.asks() {
		return r.askLoginAnew(ctx)
	}
	return r.askKey(ctx, l)
}

// askLoginAnew asks for a role once more, and for a key without one.
func (r *run) askLoginAnew(ctx context.Context) (l login, err error) {
	if l.ecsRole, err = r.askRole(ctx); err != nil || l.ecsRole != "" {
		return l, err
	}
	return r.askKey(ctx, l)
}

// askKey takes both halves of a key, without a look yet.
func (r *run) askKey(ctx context.Context, l login) (_ login, err error) {
	if l.keyID, err = r.secretOf(ctx, keyID, r.Cloud.KeyID, keyID.check); err != nil {
		return l, err
	}
	l.keySecret, err = r.secretOf(ctx, keySecret, r.Cloud.KeySecret, keySecret.check)
	return l, err
}

// askRole asks for the role of the machine. Most have none: an empty answer is a key.
func (r *run) askRole(ctx context.Context) (string, error) {
	if own(r.setting("CASTERBOT_LIVE_ENDPOINT", r.Cloud.Endpoint, liveEndpoint)) {
		r.t.say("  The sandbox prints its key as ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.")
	} else {
		r.t.say("  casterbot needs a RAM user of its own: RAM console → Users → Create User → OpenAPI Access. The rights come")
		r.t.say("  below; the key is shown once. On an ECS instance with a RAM role it needs no key.")
	}
	return r.t.ask(ctx, "  RAM role of this ECS instance (Enter: an access key)", "")
}

func (l login) credentials() (live.Credentials, error) {
	return live.NewCredentials(live.CredentialsConfig{
		AccessKeyID: l.keyID, AccessKeySecret: l.keySecret, RoleARN: l.role, ECSRole: l.ecsRole})
}

// look tries the login until it works, or until whoever is there goes on without.
func (r *run) look(ctx context.Context, endpoint, region string, how login) (string, login, error) {
	for {
		r.t.say("  Looking at the account …")
		err := r.lookOnce(ctx, endpoint, region, how)
		switch {
		case ctx.Err() != nil:
			return region, how, errStopped
		case err == nil && len(r.account.studios) > 0:
			return region, how, nil
		case err == nil && !r.t.asks():
			r.t.wrong("the account has no studio in %s: is it the right account, and --region the right region?", region)
			return region, how, nil
		case err == nil:
			r.t.wrong("the account has no studio in %s", region)
			again, err := r.t.ask(ctx, "  Another region (Enter: go on without a studio)", "")
			if err != nil || again == "" {
				return region, how, err
			}
			region = again
			continue
		case !r.t.asks():
			return region, how, fmt.Errorf("ApsaraVideo Live: %w", err)
		}
		r.t.wrong("%s", err)
		if region, how, err = r.mend(ctx, region, how, err); err != nil {
			return region, how, err
		}
	}
}

// mend asks for what the refusal says is wrong.
func (r *run) mend(ctx context.Context, region string, how login, wrong error) (string, login, error) {
	refused := refusal{}
	if !errors.As(wrong, &refused) {
		return region, how, wrong
	}
	switch refused.of {
	case ofRegion:
		r.Cloud.Region = ""
		text, err := r.t.ask(ctx, "  Region of the studios", usualRegion)
		return text, how, err
	case ofKey:
		r.fresh, r.Cloud.KeyID, r.Cloud.KeySecret = true, "", ""
		if how.ecsRole != "" {
			again, err := r.askLoginAnew(ctx)
			return region, again, err
		}
		how, err := r.askKey(ctx, login{role: how.role})
		return region, how, err
	case ofRights:
		r.t.say("\n  Give the RAM user this policy (RAM console → Policies → Create Policy → JSON, then Users → Add Permissions):\n")
		r.t.say("%s", indented("  ", live.RAMPolicy(r.Cloud.Account, nil)))
	}
	_, err := r.t.ask(ctx, "  Enter to try again", "")
	return region, how, err
}

// What of a login is refused.
const (
	ofKey = iota + 1
	ofRights
	ofRegion
	ofNetwork
)

// refusal says why the account cannot be looked at, and what to do.
type refusal struct {
	of   int
	text string
}

func (r refusal) Error() string { return r.text }

// explain words an error of a look.
func explain(err error, endpoint, region string, how login) error {
	e := &live.Error{}
	if !errors.As(err, &e) {
		return err
	}
	text := failure.Explain(err).Text.Plain()
	begins := func(codes ...string) bool {
		return slices.ContainsFunc(codes, func(c string) bool { return strings.HasPrefix(e.Code, c) })
	}
	switch {
	case e.Keys && how.keyID == "":
		return refusal{ofKey, fmt.Sprintf("the role %s gives no keys: is it attached to this instance?", how.ecsRole)}
	case e.Keys && how.role != "":
		return refusal{ofKey, fmt.Sprintf("the key cannot assume %s (%s): does the role trust its user?", how.role, e.Code)}
	case e.Keys, begins("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurityToken"):
		return refusal{ofKey, text + ": check it in the RAM console, or make another one"}
	case e.Forbidden():
		return refusal{ofRights, text + ": it needs the RAM policy of casterbot"}
	case begins("InvalidRegion", "RegionNoResource"):
		return refusal{ofRegion, fmt.Sprintf("there is no region %s", region)}
	case e.Class == live.NotSent:
		return refusal{ofNetwork, fmt.Sprintf("%s does not answer (%s): is it the right address, does this machine reach it, "+
			"and is HTTPS_PROXY right?", endpoint, e.Message)}
	}
	return refusal{ofNetwork, text}
}

// indented moves all lines of a text to the right.
func indented(by, text string) string {
	return by + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+by)
}
