package commands

import (
	"slices"
	"strings"
	"testing"
	"time"

	"casterbot/commands/baseline"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/tally"
)

func usageOf(word string) string { return "record " + word + " {stream}" }

// material puts a recording of the main stream into the world; a zero end means that it has none.
func material(f *fakeCloud, from, to time.Duration, open bool) {
	c := live.Content{From: noon.Add(from), To: noon.Add(to)}
	if open {
		c.To = time.Time{}
	}
	f.contents[mainPath] = append(f.contents[mainPath], c)
}

func TestPlanRecord(t *testing.T) {
	cases := []struct {
		word, title, button string
		set                 func(*fakeCloud)
		says                []string
	}{
		{"start", "Start recording of main", "Start recording", func(*fakeCloud) {},
			[]string{mainPath + " · live since 2027-03-09 11:50:00 UTC",
				"Records on command only; the file follows 3 min after a pause.", "No running recording is seen."}},
		{"start", "Start recording of main", "Start recording", func(f *fakeCloud) {
			material(f, -time.Hour, -5*time.Second, false)
		},
			[]string{"it has been recording since 2027-03-09 11:00:00 UTC, or was paused at 2027-03-09 11:59:55 UTC",
				"If it is recording already"}},
		{"start", "Start recording of main", "Start recording", func(f *fakeCloud) { f.configs[0].OnDemand = 0 },
			[]string{"Records automatically whenever it is live"}},
		{"stop", "Pause recording of main", "Pause recording", func(f *fakeCloud) { material(f, -time.Minute, 0, true) },
			[]string{"it has been recording since 2027-03-09 11:59:00 UTC."}},
		{"stop", "Pause recording of main", "Pause recording", func(*fakeCloud) {},
			[]string{"Nothing is seen to be recording"}},
		{"stop", "Pause recording of main", "Pause recording", func(f *fakeCloud) {
			f.online = nil
		}, []string{"not live", "ends when its stream"}},
		{"restart", "Restart recording of main", "Close file, start a new one", func(*fakeCloud) {}, []string{"may refuse"}},
		{"finish", "Write the file of main", "Write the file now", func(f *fakeCloud) {
			material(f, -time.Hour, -2*time.Minute, false)
		},
			[]string{"recording was paused at 2027-03-09 11:58:00 UTC and its file is due at 2027-03-09 12:01:00 UTC"}},
		{"finish", "Write the file of main", "Write the file now", func(*fakeCloud) {},
			[]string{"No recording is seen that waits", "may refuse"}},
		{"finish", "Write the file of main", "Write the file now", func(f *fakeCloud) {
			material(f, -time.Hour, -2*time.Minute, false)
			f.files = []live.File{{From: noon.Add(-time.Hour), To: noon.Add(-2 * time.Minute)}}
		}, []string{"its file is written.", "may refuse"}},
		{"finish", "Write the file of main", "Write the file now", func(f *fakeCloud) {
			material(f, -time.Hour, -20*time.Minute, false)
		},
			[]string{"the last recording ended at 2027-03-09 11:40:00 UTC; its file is not there yet."}},
	}
	for _, c := range cases {
		f := newFake()
		c.set(f)
		p, err := find(t, f, usageOf(c.word)).Plan(t.Context(), call("stream", "main"))
		if err != nil {
			t.Errorf("%s: %v", c.word, err)
			continue
		}
		if p.Title.Plain() != c.title || p.Button != c.button || p.OnAir || p.Target.Key() != "stream/"+mainPath ||
			p.Args["stream"] != mainPath {
			t.Errorf("%s: plan %+v", c.word, p)
		}
		wantHas(t, facts(p), c.says...)
	}
}

func TestPlanRecordRefuses(t *testing.T) {
	unlive := func(f *fakeCloud) { f.online = nil }
	bare := func(f *fakeCloud) { f.configs = nil }
	foreign := func(f *fakeCloud) { f.configs = []live.RecordConfig{{App: "other", Name: "main"}} }
	open := func(f *fakeCloud) { material(f, -time.Minute, 0, true) }
	cases := []struct {
		word    string
		set     func(*fakeCloud)
		already bool
		says    string
	}{
		{"start", bare, false, "main has no recording configuration"},
		{"start", foreign, false, "main has no recording configuration"},
		{"stop", bare, false, "main has no recording configuration"},
		{"restart", bare, false, "under Recording"},
		{"finish", bare, false, "main has no recording configuration"},
		{"start", unlive, false, "main is not live"},
		{"restart", unlive, false, "Start the encoder"},
		{"start", open, true, "main is being recorded already, since 2027-03-09 11:59:00 UTC. Nothing was changed."},
		{"finish", open, false, "main is still recording"},
	}
	for _, c := range cases {
		f := newFake()
		c.set(f)
		_, err := find(t, f, usageOf(c.word)).Plan(t.Context(), call("stream", "main"))
		if err == nil {
			t.Errorf("%s: want a refusal %q", c.word, c.says)
			continue
		}
		r := refused(t, err)
		wantHas(t, words(r.Answer), c.says)
		if r.Already != c.already {
			t.Errorf("%s: already %v", c.word, r.Already)
		}
	}
}

