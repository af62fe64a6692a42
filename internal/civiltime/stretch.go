package civiltime

import (
	"errors"
	"slices"
	"time"

	"casterbot/internal/op"
)

// Stretch is a time that lies behind: a day, or what has been since a moment. Zone is that in which it was meant.
type Stretch struct {
	From    time.Time
	To      time.Time // not in it any more; zero: it goes on
	Zone    *time.Location
	Assumed bool // the person's zone is not known, so it was read as UTC
}

// ErrNoStretch: the words are none of a day, or since when.
var ErrNoStretch = errors.New("no such time")

// Stretches counts the words at the beginning of a text that name a day, or since when: yesterday, 2026-11-28, since
// 18:00, since Friday 9 pm. One that begins like it and cannot be read counts too, so that it is refused.
func Stretches(text []string) int {
	_, n := words(text).stretch()
	return n
}

// StretchOf reads what Stretches counts, all of a text, in the person's own zone unless another one is named.
func StretchOf(text []string, zone string, now time.Time) (Stretch, error) {
	w := words(text)
	said, n := w.stretch()
	if n == 0 || n != len(w) {
		return Stretch{}, ErrNoStretch
	}
	s := Stretch{Zone: time.UTC}
	if loc, err := time.LoadLocation(zone); err == nil && zone != "" && zone != "Local" {
		s.Zone = loc
	}
	s.Assumed = said.zone == "" && s.Zone == time.UTC && zone != "UTC"
	if said.zone != "" {
		in, _, err := zoneOf(said.zone, s.Zone, now)
		if err != nil {
			return s, err
		}
		s.Zone = in
	}
	return s.of(said, now)
}

// of fills in the moments.
func (s Stretch) of(said said, now time.Time) (Stretch, error) {
	day, ok := pastDay(said.day, now.In(s.Zone))
	clock, fits := said.clock()
	if !ok || !fits {
		return s, ErrNoStretch
	}
	s.From = wall{day.Add(clock)}.first(s.Zone)
	if said.day == "" && s.From.After(now) { // since 18:00, said at noon
		s.From = wall{day.AddDate(0, 0, -1).Add(clock)}.first(s.Zone)
	}
	if !said.since {
		s.To = wall{day.AddDate(0, 0, 1)}.first(s.Zone)
	}
	if s.From.After(now) {
		return s, op.Refuse(op.L("That time has not come yet: ", op.At(s.From), "."))
	}
	return s, nil
}

// clock is the time of day; false when there is none like it.
func (s said) clock() (time.Duration, bool) {
	hour := max(s.hour, 0)
	if hour == 24 && s.minute == 0 { // midnight, with which a day begins
		hour = 0
	}
	if s.half != "" {
		if hour < 1 || hour > 12 {
			return 0, false
		}
		hour = hour%12 + map[string]int{"pm": 12}[s.half]
	}
	return time.Duration(hour)*time.Hour + time.Duration(s.minute)*time.Minute, hour < 24 && s.minute < 60
}

// first is the earliest moment at which a clock shows that; where it never does, the one at which it is set past it.
func (w wall) first(zone *time.Location) time.Time {
	found, near := w.readings(zone)
	return append(found, near...)[0]
}

// stretch reads a day, or since when. Of a day alone the hour is -1.
func (w words) stretch() (said, int) {
	i := 0
	if w.at(0) == "since" || w.at(0) == "from" {
		i = 1
	}
	if i == 0 {
		if w.at(0) == "on" {
			i = 1
		}
		if day := pastName(w.at(i)); day != "" {
			return said{hour: -1, day: day}, i + 1
		}
		return said{}, 0
	}
	s, n := w[i:].pastMoment()
	if s.since = true; n == 0 {
		return said{day: "never"}, min(2, len(w))
	}
	return s, i + n
}

// pastMoment reads a time of day with a day before or behind it, or a day alone.
func (w words) pastMoment() (said, int) {
	day, i := pastName(w.at(0)), 0
	if day != "" {
		i = 1
		if w.at(1) == "at" {
			i = 2
		}
	}
	s, n := w[min(i, len(w)):].moment()
	switch {
	case n == 0 && day != "":
		return said{hour: -1, day: day}, 1
	case n == 0 || day != "" && s.day != "":
		return s, 0
	case day != "":
		s.day = day
	case s.day == "" && pastName(w.at(n)) != "":
		s.day = pastName(w.at(n))
		n++
	}
	return s, i + n
}

// pastName gives a day as it is called when it is over, or is today.
func pastName(word string) string {
	if word == "yesterday" {
		return word
	}
	if day := dayName(word); day != "tomorrow" {
		return day
	}
	return ""
}

// pastDay gives the midnight of a day as a wall shows it; a weekday is the last one, today's too.
func pastDay(word string, now time.Time) (time.Time, bool) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	if word == "yesterday" {
		return today.AddDate(0, 0, -1), true
	}
	if i := slices.Index(weekdays, word); i >= 0 {
		return today.AddDate(0, 0, -((int(today.Weekday()) - i + 7) % 7)), true
	}
	return dayOf(word, now)
}
