package commands

import (
	"context"
	"slices"
	"strconv"
	"time"

	"casterbot/commands/failure"
	"casterbot/commands/nextcmd"
	"casterbot/commands/recording"
	"casterbot/internal/grammar"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/parallel"
)

const filesUsage = "record files {stream?} {page?}"

const (
	// pageFiles is how many files one answer shows.
	pageFiles = 10
	// reach is how far back the API lets one query look; sight is how far back files are looked for. The API keeps its
	// lists for six months, which would be 45 queries.
	reach = 4 * 24 * time.Hour
	sight = 7 * reach
	// maxLooks is how many streams are looked at for the newest files of all.
	maxLooks = 12
	// maxPage is the last page that can be asked for.
	maxPage = 99
)

func (s table) recordFiles() op.Command {
	return op.Command{
		Usage:    filesUsage,
		Short:    "The recorded files, newest first, with their length.",
		Examples: []string{"record files", "record files main", "record files main 2"},
		Verb:     "record.files", Effect: op.Read,
		Read: s.readFiles,
	}
}

// readFiles shows one stream's files page by page, or the newest of all streams of the channel. API:
// https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-describelivestreamrecordindexfiles
func (s table) readFiles(ctx context.Context, call op.Call) (op.Answer, error) {
	page, err := pageOf(call.Args["page"])
	if err != nil {
		return op.Answer{}, err
	}
	if call.Args["stream"] == "" {
		return s.readAllFiles(ctx, call)
	}
	t, err := s.stream(ctx, call)
	if err != nil {
		return op.Answer{}, err
	}
	answer := op.Answer{Mark: op.MarkNeutral, Title: op.L("Files of ", op.B(t.label))}
	var files []live.File
	var from time.Time
	var k recording.State
	asks := []func() error{func() (err error) { files, from, err = s.filesBack(ctx, t, page*pageFiles+1); return err }}
	if page == 1 {
		asks = append(asks, parallel.Into(&k, func() (recording.State, error) {
			return s.recordingOf(ctx, t.Stream, recording.SeeOnline|recording.SeeConfig|recording.SeeContent)
		}))
	} else {
		answer.Title = op.L(answer.Title, ", page ", op.N(page))
	}
	if err := parallel.Together(asks...); err != nil {
		return op.Answer{}, failure.CannotLook(op.L(op.V(t.label)), err)
	}
	answer.Note, answer.Items = op.L("Searched back to ", op.Day(from), "."), k.With(files).Unwritten(t.String())
	shown := files[min(len(files), (page-1)*pageFiles):min(len(files), page*pageFiles)]
	for _, f := range shown {
		answer.Items = append(answer.Items, fileItem(f))
	}
	switch {
	case len(files) > page*pageFiles && page < maxPage:
		answer.Next = []op.Next{{Label: "Older files",
			Text: grammar.Format(filesUsage, op.Args{"stream": t.String(), "page": strconv.Itoa(page + 1)})}}
	case len(answer.Items) == 0:
		answer.Lines = []op.Line{op.L("No files.")}
	}
	return answer, nil
}

// pageOf reads the number of a page; none is the first.
func pageOf(typed string) (int, error) {
	if typed == "" {
		return 1, nil
	}
	page, err := strconv.Atoi(typed)
	if err != nil || page < 1 || page > maxPage {
		return 0, op.Refuse(op.L("The page must be a number from 1 to ", op.N(maxPage), ", not ",
			op.B(op.Visible(typed)), ".")).About("page")
	}
	return page, nil
}

// filesBack gives at least the wanted number of a stream's files, newest first, as far as there are so many; from is
// how far back it looked: into the last days, and side by side into all the others where those are not enough.
func (s table) filesBack(ctx context.Context, t target, wanted int) (files []live.File, from time.Time, err error) {
	to := s.now().Add(time.Minute)
	from = to.Add(-reach)
	if files, err = s.cloud.RecordFiles(ctx, t.Stream, from, to); err != nil || len(files) >= wanted {
		return newestFirst(files), from, err
	}
	var windows []func() error
	older := make([][]live.File, sight/reach-1)
	for i := range older {
		until := from.Add(-time.Duration(i) * reach)
		windows = append(windows,
			parallel.Into(&older[i], func() ([]live.File, error) {
				return s.cloud.RecordFiles(ctx, t.Stream, until.Add(-reach), until)
			}))
	}
	if err := parallel.Together(windows...); err != nil {
		return nil, from, err
	}
	seen := map[string]bool{}
	again := func(f live.File) bool { // one that spans two windows is listed in both
		known := seen[f.ID]
		seen[f.ID] = true
		return known
	}
	files = slices.DeleteFunc(append(files, slices.Concat(older...)...), again)
	return newestFirst(files), to.Add(-sight), nil
}

func newestFirst(files []live.File) []live.File {
	sorted := slices.Clone(files)
	slices.SortStableFunc(sorted, func(a, b live.File) int { return b.To.Compare(a.To) })
	return sorted
}

// readAllFiles shows the newest files of the last days over all streams of the channel.
func (s table) readAllFiles(ctx context.Context, call op.Call) (op.Answer, error) {
	all, blind, err := s.streams(ctx, call.Scope)
	if err != nil {
		return op.Answer{}, err
	}
	type filed struct {
		live.File
		of target
	}
	var files []filed
	from := s.now().Add(-reach)
	answer := op.Answer{Mark: op.MarkNeutral, Title: op.L("The newest files of this channel"), Lines: blind,
		Note: op.L("Searched back to ", op.Day(from), ". For more ask for one stream.")}
	slices.SortStableFunc(all, func(a, b target) int { return first(a.online != nil, b.online != nil) })
	to := s.now()
	shown, unlooked := op.Cut(all, maxLooks)
	if len(unlooked) > 0 {
		answer.Lines = append(answer.Lines,
			op.L("Looked at ", op.N(len(shown)), " streams, live ones first; ", unlooked, "."))
	}
	for i, found := range parallel.Tries(shown, func(t target) ([]live.File, error) {
		return s.cloud.RecordFiles(ctx, t.Stream, from, to)
	}) {
		if found.Err != nil && shown[i].unseen == nil { // else that is said of its domain
			answer.Lines = append(answer.Lines,
				op.L("casterbot could not look at ", op.B(shown[i].label), ": ", failure.Explain(found.Err).Text, "."))
		}
		for _, f := range found.Got {
			files = append(files, filed{f, shown[i]})
		}
	}
	slices.SortStableFunc(files, func(a, b filed) int { return b.To.Compare(a.To) })
	newest, rest := op.Cut(files, pageFiles)
	if len(rest) > 0 {
		answer.Note = op.L(rest, ". ", answer.Note)
	}
	for _, f := range newest {
		item := fileItem(f.File)
		item.Title = op.L(op.B(f.of.label), " · ", item.Title)
		item.Next = []op.Next{nextcmd.Command("files", op.Args{"stream": f.of.String()})}
		answer.Items = append(answer.Items, item)
	}
	if len(files) == 0 && len(answer.Lines) == 0 {
		answer.Lines = []op.Line{op.L("No files.")}
	}
	return answer, nil
}
