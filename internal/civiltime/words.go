package civiltime

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"casterbot/internal/op"
)

// said is the end of a lock as somebody said it: a length, or a time of day.
type said struct {
	length       time.Duration
	day          string // "", "today", "tomorrow", "friday", "2026-11-23"
	hour, minute int    // an hour of -1: a length
	half         string // "am", "pm"
	zone         string // as typed; empty: the person's own
	since        bool   // it goes on from there
}

var (
	clock = regexp.MustCompile(`^(\d{1,2})(?:[:.]?(\d{2}))?(?::00)?(am|pm|a\.m\.?|p\.m\.?)?([a-z+-][a-z0-9:+-]*)?$`)
	exact = regexp.MustCompile(`^\d{1,2}:\d{2}|^\d{1,2}(?:\.\d{2})?(?:am|pm|a\.m|p\.m)`)
	date  = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}$`)
	shift = regexp.MustCompile(`^[+-]\d{1,2}(?::?\d{2})?$`)
)

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// hours are what people say behind the number of an hour.
var hours = []string{"hours", "hrs", "o'clock", "oclock", "uhr"}

// plain is a word as it is compared: in small letters and usual digits, without the signs of a sentence around it.
func plain(word string) string {
	text := strings.Trim(strings.Map(digit, op.Fold(word)), "()[],;!'‘’")
	if whole, ok := strings.CutSuffix(text, "½"); ok && whole != "" {
		return whole + ".5"
	}
	return strings.TrimRight(text, ":")
}

// digit gives the usual digit for that of another script: these stand in tens, from nought to nine.
func digit(r rune) rune {
	if r < 128 || !unicode.IsDigit(r) {
		return r
	}
	n := rune(0)
	for n < 9 && unicode.IsDigit(r-n-1) {
		n++
	}
	return '0' + n
}

// words reads what stands before it.
type words []string

// at gives one word, or nothing behind the last.
func (w words) at(i int) string {
	if i >= len(w) {
		return ""
	}
	return plain(w[i])
}

// Clause counts the words of an end that says so: until 22:00 CET, till 10 p.m. tomorrow, for 1 hour 30 minutes. One
// that begins like an end and cannot be read counts too, so that it is refused and not taken for something else.
func Clause(text []string) int {
	w := words(text)
	switch {
	case len(w) == 0:
		return 0
	case isUntil(w.at(0)):
		if _, n := w[1:].moment(); n > 0 {
			return 1 + n
		}
		return min(2, len(w))
	case w.at(0) == "for":
		if _, n := w[1:].span(); n > 0 {
			return 1 + n
		}
		if next := w.at(1); strings.ContainsAny(next, "0123456789") || units[next] > 0 {
			return 2
		}
	}
	return 0
}

// Bare counts the words of an end without "until" or "for": 23:30, 10 pm CET, 2h, 90 minutes.
func Bare(text []string) int {
	w := words(text)
	if s, n := w.span(); n > 0 && !strings.HasSuffix(w.at(0), "d") && (numbers[w.at(0)] == 0 || n > 1 && s.length > 0) {
		return n
	}
	if exact.MatchString(w.at(0)) || clock.MatchString(w.at(0)) && halfOf(w.at(1)) != "" {
		_, n := w.moment()
		return n
	}
	return 0
}

// Spelled is an end with the word that says so, as a field of a form may leave it out.
func Spelled(text string) string {
	w := words(strings.Fields(text))
	if len(w) == 0 || isUntil(w.at(0)) || w.at(0) == "for" {
		return text
	}
	if _, n := w.span(); n > 0 {
		return "for " + text
	}
	return "until " + text
}

func isUntil(word string) bool {
	return slices.Contains([]string{"until", "till", "til", "untill"}, word)
}

// read gives the end that all of a text is.
func read(text string) (said, bool) {
	w := words(strings.Fields(text))
	var s said
	n := 0
	switch {
	case isUntil(w.at(0)):
		s, n = w[1:].moment()
	case w.at(0) == "for":
		s, n = w[1:].span()
	case Bare(w) == len(w):
		if s, n = w.span(); n == 0 {
			s, n = w.moment()
		}
		return s, n > 0
	}
	return s, n > 0 && n == len(w)-1
}

// moment reads a time of day with the day and the zone before or behind it.
func (w words) moment() (said, int) {
	s := said{hour: -1}
	i := w.onDay(&s, 0)
	next, ok := w.time(&s, i)
	if !ok {
		return s, 0
	}
	for i = next; i < len(w); i = next {
		if next = w.inZone(&s, i); next == i {
			next = w.onDay(&s, i)
		}
		if next == i {
			break
		}
	}
	return s, i
}

// time reads "22:00", "10 p.m.", "noon".
func (w words) time(s *said, i int) (int, bool) {
	switch w.at(i) {
	case "midnight":
		s.hour, s.minute = 24, 0
		return i + 1, true
	case "noon", "midday":
		s.hour, s.minute = 12, 0
		return i + 1, true
	}
	m := clock.FindStringSubmatch(strings.TrimSuffix(w.at(i), "."))
	if m == nil {
		return i, false
	}
	s.hour, _ = strconv.Atoi(m[1])
	s.minute, _ = strconv.Atoi(m[2])
	s.half, s.zone = halfOf(m[3]), m[4]
	if s.zone != "" && !IsZone(s.zone) {
		return i, false
	}
	i++
	if half := halfOf(w.at(i)); half != "" && s.half == "" && s.zone == "" {
		s.half = half
		i++
	}
	if slices.Contains(hours, w.at(i)) {
		i++
	}
	return i, true
}

func halfOf(word string) string {
	if half := strings.ReplaceAll(word, ".", ""); half == "am" || half == "pm" {
		return half
	}
	return ""
}

// inZone reads a zone: "CET", "UTC+1", "UTC +1", "Europe/Berlin time".
func (w words) inZone(s *said, i int) int {
	if s.zone != "" || i >= len(w) {
		return i
	}
	raw := strings.Trim(w[i], "()[],;.!")
	switch {
	case raw == "" || !IsZone(raw) && w.at(i) != "local":
		return i
	case w.at(i) != "local":
		s.zone = raw
	}
	if base := w.at(i); (base == "utc" || base == "gmt") && shift.MatchString(w.at(i+1)) {
		s.zone += w.at(i + 1)
		i++
	}
	if w.at(i+1) == "time" {
		i++
	}
	return i + 1
}

// onDay reads "tomorrow", "on Friday", "2026-11-23".
func (w words) onDay(s *said, i int) int {
	at := i
	if w.at(i) == "on" {
		at++
	}
	day := dayName(strings.TrimSuffix(w.at(at), "."))
	if s.day != "" || day == "" {
		return i
	}
	s.day = day
	return at + 1
}

// dayName gives a day as it is called; empty for what is none.
func dayName(word string) string {
	switch {
	case word == "tonight":
		return "today"
	case word == "today" || word == "tomorrow" || date.MatchString(word):
		return word
	}
	for _, day := range weekdays {
		if word == day || len(word) >= 3 && len(word) <= 5 && strings.HasPrefix(day, word) && word != "sun" && word != "sat" {
			return day
		}
	}
	return ""
}
