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
	word    string     // as typed and in the verb
	command string     // as sent
	row     op.Command // what its row of the table says of its own
	title   op.Text    // what comes before the stream
	button  op.Text
	done    [2]op.Text                       // what comes before and after the stream when it was done
	denial  [2]op.Text                       // and when it was not
	note    func(s table, p op.Plan) op.Line // what is said of it besides, when it was done; may be nil
	next    []string                         // what can be done then, by the names of nextcmd
	live    bool                             // only a live stream can do it
	look    looks
	state   func(recordState) []any // what of the recording the fingerprint holds; nil: nothing
	refuse  func(recordState, target) error
	warn    func(recordState) []op.Line
	proof   proof
	due     func(op.Attempt) time.Time // when it leads to a file; nil: it leads to none
}

// looks are what is looked at: for a question; at the moment before the call, for what decides and what the proof
// compares with; and after it.
type looks struct{ ask, before, after aspect }

// proof tells whether a command took effect.
type proof struct {
	holds func(k recordState, before baseline.Baseline, a op.Attempt) bool
	dated bool // it says itself that it happened at the send
	words func(k recordState) op.Line
}

var recordings = []recording{
	{
		word: "start", command: "start", live: true,
		row: op.Command{
			Aliases: []string{"record resume {stream}"}, Short: "Start recording a live stream, or go on after a pause.",
			Starts: []op.Condition{op.IsRecorded},
		},
		title: "Start recording of ", button: "Start recording",
		done: [2]op.Text{"Recording of ", " started."}, denial: [2]op.Text{"Recording of ", " was not started"},
		next:   []string{"pause"},
		look:   looks{ask: seeOnline | seeConfig | seeContent, before: seeIngest | seeContent, after: seeContent},
		refuse: refuseRunning, warn: warnFresh, proof: proof{holds: provesStart, words: seenStart},
	},
	{
		word: "stop", command: "stop",
		row: op.Command{
			Aliases: []string{"record pause {stream}"}, Short: "Pause recording; the file follows after the delay.",
			Starts: []op.Condition{op.IsPaused}, Ends: []op.Condition{op.IsRecorded},
		},
		title: "Pause recording of ", button: "Pause recording",
		done: [2]op.Text{"Recording of ", " paused. "}, denial: [2]op.Text{"Recording of ", " was not paused"},
		note: fileOfPause, next: []string{"write", "resume"},
		look: looks{ask: seeOnline | seeConfig | seeContent, before: seeIngest | seeContent, after: seeContent},
		warn: warnQuiet, proof: proof{holds: provesStop, dated: true, words: seenStop}, due: afterDelay,
	},
	{
		word: "restart", command: "restart", live: true,
		row: op.Command{
			Short:  "Write the file of what was recorded so far and start over.",
			Starts: []op.Condition{op.IsRecorded}, Ends: []op.Condition{op.IsRecorded},
		},
		title: "Start over recording of ", button: "Cut and write the file",
		done:   [2]op.Text{"Recording of ", " started over; the file of what was recorded before is being written."},
		denial: [2]op.Text{"Recording of ", " was not started over"}, next: []string{"pause"},
		look:  looks{ask: seeOnline | seeConfig | seeContent, before: seeIngest | seeContent, after: seeContent},
		state: recordState.latest, warn: warnQuiet, proof: proof{holds: provesRestart, words: seenRestart}, due: atSend,
	},
	{
		word: "finish", command: "cancel_delay",
		row: op.Command{
			Aliases: []string{"record cancel_delay {stream}"},
			Short:   "After a pause: write the file now instead of after the delay.",
			Ends:    []op.Condition{op.IsRecorded, op.IsPaused},
		},
		title: "Write the file of ", button: "Write the file now",
		done:   [2]op.Text{"The file of ", " is being written now; its recording is fully stopped."},
		denial: [2]op.Text{"The file of ", " was not written"}, next: []string{"files"},
		look:  looks{ask: seeConfig | seeContent | seeFiles, before: seeContent | seeFiles, after: seeFiles},
		state: recordState.latest, refuse: refuseUnpaused, warn: warnUnpaused,
		proof: proof{holds: provesFile, dated: true, words: seenFile}, due: atSend,
	},
}