// TestRecordFingerprint: what would make another decision is noticed, and nothing else stands in the way of what is
// still right.
func TestRecordFingerprint(t *testing.T) {
	changes := map[string]struct {
		then   func(*fakeCloud)
		others string // the commands that it makes another plan of
	}{
		"the end moves as time passes": {func(f *fakeCloud) { f.contents[mainPath][0].To = noon.Add(-2 * time.Minute) }, ""},
		"another stream comes on":      {func(f *fakeCloud) { f.online = append(f.online, live.Online{}) }, ""},
		"the encoder comes back":       {func(f *fakeCloud) { f.online[0].Since = noon }, ""},
		"the delay changes":            {func(f *fakeCloud) { f.configs[0].Delay = time.Minute }, ""},
		"the file is written":          {func(f *fakeCloud) { f.files = []live.File{{To: noon}} }, "finish"},
		"a new recording": {func(f *fakeCloud) {
			material(f, -9*time.Second, -time.Second, false)
		}, "restart finish"},
	}
	for _, r := range recordCommands {
		for name, change := range changes {
			f := newFake()
			material(f, -time.Hour, -10*time.Second, false)
			c := find(t, f, usageOf(r.word))
			asked, err := c.Plan(t.Context(), call("stream", "main"))
			if err != nil {
				t.Fatal(err)
			}
			change.then(f)
			again := call("stream", mainPath)
			again.Confirmed = &asked
			now, err := c.Plan(t.Context(), again)
			if other := now.Fingerprint != asked.Fingerprint; err != nil ||
				other != slices.Contains(strings.Fields(change.others), r.word) {
				t.Errorf("record %s, %s: another plan %t, %v", r.word, name, other, err)
			}
			if now.Seen[tally.DelaySeen] != asked.Seen[tally.DelaySeen] {
				t.Errorf("record %s: the delay was %q, is %q", r.word, asked.Seen[tally.DelaySeen], now.Seen[tally.DelaySeen])
			}
		}
	}
}

// TestAPlanOfOld: a plan that an earlier version stored is planned again without what it did not keep.
func TestAPlanOfOld(t *testing.T) {
	for _, r := range recordCommands {
		f := newFake()
		material(f, -time.Hour, -10*time.Second, false)
		again := call("stream", mainPath)
		again.Confirmed = &op.Plan{}
		if p, err := find(t, f, usageOf(r.word)).Plan(t.Context(), again); err != nil || p.Seen[baseline.LookedAt] == "" ||
			p.Seen[tally.DelaySeen] != "" {
			t.Errorf("record %s: %v, %v", r.word, p.Seen, err)
		}
	}
}

// TestRecordGone: what a refusal tells is looked at before the call too.
func TestRecordGone(t *testing.T) {
	for word, then := range map[string]func(*fakeCloud){
		"start": func(f *fakeCloud) { f.online = nil }, "restart": func(f *fakeCloud) { f.online = nil },
		"finish": func(f *fakeCloud) { material(f, -time.Second, 0, true) },
	} {
		f := newFake()
		material(f, -time.Hour, -10*time.Second, false)
		c := find(t, f, usageOf(word))
		asked, err := c.Plan(t.Context(), call("stream", "main"))
		if err != nil {
			t.Fatal(err)
		}
		then(f)
		again := call("stream", mainPath)
		again.Confirmed = &asked
		_, err = c.Plan(t.Context(), again)
		if brief := refused(t, err).Brief.Plain(); brief != "not live" && brief != "still recording" {
			t.Errorf("record %s: %q", word, brief)
		}
	}
}

func TestApplyRecord(t *testing.T) {
	cases := []struct{ word, command, text, next string }{
		{"start", "start", "Recording of main started.", "record stop " + mainPath},
		{"stop", "stop", "Recording of main paused. The file is due at 2027-03-09 12:03:00 UTC, 3 min after the pause.",
			"record finish " + mainPath},
		{"restart", "restart", "Recording of main restarted. The file of what was recorded before is being written.",
			"record stop " + mainPath},
		{"finish", "cancel_delay", "Recording of main has ended, and its file was asked for at once.",
			"record files " + mainPath},
	}
	for _, c := range cases {
		f := newFake()
		command := find(t, f, usageOf(c.word))
		p, err := command.Plan(t.Context(), call("stream", "main"))
		if err != nil {
			t.Fatal(err)
		}
		o := done(t, command, p)
		if o.State != op.Succeeded || whole(o) != c.text || o.RequestID != "REQ-1" || o.Next[0].Text != c.next {
			t.Errorf("%s: %+v %q", c.word, o, whole(o))
		}
		if len(f.calls) != 1 || f.calls[0] != "Record "+mainPath+" "+c.command {
			t.Errorf("%s: calls %v", c.word, f.calls)
		}
	}
}

// whole is what a card says of an outcome as long as nothing has come of it.
func whole(o op.Outcome) string {
	if len(o.Promise) == 0 {
		return o.Text.Plain()
	}
	return o.Text.Plain() + " " + o.Promise.Plain()
}

