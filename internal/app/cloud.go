package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"casterbot/commands/failure"
	"casterbot/internal/config"
	"casterbot/internal/doctor"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/policy"
	"casterbot/internal/quota"
)

// askAgain is how long after a look at a cloud that does not answer the next one comes.
const askAgain = time.Minute

// inquiry asks the cloud at the start whether it can be worked with, and says in the log what it found. While it
// cannot, it is asked again.
type inquiry struct {
	cloud  *live.Client
	policy *policy.Keeper
	log    *slog.Logger
	region string
	keys   string        // the kind of them
	again  chan struct{} // another policy is in force
}

// newInquiry makes one that is made anew whenever another policy is in force.
func newInquiry(c config.Config, keys live.Credentials, cloud *live.Client, keeper *policy.Keeper,
	log *slog.Logger) *inquiry {
	i := &inquiry{cloud: cloud, policy: keeper, log: log, region: c.Region, keys: keys.String(),
		again: make(chan struct{}, 1)}
	keeper.OnSwap(func(*policy.Policy) {
		select {
		case i.again <- struct{}{}:
		default:
		}
	})
	return i
}

// run ends with ctx.
func (i *inquiry) run(ctx context.Context) {
	ctx = quota.With(ctx, quota.Caller{Class: quota.Background})
	every := time.NewTicker(askAgain)
	defer every.Stop()
	for found := false; ; {
		if well := i.cloud.State().Failure == nil; !found || !well {
			found = i.ask(ctx, found) || found
		}
		select {
		case <-ctx.Done():
			return
		case <-i.again:
			found = false
		case <-every.C:
		}
	}
}

// ask makes one look. What is found is said once.
func (i *inquiry) ask(ctx context.Context, found bool) bool {
	ctx, cancel := context.WithTimeout(ctx, askAgain)
	defer cancel()
	studios, err := i.cloud.Casters(ctx)
	e := &live.Error{}
	switch {
	case errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &e):
		i.log.Error("ApsaraVideo Live cannot be worked with: whoever types a command is told so", "state",
			i.cloud.State().Word(), "code", e.Code, "requestId", e.RequestID, "why", e.Message, "credentials", i.keys,
			"region", i.region, "do", doctor.Advice(e))
		return false
	case found:
		i.log.Info("ApsaraVideo Live answers again")
		return true
	}
	i.say(studios)
	i.domains(ctx)
	return true
}

// say tells what the account has, and what of the policy means nothing there.
func (i *inquiry) say(studios []live.Caster) {
	var all []op.Target
	onAir := 0
	for _, c := range studios {
		all = append(all, c.Target())
		if c.OnAir {
			onAir++
		}
	}
	i.log.Info("ApsaraVideo Live answers", "credentials", i.keys, "region", i.region, "studios", len(all), "on air", onAir)
	if len(all) == 0 {
		i.log.Warn("the account has no studio here: is it the right account, and ALIBABA_CLOUD_REGION_ID the right region?")
		return
	}
	for _, doubt := range i.policy.Current().Unmatched(all) {
		i.log.Warn("policy has a doubtful place", "warning", doubt)
	}
}

// domains asks for each streaming domain of the policy whether the account has it.
func (i *inquiry) domains(ctx context.Context) {
	current := i.policy.Current()
	for _, domain := range current.Domains() {
		_, err := i.cloud.OnlineStreams(ctx, domain, "", "")
		e := &live.Error{}
		if !errors.As(err, &e) || e.Code != "InvalidDomain.NotFound" {
			continue
		}
		for _, doubt := range current.Foreign(domain) {
			i.log.Warn("policy has a doubtful place", "warning", doubt)
		}
	}
}

func openCloud(c config.Config, keys live.Credentials, limits *quota.Quota, fresh time.Duration, log *slog.Logger,
	sent func(string, live.Class, time.Duration)) (*live.Client, error) {
	waiting := func(ctx context.Context, permit op.SendPermit, action string, why live.Class, wait time.Duration) {
		level := slog.LevelDebug
		if wait >= time.Second {
			level = slog.LevelInfo
		}
		log.Log(ctx, level, "the cloud is busy", "action", action, "again in", wait.Round(time.Millisecond).String())
		permit.Wait(failure.ThrottledText(action, why, wait), wait)
	}
	return live.New(live.Config{
		Endpoint: c.LiveEndpoint, Region: c.Region, Credentials: keys, Quota: limits, Fresh: fresh, Waiting: waiting,
		Log: log, Sent: sent, TrailEndpoint: c.TrailEndpoint,
	})
}

// sessionsOf fetches ahead the role session of a change, where the keys are those of a role.
func sessionsOf(keys live.Credentials, cloud *live.Client) func(name string) {
	if !keys.OfRole() {
		return nil
	}
	return cloud.PrepareSession
}

// trailOf gives the cloud's own record to whoever asks it by the interface T; nil where it is not to be asked.
func trailOf[T any](c config.Config, cloud T) (none T) {
	if c.ActionTrail != "on" {
		return none
	}
	return cloud
}
