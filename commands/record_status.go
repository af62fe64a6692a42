package commands

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"casterbot/commands/failure"
	"casterbot/commands/naming"
	"casterbot/commands/nextcmd"
	"casterbot/commands/recording"
	"casterbot/internal/grammar"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/parallel"
	"casterbot/internal/tally"
)

const (
	statusUsage = "record status {stream?} {page?}"
	// pageStreams is how many streams one answer looks at.
	pageStreams = 10
	// everyStream is how the streams of the channel are called where a page of them is asked for.
	everyStream = "all"
)

func (s table) recordStatus() op.Command {
	return op.Command{
		Usage:    statusUsage,
		Short:    "Live or not, how it is recorded, what the cloud shows, the last files.",
		Examples: []string{"record status", "record status main", "record status all 2"},
		Verb:     "record.status", Effect: op.Read,
		Read: s.readStatus,
	}
}

func (s table) readStatus(ctx context.Context, call op.Call) (op.Answer, error) {
	page, err := pageOf(call.Args["page"])
	if err != nil {
		return op.Answer{}, err
	}
	typed := call.Args["stream"]
	if typed == "" || naming.Fold(typed) == everyStream && len(aliased(typed, call.Scope.Streams)) == 0 {
		return s.readStreams(ctx, call, page)
	}
	return s.readStream(ctx, call)
}

// readStreams shows a page of the channel's streams: the live ones first, else in the policy's order. Which are live
// comes from one list, how they are recorded from another; only what was recorded is asked for each that is shown.
func (s table) readStreams(ctx context.Context, call op.Call, page int) (op.Answer, error) {
	all, blind, err := s.streams(ctx, call.Scope)
	if err != nil {
		return op.Answer{}, failure.Beside(err, func() []op.Item {
			known, _ := named(call.Scope)
			return s.unseenStreams(ctx, known...)
		})
	}
	own := s.ownRecordings(ctx)
	began := func(t target) bool { return own(t.Stream).Own.Began() }
	slices.SortStableFunc(all, func(a, b target) int {
		return cmp.Or(first(a.online != nil && began(a), b.online != nil && began(b)),
			first(a.online != nil, b.online != nil), first(a.unseen != nil, b.unseen != nil))
	})
	from, to := min(len(all), (page-1)*pageStreams), min(len(all), page*pageStreams)
	answer := op.Answer{
		Mark: op.MarkNeutral, Title: op.L(op.HowMany(len(all), " stream", " streams"), " of this channel"),
		Lines: blind, Items: s.streamItems(ctx, all[from:to], own),
	}
	switch {
	case from == to && page > 1:
		answer.Lines = append(answer.Lines, op.L("There are no more."))
	case from > 0 || to < len(all):
		answer.Note = op.L(op.V(strconv.Itoa(from+1)+"-"+strconv.Itoa(to)), " of ", op.N(len(all)),
			", recordings and live ones first.")
	}
	if to < len(all) && page < maxPage {
		answer.Next = []op.Next{{Label: "More streams",
			Text: grammar.Format(statusUsage, op.Args{"stream": everyStream, "page": strconv.Itoa(page + 1)})}}
	}
	return answer, nil
}

// streamItems looks at some streams side by side, whose being live is known.
func (s table) streamItems(ctx context.Context, all []target, own func(live.Stream) tally.Recording) []op.Item {
	now := s.now()
	var configs map[string]parallel.Answer[[]live.RecordConfig]
	var contents []parallel.Answer[[]live.Content]
	_ = parallel.Together(
		func() error { configs = s.configsOf(ctx, all); return nil },
		func() error {
			contents = parallel.Tries(all, func(t target) ([]live.Content, error) {
				return s.cloud.RecordContent(ctx, t.Stream, now.Add(-recording.Window), now.Add(time.Minute))
			})
			return nil
		},
	)
	var items []op.Item
	unsettled := s.unsettled(ctx)
	for i, t := range all {
		k := recording.State{Seen: recording.SeeContent, Online: t.online, Recording: own(t.Stream)}
		k.At = now
		how := configs[t.Domain]
		if how.Err == nil {
			k.Seen |= recording.SeeConfig
		}
		if t.unseen == nil {
			k.Seen |= recording.SeeOnline
		}
		k.Judge(t.Stream, nil, how.Got, contents[i].Got)
		if contents[i].Err == nil {
			k.Recording = s.sawEnd(ctx, t.Stream, k.Recording)
		}
		item := streamItem(k, t, contents[i].Err)
		item.Facts = append(item.Facts, unsettled(t.target())...)
		items = append(items, item)
	}
	return items
}

