package doctor

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"casterbot/commands/failure"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/quota"
)

const (
	setClock   = "set the clock: timedatectl set-ntp true, or chronyc makestep"
	consoleAt  = "https://live.console.aliyun.com"
	ramPolicy  = "compare the RAM policy of the user or role with the one of the README: https://ram.console.aliyun.com"
	keysPlace  = "https://ram.console.aliyun.com → the user → AccessKey; the settings are ALIBABA_CLOUD_…"
	reachCloud = "let this machine reach CASTERBOT_LIVE_ENDPOINT by https: firewall, HTTPS_PROXY, SSL_CERT_FILE"
)

// account is what the checks of the cloud go by.
type account struct {
	client  *live.Client
	studios []live.Caster
	mu      sync.Mutex
	limited map[string]bool // actions that were refused because others use up their limit
	denied  map[string]*live.Error
	asked   map[string]bool
}

// checkCloud looks at the account, and at what the policy names in it.
func checkCloud(ctx context.Context, x *exam) []Finding {
	n := notes{check: "cloud"}
	ctx, cancel := context.WithTimeout(quota.With(ctx, quota.Caller{Class: quota.Background}), 80*time.Second)
	defer cancel()
	a, why := x.openCloud(&n)
	if a == nil {
		n.skip("rights, studios and streams", why)
		return n.list
	}
	defer a.client.Close()
	if !a.list(ctx, x, &n) {
		n.skip("rights, studios and streams", "the account cannot be asked")
		return n.list
	}
	rest := []notes{{check: "studios"}, {check: "streams"}, {check: "rights"}}
	if x.policy == nil {
		rest[0].skip("studios and streams", x.noPolicy())
	} else {
		a.checkStudios(ctx, x, &rest[0])
		a.checkStreams(ctx, x, &rest[1])
	}
	a.rights(ctx, x, &rest[2])
	a.trail(ctx, x, &rest[2])
	for _, more := range rest {
		n.list = append(n.list, more.list...)
	}
	return n.list
}

// openCloud makes the client that the bot makes, with a small share of the limits; nil with the reason.
func (x *exam) openCloud(n *notes) (*account, string) {
	if why := x.wrong("CASTERBOT_LIVE_ENDPOINT", "ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_ACCESS_KEY_ID",
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN", "DEBUG"); why != "" {
		return nil, why
	}
	keys, err := live.NewCredentials(Keys(x.Settings))
	if err != nil {
		n.bad(keysPlace, "%v", err)
		return nil, "there are no credentials"
	}
	if !n.keys(x.Settings) {
		return nil, "the credentials cannot be right"
	}
	n.place(x.Settings)
	a := &account{limited: map[string]bool{}, denied: map[string]*live.Error{}, asked: map[string]bool{}}
	a.client, err = live.New(live.Config{
		Endpoint: x.Settings.LiveEndpoint, TrailEndpoint: x.Settings.TrailEndpoint, Region: x.Settings.Region,
		Credentials: keys, Wait: 15 * time.Second, Quota: quota.New(quota.Config{Share: x.share()}),
		Log: slog.New(throttled{Handler: slog.DiscardHandler, account: a}),
	})
	if err != nil {
		n.bad("correct that setting: casterbot run --help", "%v", err)
		return nil, "the client cannot be made"
	}
	return a, ""
}

// share is how much of the limits a look uses, in percent: beside a bot what that leaves to others by default.
func (x *exam) share() int {
	if x.bot.ready != nil || x.bot.elsewhere() != "" {
		return 10
	}
	return 20
}

// throttled notes the calls that the service refused as too many, which the client tries again.
type throttled struct {
	slog.Handler
	account *account
}

// Enabled implements slog.Handler.
func (throttled) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements slog.Handler.
func (t throttled) Handle(_ context.Context, r slog.Record) error {
	said := map[string]string{}
	r.Attrs(func(a slog.Attr) bool {
		said[a.Key] = a.Value.String()
		return true
	})
	if said["class"] == string(live.Throttled) {
		t.account.mu.Lock()
		defer t.account.mu.Unlock()
		t.account.limited[said["action"]] = true
	}
	return nil
}

// list asks for the studios: what every command begins with.
func (a *account) list(ctx context.Context, x *exam, n *notes) bool {
	studios, err := a.client.Casters(ctx)
	a.studios = studios
	n.skew(a.client.State().Skew)
	if err != nil {
		e := &live.Error{}
		if !errors.As(err, &e) {
			e = &live.Error{Class: live.Unknown, Message: "it does not answer in time"}
		}
		n.bad(Advice(e), "ApsaraVideo Live cannot be worked with (region %s): %s", x.Settings.Region, explained(e))
		return false
	}
	a.worked("DescribeCasters", nil)
	if len(studios) == 0 {
		n.warn("set ALIBABA_CLOUD_REGION_ID to the region of the studios, or use the keys of their account",
			"the account has no studio in the region %s", x.Settings.Region)
		return true
	}
	n.ok("ApsaraVideo Live answers (%s): %s", x.Settings.Region, plural(len(studios), "studio"))
	return true
}

// explained is an error of the cloud in words, with its code and what the service said.
func explained(e *live.Error) string {
	text := cmp.Or(string(failure.CodeTexts[e.Code].Text), e.Message, "it does not answer")
	var more []string
	for _, part := range []string{e.Code, said(e, text)} {
		if part != "" {
			more = append(more, part)
		}
	}
	if e.RequestID != "" {
		more = append(more, "request "+e.RequestID)
	}
	if len(more) == 0 {
		return text
	}
	return text + " (" + strings.Join(more, "; ") + ")"
}

