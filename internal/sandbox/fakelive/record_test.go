package fakelive

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func (b *bench) record(command, app, name string) answer {
	b.t.Helper()
	return b.call("RealTimeRecordCommand", "Command", command, "DomainName", Domain, "AppName", app, "StreamName", name)
}

func (b *bench) stream(app, name string) Stream {
	b.t.Helper()
	s, found := b.world.Snapshot().Stream(Domain, app, name)
	if !found {
		b.t.Fatalf("no stream %s/%s", app, name)
	}
	return s
}

// files returns "start-end@created" in minutes:seconds after the test's start.
func (b *bench) files() string {
	var out []string
	for _, f := range b.world.Snapshot().Files {
		at := func(t time.Time) string {
			d := t.Sub(testStart)
			return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
		}
		out = append(out, at(f.Start)+"-"+at(f.End)+"@"+at(f.Created))
	}
	return strings.Join(out, " ")
}

// A script is a list of commands and waits on show/main, whose delay is 180 s.
// "!code" after a command is the refusal that is expected.
func TestRecordOrder(t *testing.T) {
	for _, c := range []struct{ script, state, files string }{
		{"start", "recording", ""},
		{"start start!TaskAlreadyStarted", "recording", ""},
		{"stop!TaskNotStarted", "none", ""},
		{"cancel_delay!TaskNotStarted", "none", ""},
		{"restart!TaskNotStarted", "none", ""},
		{"start 1m stop", "stopping", ""},
		{"start 1m stop 2m59s", "stopping", ""},
		{"start 1m stop 3m", "none", "0:00-1:00@4:00"},
		{"start 1m stop 20m", "none", "0:00-1:00@4:00"},
		{"start 1m stop stop!TaskNotStarted", "stopping", ""},
		{"start cancel_delay!TaskNotStopped", "recording", ""},
		{"start 1m stop 1m cancel_delay", "none", "0:00-1:00@2:00"},
		{"start 1m stop 1m cancel_delay cancel_delay!TaskNotStarted", "none", "0:00-1:00@2:00"},
		{"start 1m restart", "recording", "0:00-1:00@1:00"},
		{"start 1m stop 1m restart 1m stop 3m", "none", "0:00-1:00@2:00 2:00-3:00@6:00"},
		{"start 1m stop 1m start 1m stop 3m", "none", "0:00-3:00@6:00"},
		{"start 1m stop 3m start", "recording", "0:00-1:00@4:00"},
		{"start 1m cut", "stopping", ""},
		{"start 1m cut 1m resume", "stopping", ""},
		{"start 1m cut 1m resume 2m", "none", "0:00-1:00@4:00"},
		{"start 1m cut 1m start!StreamNotFound restart!StreamNotFound cancel_delay", "none", "0:00-1:00@2:00"},
		{"cut start!StreamNotFound", "none", ""},
		{"pause!MalformedParam", "none", ""},
	} {
		b := newBench(t)
		effects := b.play("show", "main", c.script)
		if got := recordState(b.stream("show", "main")); got != c.state || b.files() != c.files {
			t.Errorf("%s: %s, files %q; want %s, %q", c.script, got, b.files(), c.state, c.files)
		}
		b.wantEffects(effects)
	}
}

