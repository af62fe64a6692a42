package commands

import (
	"context"
	"maps"
	"time"

	"casterbot/commands/baseline"
	"casterbot/commands/failure"
	"casterbot/commands/nextcmd"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// recording is one of the four commands of RealTimeRecordCommand.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-realtimerecordcommand
type recording struct {
	word    string // as typed and in the verb
	command string // as sent
	starts  []op.Condition
	ends    []op.Condition
	aliases []string
	short   op.Text
	title   op.Text // what comes before the stream
	button  op.Text
	denial  [2]op.Text // what comes before and after the stream when it was not done
	live    bool       // only a live stream can do it
	ask     aspect     // what a question looks at
	before  aspect     // and the moment before the call: what decides, and what the proof compares with
	after   aspect     // and a look after it
	state   func(recordState) []any
	refuse  func(recordState, target) error
	warn    func(recordState) []op.Line
	done    func(s table, p op.Plan, t target) op.Outcome
	proof   func(k recordState, before baseline.Baseline, a op.Attempt) bool
	dated   bool                        // the proof itself says that it happened at the send
	seen    func(k recordState) op.Line // the proof in words
	due     func(op.Attempt) time.Time  // when it leads to a file; nil: it leads to none
}

var recordings = []recording{
	{
		word: "start", command: "start", aliases: []string{"record resume {stream}"},
		short:  "Start recording a live stream, or go on after a pause.",
		starts: []op.Condition{op.IsRecorded},
		title:  "Start recording of ", button: "Start recording", denial: [2]op.Text{"Recording of ", " was not started"},
		live: true,
		ask:  seeOnline | seeConfig | seeContent, before: seeIngest | seeContent, after: seeContent,
		refuse: refuseRunning, warn: warnFresh, done: started, proof: provesStart, seen: seenStart,
	},
	{
		word: "stop", command: "stop", aliases: []string{"record pause {stream}"},
		short:  "Pause recording; the file follows after the delay.",
		starts: []op.Condition{op.IsPaused}, ends: []op.Condition{op.IsRecorded},
		title: "Pause recording of ", button: "Pause recording", denial: [2]op.Text{"Recording of ", " was not paused"},
		ask: seeOnline | seeConfig | seeContent, before: seeIngest | seeContent, after: seeContent,
		warn: warnQuiet, done: paused, proof: provesStop, dated: true, seen: seenStop, due: afterDelay,
	},
	{
		word: "restart", command: "restart", short: "Write the file of what was recorded so far and start over.",
		starts: []op.Condition{op.IsRecorded}, ends: []op.Condition{op.IsRecorded},
		title: "Start over recording of ", button: "Cut and write the file",
		denial: [2]op.Text{"Recording of ", " was not started over"}, live: true,
		ask: seeOnline | seeConfig | seeContent, before: seeIngest | seeContent, after: seeContent, state: recordState.latest,
		warn: warnQuiet, done: restarted, proof: provesRestart, seen: seenRestart, due: atSend,
	},
	{
		word: "finish", command: "cancel_delay", aliases: []string{"record cancel_delay {stream}"},
		short: "After a pause: write the file now instead of after the delay.",
		ends:  []op.Condition{op.IsRecorded, op.IsPaused},
		title: "Write the file of ", button: "Write the file now", denial: [2]op.Text{"The file of ", " was not written"},
		ask: seeConfig | seeContent | seeFiles, before: seeContent | seeFiles, after: seeFiles, state: recordState.latest,
		refuse: refuseUnpaused, warn: warnUnpaused, done: finished, proof: provesFile, dated: true, seen: seenFile,
		due: atSend,
	},
}

func (s table) record(r recording) op.Command {
	return op.Command{
		Usage: "record " + r.word + " {stream}", Aliases: r.aliases, Short: string(r.short),
		Examples: []string{"record " + r.word + " main"},
		Verb:     "record." + r.word, Effect: op.Change, Sends: "RealTimeRecordCommand",
		Fixed: map[string]string{"Command": r.command}, Starts: r.starts, Ends: r.ends,
		Plan: func(ctx context.Context, call op.Call) (op.Plan, error) { return s.planRecord(ctx, call, r) },
		Apply: func(ctx context.Context, p op.Plan, _ string, permit op.SendPermit) op.Outcome {
			return s.applyRecord(ctx, p, permit, r)
		},
		Verify: s.verifyRecord(r), Follow: s.followFile(r.due),
	}
}

func (s table) planRecord(ctx context.Context, call op.Call, r recording) (op.Plan, error) {
	t, err := s.stream(ctx, call)
	if err != nil {
		return op.Plan{}, err
	}
	what, seen := r.ask, map[string]string{}
	if call.Confirmed != nil {
		what = r.before
		maps.Copy(seen, call.Confirmed.Seen)
	}
	k, err := s.readState(ctx, t.Stream, what)
	if err != nil {
		return op.Plan{}, failure.CannotLook(op.L(op.V(t.label)), err)
	}
	if err := recordable(k, t, r); err != nil {
		return op.Plan{}, err
	}
	if call.Several && r.word != "start" && !k.fresh() && !k.waits() {
		return op.Plan{}, nothingRecorded(t)
	}
	if k.seen.has(seeConfig) {
		seen[delaySeen] = k.delay.String()
	} else {
		k.delay, _ = time.ParseDuration(seen[delaySeen])
	}
	maps.Copy(seen, k.trace().Seen())
	return op.Plan{
		Args:   op.Args{"stream": t.String()},
		Target: op.Target{Kind: "stream", ID: t.String(), Name: t.label},
		Title:  op.L(r.title, op.B(t.label)), Facts: append(k.facts(t.Stream), r.warn(k)...), Button: string(r.button),
		Fingerprint: r.fingerprint(k, t.Stream), Seen: seen,
	}, nil
}

// fingerprint holds what would make another decision of it, and nothing that a refusal tells already. A start and a
// pause are right whatever was recorded meanwhile; a cut and a file are about the one recording that the card spoke of.
func (r recording) fingerprint(k recordState, stream live.Stream) string {
	parts := []any{stream.String()}
	if r.state != nil {
		parts = append(parts, r.state(k)...)
	}
	return fingerprint(parts...)
}

// latest is the recording that was seen last. It leaves out what time alone changes: the end of the material while a
// recording runs, and with it whether that end lies just before or just after the moment of the look.
func (k recordState) latest() []any { return []any{string(k.settled()), k.content.From.Unix()} }

// settled is the phase without that difference.
func (k recordState) settled() phase {
	if k.phase == running && !k.content.To.IsZero() {
		return ended
	}
	return k.phase
}

// recordable refuses what certainly cannot work: no configuration, no ingest, the wrong order as far as that can be
// seen.
func recordable(k recordState, t target, r recording) error {
	switch {
	case k.seen.has(seeConfig) && k.config == nil:
		return op.Refuse(op.L(op.B(t.label), " has no recording configuration, so it cannot be recorded."),
			op.L(failure.ConfigHint)).
			WithNext(recordNext("Status", "status", t.String())).InShort(op.L("no recording configuration"))
	case r.live && k.online == nil:
		return op.Refuse(op.L(op.B(t.label), " is not live, so there is nothing to record."),
			op.L("Start the encoder, then ask again.")).
			WithNext(recordNext("Status", "status", t.String())).InShort(op.L("not live"))
	case r.refuse != nil:
		return r.refuse(k, t)
	}
	return nil
}

// nothingRecorded leaves a stream out of several. Asked for alone it is only warned of, as the lists lag behind.
func nothingRecorded(t target) error {
	return op.Already(op.L("I see nothing that is being recorded of ", op.B(t.label), ". Nothing was changed."),
		recordNext("Status", "status", t.String())).SaysSo().
		InShort(op.L("nothing is being recorded"))
}

func refuseRunning(k recordState, t target) error {
	if k.phase != running {
		return nil
	}
	return op.Already(op.L("As far as the cloud shows, ", op.B(t.label), " is already recording",
		told(", since ", op.On, k.content.From), ". Nothing was changed."),
		recordNext("Pause recording", "stop", t.String())).SaysSo().InShort(op.L("already recording"))
}

func refuseUnpaused(k recordState, t target) error {
	if k.phase != running {
		return nil
	}
	return op.Refuse(op.L(op.B(t.label), " is still recording: its file can be written at once only after a pause."),
		op.L("Pause it first, or cut it: ", op.Code("/record restart"), " writes the file and goes on.")).
		WithNext(recordNext("Pause recording", "stop", t.String())).InShort(op.L("still recording"))
}

func warnFresh(k recordState) []op.Line {
	if k.fresh() {
		return []op.Line{op.L("If it is recording already, ApsaraVideo Live refuses and nothing changes.")}
	}
	return nil
}

func warnQuiet(k recordState) []op.Line {
	switch {
	case k.online == nil:
		return []op.Line{op.L("A recording ends by itself when its stream breaks off.")}
	case !k.fresh() && !k.waits():
		return []op.Line{op.L("I see nothing that is being recorded; ApsaraVideo Live may refuse.")}
	}
	return nil
}

func warnUnpaused(k recordState) []op.Line {
	if k.phase == ended {
		return nil
	}
	return []op.Line{op.L("I see no recording that waits for its file; ApsaraVideo Live may refuse.")}
}

func recordNext(label op.Text, word, path string) op.Next {
	return op.Next{Label: string(label), Text: op.Format("record "+word+" {stream}", op.Args{"stream": path})}
}

func (s table) applyRecord(ctx context.Context, p op.Plan, permit op.SendPermit, r recording) op.Outcome {
	denial := op.L(r.denial[0], subject(p), r.denial[1])
	t, err := targetOf(p)
	if err != nil {
		return op.Outcome{State: op.Failed, Text: op.L(denial, ": the stream's name cannot be read. Nothing was changed.")}
	}
	receipt, err := s.cloud.Record(ctx, permit, t.Stream, r.command)
	return failure.Failure{
		Usage: "record " + r.word + " {stream}", Args: p.Args, Denied: denial,
		Before: op.L(subject(p), " was already recording"),
		Next:   []op.Next{recordNext("Pause recording", "stop", t.String())},
	}.Outcome(r.done(s, p, t), receipt, err)
}

func started(_ table, _ op.Plan, t target) op.Outcome {
	return op.Outcome{Text: op.L("Recording of ", op.B(t.label), " started."),
		Next: []op.Next{recordNext("Pause recording", "stop", t.String())}}
}

// delaySeen is where a plan keeps the time from a pause to its file, as Go writes durations.
const delaySeen = "delay"

// paused tells when the file is due, by the delay that the plan saw: nothing stands between the answer and its record.
func paused(s table, p op.Plan, t target) op.Outcome {
	file := op.L("The file follows after the delay of its configuration.")
	if delay, err := time.ParseDuration(p.Seen[delaySeen]); err == nil {
		file = op.L("The file is written at ", op.At(s.now().Add(delay)), " (in ", op.For(delay), ").")
	}
	return op.Outcome{
		Text: op.L("Recording of ", op.B(t.label), " paused. ", file),
		Next: []op.Next{recordNext("Write it now", "finish", t.String()), recordNext("Resume", "start", t.String())},
	}
}

func restarted(_ table, _ op.Plan, t target) op.Outcome {
	return op.Outcome{
		Text: op.L("Recording of ", op.B(t.label), " started over; the file of what was recorded before is being written."),
		Next: []op.Next{recordNext("Pause recording", "stop", t.String())},
	}
}

func finished(_ table, _ op.Plan, t target) op.Outcome {
	return op.Outcome{
		Text: op.L("The file of ", op.B(t.label), " is being written now; its recording is fully stopped."),
		Next: []op.Next{nextcmd.NextCommand("files", op.Args{"stream": t.String()})},
	}
}
