// Package civiltime reads times of day and lengths of time as people type them, in their own zone, and writes them
// back.
package civiltime

import (
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // people's zones must be known wherever the bot runs

	"casterbot/internal/op"
)

// How long a lock lasts: when nothing is said, and at most.
const (
	usualLock   = 4 * time.Hour
	longestLock = 24 * time.Hour
)

// WholeMoment is how the end of a lock is written down: it means the same in every zone.
const WholeMoment = "until 2006-01-02 15:04 UTC"

// end is when a lock ends, and how that was understood.
type end struct {
	At      time.Time
	zone    *time.Location
	assumed bool // the person's zone is not known, so the time was read as UTC
	rolled  bool // the time is over today, so it is that of tomorrow
	usual   bool // nothing was said
}

// EndOf reads the end of a lock, in the person's own zone unless another one is named.
func EndOf(typed, zone string, now time.Time) (end, error) {
	e := end{zone: time.UTC}
	if loc, err := time.LoadLocation(zone); err == nil && zone != "" && zone != "Local" {
		e.zone = loc
	}
	s, ok := read(typed)
	var err error
	switch {
	case strings.TrimSpace(typed) == "":
		e.At, e.usual = now.Add(usualLock), true
	case !ok || s.hour < 0 && s.length < time.Minute:
		err = endRefusal(op.L("This is not a time: ", op.Code(op.Visible(typed)), "."))
	case s.hour < 0:
		e.At = now.Add(s.length)
	default:
		e.assumed = s.zone == "" && e.zone == time.UTC && zone != "UTC"
		err = e.clock(typed, s, now)
	}
	if err != nil {
		return e, err
	}
	e.At = e.At.Truncate(time.Minute)
	return e, inBounds(e, now)
}

func inBounds(e end, now time.Time) error {
	switch {
	case !e.At.After(now):
		return endRefusal(op.L("That time is over: ", e.local(), "."))
	case e.At.Sub(now) > longestLock:
		return endRefusal(op.L("That is too long: a lock lasts at most ", op.For(longestLock), ", so until ",
			end{At: now.Add(longestLock), zone: e.zone}.local(), "."))
	}
	return nil
}

func endRefusal(title op.Line, lines ...op.Line) *op.Refusal {
	return op.Refuse(title, append(lines, op.L("Say ", op.Code("until 22:00"), ", ", op.Code("until 2026-11-23 01:30"),
		", ", op.Code("for 2h"), " or ", op.Code("for 90m"), "."))...).
		About("until")
}

// clock reads a time of day.
func (e *end) clock(typed string, s said, now time.Time) (err error) {
	own := e.zone
	var where *time.Location
	if s.zone != "" {
		if e.zone, where, err = zoneOf(s.zone, own, now); err != nil {
			return err
		}
	}
	hour := s.hour
	if s.half != "" {
		if hour < 1 || hour > 12 {
			return noSuchTime(typed)
		}
		hour = hour%12 + map[string]int{"pm": 12}[s.half]
	}
	day, ok := dayOf(s.day, now.In(e.zone))
	if !ok || hour > 24 || hour == 24 && s.minute > 0 || s.minute > 59 {
		return noSuchTime(typed)
	}
	w := wall{day.Add(time.Duration(hour)*time.Hour + time.Duration(s.minute)*time.Minute)}
	if s.day == "" && w.over(e.zone, now) {
		w, e.rolled = wall{w.AddDate(0, 0, 1)}, true
	}
	if e.At, err = w.instant(e.zone, now); err == nil && where != nil {
		err = w.inSeason(s.zone, e.At, e.zone, where)
	}
	return err
}

func noSuchTime(typed string) error {
	return endRefusal(op.L("There is no such time: ", op.Code(op.Visible(typed)), "."))
}

// dayOf gives the midnight of a day as a wall shows it, with UTC standing for no zone at all.
func dayOf(word string, now time.Time) (time.Time, bool) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	switch word {
	case "", "today":
		return today, true
	case "tomorrow":
		return today.AddDate(0, 0, 1), true
	}
	if i := slices.Index(weekdays, word); i >= 0 {
		return today.AddDate(0, 0, (i-int(today.Weekday())+7)%7), true
	}
	day, err := time.Parse("2006-1-2", word)
	return day, err == nil
}

// local writes the end in the person's zone and in UTC.
func (e end) local() op.Line {
	if e.zone == time.UTC {
		return op.L(op.V(e.At.UTC().Format("2006-01-02 15:04")), " UTC")
	}
	return op.L(op.V(e.At.In(e.zone).Format("2006-01-02 15:04 MST")), " (",
		op.V(e.At.UTC().Format("2006-01-02 15:04")), " UTC)")
}

// clockTime is the time of day in the person's zone and in UTC; the day stands beside it already.
func (e end) clockTime() op.Line {
	if e.zone == time.UTC {
		return op.L(op.V(e.At.UTC().Format("15:04")), " UTC")
	}
	return op.L(op.V(e.At.In(e.zone).Format("15:04 MST")), " (", op.V(e.At.UTC().Format("15:04")), " UTC)")
}

// Facts says how the end was understood.
func (e end) Facts() []op.Line {
	facts := []op.Line{op.L("That is ", e.clockTime(), ".")}
	switch {
	case e.usual:
		facts = []op.Line{op.L("That is ", e.clockTime(), ": ", op.For(usualLock), ", since no time was given.")}
	case e.rolled:
		facts = append(facts,
			op.L("That time is over today, so it is tomorrow, ", op.V(e.At.In(e.zone).Format("2006-01-02")), "."))
	}
	if e.assumed {
		facts = append(facts, op.L("Your time zone is not known, so the time is read as UTC."))
	}
	return facts
}
