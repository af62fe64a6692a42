package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"casterbot/internal/live"
)

// checkStudios holds the policy's studios against those of the account, and looks how each is set up.
func (a *account) checkStudios(ctx context.Context, x *exam, n *notes) {
	if len(a.studios) > 0 {
		for _, doubt := range x.policy.Unmatched(a.targets()) {
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
		n.skip(plural(len(mine)-mostAsked, "more studio"), fmt.Sprintf("one look asks for %d at most", mostAsked))
	}
	n.twins(mine)
	if len(n.list) == 0 && len(mine) > 0 {
		n.ok("%s of the policy, each with a domain and a standby picture", plural(len(mine), "studio"))
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
	if errors.As(err, &e) && slices.Contains(forbidden, e.Code) {
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

// namedStream is a stream that the policy names in full, with where it does.
type namedStream struct {
	live.Stream
	place string
}

// streams are those, each once.
func (x *exam) streams() []namedStream {
	var all []namedStream
	if x.policy == nil {
		return nil
	}
	for _, id := range x.policy.Channels() {
		scope, _ := x.policy.Scope(id)
		rule, _ := x.policy.Place(id)
		for _, s := range scope.Streams {
			parts := strings.Split(s.Pattern, "/")
			if strings.ContainsAny(s.Pattern, "*?") || len(parts) != 3 {
				continue
			}
			stream := namedStream{live.Stream{Domain: parts[0], App: parts[1], Name: parts[2]},
				fmt.Sprintf("%s: channels.%s.streams.%s", rule, id, s.Alias)}
			if !slices.ContainsFunc(all, func(o namedStream) bool { return o.Stream == stream.Stream }) {
				all = append(all, stream)
			}
		}
	}
	return all
}

// checkStreams asks for each domain of the policy whether the account has it, and how its streams are recorded.
func (a *account) checkStreams(ctx context.Context, x *exam, n *notes) {
	all := x.streams()
	for _, domain := range x.policy.Domains() {
		_, err := a.client.OnlineStreams(ctx, domain, "", "")
		a.worked("DescribeLiveStreamsOnlineList", err)
		e := &live.Error{}
		if errors.As(err, &e) && e.Code == "InvalidDomain.NotFound" {
			for _, doubt := range x.policy.Foreign(domain) {
				n.bad("correct the domain in the policy; the account's domains: "+consoleAt+" → Domain Names", "%s", doubt)
			}
			continue
		}
		if err != nil {
			n.unseen("the streams of "+domain, err)
		}
		a.recorded(ctx, n, slices.DeleteFunc(slices.Clone(all), func(s namedStream) bool { return s.Domain != domain }))
	}
	if len(n.list) == 0 && len(all) > 0 {
		n.ok("each of %s of the policy is recorded on command", plural(len(all), "stream"))
	}
}

// recorded looks how the streams of one domain are recorded.
func (a *account) recorded(ctx context.Context, n *notes, streams []namedStream) {
	if len(streams) == 0 {
		return
	}
	var names []live.Stream
	for _, s := range streams {
		names = append(names, s.Stream)
	}
	configs, err := a.client.RecordConfigs(ctx, names...)
	a.worked("DescribeLiveRecordConfig", err)
	if err != nil {
		n.unseen("how "+streams[0].Domain+" is recorded", err)
		return
	}
	for _, s := range streams {
		n.stream(s, live.InForce(configs, s.Stream))
	}
}

// longDelay is how long after a pause a file should be there: people wait for it.
const longDelay = 10 * time.Minute

func (n *notes) stream(s namedStream, config *live.RecordConfig) {
	at := consoleAt + " → Recording → " + s.Domain
	switch {
	case config == nil:
		n.warn("add a recording configuration that records on demand: "+at,
			"%s: stream %s has no recording configuration: it cannot be recorded", s.place, s.Stream)
		return
	case config.OnDemand == live.OnDemandUntold:
		n.skip("whether "+s.String()+" records on demand", "the cloud does not say")
	case config.OnDemand != 7:
		n.warn("set it to record on demand (OnDemand 7), if /record start is meant to decide: "+at,
			"%s: stream %s records by itself whenever it is live (OnDemand %d)", s.place, s.Stream, config.OnDemand)
	}
	if config.Delay > longDelay {
		n.warn("shorten the delay of its recording configuration: "+at,
			"%s: the file of stream %s follows %s after a pause", s.place, s.Stream, config.Delay)
	}
}