func (s table) record(r recording) op.Command {
	c := r.row
	c.Usage, c.Verb = "record "+r.word+" {stream}", "record."+r.word
	c.Examples, c.Effect = []string{"record " + r.word + " main"}, op.Change
	c.Sends, c.Fixed = "RealTimeRecordCommand", map[string]string{"Command": r.command}
	c.Plan = func(ctx context.Context, call op.Call) (op.Plan, error) { return s.planRecord(ctx, call, r) }
	c.Apply = func(ctx context.Context, p op.Plan, _ string, permit op.SendPermit) op.Outcome {
		return s.applyRecord(ctx, p, permit, r)
	}
	c.Verify, c.Follow = s.verifyRecord(r), s.followFile(r.due)
	return c
}

func (s table) planRecord(ctx context.Context, call op.Call, r recording) (op.Plan, error) {
	t, err := s.stream(ctx, call)
	if err != nil {
		return op.Plan{}, err
	}
	what, seen := r.look.ask, map[string]string{}
	if call.Confirmed != nil {
		what = r.look.before
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
	return op.Fingerprint(parts...)
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
			WithNext(nextcmd.OnStream("status", t.String())).InShort(op.L("no recording configuration"))
	case r.live && k.online == nil:
		return op.Refuse(op.L(op.B(t.label), " is not live, so there is nothing to record."),
			op.L("Start the encoder, then ask again.")).
			WithNext(nextcmd.OnStream("status", t.String())).InShort(op.L("not live"))
	case r.refuse != nil:
		return r.refuse(k, t)
	}
	return nil
}

// nothingRecorded leaves a stream out of several. Asked for alone it is only warned of, as the lists lag behind.
func nothingRecorded(t target) error {
	return op.Already(op.L("I see nothing that is being recorded of ", op.B(t.label), ". Nothing was changed."),
		nextcmd.OnStream("status", t.String())).SaysSo().
		InShort(op.L("nothing is being recorded"))
}

func refuseRunning(k recordState, t target) error {
	if k.phase != running {
		return nil
	}
	return op.Already(op.L("As far as the cloud shows, ", op.B(t.label), " is already recording",
		op.Told(", since ", op.On, k.content.From), ". Nothing was changed."),
		nextcmd.OnStream("pause", t.String())).SaysSo().InShort(op.L("already recording"))
}

func refuseUnpaused(k recordState, t target) error {
	if k.phase != running {
		return nil
	}
	return op.Refuse(op.L(op.B(t.label), " is still recording: its file can be written at once only after a pause."),
		op.L("Pause it first, or cut it: ", op.Code("/record restart"), " writes the file and goes on.")).
		WithNext(nextcmd.OnStream("pause", t.String())).InShort(op.L("still recording"))
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

func (s table) applyRecord(ctx context.Context, p op.Plan, permit op.SendPermit, r recording) op.Outcome {
	denial := op.L(r.denial[0], p.Subject(), r.denial[1])
	t, err := targetOf(p)
	if err != nil {
		return op.Outcome{State: op.Failed, Text: op.L(denial, ": the stream's name cannot be read. Nothing was changed.")}
	}
	receipt, err := s.cloud.Record(ctx, permit, t.Stream, r.command)
	success := op.Outcome{
		Text: op.L(r.done[0], op.B(t.label), r.done[1]),
		Next: mapped(r.next, func(name string) op.Next { return nextcmd.OnStream(name, t.String()) }),
	}
	if r.note != nil {
		success.Text = op.L(success.Text, r.note(s, p))
	}
	return failure.Failure{
		Usage: "record " + r.word + " {stream}", Args: p.Args, Denied: denial,
		Before: op.L(p.Subject(), " was already recording"),
		Next:   []op.Next{nextcmd.OnStream("pause", t.String())},
	}.Outcome(success, receipt, err)
}

// delaySeen is where a plan keeps the time from a pause to its file, as Go writes durations.
const delaySeen = "delay"

// fileOfPause tells when the file is due, by the delay that the plan saw: nothing stands between the answer and its
// record.
func fileOfPause(s table, p op.Plan) op.Line {
	delay, err := time.ParseDuration(p.Seen[delaySeen])
	if err != nil {
		return op.L("The file follows after the delay of its configuration.")
	}
	return op.L("The file is written at ", op.At(s.now().Add(delay)), " (in ", op.For(delay), ").")
}
