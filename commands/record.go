package commands

import (
	"context"
	"fmt"
	"maps"
	"time"

	"casterbot/commands/failure"
	"casterbot/commands/nextcmd"
	"casterbot/commands/recording"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

// recordCommand is one of the four commands of RealTimeRecordCommand.
// API: https://www.alibabacloud.com/help/en/live/developer-reference/api-live-2016-11-01-realtimerecordcommand
type recordCommand struct {
	word    string     // as typed and in the verb
	command string     // as sent
	row     op.Command // what its row of the table says of its own
	says    recordWords
	note    func(s table, p op.Plan) op.Line // what is said of it besides, when it was done; may be nil
	next    []string                         // what can be done then, by the names of nextcmd
	live    bool                             // only a live stream can do it
	ask     recording.Aspect                 // what a question looks at
	// and the moment before the call: what decides, and what the proof compares with
	before recording.Aspect
	state  func(recording.State) []any // what of the recording the fingerprint holds; nil: nothing
	refuse func(recording.State, target) error
	warn   func(recording.State) []op.Line
	proof  recording.Proof
	due    func(op.Attempt) time.Time // when it leads to a file; nil: it leads to none
}

// recordWords are what people read of it; the stream stands behind the title, and between the two parts of what was
// done or not.
type recordWords struct {
	title, button op.Text
	done, denial  [2]op.Text
}

var recordCommands = []recordCommand{
	{
		word: "start", command: "start", live: true,
		row: op.Command{
			Aliases: []string{"record resume {stream}"}, Short: "Start recording a live stream, or go on after a pause.",
			Starts: []op.Condition{op.IsRecorded},
		},
		says: recordWords{
			title: "Start recording of ", button: "Start recording",
			done: [2]op.Text{"Recording of ", " started."}, denial: [2]op.Text{"Recording of ", " was not started"},
		},
		next:   []string{"pause"},
		ask:    recording.SeeOnline | recording.SeeConfig | recording.SeeContent,
		before: recording.SeeIngest | recording.SeeContent,
		refuse: refuseRunning, warn: warnFresh, proof: recording.Started,
	},
	{
		word: "stop", command: "stop",
		row: op.Command{
			Aliases: []string{"record pause {stream}"}, Short: "Pause recording; the file follows after the delay.",
			Starts: []op.Condition{op.IsPaused}, Ends: []op.Condition{op.IsRecorded},
		},
		says: recordWords{
			title: "Pause recording of ", button: "Pause recording",
			done: [2]op.Text{"Recording of ", " paused."}, denial: [2]op.Text{"Recording of ", " was not paused"},
		},
		note: fileOfPause, next: []string{"write", "resume"},
		ask:    recording.SeeOnline | recording.SeeConfig | recording.SeeContent,
		before: recording.SeeIngest | recording.SeeContent,
		warn:   warnQuiet, proof: recording.Paused, due: afterDelay,
	},
	{
		word: "restart", command: "restart", live: true,
		row: op.Command{
			Short:  "Close the file of what was recorded so far and start a new one.",
			Starts: []op.Condition{op.IsRecorded}, Ends: []op.Condition{op.IsRecorded},
		},
		says: recordWords{
			title: "Restart recording of ", button: "Close file, start a new one",
			done:   [2]op.Text{"Recording of ", " restarted."},
			denial: [2]op.Text{"Recording of ", " was not restarted"},
		},
		note: func(table, op.Plan) op.Line {
			return op.L("The file of what was recorded before is being written.")
		},
		next:   []string{"pause"},
		ask:    recording.SeeOnline | recording.SeeConfig | recording.SeeContent,
		before: recording.SeeIngest | recording.SeeContent,
		state:  recording.State.Latest, warn: warnQuiet, proof: recording.Restarted, due: atSend,
	},
	{
		word: "finish", command: "cancel_delay",
		row: op.Command{
			Aliases: []string{"record cancel_delay {stream}"},
			Short:   "After a pause: write the file now instead of after the delay.",
			Ends:    []op.Condition{op.IsRecorded, op.IsPaused},
		},
		says: recordWords{
			title: "Write the file of ", button: "Write the file now",
			done:   [2]op.Text{"Recording of ", " has ended, and its file was asked for at once."},
			denial: [2]op.Text{"The file of ", " was not written"},
		},
		next:   []string{"files"},
		ask:    recording.SeeConfig | recording.SeeContent | recording.SeeFiles,
		before: recording.SeeContent | recording.SeeFiles,
		state:  recording.State.Latest, refuse: refuseUnpaused, warn: warnUnpaused,
		proof: recording.Finished, due: atSend,
	},
}

func (s table) record(r recordCommand) op.Command {
	c := r.row
	c.Usage, c.Verb = "record "+r.word+" {stream}", "record."+r.word
	c.Examples, c.Effect = []string{"record " + r.word + " main"}, op.Change
	c.Sends, c.Fixed = "RealTimeRecordCommand", map[string]string{"Command": r.command}
	c.Plan = func(ctx context.Context, call op.Call) (op.Plan, error) { return s.planRecord(ctx, call, r) }
	c.Apply = func(ctx context.Context, p op.Plan, _ string, permit op.SendPermit) op.Outcome {
		return s.applyRecord(ctx, p, permit, r)
	}
	c.Verify, c.Follow = s.verifyRecord(r), s.followRecord(r)
	c.Then = func(p op.Plan) []op.Next {
		return op.Each(r.next, func(name string) op.Next { return nextcmd.OnStream(name, p.Args["stream"]) })
	}
	return c
}

func (s table) planRecord(ctx context.Context, call op.Call, r recordCommand) (op.Plan, error) {
	t, err := s.stream(ctx, call)
	if err != nil {
		return op.Plan{}, err
	}
	what, seen := r.ask, map[string]string{}
	if call.Confirmed != nil {
		what = r.before
		maps.Copy(seen, call.Confirmed.Seen)
	}
	k, err := s.recordingOf(ctx, t.Stream, what)
	if err != nil {
		return op.Plan{}, failure.CannotLook(op.L(op.V(t.label)), err)
	}
	if err := recordable(k, t, r); err != nil {
		return op.Plan{}, err
	}
	if call.Several && r.word != "start" && !k.Fresh() && !k.Waits() {
		return op.Plan{}, nothingRecorded(t)
	}
	if k.Seen.Has(recording.SeeConfig) {
		seen[tally.DelaySeen] = k.Delay.String()
	} else {
		k.Delay, _ = time.ParseDuration(seen[tally.DelaySeen])
	}
	maps.Copy(seen, k.Trace().Seen())
	return op.Plan{
		Args:   op.Args{"stream": t.String()},
		Target: op.Target{Kind: "stream", ID: t.String(), Name: t.label},
		Title:  op.L(r.says.title, op.B(t.label)), Viewers: op.Unnoticed(), Facts: append([]op.Line{k.Line()}, r.warn(k)...),
		Details:     k.Setup(t.Stream),
		Button:      string(r.says.button),
		Fingerprint: r.fingerprint(k, t.Stream), Seen: seen,
	}, nil
}

// fingerprint holds what would make another decision of it, and nothing that a refusal tells already. A start and a
// pause are right whatever was recorded meanwhile; a cut and a file are about the one recording that the card spoke of.
func (r recordCommand) fingerprint(k recording.State, stream live.Stream) string {
	parts := []any{stream.String()}
	if r.state != nil {
		parts = append(parts, r.state(k)...)
	}
	return op.Fingerprint(parts...)
}

// recordable refuses what certainly cannot work: no configuration, no ingest, the wrong order as far as that can be
// seen.
func recordable(k recording.State, t target, r recordCommand) error {
	switch {
	case k.Seen.Has(recording.SeeConfig) && k.Config == nil:
		return op.Refuse(op.L(op.B(t.label), " has no recording configuration, so it cannot be recorded."),
			op.L(failure.ConfigHint)).
			WithNext(nextcmd.OnStream("status", t.String())).InShort(op.L("no recording configuration"))
	case r.live && k.Online == nil:
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
	return op.Already(op.L("Nothing of ", op.B(t.label), " is seen to be recording. Nothing was changed."),
		nextcmd.OnStream("status", t.String())).SaysSo().
		InShort(op.L("nothing is being recorded"))
}

func refuseRunning(k recording.State, t target) error {
	if k.Phase != tally.Running {
		return nil
	}
	return op.Already(op.L("As far as the cloud shows, ", op.B(t.label), " is being recorded already",
		op.Told(", since ", op.At, k.Content.From), ". Nothing was changed."),
		nextcmd.OnStream("pause", t.String())).SaysSo().InShort(op.L("already recording"))
}

func refuseUnpaused(k recording.State, t target) error {
	if k.Phase != tally.Running {
		return nil
	}
	return op.Refuse(op.L(op.B(t.label), " is still recording: its file can be written at once only after a pause."),
		op.L("Pause it first, or use ", op.Code("/record restart"), ": it closes this file and starts a new one.")).
		WithNext(nextcmd.OnStream("pause", t.String())).InShort(op.L("still recording"))
}

func warnFresh(k recording.State) []op.Line {
	if k.Fresh() {
		return []op.Line{op.L("If it is recording already, ApsaraVideo Live refuses and nothing changes.")}
	}
	return nil
}

func warnQuiet(k recording.State) []op.Line {
	switch {
	case k.Online == nil:
		return []op.Line{op.L("It is not live: a recording ends when its stream breaks off.")}
	case !k.Fresh() && !k.Waits():
		return []op.Line{op.L("Nothing is seen to be recording; ApsaraVideo Live may refuse.")}
	}
	return nil
}

func warnUnpaused(k recording.State) []op.Line {
	if k.Phase == tally.Ended {
		return nil
	}
	return []op.Line{op.L("No recording is seen that waits for its file; ApsaraVideo Live may refuse.")}
}

func (s table) applyRecord(ctx context.Context, p op.Plan, permit op.SendPermit, r recordCommand) op.Outcome {
	denial := op.L(r.says.denial[0], p.Subject(), r.says.denial[1])
	t, err := targetOf(p)
	if err != nil {
		return op.Outcome{State: op.Failed, Text: op.L(denial, ": the stream's name cannot be read. Nothing was changed.")}
	}
	receipt, err := s.cloud.Record(ctx, permit, t.Stream, r.command)
	success := op.Outcome{Text: op.L(r.says.done[0], op.B(t.label), r.says.done[1])}
	if r.note != nil {
		success.Promise = r.note(s, p)
	}
	return failure.Failure{
		Usage: "record " + r.word + " {stream}", Args: p.Args, Denied: denial,
		Before: op.L(p.Subject(), " was already recording"),
		Next:   []op.Next{nextcmd.OnStream("pause", t.String())},
	}.Outcome(success, receipt, err)
}

// fileOfPause tells when the file is due, by the delay that the plan saw: nothing stands between the answer and its
// record.
func fileOfPause(s table, p op.Plan) op.Line {
	delay, err := time.ParseDuration(p.Seen[tally.DelaySeen])
	if err != nil {
		return op.L("The file follows after the delay of its configuration.")
	}
	return op.L("The file is due at ", op.At(s.now().Add(delay)), ", ", op.For(delay), " after the pause.")
}

// verifyRecord looks at material and files for traces of the command. One look is enough after an answer.
func (s table) verifyRecord(r recordCommand) func(context.Context, op.Attempt) (op.Evidence, error) {
	return func(ctx context.Context, a op.Attempt) (op.Evidence, error) {
		t, err := targetOf(a.Plan)
		if err != nil {
			return op.Evidence{}, err
		}
		what := r.proof.Look
		if !a.Answered() {
			what |= recording.SeeIngest
		}
		k, err := recording.Read(ctx, s.cloud, s.now(), t.Stream, what)
		if err != nil {
			return op.Evidence{}, fmt.Errorf("look at the recordings of %s: %w", t, err)
		}
		return r.proof.Evidence(k, a), nil
	}
}
