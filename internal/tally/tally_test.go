package tally

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func at(minutes float64) time.Time { return noon.Add(time.Duration(minutes * float64(time.Minute))) }

func began(minutes float64) op.Standing {
	return op.Standing{Holds: true, Since: at(minutes), By: "U0ANA"}
}

// What a look shows is read together with what the bot did; what contradicts that wins, and is said.
func TestRecordings(t *testing.T) {
	paused := func(minutes float64) Recording {
		p := began(minutes)
		p.Seen = map[string]string{DelaySeen: "3m0s"}
		return Recording{Own: op.Standing{Since: p.Since, By: p.By}, Paused: p}
	}
	for name, c := range map[string]struct {
		r        Recording
		from, to float64 // of the material; to -1: without an end; both 0: none
		line     string
		fact     string
		mark     op.Mark
	}{
		"nothing known": {Recording{}, 0, 0, "No running recording is seen.", "", op.MarkNeutral},
		"a stranger's": {Recording{}, -5, -0.1,
			"As far as the cloud shows, it has been recording since 2026-11-22 11:55:00 UTC, or was paused at 2026-11-22 11:59:54 UTC.",
			"recording since 2026-11-22 11:55:00 UTC, as far as the cloud shows", op.MarkRecording},
		"started by the bot and seen to grow": {Recording{Own: began(-5)}, -5, -0.1,
			"Recording since 2026-11-22 11:55:00 UTC (material up to 2026-11-22 11:59:54 UTC).", "recording since 2026-11-22 11:55:00 UTC",
			op.MarkRecording},
		"started by the bot a moment ago": {Recording{Own: began(-0.5)}, 0, 0,
			"Recording was started at 2026-11-22 11:59:30 UTC by @U0ANA; ApsaraVideo Live does not list it yet.",
			"recording started 2026-11-22 11:59:30 UTC by @U0ANA, not listed yet", op.MarkRecording},
		"started by the bot, material of before only": {Recording{Own: began(-0.5)}, -5, -0.6,
			"Recording was started at 2026-11-22 11:59:30 UTC by @U0ANA; ApsaraVideo Live does not list it yet.",
			"recording started 2026-11-22 11:59:30 UTC by @U0ANA, not listed yet", op.MarkRecording},
		"started by the bot, and not listed for long": {Recording{Own: began(-5)}, -20, -9,
			"Recording was started at 2026-11-22 11:55:00 UTC by @U0ANA, but ApsaraVideo Live lists nothing of it.",
			"recording started 2026-11-22 11:55:00 UTC by @U0ANA, but nothing of it is listed", op.MarkNeutral},
		"started by the bot long ago, and not listed": {Recording{Own: began(-61)}, 0, 0,
			"No running recording is seen.", "", op.MarkNeutral},
		"started by the bot, perhaps paused, nothing listed": {
			Recording{Own: op.Standing{Holds: true, Since: at(-0.5), Doubt: "ABC123"}}, 0, 0,
			"No running recording is seen.", "", op.MarkNeutral},
		"started by the bot, ended by others": {Recording{Own: began(-9)}, -9, -4,
			"As far as the cloud shows, the last recording ended at 2026-11-22 11:56:00 UTC.", "", op.MarkNeutral},
		"started, then perhaps paused": {Recording{Own: op.Standing{Holds: true, Since: at(-5), Doubt: "ABC123"}}, -5, -0.1,
			"As far as the cloud shows, it has been recording since 2026-11-22 11:55:00 UTC, or was paused at 2026-11-22 11:59:54 UTC.",
			"recording since 2026-11-22 11:55:00 UTC, as far as the cloud shows", op.MarkRecording},
		"paused a moment ago": {paused(-0.2), -5, -0.2,
			"Recording was paused at 2026-11-22 11:59:48 UTC by @U0ANA; its file is due at 2026-11-22 12:02:48 UTC.",
			"paused 2026-11-22 11:59:48 UTC by @U0ANA, file due 2026-11-22 12:02:48 UTC", op.MarkPaused},
		"paused a moment ago, the list lags": {paused(-0.2), -5, -1,
			"Recording was paused at 2026-11-22 11:59:48 UTC by @U0ANA; its file is due at 2026-11-22 12:02:48 UTC.",
			"paused 2026-11-22 11:59:48 UTC by @U0ANA, file due 2026-11-22 12:02:48 UTC", op.MarkPaused},
		"paused and overdue": {paused(-9), -20, -9,
			"Recording was paused at 2026-11-22 11:51:00 UTC by @U0ANA; its file was due at 2026-11-22 11:54:00 UTC.",
			"paused 2026-11-22 11:51:00 UTC by @U0ANA, its file was due 2026-11-22 11:54:00 UTC", op.MarkNeutral},
		"paused, and it goes on": {paused(-5), -20, -0.1,
			"As far as the cloud shows, it has been recording since 2026-11-22 11:40:00 UTC, or was paused at 2026-11-22 11:59:54 UTC, " +
				"although @U0ANA paused it through casterbot at 2026-11-22 11:55:00 UTC.",
			"recording since 2026-11-22 11:40:00 UTC, as far as the cloud shows, although @U0ANA paused it through casterbot at " +
				"2026-11-22 11:55:00 UTC", op.MarkRecording},
		"paused, and the cloud lists no end after minutes": {paused(-5), -20, -1e9,
			"As far as the cloud shows, it has been recording since 2026-11-22 11:40:00 UTC, although @U0ANA paused it through " +
				"casterbot at 2026-11-22 11:55:00 UTC.",
			"recording since 2026-11-22 11:40:00 UTC, although @U0ANA paused it through casterbot at 2026-11-22 11:55:00 UTC", op.MarkRecording},
		"paused, then started elsewhere": {paused(-5), -1, -0.1,
			"As far as the cloud shows, it has been recording since 2026-11-22 11:59:00 UTC, or was paused at 2026-11-22 11:59:54 UTC.",
			"recording since 2026-11-22 11:59:00 UTC, as far as the cloud shows", op.MarkRecording},
	} {
		r := c.r
		r.At = noon
		content := live.Content{From: at(c.from), To: at(c.to)}
		var lists []live.Content
		if c.to == -1e9 {
			content.To = time.Time{}
		}
		if c.from != 0 {
			lists = append(lists, content)
		}
		if r.Phase, r.Content = PhaseOf(lists, nil, noon); r.Content.To.IsZero() {
			r.Delay = 3 * time.Minute
		}
		if got := r.Line().Plain(); got != c.line {
			t.Errorf("%s: the line\n%s\nwant\n%s", name, got, c.line)
		}
		if got := r.Fact().Plain(); got != c.fact {
			t.Errorf("%s: the fact\n%s\nwant\n%s", name, got, c.fact)
		}
		if got := r.Mark(true); got != c.mark {
			t.Errorf("%s: %s, want %s", name, got, c.mark)
		}
	}
}

