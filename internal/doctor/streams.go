package doctor

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"casterbot/internal/live"
)

// namedStream is a stream of the policy, or a pattern of streams, with where it stands.
type namedStream struct {
	live.Stream
	place   string
	pattern bool
}

// streams are those of all channels, each once.
func (x *exam) streams() []namedStream {
	var all []namedStream
	if x.policy == nil {
		return nil
	}
	for _, id := range x.policy.Channels() {
		scope, _ := x.policy.Scope(id)
		for _, s := range scope.Streams {
			parts := strings.Split(s.Pattern, "/") // three, as the policy has seen
			stream := namedStream{live.Stream{Domain: parts[0], App: parts[1], Name: parts[2]},
				x.policy.StreamPlace(id, s.Alias), strings.ContainsAny(s.Pattern, "*?")}
			if !slices.ContainsFunc(all, func(o namedStream) bool { return o.Stream == stream.Stream }) {
				all = append(all, stream)
			}
		}
	}
	return all
}

// split parts what is named in full from patterns, of one domain.
func split(all []namedStream, domain string) (full, patterns []namedStream) {
	for _, s := range all {
		switch {
		case s.Domain != domain:
		case s.pattern:
			patterns = append(patterns, s)
		default:
			full = append(full, s)
		}
	}
	return full, patterns
}

// checkStreams asks for each domain of the policy whether the account has it, and how its streams are recorded.
func (a *account) checkStreams(ctx context.Context, x *exam, n *notes) {
	all := x.streams()
	for _, domain := range x.policy.Domains() {
		online, err := a.client.OnlineStreams(ctx, domain, "", "")
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
		full, patterns := split(all, domain)
		a.recorded(ctx, n, full)
		a.fitting(ctx, n, patterns, online)
	}
	if len(n.list) == 0 && len(all) > 0 {
		n.ok("all streams of the policy are recorded on command (%d)", len(all))
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

// fitting looks for something that each pattern of a domain fits: a live stream, or a recording configuration.
func (a *account) fitting(ctx context.Context, n *notes, patterns []namedStream, online []live.Online) {
	if len(patterns) == 0 {
		return
	}
	configs, err := a.client.DomainRecordConfigs(ctx, patterns[0].Domain)
	a.worked("DescribeLiveRecordConfig", err)
	if err != nil {
		n.unseen("how "+patterns[0].Domain+" is recorded", err)
		return
	}
	for _, p := range patterns {
		lives := slices.ContainsFunc(online, func(s live.Online) bool { return fits(p.App, s.App) && fits(p.Name, s.Name) })
		set := slices.ContainsFunc(configs, func(c live.RecordConfig) bool {
			return fits(p.App, c.App) && fits(p.Name, c.Name)
		})
		if !lives && !set {
			n.warn("correct the pattern in the policy; the account's streams: "+consoleAt+" → Stream Management",
				"%s: %s fits no live stream and nothing that is set up to be recorded", p.place, p.Stream)
		}
	}
}

// fits holds a name against a pattern of the policy, which has no other special characters than * and ?. A
// configuration for all has no name, or a star.
func fits(pattern, name string) bool {
	same, _ := path.Match(pattern, name)
	return same || name == "" || name == "*"
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
