package setup

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// lookOnce asks the cloud for all that the account has. Only that its studios cannot be listed is an error.
func (r *run) lookOnce(ctx context.Context, endpoint, region string, how login) error {
	keys, err := how.credentials()
	if err != nil {
		return err
	}
	cloud, err := live.New(live.Config{Endpoint: endpoint, Region: region, Credentials: keys})
	if err != nil {
		return err
	}
	defer cloud.Close()
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	studios, err := cloud.Casters(ctx)
	if err != nil {
		return explain(err, endpoint, region, how)
	}
	r.account = account{looked: true, studios: studios, online: map[string]bool{}}
	r.lookAtDomains(ctx, cloud)
	for _, domain := range r.account.domains {
		r.lookAtStreams(ctx, cloud, domain)
	}
	return nil
}

// lookAtDomains lists the streaming domains: those of the account, or, without the right to list them, those of its
// studios.
func (r *run) lookAtDomains(ctx context.Context, cloud *live.Client) {
	domains, err := cloud.Domains(ctx)
	if err != nil {
		for _, c := range r.account.studios[:min(10, len(r.account.studios))] {
			if config, err := cloud.CasterConfig(ctx, c.ID); err == nil && config.Domain != "" {
				domains = append(domains, config.Domain)
			}
		}
	}
	slices.Sort(domains)
	r.account.domains = slices.Compact(domains)
}

// lookAtStreams lists the streams of a domain that are live or have a recording configuration.
func (r *run) lookAtStreams(ctx context.Context, cloud *live.Client, domain string) {
	var all []live.Stream
	online, _ := cloud.OnlineStreams(ctx, domain, "", "") // what cannot be listed can still be typed
	for _, o := range online {
		all = append(all, o.Stream)
		r.account.online[o.Stream.String()] = true
	}
	recorded, _ := cloud.RecordedStreams(ctx, domain)
	for _, s := range recorded {
		if !r.account.online[s.String()] {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b live.Stream) int { return strings.Compare(a.String(), b.String()) })
	r.account.streams = append(r.account.streams, all...)
}

// tellAccount shows what there is, the first of each kind.
func (r *run) tellAccount() {
	const most = 20
	a := r.account
	r.t.done("ApsaraVideo Live answers: %s, %s, %s", op.Count(len(a.studios), "studio"),
		op.Count(len(a.domains), "domain"), op.Count(len(a.streams), "stream"))
	for i, c := range a.studios {
		if i == most {
			r.t.say("    … and %d more studios", len(a.studios)-most)
			break
		}
		r.t.say("    studio  %s  (%s)", choice{name: c.Name}.label(), onAir(c))
	}
	for _, d := range a.domains[:min(most, len(a.domains))] {
		r.t.say("    domain  %s", d)
	}
	for i, s := range a.streams {
		if i == most {
			r.t.say("    … and %d more streams", len(a.streams)-most)
			break
		}
		r.t.say("    stream  %s  (%s)", s, a.state(s))
	}
}

func onAir(c live.Caster) string {
	if c.OnAir {
		return "on air"
	}
	return "idle"
}

func (a account) state(s live.Stream) string {
	if a.online[s.String()] {
		return "live"
	}
	return "not live"
}

// writeLogin keeps a login that works. Ways that are not used any more are taken out.
func (r *run) writeLogin(ctx context.Context, endpoint, region string, how login) error {
	if endpoint == liveEndpoint {
		endpoint = ""
	}
	r.settings.set("CASTERBOT_LIVE_ENDPOINT", endpoint)
	r.settings.set("ALIBABA_CLOUD_REGION_ID", region)
	r.settings.set("ALIBABA_CLOUD_ROLE_ARN", how.role)
	r.settings.set("ALIBABA_CLOUD_ECS_METADATA", how.ecsRole)
	if how.keyID == "" {
		r.settings.set(keyID.env+"_FILE", "")
		r.settings.set(keySecret.env+"_FILE", "")
		return r.save()
	}
	return r.writeSecrets(ctx, map[need]string{keyID: how.keyID, keySecret: how.keySecret})
}

var (
	accountForm   = regexp.MustCompile(`^\d{5,20}$`)
	accountOfRole = regexp.MustCompile(`^acs:ram::(\d+):role/`)
)

// rights prints and writes the RAM policy that fits the account.
func (r *run) rights(ctx context.Context, how login) error {
	if r.files.has(ramFile) && !r.anew("cloud") && r.Cloud.Account == "" {
		r.t.done("RAM policy: kept, %s", ramFile)
		return nil
	}
	number, err := r.askAccount(ctx, how)
	if err != nil {
		return err
	}
	text := live.RAMPolicy(number, r.account.domains)
	if written, err := r.keep(ctx, ramFile, text); err != nil || !written {
		return err
	}
	r.t.say("\n  The least that the RAM user needs, also in %s (RAM console → Policies → Create Policy → JSON):\n", ramFile)
	r.t.say("%s\n", indented("  ", text))
	return nil
}

// askAccount finds the number of the account, which an ARN has in it. Without one the policy is for any: a RAM policy
// reaches no other account than its own.
func (r *run) askAccount(ctx context.Context, how login) (string, error) {
	fallback := r.Cloud.Account
	if of := accountOfRole.FindStringSubmatch(how.role); fallback == "" && len(of) > 1 {
		fallback = of[1]
	}
	if r.Cloud.Account != "" && !accountForm.MatchString(r.Cloud.Account) {
		return "", fmt.Errorf("--account is %q: it is the number of the account, at the top right of the console", fallback)
	}
	for fallback == "" {
		text, err := r.askOr(ctx, "  Number of the account, at the top right of the console (Enter: leave it open)", "*")
		if err != nil {
			return "", err
		}
		if text == "*" || accountForm.MatchString(text) {
			return text, nil
		}
		r.t.wrong("the number has digits only")
	}
	return fallback, nil
}