func TestApplyRecordOddities(t *testing.T) {
	f := newFake()
	stop := find(t, f, "record stop {stream}")
	p, _ := stop.Plan(t.Context(), call("stream", "main"))
	f.fail["RecordConfigs"] = &live.Error{Class: live.Unknown}
	if o := done(t, stop, p); o.State != op.Succeeded ||
		!strings.Contains(o.Promise.Plain(), "3 min after the pause") {
		t.Errorf("the answer waits for a look: %+v", o)
	}
	old := p
	old.Seen = map[string]string{} // of a version that did not keep it
	if o := done(t, stop, old); o.State != op.Succeeded ||
		!strings.Contains(o.Promise.Plain(), "after the delay") {
		t.Errorf("the delay is not known: %+v", o)
	}
	start := find(t, f, "record start {stream}")
	f.fail["Record"] = &live.Error{Class: live.Refused, Action: "RealTimeRecordCommand", Code: "TaskAlreadyStarted",
		Status: 409}
	o := done(t, start, p)
	if o.State != op.Failed || !o.Already || o.Text.Plain() != "main was already recording. Nothing was changed." ||
		len(o.Next) != 1 {
		t.Errorf("already: %+v %q", o, o.Text.Plain())
	}
	f.fail["Record"] = &live.Error{Class: live.Refused, Action: "RealTimeRecordCommand", Code: "TaskNotStarted",
		RequestID: "R-7", Status: 409}
	o = done(t, stop, p)
	wantHas(t, o.Text.Plain(), "Recording of main was not paused: ", "TaskNotStarted", "R-7", "The order is",
		"Nothing was changed.")
	before := len(f.calls)
	if o := done(t, stop, op.Plan{Args: op.Args{"stream": "a/*/c"}}); o.State != op.Failed ||
		len(f.calls) != before {
		t.Errorf("a wildcard was sent: %+v %v", o, f.calls)
	}
}

func TestRecordStatus(t *testing.T) {
	f := newFake()
	material(f, -time.Hour, -time.Second, false)
	f.files = []live.File{
		{ID: "f-old", URL: "https://bucket.example/secret", Format: "mp4", From: noon.Add(-3 * time.Hour),
			To: noon.Add(-150 * time.Minute), Duration: 30 * time.Minute},
		{ID: "f-new", Format: "mp4", From: noon.Add(-150 * time.Minute), To: noon.Add(-2 * time.Hour),
			Duration: 90 * time.Second},
	}
	got, err := find(t, f, statusUsage).Read(t.Context(), call("stream", "main"))
	if err != nil {
		t.Fatal(err)
	}
	text := words(got)
	wantHas(t, text, "main", "live since", "Records on command only", "it has been recording since",
		"30 min · mp4\n",
		"1 min 30 s · mp4\n",
		"[Pause recording] record stop "+mainPath)
	wantNot(t, text, "bucket.example")
	if strings.Index(text, "1 min 30 s") > strings.Index(text, " 30 min") || got.Mark != op.MarkRecording {
		t.Errorf("mark %s, newest file first in\n%s", got.Mark, text)
	}
}

func TestRecordStatusOfAll(t *testing.T) {
	f := newFake()
	material(f, -time.Hour, -2*time.Minute, false)
	got, err := find(t, f, statusUsage).Read(t.Context(), call())
	if err != nil || len(got.Items) != 2 {
		t.Fatalf("%d items, %v", len(got.Items), err)
	}
	wantHas(t, words(got), "2 streams of this channel", "- main", "- friday", "not live")
	if got.Items[0].Mark != op.MarkPaused || got.Items[0].Next[0].Label != "Write it now" ||
		got.Items[1].Mark != op.MarkIdle {
		t.Errorf("items %+v", got.Items)
	}
	f.fail["RecordContent"] = &live.Error{Class: live.Refused, Code: "Forbidden.RAM"}
	got, err = find(t, f, statusUsage).Read(t.Context(), call())
	if err != nil {
		t.Fatal(err)
	}
	wantHas(t, words(got), "could not be looked at: the bot's account may not do this")
}

// A recording that the bot has paused a moment ago is not said to be running, though the lists cannot tell yet.
func TestWhatTheBotPausedIsNotRunning(t *testing.T) {
	f := newFake()
	f.contents[mainPath] = []live.Content{{From: noon.Add(-time.Hour), To: noon.Add(-5 * time.Second)}}
	paused := op.Standing{Since: noon.Add(-5 * time.Second), By: "U0ANA"}
	d := &fakeRecords{}
	s := table{cloud: f, records: d, now: func() time.Time { return noon }}
	for _, stands := range []map[op.Condition]op.Standing{nil, {op.IsRecorded: paused}} {
		d.stands = stands
		name, err := s.running(t.Context(), call().Scope, mainStream)
		if err != nil || (name == "") != (stands != nil) {
			t.Errorf("%v: %q, %v", stands, name, err)
		}
	}
}
