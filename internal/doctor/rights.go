package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/quota"
)

// worked notes what became of a call of an action; whether it was answered with yes or with a reason of its own is the
// same to its rights.
func (a *account) worked(action string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := &live.Error{}
	if errors.As(err, &e) && e.Forbidden() {
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
			n.warn(leaveLess, "others use up the account's limit of %s (%d calls a second)", action.Name,
				quota.Limit(action.Name))
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
	case errors.As(err, &e) && e.Forbidden():
		n.bad("allow actiontrail:LookupEvents on *, or set CASTERBOT_ACTIONTRAIL=off", "the keys may not ask ActionTrail: %s",
			explained(e))
	case errors.As(err, &e):
		n.warn("let this machine reach CASTERBOT_ACTIONTRAIL_ENDPOINT, by default https://actiontrail.REGION.aliyuncs.com",
			"ActionTrail could not be asked: %s", explained(e))
	}
}