// said is the service's own message, where it says more.
func said(e *live.Error, text string) string {
	if e.Message == text {
		return ""
	}
	return e.Message
}

// forbids reports the code of a right that is missing.
func forbids(code string) bool {
	right := strings.HasPrefix(code, "Forbidden") && code != "Forbidden.RiskControl"
	return right || slices.Contains([]string{"NoPermission", "PermissionDenied", "IllegalOperation"}, code)
}

// Advice says what mends an error that no call gets past, for whoever keeps the bot.
func Advice(e *live.Error) string {
	begins := func(prefix string) bool { return strings.HasPrefix(e.Code, prefix) }
	switch {
	case e.Keys:
		return "correct the credentials that ALIBABA_CLOUD_… names: role, OIDC token, profile or key"
	case forbids(e.Code):
		return "allow live:" + cmp.Or(e.Action, "*") + "; " + ramPolicy
	case begins("InvalidTimeStamp"), e.Code == "ClockSkew":
		return setClock
	case begins("RegionNoResource"), begins("InvalidRegion"):
		return "set ALIBABA_CLOUD_REGION_ID to the region of the studios, such as cn-shanghai"
	case begins("InvalidSecurityToken"):
		return "get a new STS token, or use keys that do not expire: ALIBABA_CLOUD_SECURITY_TOKEN"
	case begins("InvalidAccessKeyId"), begins("SignatureDoesNotMatch"), begins("IncompleteSignature"):
		return "make a new access key, and set both halves of it: " + keysPlace
	case begins("InsufficientBalance"):
		return "pay for the account: https://usercenter2.aliyun.com"
	case begins("Forbidden.RiskControl"):
		return "ask Alibaba Cloud's support why the account is held back: https://workorder.console.aliyun.com"
	case e.Class == live.Throttled:
		return "find out what else uses the account, and leave it less: CASTERBOT_QUOTA_SHARE"
	case e.Class == live.NotSent:
		return reachCloud
	case e.Class == live.Refused:
		return "check the access key, its secret, the RAM policy, ALIBABA_CLOUD_REGION_ID and the clock, by the code"
	}
	return "check CASTERBOT_LIVE_ENDPOINT, and whether the service is well: https://status.alibabacloud.com"
}

// worked notes what became of a call of an action; whether it was answered with yes or with a reason of its own is the
// same to its rights.
func (a *account) worked(action string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := &live.Error{}
	if errors.As(err, &e) && forbids(e.Code) {
		a.denied[action] = e
	}
	if err == nil || e.Class == live.Refused || e.Class == live.NotFound {
		a.asked[action] = true
	}
}

// rights says which actions the keys may use. Of those that change something no harmless call shows it.
func (a *account) rights(ctx context.Context, x *exam, n *notes) {
	a.askRest(ctx, x)
	var changes, unknown []string
	for _, action := range live.Actions() {
		switch e := a.denied[action.Name]; {
		case action.Write:
			changes = append(changes, action.Name)
		case e != nil && action.Name == live.ForSetup:
			n.warn("allow live:"+action.Name+" on "+action.Resource+"; "+ramPolicy,
				"the keys may not use live:%s: casterbot init does not see all domains", action.Name)
		case e != nil:
			n.bad("allow live:"+action.Name+" on "+action.Resource+"; "+ramPolicy, "the keys may not use live:%s: %s",
				action.Name, explained(e))
		case !a.asked[action.Name]:
			unknown = append(unknown, action.Name)
		}
		if a.limited[action.Name] {
			n.warn("find out what else uses the account, and leave it less: CASTERBOT_QUOTA_SHARE",
				"others use up the account's limit of %s (%d calls a second)", action.Name, quota.Limit(action.Name))
		}
	}
	if len(n.list) == 0 {
		n.ok("the keys may look at everything that was asked for")
	}
	if len(unknown) > 0 {
		n.skip("the rights to "+strings.Join(unknown, ", "), "there is nothing in the policy and the account to try them on")
	}
	n.skip("the rights to "+strings.Join(changes, ", "), "only a change would show them; the README has the RAM policy")
}

// askRest tries the looks that nothing has needed so far.
func (a *account) askRest(ctx context.Context, x *exam) {
	_, err := a.client.Domains(ctx)
	a.worked(live.ForSetup, err)
	if len(a.studios) > 0 {
		_, err := a.client.Scenes(ctx, a.studios[0].ID)
		a.worked("DescribeCasterScenes", err)
		if !a.asked["DescribeCasterConfig"] && a.denied["DescribeCasterConfig"] == nil {
			_, err = a.client.CasterConfig(ctx, a.studios[0].ID)
			a.worked("DescribeCasterConfig", err)
		}
	}
	all := x.streams()
	i := slices.IndexFunc(all, func(s namedStream) bool { return !s.pattern })
	if i < 0 {
		return
	}
	now := time.Now()
	_, err = a.client.RecordContent(ctx, all[i].Stream, now.Add(-time.Hour), now)
	a.worked("DescribeLiveStreamRecordContent", err)
	_, err = a.client.RecordFiles(ctx, all[i].Stream, now.Add(-time.Hour), now)
	a.worked("DescribeLiveStreamRecordIndexFiles", err)
}

// targets are the studios of the account as a policy is held against them.
func (a *account) targets() []op.Target {
	return op.Each(a.studios, func(c live.Caster) op.Target { return op.Target{Kind: "caster", ID: c.ID, Name: c.Name} })
}
