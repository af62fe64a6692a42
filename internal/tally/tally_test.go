package tally

import (
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

// The standby picture is what the bot did last, until something that was seen since says otherwise.
func TestStandby(t *testing.T) {
	scene := func(layout string) []live.Scene { return []live.Scene{{ID: "s0", Program: true, Layout: layout}} }
	up := began(-5)
	up.Seen = map[string]string{PictureSeen: Picture(scene("l1")[0])}
	doubtful := up
	doubtful.Doubt = "ABC123"
	on := live.Caster{OnAir: true, Started: at(-60)}
	const since = "⚠️ STANDBY up since 2026-11-22 11:55:00 UTC by @U0ANA, unless "
	for name, c := range map[string]struct {
		c    live.Caster
		all  []live.Scene
		own  op.Standing
		want string
	}{
		"up":                   {on, scene("l1"), up, since + "changed elsewhere"},
		"nobody looked inside": {on, nil, up, since + "changed elsewhere"},
		"a take perhaps": {on, scene("l1"), doubtful,
			since + "op ABC123 has ended it: what became of that is not known"},
		"a take perhaps, and another picture": {on, scene("l2"), doubtful,
			"⚠️ on standby since 2026-11-22 11:55:00 UTC by @U0ANA, but PROGRAM has another " +
				"picture since, perhaps by op ABC123"},
		"taken through the bot":  {on, scene("l1"), op.Standing{Since: at(-1)}, ""},
		"nothing was done":       {on, scene("l1"), op.Standing{}, ""},
		"off air":                {live.Caster{Started: at(-60)}, nil, up, ""},
		"started anew elsewhere": {live.Caster{OnAir: true, Started: at(-1)}, scene("l1"), up, ""},
		"taken elsewhere": {on, scene("l2"), up, "⚠️ on standby since 2026-11-22 11:55:00 UTC by @U0ANA, " +
			"but PROGRAM was given another picture since, not through casterbot"},
	} {
		if got := Standby(c.c, c.all, c.own).Plain(); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}
