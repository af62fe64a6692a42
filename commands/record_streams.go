package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"casterbot/commands/failure"
	"casterbot/commands/naming"
	"casterbot/commands/recording"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/parallel"
	"casterbot/internal/tally"
)

// target is a stream with its name for people: the channel's alias if there is one.
type target struct {
	live.Stream
	label  string
	online *live.Online // set by streams only
	unseen error        // why it is not known whether it is live; set by streams only
}

func (t target) target() op.Target { return op.Target{Kind: "stream", ID: t.String(), Name: t.label} }

func (t target) thing() naming.Thing {
	note := op.Text("not live")
	switch {
	case t.online != nil:
		note = "live"
	case t.unseen != nil:
		note = "could not be looked at"
	}
	return naming.Thing{ID: t.String(), Name: t.label, Note: note}
}

// stream resolves the argument {stream}: an alias of the channel, domain/app/stream in full, or a bare stream name
// where the channel's pattern says which domain and app it has. An alias wins, as somebody wrote down what it means.
func (s table) stream(ctx context.Context, call op.Call) (target, error) {
	typed := call.Args["stream"]
	patterns := patternsOf(typed, call.Scope)
	if len(patterns) == 1 {
		if stream, ok := parsePath(patterns[0]); ok {
			return labelled(stream, call.Scope), nil
		}
	}
	all, blind, err := s.streams(ctx, call.Scope)
	switch {
	case err != nil:
		return target{}, err
	case len(patterns) == 0:
		err = naming.Streams.Unknown(typed, op.Each(all, target.thing))
	default:
		err = unclearStream(typed, patterns, all)
	}
	if refusal, ok := errors.AsType[*op.Refusal](err); ok && len(blind) > 0 {
		refusal.Answer.Lines = append(refusal.Answer.Lines, blind...)
	}
	return target{}, err
}

// patternsOf gives what a word can mean of the channel's streams.
func patternsOf(typed string, scope op.Scope) []string {
	_, whole := parsePath(typed)
	switch {
	case whole && scope.Stream(typed):
		return []string{typed}
	case strings.Contains(typed, "/"):
		return nil
	}
	if patterns := aliased(typed, scope.Streams); len(patterns) > 0 {
		return patterns
	}
	return bare(typed, scope)
}

// aliased gives the patterns behind an alias: of the one written exactly so, else of all that fold to it.
func aliased(typed string, aliases []op.StreamAlias) []string {
	var patterns []string
	for _, a := range aliases {
		if a.Alias == typed {
			return []string{a.Pattern}
		}
		if naming.Skeleton(a.Alias) == naming.Skeleton(typed) && naming.Fold(a.Alias) == naming.Fold(typed) {
			patterns = append(patterns, a.Pattern)
		}
	}
	return patterns
}

// fits matches a pattern segment by segment; a wildcard does not cross a slash.
func fits(pattern, stream string) bool {
	ok, err := path.Match(pattern, stream)
	return ok && err == nil
}

// bare gives the paths that a stream name alone can mean.
func bare(name string, scope op.Scope) []string {
	var found []string
	for _, a := range scope.Streams {
		parts := strings.Split(a.Pattern, "/")
		if len(parts) != 3 || wild(parts[0]) || wild(parts[1]) {
			continue
		}
		full := parts[0] + "/" + parts[1] + "/" + name
		if _, ok := parsePath(full); ok && scope.Stream(full) && !slices.Contains(found, full) {
			found = append(found, full)
		}
	}
	return found
}

func wild(pattern string) bool { return strings.ContainsAny(pattern, "*?") }

// parsePath reads domain/app/stream without wildcards.
func parsePath(full string) (live.Stream, bool) {
	parts := strings.Split(full, "/")
	if len(parts) != 3 {
		return live.Stream{}, false
	}
	for _, part := range parts {
		odd := strings.ContainsFunc(part, func(r rune) bool {
			return unicode.IsSpace(r) || !unicode.IsPrint(r) || strings.ContainsRune("*?#&%\\", r)
		})
		if part == "" || len(part) > 255 || odd {
			return live.Stream{}, false
		}
	}
	return live.Stream{Domain: parts[0], App: parts[1], Name: parts[2]}, true
}

// targetOf reads the stream back out of a plan.
func targetOf(p op.Plan) (target, error) {
	stream, ok := parsePath(p.Args["stream"])
	if !ok {
		return target{}, fmt.Errorf("stream %q: not domain/app/stream", p.Args["stream"])
	}
	return target{Stream: stream, label: cmp.Or(p.Target.Name, stream.Name)}, nil
}

func labelled(stream live.Stream, scope op.Scope) target {
	return target{Stream: stream, label: scope.StreamName(stream.String())}
}

// unclearStream lists what the patterns can mean: the streams themselves, and those live now that fit.
func unclearStream(typed string, patterns []string, all []target) error {
	refusal := op.Refuse(op.L("More than one stream could be meant by ", op.B(op.Visible(typed)), "."),
		op.L("Give the stream in full, as domain/app/stream.")).About("stream").InShort(op.L("unclear name"))
	fit, rest := op.Cut(slices.DeleteFunc(slices.Clone(all), func(t target) bool {
		return !slices.ContainsFunc(patterns, func(p string) bool { return fits(p, t.String()) })
	}), maxItems)
	refusal.Answer.Items = op.Each(fit, func(t target) op.Item { return t.thing().Item() })
	refusal.Answer.Note = rest
	return refusal
}