// The standby picture is what the bot did last, until something that was seen since says otherwise: that wins, and it
// is said for an hour.
func TestStandby(t *testing.T) {
	scene := func(layout string) []live.Scene { return []live.Scene{{ID: "s0", Program: true, Layout: layout}} }
	up := began(-5)
	up.Op, up.Seen = "op1", map[string]string{PictureSeen: Picture(scene("l1")[0]), StartSeen: Moment(at(-60))}
	with := func(change func(*op.Standing)) op.Standing {
		own := up
		change(&own)
		return own
	}
	doubtful := with(func(s *op.Standing) { s.Doubt = "ABC123" })
	ended := func(minutes float64) op.Standing {
		return with(func(s *op.Standing) { s.Later = op.Seen{Op: "op1", At: at(minutes), Cause: op.SeenIdle} })
	}
	on := live.Caster{OnAir: true, Started: at(-60)}
	const (
		since = "⚠️ STANDBY up since 2026-11-22 11:55:00 UTC by @U0ANA, unless "
		over  = "standby of 2026-11-22 11:55:00 UTC by @U0ANA has ended: "
		other = over + "at 2026-11-22 12:00:00 UTC PROGRAM had another picture, "
	)
	for name, c := range map[string]struct {
		c     live.Caster
		all   []live.Scene
		own   op.Standing
		want  string
		cause op.Cause // of what the look shows
	}{
		"up":                    {on, scene("l1"), up, since + "changed elsewhere", ""},
		"nobody looked inside":  {on, nil, up, since + "changed elsewhere", ""},
		"the start is not told": {live.Caster{OnAir: true}, scene("l1"), up, since + "changed elsewhere", ""},
		"a take perhaps": {on, scene("l1"), doubtful,
			since + "op ABC123 has ended it: what became of that is not known", ""},
		"a take perhaps, and another picture": {on, scene("l2"), doubtful, other + "perhaps by op ABC123", op.SeenChanged},
		"taken through the bot":               {on, scene("l1"), op.Standing{Since: at(-1)}, "", ""},
		"nothing was done":                    {on, scene("l1"), op.Standing{}, "", ""},
		"off air":                             {live.Caster{Started: at(-60)}, nil, up, "", op.SeenIdle},
		"whether it is on air is not told":    {live.Caster{Untold: true}, nil, up, since + "changed elsewhere", ""},
		"started anew elsewhere": {live.Caster{OnAir: true, Started: at(-1)}, scene("l1"), up,
			over + "the studio was started anew at 2026-11-22 11:59:00 UTC", op.SeenStarted},
		"started anew elsewhere, by a clock that is behind": {live.Caster{OnAir: true, Started: at(-6)}, scene("l1"), up,
			over + "the studio was started anew at 2026-11-22 11:54:00 UTC", op.SeenStarted},
		"started anew, and not looked at before": {live.Caster{OnAir: true, Started: at(-1)}, nil,
			with(func(s *op.Standing) { s.Seen = nil }), over + "the studio was started anew at 2026-11-22 11:59:00 UTC",
			op.SeenStarted},
		"taken elsewhere": {on, scene("l2"), up, other + "not through casterbot", op.SeenChanged},
		"what was taken just before is listed late": {on, scene("l2"),
			with(func(s *op.Standing) { s.Before = []map[string]string{{}, {TakenSeen: Picture(scene("l2")[0])}} }),
			since + "changed elsewhere", ""},
		"a moment ago": {live.Caster{Started: at(-60)}, scene("l2"),
			with(func(s *op.Standing) { s.Since = at(-0.1) }), "", ""},
		"was seen off air since": {on, scene("l1"), ended(-3),
			over + "the studio was off air at 2026-11-22 11:57:00 UTC", ""},
		"was seen off air since, long ago":   {on, scene("l1"), ended(-61), "", ""},
		"was seen off air since, and is now": {live.Caster{}, nil, ended(-3), "", ""},
	} {
		line, stands := Standby(c.c, c.all, c.own, noon)
		if got := line.Plain(); got != c.want || stands != strings.HasPrefix(c.want, since) {
			t.Errorf("%s: stands %v\n%s\nwant\n%s", name, stands, got, c.want)
		}
		if seen, _ := Against(c.c, c.all, c.own, op.StandbyShown, noon); seen.Cause != c.cause {
			t.Errorf("%s: a look shows %q, want %q", name, seen.Cause, c.cause)
		}
	}
}

