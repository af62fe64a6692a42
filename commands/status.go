package commands

import (
	"context"
	"strconv"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// maxLooks is how many streams one status looks at, at four reads each.
const maxLooks = 12

func (s set) recordStatus() op.Command {
	return op.Command{
		Usage:    "record status {stream?}",
		Short:    "Live or not, how it is recorded, what the cloud shows, the last files.",
		Examples: []string{"record status", "record status main"},
		Verb:     "record.status", Effect: op.Read,
		Read: s.readStatus,
	}
}

func (s set) readStatus(ctx context.Context, call op.Call) (op.Answer, error) {
	if call.Args["stream"] != "" {
		return s.readStream(ctx, call)
	}
	all, err := s.streams(ctx, call.Scope)
	if err != nil {
		return op.Answer{}, err
	}
	answer := op.Answer{Mark: op.MarkNeutral, Title: op.L(count(len(all), " stream", " streams"), " of this channel")}
	for _, t := range all[:min(len(all), maxLooks)] {
		answer.Items = append(answer.Items, s.streamItem(ctx, t))
	}
	if len(all) > maxLooks {
		answer.Note = op.L(op.V(strconv.Itoa(len(all)-maxLooks)), " more. Ask for one with ", op.Code("/record status name"), ".")
	}
	return answer, nil
}

// streamItem shows one stream among others; that one cannot be looked at is said in its place.
func (s set) streamItem(ctx context.Context, t target) op.Item {
	item := op.Item{Mark: op.MarkUnknown, Title: op.L(op.B(t.label))}
	k, err := s.lookAt(ctx, t.Stream)
	if err != nil {
		item.Facts = []op.Line{op.L("I could not look: ", explain(err).text, ".")}
		return item
	}
	item.Mark, item.Facts = k.mark(), k.facts(t.Stream)
	item.Next = k.ways(t)[:1]
	return item
}

func (s set) readStream(ctx context.Context, call op.Call) (op.Answer, error) {
	t, err := s.stream(ctx, call)
	if err != nil {
		return op.Answer{}, err
	}
	k, err := s.lookAt(ctx, t.Stream)
	if err != nil {
		return op.Answer{}, blind(op.L(op.V(t.label)), err)
	}
	answer := op.Answer{
		Mark: k.mark(), Title: op.L(op.B(t.label)), Lines: k.facts(t.Stream), Next: append(k.ways(t), filesNext(k, t)...),
		Note: op.L("No API says what is being recorded now; this is concluded from its lists of material and files."),
	}
	for _, f := range newestFirst(k.files)[:min(len(k.files), maxStatusFiles)] {
		answer.Items = append(answer.Items, fileItem(f))
	}
	if len(k.files) == 0 {
		answer.Lines = append(answer.Lines, op.L("No files within the last 24 hours."))
	}
	return answer, nil
}

// maxStatusFiles is how many files a status shows; the others have a command of their own.
const maxStatusFiles = 3

// filesNext leads to all files, where a status shows but some.
func filesNext(k look, t target) []op.Next {
	if len(k.files) <= maxStatusFiles {
		return nil
	}
	return []op.Next{way("files", op.Args{"stream": t.String()})}
}

// fileItem shows a file without its address: the bucket decides who may fetch it.
func fileItem(f live.File) op.Item {
	return op.Item{
		Mark: op.MarkOK, Title: op.L("File", told(" of ", op.On, f.From), told(" to ", op.At, f.To)),
		Facts: []op.Line{op.L(op.For(f.Duration), " · ", op.V(f.Format), " · ", op.Code(f.ID))},
	}
}

func (k look) mark() op.Mark {
	switch {
	case k.fresh():
		return op.MarkRecording
	case k.phase == ended && k.due().After(k.at):
		return op.MarkPaused
	case k.online == nil:
		return op.MarkIdle
	}
	return op.MarkNeutral
}

// ways offers what can sensibly follow; there is always one.
func (k look) ways(t target) []op.Next {
	path := t.String()
	switch {
	case k.config == nil:
		return []op.Next{recordNext("Status", "status", path)}
	case k.fresh():
		return []op.Next{recordNext("Pause recording", "stop", path), recordNext("Cut and write the file", "restart", path)}
	case k.phase == ended && k.due().After(k.at):
		return []op.Next{recordNext("Write it now", "finish", path), recordNext("Resume", "start", path)}
	case k.online != nil:
		return []op.Next{recordNext("Start recording", "start", path)}
	}
	return []op.Next{recordNext("Status", "status", path)}
}
