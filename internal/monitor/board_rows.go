package monitor

import (
	"cmp"
	"slices"
	"strings"

	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/records"
	"casterbot/internal/tally"
)

const (
	maxRows = 30
	// maxRecordings is how many recordings, and things that are not known, stand on a board however much is on air.
	maxRecordings = 10
)

// rank is how much a row matters: rows stand in this order, and the last ones give way.
type rank int

const (
	rankStandby rank = iota
	rankOnAir
	rankRecording
	rankPaused
	rankUntold // whether it is on air or live, or whether something was done to it
	rankLocked
	rankLive
	rankIdle
)

// rankWords count the rows for which there is no room.
var rankWords = [...]op.Text{
	rankStandby: "on standby", rankOnAir: "on air", rankUntold: "not known", rankRecording: "recording",
	rankPaused: "paused", rankLocked: "locked", rankLive: "live", rankIdle: "idle",
}

// row is a studio or a stream on a board.
type row struct {
	rank rank
	item op.Item
}

// boardView is what a board is drawn from.
type boardView struct {
	snapshot
	scope op.Scope
	locks []op.Lock
	own   records.History
}

// answer is what a board shows, but for the time: what matters most comes first, and what does not fit is counted.
func (v boardView) answer() op.Answer {
	var studios []live.Caster
	lit := 0
	for _, c := range v.sorted() {
		if v.scope.Studio(c.ID, c.Name) {
			if studios = append(studios, c); c.OnAir {
				lit++
			}
		}
	}
	a := op.Answer{Title: op.L(op.Strong("On air"), ": ", op.N(lit), " of ",
		op.HowMany(len(studios), " studio", " studios"))}
	var rows []row
	if v.studios == nil {
		a.Title = op.L(op.Strong("On air"), ": not known")
		a.Lines = append(a.Lines, op.L("The studios could not be looked at."))
		rows = v.unseenStudios()
	}
	for _, c := range studios {
		rows = append(rows, v.studio(c, studios))
	}
	for _, stream := range v.streams() {
		if r, ok := v.stream(stream); ok {
			rows = append(rows, r)
		}
	}
	a.Items = fit(rows)
	return a
}

// fit gives the rows for which there is room, and a last one that counts the others. Of many studios on air some give
// way to the first recordings.
func fit(rows []row) []op.Item {
	recordings := 0
	keep := make(map[int]rank, len(rows))
	order := make([]int, len(rows))
	for i, r := range rows {
		order[i], keep[i] = i, r.rank
		if r.rank > rankOnAir && r.rank < rankLocked && recordings < maxRecordings {
			recordings, keep[i] = recordings+1, rankStandby
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(keep[a], keep[b]), cmp.Compare(a, b)) })
	kept, rest := op.Cut(order, maxRows)
	byRank := func(a, b int) int { return cmp.Or(cmp.Compare(rows[a].rank, rows[b].rank), cmp.Compare(a, b)) }
	items := op.Each(slices.SortedFunc(slices.Values(kept), byRank), func(i int) op.Item { return rows[i].item })
	if len(rest) > 0 {
		left := slices.SortedFunc(slices.Values(order[len(kept):]), byRank)
		what := op.Counted(op.Each(left, func(i int) op.Text { return rankWords[rows[i].rank] }))
		items = append(items, op.Item{Title: op.L(rest, ": ", what)})
	}
	return items
}

// studio shows a studio, with the end of its id where another one is called the same.
func (v boardView) studio(c live.Caster, all []live.Caster) row {
	t := c.Target()
	r := row{rankIdle, op.Item{Mark: op.MarkIdle, Title: op.L(op.B(c.Name)), Facts: []op.Line{op.L("idle")}}}
	if slices.ContainsFunc(all, func(other live.Caster) bool { return other.Name == c.Name && other.ID != c.ID }) {
		r.item.Title = op.L(op.B(c.Name), " ", op.V("…"+c.ID[max(0, len(c.ID)-4):]))
	}
	switch {
	case v.studios == nil:
		r = v.unseen(r, c, t)
	case c.OnAir:
		r.rank, r.item.Mark = rankOnAir, op.MarkProgram
		r.item.Facts = append([]op.Line{op.L("on air", op.Told(" since ", op.At, c.Started))}, v.scenesOf(c)...)
		r = v.stands(r, c, t)
	case c.Untold:
		r.rank, r.item.Mark, r.item.Facts = rankUntold, op.MarkUnknown, []op.Line{op.L("on air or idle, not told")}
		r = v.stands(r, c, t)
	}
	for _, l := range v.locks {
		if l.Target.Key() == t.Key() {
			r.item.Facts = append(r.item.Facts, op.L("🔒 ", op.Who(l.Holder), " until ", op.At(l.Until)))
			r.rank = min(r.rank, rankLocked)
		}
	}
	return v.unsettled(r, t)
}

// stands adds what the bot did to a studio: that viewers have its standby picture, or had it lately, comes first.
func (v boardView) stands(r row, c live.Caster, t op.Target) row {
	own := func(x op.Condition) op.Standing { return v.own.Standing(t, x) }
	says, up := tally.Known(c, v.scenes[c.ID], own, v.at)
	if up {
		r.rank = rankStandby
	}
	r.item.Facts = append(says, r.item.Facts...)
	return r
}

