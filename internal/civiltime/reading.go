package civiltime

import (
	"slices"
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

// eitherWay are the buttons of two readings, in their order.
var eitherWay = [2]op.Next{{Label: "The earlier"}, {Label: "The later"}}

// refusal offers both readings, written so that they mean the same everywhere.
func (w wall) refusal(why op.Text, zone *time.Location, both []time.Time) error {
	line := op.L("Which one do you mean: ")
	refusal := op.Refuse(op.L(op.V(w.Format("2006-01-02 15:04")), why, op.V(zone.String()),
		", because the clocks are changed then."))
	for i, at := range both {
		if i > 0 {
			line = op.L(line, " or ")
		}
		line = op.L(line, end{At: at, zone: zone}.local())
		next := eitherWay[min(i, 1)]
		next.Text = at.UTC().Format(WholeMoment)
		refusal.Answer.Next = append(refusal.Answer.Next, next)
	}
	refusal.Answer.Lines = []op.Line{op.L(line, "?")}
	refusal.Field = "until"
	return refusal
}