// Once a look has shown the file of a pause it is said everywhere, and no more that it is due.
func TestWrittenFiles(t *testing.T) {
	paused := began(-9)
	paused.Seen, paused.Op = map[string]string{DelaySeen: "3m0s"}, "op1"
	file := op.Seen{Op: "op1", At: at(-5), Cause: op.SeenWritten, From: at(-20), To: at(-9)}
	const written = "file written: 2026-11-22 11:40:00 UTC to 2026-11-22 11:51:00 UTC"
	for name, c := range map[string]struct {
		change     func(*Recording)
		fact, line string
	}{
		"paused": {func(*Recording) {}, written,
			"Recording was paused at 2026-11-22 11:51:00 UTC by @U0ANA; its file is written: 2026-11-22 11:40:00 UTC to 2026-11-22 11:51:00 UTC."},
		"ended": {func(r *Recording) { r.Paused.Holds = false }, written,
			"Recording was ended at 2026-11-22 11:51:00 UTC by @U0ANA; its file is written: 2026-11-22 11:40:00 UTC to 2026-11-22 11:51:00 UTC."},
		"an hour later": {func(r *Recording) { r.At = at(55) }, "",
			"Recording was paused at 2026-11-22 11:51:00 UTC by @U0ANA; its file is written: 2026-11-22 11:40:00 UTC to 2026-11-22 11:51:00 UTC."},
		"not seen for a day": {func(r *Recording) { r.At, r.Paused.Later = at(24*60), op.Seen{} }, "",
			"Recording was paused at 2026-11-22 11:51:00 UTC by @U0ANA; its file was due at 2026-11-22 11:54:00 UTC."},
		"and it is recorded anew": {func(r *Recording) { r.Content = live.Content{From: at(-1), To: at(-0.1)} },
			"recording since 2026-11-22 11:59:00 UTC, as far as the cloud shows",
			"As far as the cloud shows, it has been recording since 2026-11-22 11:59:00 UTC, or was paused at 2026-11-22 11:59:54 UTC."},
	} {
		r := Recording{At: noon, Phase: Ended, Content: live.Content{From: at(-20), To: at(-9)}, Paused: paused,
			Own: op.Standing{Since: paused.Since, By: paused.By}}
		r.Paused.Later = file
		c.change(&r)
		if got := r.Fact().Plain(); got != c.fact || r.Waits() {
			t.Errorf("%s: the fact\n%s\nwant\n%s", name, got, c.fact)
		}
		if got := r.Line().Plain(); got != c.line {
			t.Errorf("%s: the line\n%s\nwant\n%s", name, got, c.line)
		}
		var known []string
		for _, l := range r.Known() {
			known = append(known, l.Plain())
		}
		if got := strings.Join(known, "; "); c.fact == written && got != written {
			t.Errorf("%s: without a look %q", name, got)
		}
	}
}
