package commands

import (
	"testing"
	"time"

	"casterbot/commands/recording"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// Without an answer, what an encoder does by going off or coming back is no proof of a command; with one it does not
// contradict it.
func TestTheEncoderProvesNothing(t *testing.T) {
	off := func(f *fakeCloud) { f.online = nil; material(f, -10*time.Minute, time.Second, false) }
	back := func(f *fakeCloud) {
		f.online[0].Since = noon.Add(20 * time.Second)
		material(f, 21*time.Second, 0, true)
	}
	steady := func(f *fakeCloud) { material(f, 21*time.Second, 0, true) }
	for name, c := range map[string]struct {
		word     string
		then     func(*fakeCloud)
		look     time.Duration
		answered bool
		want     bool
	}{
		"it goes off":             {"stop", off, 3 * time.Minute, false, false},
		"it goes off, answered":   {"stop", off, 3 * time.Minute, true, true},
		"it comes back":           {"restart", back, 45 * time.Second, false, false},
		"it comes back, answered": {"restart", back, 45 * time.Second, true, true},
		"it goes on":              {"restart", steady, 45 * time.Second, false, true},
		"it comes back to start":  {"start", back, 45 * time.Second, false, false},
	} {
		f := newFake()
		material(f, -10*time.Minute, -2*time.Second, false)
		a := op.Attempt{Plan: op.Plan{Args: op.Args{"stream": mainPath}, Seen: seenBefore(t, f, noon)},
			Sent: noon.Add(time.Second)}
		if c.answered {
			a.Outcome.State = op.Succeeded
		}
		f.contents = map[string][]live.Content{}
		c.then(f)
		command, _ := Table(f, nil, func() time.Time { return noon.Add(c.look) }).Find("record " + c.word + " {stream}")
		got, err := command.Verify(t.Context(), a)
		if err != nil || got.Happened != c.want {
			t.Errorf("%s: happened %t, %q, %v", name, got.Happened, got.Seen.Plain(), err)
		}
	}
}

// A file is asked for without a look at the encoder. Without an answer only one that has published since clearly before
// the send is known to have had no part in it.
func TestAFileAndTheEncoder(t *testing.T) {
	for name, c := range map[string]struct {
		since    time.Duration // of the encoder, relative to the send; 0: it is off
		answered bool
		want     bool
	}{
		"it publishes all the time": {-10 * time.Minute, false, true},
		"it came back":              {time.Second, false, false},
		"it may have come back":     {-time.Minute, false, false},
		"it is off":                 {0, false, false},
		"it is off, answered":       {0, true, true},
	} {
		f := newFake()
		material(f, -10*time.Minute, -time.Minute, false)
		finish := find(t, f, usageOf("finish"))
		p, err := finish.Plan(t.Context(), call("stream", "main"))
		if err != nil {
			t.Fatal(err)
		}
		if f.online[0].Since = noon.Add(c.since); c.since == 0 {
			f.online = nil
		}
		f.files = []live.File{{Created: noon.Add(time.Second), To: noon.Add(-time.Minute)}}
		a := op.Attempt{Plan: p, Sent: noon}
		if c.answered {
			a.Outcome.State = op.Succeeded
		}
		later, _ := Table(f, nil, func() time.Time { return noon.Add(5 * time.Second) }).Find(usageOf("finish"))
		got, err := later.Verify(t.Context(), a)
		if err != nil || got.Happened != c.want {
			t.Errorf("%s: happened %t, %q, %v", name, got.Happened, got.Seen.Plain(), err)
		}
	}
}

// Only a proof that names its own moment counts whenever it is seen; the rest is for the engine to hold against the
// time.
func TestWhichProofsAreDated(t *testing.T) {
	for _, r := range recordCommands {
		if want := r.word == "stop" || r.word == "finish"; r.proof.Dated != want {
			t.Errorf("record %s: a dated proof: %t", r.word, r.proof.Dated)
		}
	}
}

func TestVerifyRecord(t *testing.T) {
	type span = [2]time.Duration
	open := time.Duration(-1 << 40)
	running := []span{{-time.Hour, -time.Second}} // as it was listed a second before the send
	paused := []span{{-time.Hour, -time.Minute}}
	cases := []struct {
		name, word string
		before     []span // relative to the send, as the plan saw it
		content    []span // as the look sees it
		file       time.Duration
		look       time.Duration // time of the look after the send
		answered   bool
		want       bool
	}{
		{"new material", "start", nil, []span{{1 * time.Second, open}}, -1, 2 * time.Second, false, true},
		{"nothing", "start", nil, nil, -1, 2 * time.Second, true, false},
		{"old material goes on", "start", paused, []span{{-time.Hour, 5 * time.Second}}, -1, 6 * time.Second, true, true},
		{"old material goes on, no answer", "start", paused, []span{{-time.Hour, 5 * time.Second}}, -1, 6 * time.Second,
			false, false},
		{"old material ended", "start", paused, paused, -1, 6 * time.Second, true, false},
		{"end stands still", "stop", running, []span{{-time.Hour, 0}}, -1, 4 * time.Second, true, true},
		{"too early to tell", "stop", running, []span{{-time.Hour, 0}}, -1, time.Second, true, false},
		{"end grows", "stop", running, []span{{-time.Hour, 7 * time.Second}}, -1, 7 * time.Second, true, false},
		{"no end", "stop", running, []span{{-time.Hour, open}}, -1, time.Minute, true, false},
		{"an end where there was none", "stop", []span{{-time.Hour, open}}, []span{{-time.Hour, time.Second}}, -1,
			2 * time.Second, true, true},
		{"an end where there was none, no answer", "stop", []span{{-time.Hour, open}}, []span{{-time.Hour, time.Second}}, -1,
			90 * time.Second, false, true},
		{"an end long after the send", "stop", []span{{-time.Hour, open}}, []span{{-time.Hour, time.Minute}}, -1,
			4 * time.Minute, false, false},
		{"another recording", "stop", running, []span{{-time.Minute, 0}}, -1, 90 * time.Second, true, false},
		{"no answer, end of the send, a minute on", "stop", running, []span{{-time.Hour, time.Second}}, -1, 90 * time.Second,
			false, true},
		{"no answer, too early", "stop", running, []span{{-time.Hour, time.Second}}, -1, 30 * time.Second, false, false},
		{"no answer, ended long before", "stop", paused, paused, -1, 90 * time.Second, false, false},
		{"no answer, ended later", "stop", running, []span{{-time.Hour, time.Minute}}, -1, 4 * time.Minute, false, false},
		{"nothing to stop", "stop", nil, nil, -1, 90 * time.Second, true, false},
		{"new material", "restart", running, []span{{-time.Hour, 0}, {time.Second, open}}, -1, 2 * time.Second, false, true},
		{"old material only", "restart", running, []span{{-time.Hour, 5 * time.Second}}, -1, 6 * time.Second, true, false},
		{"new file", "finish", paused, paused, time.Second, 3 * time.Second, false, true},
		{"old file", "finish", paused, paused, -3 * time.Minute, 3 * time.Second, true, false},
		{"file that the delay wrote", "finish", paused, paused, 2 * time.Minute, 3 * time.Minute, false, false},
		{"no file", "finish", paused, paused, -1, 3 * time.Second, true, false},
	}
	for _, c := range cases {
		before, f := newFake(), newFake()
		for _, s := range c.before {
			material(before, s[0], s[1], s[1] == open)
		}
		for _, s := range c.content {
			material(f, s[0], s[1], s[1] == open)
		}
		plan := op.Plan{Args: op.Args{"stream": mainPath}, Seen: seenBefore(t, before, noon.Add(-time.Second))}
		if c.file != -1 {
			f.files = []live.File{{Created: noon.Add(c.file), To: noon.Add(-time.Minute)}}
		}
		command, _ := Table(f, &fakeRecords{}, func() time.Time { return noon.Add(c.look) }).Find(usageOf(c.word))
		o := op.Outcome{State: op.Unknown}
		if c.answered {
			o.State = op.Succeeded
		}
		got, err := command.Verify(t.Context(), op.Attempt{Plan: plan, Outcome: o, Sent: noon.Add(200 * time.Millisecond)})
		if err != nil || got.Happened != c.want || len(got.Seen) == 0 {
			t.Errorf("%s, %s: %v %q, %v", c.word, c.name, got.Happened, got.Seen.Plain(), err)
		}
		if late := got.Seen.Plain() == "The cloud does not list it yet."; late != (c.answered && !c.want) {
			t.Errorf("%s, %s: a look after an answer must not contradict it, nor hide anything without one: %q", c.word, c.name,
				got.Seen.Plain())
		}
	}
	f := newFake()
	f.fail["RecordContent"] = &live.Error{Class: live.Throttled}
	if _, err := find(t, f, "record stop {stream}").Verify(t.Context(),
		op.Attempt{Plan: op.Plan{Args: op.Args{"stream": mainPath}}, Sent: noon}); err == nil {
		t.Error("a look that failed is no evidence")
	}
}

// seenBefore is what a plan keeps of the main stream at a moment.
func seenBefore(t *testing.T, f *fakeCloud, at time.Time) map[string]string {
	t.Helper()
	k, err := recording.Read(t.Context(), f, at, mainStream, recording.SeeAll)
	if err != nil {
		t.Fatal(err)
	}
	return k.Trace().Seen()
}