// streams lists the channel's streams: those that an alias names, then those live now that a pattern covers. Which are
// live comes from one list a domain, or a domain and app where the patterns name no other. A list that cannot be had is
// a line beside the others, and an error only where there is none at all.
func (s table) streams(ctx context.Context, scope op.Scope) (all []target, blind []op.Line, err error) {
	all, areas := named(scope)
	for i, found := range parallel.Tries(areas, func(a live.Stream) ([]live.Online, error) {
		return s.cloud.OnlineStreams(ctx, a.Domain, a.App, "")
	}) {
		if found.Err != nil {
			domain := areas[i].Domain
			err = cmp.Or(err, failure.CannotLook(op.L("the streams of ", op.V(domain)), found.Err))
			blind = append(blind,
				op.L("casterbot could not look at the streams of ", op.V(domain), ": ", failure.Explain(found.Err).Text, "."))
			noteUnseen(all, domain, found.Err)
		}
		for _, o := range found.Got {
			all = noteOnline(all, o, scope)
		}
	}
	if len(blind) < len(areas) {
		return all, blind, nil
	}
	return nil, nil, err
}

// noteUnseen marks the streams of a domain of which it could not be seen whether they are live.
func noteUnseen(all []target, domain string, why error) {
	for i := range all {
		if all[i].Domain == domain {
			all[i].unseen = why
		}
	}
}

// named gives the streams that an alias names, and where to look for live ones: in a domain, or in the one app of it
// that the patterns are about.
func named(scope op.Scope) (all []target, areas []live.Stream) {
	for _, a := range scope.Streams {
		if stream, ok := parsePath(a.Pattern); ok && scope.Stream(a.Pattern) {
			all = append(all, target{Stream: stream, label: a.Alias})
		}
		domain, rest, _ := strings.Cut(a.Pattern, "/")
		app, _, _ := strings.Cut(rest, "/")
		if wild(app) {
			app = ""
		}
		i := slices.IndexFunc(areas, func(known live.Stream) bool { return known.Domain == domain })
		switch {
		case wild(domain):
		case i < 0:
			areas = append(areas, live.Stream{Domain: domain, App: app})
		case areas[i].App != app:
			areas[i].App = ""
		}
	}
	return all, areas
}

// noteOnline marks a stream as live, and adds it when only a pattern covers it.
func noteOnline(all []target, o live.Online, scope op.Scope) []target {
	known := false
	for i := range all {
		if all[i].Stream == o.Stream {
			all[i].online, known = &o, true
		}
	}
	if known || !scope.Stream(o.Stream.String()) {
		return all
	}
	return append(all, target{Stream: o.Stream, label: scope.StreamName(o.Stream.String()), online: &o})
}

// recordingOf looks at a stream, and adds what the bot did itself.
func (s table) recordingOf(ctx context.Context, stream live.Stream, what recording.Aspect) (recording.State, error) {
	k, err := recording.Read(ctx, s.cloud, s.now(), stream, what)
	own := s.ownRecordings(ctx)(stream)
	k.Own, k.Paused = own.Own, own.Paused
	if err == nil && what.Has(recording.SeeFiles) {
		k.Paused.Later = s.sawFile(ctx, stream, k)
	}
	if err == nil && what.Has(recording.SeeContent) {
		k.Recording = s.sawEnd(ctx, stream, k.Recording)
	}
	return k, err
}

// ownRecordings gives what the bot itself did about the recordings of streams. It is a courtesy: when that cannot be
// read there is what the cloud shows.
func (s table) ownRecordings(ctx context.Context) func(live.Stream) tally.Recording {
	stands, err := s.records.Standings(ctx)
	if err != nil {
		return func(live.Stream) tally.Recording { return tally.Recording{} }
	}
	return func(stream live.Stream) tally.Recording {
		t := target{Stream: stream}.target()
		return tally.Recording{Own: stands(t, op.IsRecorded), Paused: stands(t, op.IsPaused)}
	}
}

// knownStreams says what the bot did about the recordings of streams. One of a stream that is not live has ended, and
// none goes on by itself when its stream has begun anew.
func (s table) knownStreams(ctx context.Context) func(op.Option) []op.Line {
	own := s.ownRecordings(ctx)
	return func(o op.Option) []op.Line {
		stream, ok := parsePath(o.Value)
		r := own(stream)
		over := o.Mark == op.MarkIdle || o.Since.After(r.Own.Since)
		if r.At = s.now(); !ok || over && r.Own.Began() {
			return nil
		}
		return r.Known()
	}
}

// streamOptions offers the channel's streams: "main · live".
func (s table) streamOptions(ctx context.Context, call op.Call) ([]op.Option, error) {
	all, _, err := s.streams(ctx, call.Scope)
	if err != nil {
		return nil, err
	}
	options := naming.Pick(op.Each(all, target.thing))
	for i := range options {
		options[i].Hint = options[i].Value
		at := slices.IndexFunc(all, func(t target) bool { return t.String() == options[i].Value })
		if online := all[at].online; online != nil {
			options[i].Since = online.Since
		}
	}
	return options, nil
}