// configsOf looks up how streams are recorded, with one list a domain.
func (s table) configsOf(ctx context.Context, all []target) map[string]parallel.Answer[[]live.RecordConfig] {
	streams := map[string][]live.Stream{}
	for _, t := range all {
		streams[t.Domain] = append(streams[t.Domain], t.Stream)
	}
	domains := slices.Sorted(maps.Keys(streams))
	found := map[string]parallel.Answer[[]live.RecordConfig]{}
	for i, c := range parallel.Tries(domains, func(domain string) ([]live.RecordConfig, error) {
		return s.cloud.RecordConfigs(ctx, streams[domain]...)
	}) {
		found[domains[i]] = c
	}
	return found
}

// streamItem shows one stream among others; that one, or something of it, cannot be looked at is said in its place.
func streamItem(k recording.State, t target, err error) op.Item {
	if err != nil {
		item := op.Item{
			Mark: op.MarkUnknown, Title: op.L(op.B(t.label)),
			Facts: []op.Line{op.L("could not be looked at: ", failure.Explain(err).Text, ".")},
		}
		if t.online != nil || t.unseen != nil || !k.Own.Began() { // one of a stream that is not live has ended
			item.Facts = append(item.Facts, k.Known()...)
		}
		return item
	}
	item := op.Item{Mark: k.Mark(), Title: op.L(op.B(t.label)), Facts: k.Facts(t.Stream), Next: k.Ways(t.String())[:1]}
	if !k.Seen.Has(recording.SeeOnline) {
		item.Facts = append(item.Facts, op.L("whether it is live could not be seen"))
	}
	if !k.Seen.Has(recording.SeeConfig) {
		item.Facts = append(item.Facts, op.L("how it is recorded could not be seen"))
	}
	return item
}

func (s table) readStream(ctx context.Context, call op.Call) (op.Answer, error) {
	t, err := s.stream(ctx, call)
	if err != nil {
		return op.Answer{}, err
	}
	k, err := s.recordingOf(ctx, t.Stream, recording.SeeAll)
	if err != nil {
		return op.Answer{}, failure.Beside(failure.CannotLook(op.L(op.V(t.label)), err),
			func() []op.Item { return s.unseenStreams(ctx, t) })
	}
	answer := op.Answer{
		Mark: k.Mark(), Title: op.L(op.B(t.label)), Lines: k.Facts(t.Stream),
		Next: k.Ways(t.String()),
	}
	answer.Lines = append(answer.Lines, s.unsettled(ctx)(t.target())...)
	files, rest := op.Cut(newestFirst(k.Files), maxStatusFiles)
	answer.Items = op.Each(files, fileItem)
	switch {
	case len(files) == 0:
		answer.Lines = append(answer.Lines, op.L("No files within the last 24 hours."))
	case len(rest) > 0:
		answer.Items = append(answer.Items, op.Item{Title: rest})
		answer.Next = append(answer.Next, nextcmd.OnStream("files", t.String()))
	}
	return answer, nil
}

// unseenStreams are those out of some that could not be looked at of which the bot itself knows something that stands.
func (s table) unseenStreams(ctx context.Context, some ...target) (items []op.Item) {
	own, unsettled := s.ownRecordings(ctx), s.unsettled(ctx)
	for _, t := range some {
		r := own(t.Stream)
		r.At = s.now()
		if known := append(r.Known(), unsettled(t.target())...); len(known) > 0 {
			items = append(items, op.Item{Mark: op.MarkUnknown, Title: op.L(op.B(t.label)),
				Facts: append([]op.Line{op.L("could not be looked at")}, known...)})
		}
	}
	return items
}

// maxStatusFiles is how many files a status shows; the others have a command of their own.
const maxStatusFiles = 3

// fileItem shows a file without its address: the bucket decides who may fetch it.
func fileItem(f live.File) op.Item {
	return op.Item{
		Mark: op.MarkOK, Title: op.L("File", op.Told(" of ", op.At, f.From), op.Told(" to ", op.At, f.To)),
		Facts: []op.Line{op.L(op.For(f.Duration), " · ", op.V(f.Format))},
	}
}
