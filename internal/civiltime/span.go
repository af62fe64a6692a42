package civiltime

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	pieces  = regexp.MustCompile(`(\d+(?:[.,]\d+)?)([a-z]*)`)
	pieced  = regexp.MustCompile(`^(?:\d+(?:[.,]\d+)?[a-z]+)+(?:\d+)?$`)
	decimal = regexp.MustCompile(`^\d+(?:[.,]\d+)?$`)
)

// units are the lengths that words stand for.
var units = map[string]time.Duration{
	"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
}

// numbers are those that people write as words.
var numbers = map[string]float64{
	"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
	"ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45,
	"fifty": 50, "sixty": 60, "ninety": 90, "½": 0.5, "half": 0.5,
}

// span reads a length: "2h", "1h 30m", "1 hour and 30 minutes", "half an hour", "an hour and a half".
func (w words) span() (said, int) {
	s := said{hour: -1}
	i := 0
	for w.at(i) == "the" || w.at(i) == "next" || w.at(i) == "another" {
		i++
	}
	n := 0
	for i < len(w) {
		at := i
		if word := w.at(i); n > 0 && (word == "and" || word == "&" || word == "+") {
			at++
		}
		length, next := w.piece(at, s.length)
		if next == at {
			break
		}
		s.length += length
		i, n = next, next
	}
	return s, n
}

// piece reads one number and its unit. Behind a length "and a half" is half of its unit.
func (w words) piece(i int, before time.Duration) (time.Duration, int) {
	word := w.at(i)
	if pieced.MatchString(strings.TrimSuffix(word, ".")) {
		if length, ok := compound(strings.TrimSuffix(word, ".")); ok {
			return length, i + 1
		}
		return 0, i
	}
	number, ok := numbers[strings.TrimSuffix(word, ".")]
	if decimal.MatchString(word) {
		f, err := strconv.ParseFloat(strings.ReplaceAll(word, ",", "."), 64)
		number, ok = f, err == nil
	}
	if !ok {
		return 0, i
	}
	next := i + 1
	switch {
	case word == "a" && w.at(next) == "half" && before > 0 && w.unit(next+1) == 0: // an hour and a half
		return half(before), next + 1
	case w.at(next) == "and" && w.at(next+1) == "a" && w.at(next+2) == "half" && w.unit(next+3) > 0:
		return lasting(number+0.5, w.unit(next+3)), next + 4
	case word == "half" && (w.at(next) == "a" || w.at(next) == "an"), word == "a" && w.at(next) == "half":
		number = 0.5
		next++
	}
	if unit := w.unit(next); unit > 0 {
		return lasting(number, unit), next + 1
	}
	return 0, i
}

func half(before time.Duration) time.Duration {
	if before%time.Hour == 0 {
		return 30 * time.Minute
	}
	return 30 * time.Second
}

func (w words) unit(i int) time.Duration { return units[strings.TrimSuffix(w.at(i), ".")] }

// compound reads "1h30m" and "1h30".
func compound(word string) (time.Duration, bool) {
	var sum time.Duration
	for _, m := range pieces.FindAllStringSubmatch(word, -1) {
		unit := units[m[2]]
		if m[2] == "" && sum > 0 {
			unit = time.Minute
		}
		number, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
		if unit == 0 || err != nil {
			return 0, false
		}
		sum += lasting(number, unit)
	}
	return sum, true
}

// lasting is a length without overflow: whatever is too long stays too long.
func lasting(number float64, unit time.Duration) time.Duration {
	return time.Duration(min(number*float64(unit), float64(1000*time.Hour)))
}