// unsettled adds that nobody knows what became of an operation on a thing.
func (v boardView) unsettled(r row, t op.Target) row {
	if unsettled := tally.Unsettled(history(v.own).unresolved(t, anything)); len(unsettled) > 0 {
		r.rank = min(r.rank, rankUntold)
		r.item.Facts = append(r.item.Facts, unsettled)
	}
	return r
}

// scenesOf says which scenes are on PROGRAM and open as PREVIEW.
func (v boardView) scenesOf(c live.Caster) []op.Line {
	all, seen := v.scenes[c.ID]
	switch {
	case !seen && v.skipped[c.ID]:
		return []op.Line{op.L("its scenes were not looked at")}
	case !seen:
		return []op.Line{op.L("its scenes could not be looked at")}
	}
	var facts []op.Line
	for _, scene := range all {
		switch {
		case scene.Program:
			facts = append(facts, op.L("PROGRAM ", op.B(scene.Name)))
		case scene.Untold:
			facts = append(facts, op.L("⚠️ PREVIEW or PROGRAM, not told: ", op.B(scene.Name)))
		case scene.Open:
			facts = append(facts, op.L("🟢 PREVIEW ", op.B(scene.Name)))
		}
	}
	return facts
}

// stream shows a stream that is live, or of which something is still to come or to be cleared up; false for another.
func (v boardView) stream(stream named) (row, bool) {
	on, seen := v.live(stream.of)
	t := op.Target{Kind: "stream", ID: stream.of.String(), Name: stream.alias}
	recorded := v.recording(stream.of)
	r := row{rankIdle, op.Item{Mark: op.MarkIdle, Title: op.L(op.B(stream.alias)), Facts: []op.Line{op.L("not live")}}}
	switch {
	case on != nil:
		r.rank, r.item.Mark = rankLive, op.MarkNeutral
		r.item.Facts = []op.Line{op.L("live", op.Told(" since ", op.At, on.Since))}
	case !seen:
		r.rank, r.item.Mark, r.item.Facts = rankUntold, op.MarkUnknown, []op.Line{op.L("could not be looked at")}
	}
	_, listed := v.material[stream.of]
	if on != nil && !listed {
		r.item.Facts = append(r.item.Facts, v.unlisted(stream.of))
	}
	seen = seen && (on == nil || listed)
	fact := v.recorded(recorded, on != nil, seen)
	if len(fact) > 0 {
		r.item.Facts = append(r.item.Facts, fact)
	}
	switch {
	case len(fact) == 0:
	case recorded.News() && r.rank == rankIdle:
		r.rank, r.item.Mark = rankPaused, op.MarkOK
	case recorded.News():
	case recorded.Going() || recorded.Started() || !seen && recorded.Own.Began():
		r.rank, r.item.Mark = rankRecording, op.MarkRecording
	case recorded.Due().After(v.at):
		r.rank, r.item.Mark = rankPaused, op.MarkPaused
	}
	r = v.unsettled(r, t)
	return r, r.rank != rankIdle
}

// recorded says how the recording of a stream stands, by what the bot did where that could not be seen; nothing of one
// that is over.
func (v boardView) recorded(r tally.Recording, live, seen bool) op.Line {
	known := r.Known()
	switch toCome := r.Due().After(v.at) || r.News(); {
	case !live && !toCome && (seen || !r.Own.Began() && !r.Going()):
		return nil
	case !seen && !r.Going() && len(known) > 0:
		return known[0]
	}
	return r.Fact()
}

// unlisted says that it is not known what is recorded of a stream.
func (v boardView) unlisted(stream live.Stream) op.Line {
	if v.skipped[stream.String()] {
		return op.L("its recordings were not looked at")
	}
	return op.L("its recordings could not be looked at")
}

// recording is how the recording of a stream stands.
func (v boardView) recording(stream live.Stream) tally.Recording {
	return v.snapshot.recording(stream, v.own)
}

func (s snapshot) recording(stream live.Stream, own records.History) tally.Recording {
	t := op.Target{Kind: "stream", ID: stream.String()}
	r := tally.Recording{At: s.at, Own: own.Standing(t, op.IsRecorded), Paused: own.Standing(t, op.IsPaused)}
	if m := s.material[stream]; !m.From.IsZero() {
		r.Phase, r.Content = tally.PhaseOf([]live.Content{m}, nil, s.at)
	}
	return r
}

// unlooked reports that of some streams, or of others that a channel may touch, it was not looked at whether they are
// recorded.
func (s snapshot) unlooked(streams []named, scope op.Scope) bool {
	return slices.ContainsFunc(streams, func(stream named) bool {
		on, seen := s.live(stream.of)
		_, listed := s.material[stream.of]
		return !listed && (on != nil || !seen)
	}) || slices.ContainsFunc(scope.Streams, func(a op.StreamAlias) bool {
		domain, _, _ := strings.Cut(a.Pattern, "/")
		_, seen := s.online[domain]
		return !seen && strings.ContainsAny(a.Pattern, "*?")
	})
}

// recordedIn gives the first of some streams that is being recorded, as far as the look showed; without a name when
// none is.
func (s snapshot) recordedIn(streams []named, own records.History) named {
	for _, stream := range streams {
		on, seen := s.live(stream.of)
		r := s.recording(stream.of, own)
		if (on != nil || !seen) && (r.Going() || r.Started()) {
			return stream
		}
	}
	return named{}
}
