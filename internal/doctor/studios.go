package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// checkStudios holds the policy's studios against those of the account, and looks how each is set up.
func (a *account) checkStudios(ctx context.Context, x *exam, n *notes) {
	if len(a.studios) > 0 {
		for _, doubt := range x.policy.Unmatched(op.Each(a.studios, live.Caster.Target)) {
			n.warn("correct the name or the pattern in the policy; the account's studios: "+consoleAt, "%s", doubt)
		}
	}
	mine := slices.DeleteFunc(slices.Clone(a.studios), func(c live.Caster) bool { return !x.touches(c) })
	for _, c := range mine[:min(mostAsked, len(mine))] {
		config, err := a.client.CasterConfig(ctx, c.ID)
		a.worked("DescribeCasterConfig", err)
		if err != nil {
			n.unseen(fmt.Sprintf("studio %q (%s)", c.Name, c.ID), err)
			continue
		}
		n.studio(c, config)
	}
	if len(mine) > mostAsked {
		n.skip(op.Count(len(mine)-mostAsked, "more studio"), fmt.Sprintf("one look asks for %d at most", mostAsked))
	}
	n.twins(mine)
	if len(n.list) == 0 && len(mine) > 0 {
		n.ok("all studios of the policy have a domain and a standby picture (%d)", len(mine))
	}
}

// touches reports a studio that a channel of the policy may touch.
func (x *exam) touches(c live.Caster) bool {
	return slices.ContainsFunc(x.policy.Channels(), func(id string) bool {
		scope, _ := x.policy.Scope(id)
		return scope.Studio(c.ID, c.Name)
	})
}

// unseen tells what could not be looked at. A right that is missing is told with the rights.
func (n *notes) unseen(what string, err error) {
	e := &live.Error{}
	if errors.As(err, &e) && e.Forbidden() {
		n.skip(what, "the keys may not use live:"+e.Action)
		return
	}
	reason := "it does not answer in time"
	if errors.As(err, &e) && e.Class != "" {
		reason = explained(e)
	}
	n.skip(what, reason)
}

// studio says what of its settings keeps a command from working, or surprises people.
func (n *notes) studio(c live.Caster, config live.CasterConfig) {
	place := fmt.Sprintf("studio %q (%s)", c.Name, c.ID)
	at := consoleAt + " → Production Studio → " + c.Name + " → settings"
	if config.Domain == "" {
		n.bad("give it a streaming domain: "+at, "%s has no streaming domain: it cannot be started, and its scenes are not listed",
			place)
	}
	switch {
	case !config.Standby:
		n.warn("give it a standby picture: "+at, "%s has no standby picture: /caster standby cannot work", place)
	case config.AutoStandby:
		n.warn("switch AutoSwitchUrgentOn off if that is not meant: "+at,
			"%s shows its standby picture by itself when its input fails (AutoSwitchUrgentOn)", place)
	}
	if config.Recorded && config.RecordOnDemand == 0 {
		n.ok("%s records its output by itself whenever it is on air", place)
	}
}

// twins are studios of one name: whoever types it is asked which.
func (n *notes) twins(all []live.Caster) {
	byName := map[string][]string{}
	for _, c := range all {
		byName[c.Name] = append(byName[c.Name], c.ID)
	}
	for _, c := range all {
		if ids := byName[c.Name]; len(ids) > 1 {
			n.warn("give them different names: "+consoleAt, "%d studios are called %q (%s): whoever types that is asked which",
				len(ids), c.Name, strings.Join(ids, ", "))
			delete(byName, c.Name)
		}
	}
}
