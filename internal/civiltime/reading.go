package civiltime

import (
	"slices"
	"strings"
	"time"

	"casterbot/internal/op"
)

// wall is what a clock on a wall shows: a date and a time without a zone, kept as if it were UTC. Where clocks are
// changed there are readings that never come, and some that come twice; time.Date answers for those too, and so is not
// asked.
type wall struct{ time.Time }

// offsets are the differences from UTC that a zone has around a moment.
func (w wall) offsets(zone *time.Location) []time.Duration {
	var all []time.Duration
	for _, near := range []time.Duration{-25 * time.Hour, 0, 25 * time.Hour} {
		_, seconds := w.Add(near).In(zone).Zone()
		if d := time.Duration(seconds) * time.Second; !slices.Contains(all, d) {
			all = append(all, d)
		}
	}
	return all
}

// readings are the moments that could be meant: one for each offset, and whether the wall really shows the reading
// then.
func (w wall) readings(zone *time.Location) (real, near []time.Time) {
	for _, offset := range w.offsets(zone) {
		at := w.Add(-offset)
		near = append(near, at)
		if _, seconds := at.In(zone).Zone(); time.Duration(seconds)*time.Second == offset {
			real = append(real, at)
		}
	}
	slices.SortFunc(real, time.Time.Compare)
	slices.SortFunc(near, time.Time.Compare)
	return real, near
}

// over reports that the reading is past in every sense.
func (w wall) over(zone *time.Location, now time.Time) bool {
	found, near := w.readings(zone)
	if len(found) == 0 {
		found = near
	}
	return !found[len(found)-1].After(now)
}

// instant gives the one moment that is meant. A reading that never comes, or comes twice in the future, is refused with
// both.
func (w wall) instant(zone *time.Location, now time.Time) (time.Time, error) {
	found, near := w.readings(zone)
	ahead := slices.DeleteFunc(slices.Clone(found), func(t time.Time) bool { return !t.After(now) })
	switch {
	case len(found) == 0:
		return time.Time{}, w.refusal(" does not exist in ", zone, near)
	case len(ahead) > 1:
		return time.Time{}, w.refusal(" comes twice in ", zone, ahead)
	case len(ahead) == 1:
		return ahead[0], nil
	}
	return found[len(found)-1], nil
}

// inSeason refuses an abbreviation that clocks do not show at that time of the year: whoever says 22:00 CET in July may
// mean what the clocks say, CEST, or not.
func (w wall) inSeason(typed string, at time.Time, zone, where *time.Location) error {
	name, word := at.In(where).Format("MST"), op.Fold(typed)
	if german, ok := germanNames[word]; ok {
		word = german
	}
	if op.Fold(name) == word {
		return nil
	}
	theirs, near := w.readings(where)
	return eitherRefusal(op.L(op.V(w.Format("2006-01-02 15:04")), " ", op.V(strings.ToUpper(typed)),
		" can mean two times: the clocks show ", op.V(name), " then."),
		end{At: at, zone: zone}, end{At: append(theirs, near...)[0], zone: where})
}

// eitherWay are the buttons of two readings, in their order.
var eitherWay = [2]op.Next{{Label: "The earlier"}, {Label: "The later"}}

// refusal offers both readings of a clock that is changed then.
func (w wall) refusal(why op.Text, zone *time.Location, both []time.Time) error {
	var ends []end
	for _, at := range both {
		ends = append(ends, end{At: at, zone: zone})
	}
	return eitherRefusal(op.L(op.V(w.Format("2006-01-02 15:04")), why, op.V(zone.String()),
		", because the clocks are changed then."), ends...)
}

// eitherRefusal asks which moment is meant, the earlier one first, with buttons that mean the same everywhere.
func eitherRefusal(why op.Line, both ...end) error {
	slices.SortFunc(both, func(a, b end) int { return a.At.Compare(b.At) })
	line := op.L("Which one do you mean: ")
	refusal := op.Refuse(why)
	for i, e := range both {
		if i > 0 {
			line = op.L(line, " or ")
		}
		line = op.L(line, e.local())
		next := eitherWay[min(i, 1)]
		next.Text = e.At.UTC().Format(WholeMoment)
		refusal.Answer.Next = append(refusal.Answer.Next, next)
	}
	refusal.Answer.Lines = []op.Line{op.L(line, "?")}
	refusal.Field = "until"
	return refusal
}
