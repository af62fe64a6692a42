package doctor

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

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
	leaveLess  = "find out what else uses the account, and leave it less: CASTERBOT_QUOTA_SHARE"
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
	n.ok("ApsaraVideo Live answers (%s): %s", x.Settings.Region, op.Count(len(studios), "studio"))
	return true
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
	return op.Count(int(ahead.Abs().Round(time.Minute).Minutes()), "minute") + " " + way
}
