package main

import (
	"context"
	"fmt"
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"casterbot/internal/sandbox/fakelive"
	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/testbed"
)

var start = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)

func after(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

// cardText is a card as the bot would draw it: a sentence, a foot with its reference, and buttons.
func cardText(sentence string, acts ...string) string {
	buttons := ""
	for _, act := range acts {
		buttons += fmt.Sprintf(
			`,{"type":"button","action_id":"op:%s","value":"x","text":{"type":"plain_text","text":"b"}}`, act)
	}
	return fmt.Sprintf(`[{"type":"section","text":{"type":"mrkdwn","text":%q}},{"type":"context","elements":[{"type":"mrkdwn","text":"op 8F2K5Z"}%s]}]`, sentence, buttons)
}

func TestSightOf(t *testing.T) {
	args := func(list ...string) map[string]string { return map[string]string{list[0]: list[1]} }
	for _, c := range []struct {
		name                      string
		call                      fakeslack.Call
		seen, posted, live, final bool
		person                    string
	}{
		{"a card that asks", fakeslack.Call{Method: "chat.postMessage",
			Blocks: []byte(cardText("🟡 Restart", "confirm", "cancel"))}, true, true, true, false, ""},
		{"an edit: under way", fakeslack.Call{Method: "chat.update", Blocks: []byte(cardText("⏳ Restart"))}, true, false,
			false, false, ""},
		{"an edit: the result", fakeslack.Call{Method: "chat.update", Blocks: []byte(cardText("✅ done", "next"))}, true,
			false, false, true, ""},
		{"an edit by the click's address",
			fakeslack.Call{Method: "response_url", User: "U0ANA", Args: args("replace_original", "true"),
				Blocks: []byte(cardText("✅ done"))}, true, false, false, true, ""},
		{"still to be decided, without its sign",
			fakeslack.Call{Method: "chat.update", Blocks: []byte(cardText("✅ done", "decline"))}, true, false, true,
			false, ""},
		{"a result in an attachment", fakeslack.Call{Method: "chat.update",
			Attach: []byte(`[{"blocks":` + cardText("❌ refused") + `}]`)}, true, false, false, true, ""},
		{"a private answer by the command's address", fakeslack.Call{Method: "response_url", User: "U0ANA", Text: "no"}, true,
			false, false, false, "U0ANA"},
		{"a private answer", fakeslack.Call{Method: "chat.postEphemeral", User: "U0ANA", Text: "no"}, true, false, false,
			false, "U0ANA"},
		{"an answer with the acknowledgement", fakeslack.Call{Method: "ack", User: "U0ANA", Text: "no"}, true, false, false,
			false, "U0ANA"},
		{"a form", fakeslack.Call{Method: "ack", User: "U0ANA", View: []byte(`{}`)}, false, false, false, false, ""},
		{"a message that is no card", fakeslack.Call{Method: "chat.postMessage", Text: "hello"}, false, false, false,
			false, ""},
		{"a card that was refused", fakeslack.Call{Method: "chat.postMessage", Error: "ratelimited",
			Blocks: []byte(cardText("🟡 Restart", "confirm"))}, false, false, false, false, ""},
	} {
		s, seen := observationOf(c.call)
		if seen != c.seen {
			t.Errorf("%s: seen %v", c.name, seen)
			continue
		}
		if seen && (s.posted != c.posted || s.live() != c.live || s.final() != c.final || s.person != c.person) {
			t.Errorf("%s: posted %v, live %v, final %v, for %q", c.name, s.posted, s.live(), s.final(), s.person)
		}
	}
}

func TestNamesWholeWords(t *testing.T) {
	for text, want := range map[string]bool{
		"🟡 Start recording of *cam01*  ·  asked": true, "live.example.com/show/cam01 is live": true, "cam011": false,
		"xcam01": false, "": false,
	} {
		if names(text, "cam01") != want {
			t.Errorf("names(%q) = %v", text, !want)
		}
	}
}

// edit is an observation of a card that was asked for at 0 and confirmed at 100.
func edit(ms int, face string, acts ...string) observation {
	s := observation{at: after(ms), channel: "C1", card: testbed.Card{TS: "1", Channel: "C1", Face: face}}
	for _, act := range acts {
		s.card.Buttons = append(s.card.Buttons, testbed.Button{Action: "op:" + act})
	}
	return s
}

func confirmed() *act {
	return &act{
		person: "U0ANA", channel: "C1", names: "cam01", card: testbed.Card{TS: "1"}, typed: after(0), carded: after(50),
		clicked: after(100),
		order:   order{"RealTimeRecordCommand", map[string]string{"StreamName": "cam01", "Command": "start"}},
	}
}

func TestTraceCard(t *testing.T) {
	other := edit(110, "✅")
	other.card.TS = "2"
	for _, c := range []struct {
		name        string
		seen        []observation
		gone, ended time.Time
	}{
		{"under way, then the result, then one more edit",
			[]observation{edit(50, "🟡", "confirm"), edit(150, "⏳"), edit(300, "✅"), edit(900, "✅")}, after(150),
			after(300)},
		{"the result at once, with a way on", []observation{edit(140, "✅", "next")}, after(140), after(140)},
		{"another card", []observation{other}, time.Time{}, time.Time{}},
		{"what was seen before the click", []observation{edit(90, "✅")}, time.Time{}, time.Time{}},
		{"it asks again", []observation{edit(150, "⏳"), edit(200, "🟡", "confirm"), edit(400, "⚪")}, after(400),
			after(400)},
		{"it stays as it was", []observation{edit(300, "🟡", "confirm", "cancel")}, time.Time{}, time.Time{}},
	} {
		a := confirmed()
		trace([]*act{a}, c.seen, nil)
		if !a.gone.Equal(c.gone) || !a.ended.Equal(c.ended) {
			t.Errorf("%s: no button at %s, result at %s; want %s and %s", c.name, a.gone, a.ended, c.gone, c.ended)
		}
	}
}

func TestTraceCalls(t *testing.T) {
	call := func(seq int64, ms int, stream, command string, applied bool) fakelive.Call {
		return fakelive.Call{Seq: seq, Arrived: after(ms), Action: "RealTimeRecordCommand", Applied: applied,
			Params: map[string]string{"StreamName": stream, "Command": command}}
	}
	for _, c := range []struct {
		name    string
		calls   []fakelive.Call
		called  time.Time
		applied bool
	}{
		{"its own", []fakelive.Call{call(1, 90, "cam01", "start", true), call(2, 120, "cam02", "start", true),
			call(3, 125, "cam01", "stop", true),
			call(4, 130, "cam01", "start", true), call(5, 400, "cam01", "start", true)}, after(130), true},
		{"throttled first", []fakelive.Call{call(1, 130, "cam01", "start", false), call(2, 230, "cam01", "start", true)},
			after(130), true},
		{"refused", []fakelive.Call{call(1, 130, "cam01", "start", false)}, after(130), false},
		{"none", nil, time.Time{}, false},
	} {
		a := confirmed()
		trace([]*act{a}, nil, c.calls)
		if !a.called.Equal(c.called) || a.applied != c.applied {
			t.Errorf("%s: called %s, applied %v", c.name, a.called, a.applied)
		}
	}
	first, second := confirmed(), confirmed()
	trace([]*act{first, second}, nil, []fakelive.Call{call(1, 130, "cam01", "start", true)})
	if !second.called.IsZero() {
		t.Error("one call was counted for two acts")
	}
}

func TestRefuses(t *testing.T) {
	for text, want := range map[string]bool{"🚫 You can't": true, "❌ too many": true,
		"⏳ 7 before you, about 2 s": false, "looking…": false} {
		if got := (observation{person: "U0ANA", text: text}).refuses(); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestToldNo(t *testing.T) {
	private := observation{at: after(40), person: "U0ANA", channel: "C1", text: "❌ Start recording of cam01: too many"}
	asked := &act{person: "U0ANA", channel: "C1", names: "cam01", typed: after(0)}
	elsewhere := &act{person: "U0ANA", channel: "C1", names: "cam02", typed: after(0)}
	onCard := confirmed()
	trace([]*act{asked, elsewhere, onCard}, []observation{private, edit(200, "❌")}, nil)
	if !asked.told || elsewhere.told || !onCard.told {
		t.Errorf("told: asked %v, about another stream %v, on its card %v", asked.told, elsewhere.told, onCard.told)
	}
}

func TestBeyond(t *testing.T) {
	usage := map[string]fakelive.Usage{
		"RestartCaster": {Most: 11, Limit: 10, Per: time.Second}, "StopCaster": {Most: 10, Limit: 10, Per: time.Second},
		"DescribeLiveStreamsOnlineList": {Most: 200, Limit: 10_000, Per: time.Minute},
		"DescribeCasters":               {Most: 3, Limit: 15, Per: time.Second, Throttled: 1},
	}
	if n := beyond(usage); n != 2 {
		t.Errorf("%d operations are beyond their limit, want 2", n)
	}
}

func TestUsedWhileWorkWaits(t *testing.T) {
	var even, bursts []time.Time
	for i := range 40 {
		even = append(even, after(i*1000/9))
		bursts = append(bursts, after(i/9*1001))
	}
	for name, c := range map[string]struct {
		times []time.Time
		want  float64
	}{
		"evenly": {even, 1}, "in bursts": {bursts, 1},
		"half of it": {[]time.Time{after(0), after(500), after(1000), after(1500), after(2000)}, 2.0 / 9},
	} {
		if got, ok := used(c.times, 9); !ok || math.Abs(got-c.want) > 0.001 {
			t.Errorf("%s: %v %v, want %v", name, got, ok, c.want)
		}
	}
	if _, ok := used(even[:5], 9); ok {
		t.Error("work that does not last for a second says something about a limit")
	}
}

func TestTargets(t *testing.T) {
	f := figures{}
	crew, hour := target{title: "card", show: "s", figure: "p50", unit: "ms", goal: 150, bracket: "p90", edge: 250},
		target{title: "ran", show: "s", figure: "ran", goal: 50, least: true}
	if crew.row(f) != nil {
		t.Error("what was not measured has a row")
	}
	for i, v := range []float64{140, 90, 900} {
		f.add("s", "p50", v)
		f.add("s", "p90", 260-float64(i))
		f.add("s", "ran", 49+float64(i))
	}
	if got := strings.Join(crew.row(f),
		"|"); got != "card|≤ 150 (250) ms|140.00 (90.00–900.00) · 259.00 (258.00–260.00)|missed" {
		t.Errorf("over its bracket: %s", got)
	}
	if got := strings.Join(hour.row(f), "|"); got != "ran|≥ 50|50 (49–51)|met" {
		t.Errorf("at least: %s", got)
	}
	rate := target{title: "rate", show: "s", figure: "ran", unit: "/s", goal: 14000, least: true}
	if got := strings.Join(rate.row(f), "|"); got != "rate|≥ 14000/s|50 (49–51)|missed" {
		t.Errorf("a rate: %s", got)
	}
	f.add("of two", "asked", 2)
	f.add("of two", "ran", 1)
	f.add("of two", "call", 10)
	if one := (target{show: "of two", figure: "call", goal: 40}); one.met(f) {
		t.Error("the one of two that ran meets a target for both")
	} else if one.some = true; !one.met(f) {
		t.Error("what holds for those that ran is missed")
	}
	f.add("s", "never", math.NaN())
	if row := (target{show: "s", figure: "never", goal: 5}).row(f); row[3] != "missed" {
		t.Errorf("what never came: %v", row)
	}
}

func TestObserverAwaits(t *testing.T) {
	w := fakeslack.New(fakeslack.Config{AppToken: "a", BotToken: "b"})
	defer w.Close()
	o := observe(w)
	defer o.close()
	go o.read([]fakeslack.Call{{Seq: 7, Method: "chat.postMessage", Channel: "C1", TS: "1",
		Blocks: []byte(cardText("🟡 Restart", "confirm"))}}, 0)
	ctx, cancel := context.WithCancel(context.Background())
	s, ok := o.await(ctx, func(s observation) bool { return s.live() })
	if !ok || s.card.Ref != "8F2K5Z" {
		t.Errorf("await = %+v %v", s, ok)
	}
	cancel()
	if _, ok := o.await(ctx, func(s observation) bool { return s.final() }); ok {
		t.Error("await found what never came")
	}
}

func TestShowFitsTheCloud(t *testing.T) {
	w, err := showWorld(t.TempDir(), 0, 0, &lines{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s := w.Live.Snapshot()
	if len(s.Studios) != studios || len(s.Streams) != streams || !s.Studios[0].OnAir || !s.Streams[streams-1].Live {
		t.Errorf("the cloud has %d studios and %d streams", len(s.Studios), len(s.Streams))
	}
}

func TestDeafLine(t *testing.T) {
	here, there := net.Pipe()
	l := &line{Conn: here}
	defer l.Close()
	l.deaf.Store(true)
	if n, err := l.Write([]byte("ping")); n != 4 || err != nil {
		t.Errorf("write to a deaf line: %d %v", n, err)
	}
	go func() {
		_, _ = there.Write([]byte("pong"))
		_ = there.Close()
	}()
	if n, err := l.Read(make([]byte, 9)); n != 0 || err == nil {
		t.Errorf("a deaf line gave %d bytes, %v", n, err)
	}
}

func TestShowsThatIdleRunTogether(t *testing.T) {
	b := &benchmark{only: "50 recordings"}
	list := b.groups()
	if len(list) != 3 || len(list[0]) != 1 || len(list[2]) != 1 || list[2][0].name != inOne {
		t.Errorf("groups = %v", list)
	}
	for _, group := range (&benchmark{only: "socket"}).groups() {
		for _, s := range group {
			if !strings.Contains(s.name, "socket") {
				t.Errorf("%s was not asked for", s.name)
			}
		}
	}
}

func TestTargetsNameWhatIsMeasured(t *testing.T) {
	known := map[string]bool{theBot: true}
	for _, s := range shows {
		known[s.name] = true
	}
	for _, target := range targets {
		if !known[target.show] {
			t.Errorf("%s is a target of %q, which nothing measures", target.title, target.show)
		}
	}
}