// play runs a script and returns how many commands took effect.
func (b *bench) play(app, name, script string) (effects int) {
	b.t.Helper()
	for _, word := range strings.Fields(script) {
		if d, err := time.ParseDuration(word); err == nil {
			b.time.advance(d)
			continue
		}
		command, code, refused := strings.Cut(word, "!")
		switch {
		case command == "cut":
			b.must(b.world.CutStream(Domain, app, name))
		case command == "resume":
			b.must(b.world.ResumeStream(Domain, app, name))
		case refused:
			b.want(b.record(command, app, name), refuse(code).status, code)
		default:
			b.ok(b.record(command, app, name))
			effects++
		}
	}
	return effects
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func recordState(s Stream) string {
	switch {
	case s.Recording == nil:
		return "none"
	case s.Recording.Running():
		return "recording"
	default:
		return "stopping"
	}
}

// The seed records morning/main by itself since 30 minutes before the start.
func TestAutomaticRecording(t *testing.T) {
	for _, c := range []struct{ script, state, files string }{
		{"", "recording", ""},
		{"start!TaskAlreadyStarted", "recording", ""},
		{"stop 3m", "none", "-30:00-0:00@3:00"},
		{"cut 3m", "none", "-30:00-0:00@3:00"},
		{"cut 1m resume", "recording", ""},
		{"cut 3m resume", "recording", "-30:00-0:00@3:00"},
		{"stop 3m cut resume", "recording", "-30:00-0:00@3:00"},
	} {
		b := newBench(t)
		b.play("morning", "main", c.script)
		if got := recordState(b.stream("morning", "main")); got != c.state || b.files() != c.files {
			t.Errorf("%s: %s, files %q; want %s, %q", c.script, got, b.files(), c.state, c.files)
		}
	}
}

func TestDelayOfTheStream(t *testing.T) {
	b := newBench(t)
	b.play("show", "backup", "start 1m stop 60s")
	if b.files() != "0:00-1:00@2:00" {
		t.Errorf("files %q", b.files())
	}
}

func TestRecordRefusals(t *testing.T) {
	for _, c := range []struct {
		call   string
		status int
		code   string
	}{
		{"DomainName=other.example.com AppName=show StreamName=main", 404, "InvalidDomain.NotFound"},
		{"DomainName=live.example.com AppName=show StreamName=none", 409, "StreamNotFound"},
		{"DomainName=live.example.com AppName=show StreamName=friday", 409, "StreamNotFound"},
		{"DomainName=live.example.com AppName=show StreamName=raw", 400, "CodeConfigNotFound"},
		{"AppName=show StreamName=main", 400, "MissingParam"},
		{"DomainName=live.example.com StreamName=main", 400, "MissingParam"},
		{"DomainName=live.example.com AppName=show", 400, "MissingParam"},
		{"Command= DomainName=live.example.com AppName=show StreamName=main", 400, "MissingParam"},
	} {
		b := newBench(t)
		_, params := parse("_ Command=start " + c.call)
		if a := b.call("RealTimeRecordCommand", params...); a.status != c.status || a.code() != c.code {
			t.Errorf("%s: %d %s, want %d %s", c.call, a.status, a.code(), c.status, c.code)
		}
		b.wantEffects(0)
	}
}

func TestTickMakesFilesAndSignals(t *testing.T) {
	b := newBench(t)
	b.play("show", "main", "start 1m stop")
	changes, cancel := b.world.Subscribe()
	defer cancel()
	b.world.Tick()
	select {
	case <-changes:
		t.Fatal("a signal, but nothing was due")
	default:
	}
	b.time.advance(3 * time.Minute)
	b.world.Tick()
	select {
	case <-changes:
	default:
		t.Fatal("no signal for the file")
	}
	if b.files() != "0:00-1:00@4:00" {
		t.Errorf("files %q", b.files())
	}
}

func (b *bench) describe(action, app, name string, more ...string) answer {
	b.t.Helper()
	return b.call(action, append([]string{"DomainName", Domain, "AppName", app, "StreamName", name}, more...)...)
}

func TestRecordContentAndFiles(t *testing.T) {
	b := newBench(t)
	day := []string{"StartTime", "2027-03-05T12:00:00Z", "EndTime", "2027-03-06T12:00:00Z"}
	content := func() []map[string]any {
		return b.ok(b.describe("DescribeLiveStreamRecordContent", "show", "main", day...)).list("RecordContentInfoList",
			"RecordContentInfo")
	}
	files := func(more ...string) []map[string]any {
		return b.ok(b.describe("DescribeLiveStreamRecordIndexFiles", "show", "main",
			append(day, more...)...)).list("RecordIndexInfoList", "RecordIndexInfo")
	}
	if len(content()) != 0 || len(files()) != 0 {
		t.Fatal("recorded before the start")
	}
	b.play("show", "main", "start")
	if list := content(); len(list) != 1 || list[0]["StartTime"] != "2027-03-05T20:00:00Z" {
		t.Fatalf("running: %v", list)
	}
	b.play("show", "main", "90s stop")
	if list := content(); len(list) != 1 || list[0]["Duration"] != 90.0 || len(files()) != 0 {
		t.Fatalf("stopped: %v", list)
	}
	b.play("show", "main", "cancel_delay 10m start 1m restart")
	list := files()
	if len(list) != 2 || list[0]["Duration"] != 90.0 || list[1]["Duration"] != 60.0 || len(content()) != 3 {
		t.Fatalf("files %v, content %v", list, content())
	}
	if list[0]["RecordId"] == list[1]["RecordId"] || !strings.HasPrefix(list[0]["RecordUrl"].(string), "https://") ||
		list[0]["RecordUrl"] == list[1]["RecordUrl"] || list[0]["CreateTime"] != "2027-03-05T20:01:30Z" {
		t.Errorf("files %v", list)
	}
	if newest := files("Order", "desc", "PageSize", "1"); len(newest) != 1 || newest[0]["Duration"] != 60.0 {
		t.Errorf("newest %v", newest)
	}
}

func TestRecordReadsBoundTheirTime(t *testing.T) {
	b := newBench(t)
	b.play("show", "main", "start 1m restart 1m stop 3m")
	for _, c := range []struct{ from, to, code, content string }{
		{"2027-03-05T20:01:30Z", "2027-03-05T20:05:00Z", "", "1"},
		{"2027-03-05T20:03:00Z", "2027-03-05T20:05:00Z", "", "0"},
		{"2027-03-05T19:00:00Z", "2027-03-05T19:59:59Z", "", "0"},
		{"2027-03-05T20:00:00Z", "2027-03-09T20:00:00Z", "", "2"},
		{"2027-03-05T20:00:00Z", "2027-03-09T20:00:01Z", "InvalidTimeSpan", ""},
		{"2027-03-05T20:00:00Z", "2027-03-05T20:00:00Z", "InvalidEndTime.Mismatch", ""},
		{"now", "2027-03-05T20:00:00Z", "InvalidStartTime.Malformed", ""},
		{"2027-03-05T20:00:00Z", "now", "InvalidEndTime.Malformed", ""},
		{"", "2027-03-05T20:00:00Z", "MissingStartTime", ""},
	} {
		a := b.describe("DescribeLiveStreamRecordContent", "show", "main", "StartTime", c.from, "EndTime", c.to)
		n := fmt.Sprint(len(a.list("RecordContentInfoList", "RecordContentInfo")))
		if a.code() != c.code || c.code == "" && n != c.content {
			t.Errorf("%s to %s: %q, %s entries; want %q, %s", c.from, c.to, a.code(), n, c.code, c.content)
		}
	}
}

func TestStreamReads(t *testing.T) {
	b := newBench(t)
	names := func(a answer) string {
		var out []string
		for _, s := range b.ok(a).list("OnlineInfo", "LiveStreamOnlineInfo") {
			out = append(out, s["AppName"].(string)+"/"+s["StreamName"].(string))
		}
		return strings.Join(out, " ")
	}
	online := func(more ...string) string {
		return names(b.call("DescribeLiveStreamsOnlineList", append([]string{"DomainName", Domain}, more...)...))
	}
	for _, c := range [][2]string{
		{online(), "show/main show/backup show/raw morning/main"},
		{online("AppName", "show"), "show/main show/backup show/raw"},
		{online("AppName", "show", "StreamName", "ma"), ""},
		{online("AppName", "show", "StreamName", "ma", "QueryType", "fuzzy"), "show/main"},
		{online("StreamType", "trans"), ""},
		{online("PageSize", "1", "PageNum", "2"), "show/backup"},
	} {
		if c[0] != c[1] {
			t.Errorf("online: %q, want %q", c[0], c[1])
		}
	}
	b.want(b.call("DescribeLiveStreamsOnlineList", "DomainName", "other.example.com"), 404, "InvalidDomain.NotFound")
	for name, want := range map[string]string{"main": "online", "friday": "offline", "none": "offline"} {
		if a := b.ok(b.describe("DescribeLiveStreamState", "show", name)); a.text("StreamState") != want {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

func TestRecordConfigRead(t *testing.T) {
	b := newBench(t)
	a := b.ok(b.call("DescribeLiveRecordConfig", "DomainName", Domain))
	if list := a.list("LiveAppRecordList", "LiveAppRecord"); len(list) != 5 || a.json["TotalNum"] != 5.0 {
		t.Errorf("%s", a.body)
	}
	a = b.ok(b.describe("DescribeLiveRecordConfig", "show", "backup"))
	if c := a.list("LiveAppRecordList", "LiveAppRecord")[0]; c["OnDemond"] != 7.0 || c["DelayTime"] != 60.0 {
		t.Errorf("%s", a.body)
	}
	a = b.ok(b.describe("DescribeLiveRecordConfig", "show", "raw"))
	if list := a.list("LiveAppRecordList", "LiveAppRecord"); len(list) != 0 {
		t.Errorf("%s", a.body)
	}
	b.want(b.call("DescribeLiveRecordConfig", "DomainName", "other.example.com"), 404, "InvalidDomain.NotFound")
}
