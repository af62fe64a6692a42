package civiltime

import (
	"regexp"
	"slices"
	"strings"
)

var (
	months   = regexp.MustCompile(`^(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?$`)
	someDate = regexp.MustCompile(
		`^\d{1,4}[-/]\d{1,2}(?:[-/]\d{1,4})?$|^\d{1,2}\.\d{1,2}\.(?:\d{2,4})?$|^\d{1,2}(?:st|nd|rd|th)$`)
	someTime = regexp.MustCompile(`\d{1,2}:\d{2}|^\d+(?:\.\d{2})?(?:am|pm|a\.m|p\.m)|^\d{1,2}h\d{2}$|[=]\d|\d(?:点|點|时|時|시)`)
)

// relations are the words that put something at a time.
var relations = []string{"at", "in", "by", "from", "after", "before", "since", "to", "about", "around", "@", "bis",
	"um",
	"hasta", "fino", "jusque"}

// zonesInWords are zones as people call them who do not know their short names, and cities whose time is meant.
var zonesInWords = []string{"eastern", "central", "mountain", "pacific", "london", "paris", "berlin", "madrid",
	"rome",
	"vienna", "zurich", "moscow", "istanbul", "dubai", "mumbai", "delhi", "bangkok", "singapore", "beijing", "shanghai",
	"hongkong", "tokyo", "seoul", "sydney", "auckland", "chicago", "denver", "toronto", "lisbon", "athens", "cairo"}

// lengths are words for lengths that name no number.
var lengths = regexp.MustCompile(`^(?:hours|hrs|minutes|mins|days|weeks|forever|indefinitely|pt\d\w*)$`)

var partsOfDay = []string{"morning", "afternoon", "evening", "night", "day", "week"}

// Goes reports that words behind the end of a lock still look like a part of it: a day, a zone, a length.
func Goes(text []string) bool {
	w := words(text)
	next := w.at(1)
	switch first := w.at(0); {
	case first == "":
		return false
	case timely(first) || Clause(w) > 0 || Bare(w) > 0 || dayName(first) != "" || IsZone(w[0]) || units[first] > 0:
		return true
	case slices.Contains(zonesInWords, first) && (len(w) == 1 || next == "time"):
		return true
	case strings.HasPrefix(first, "utc") || strings.HasPrefix(first, "gmt"):
		return true
	case strings.Contains(w[0], "/") && IsZone(strings.Split(w[0], "/")[0]):
		return true
	case months.MatchString(first) && strings.IndexAny(next, "0123456789") == 0:
		return true
	case first == "and" || first == "&" || first == "+":
		return isNumber(next)
	case isNumber(first) && (len(w) == 1 || units[next] > 0 || months.MatchString(next)):
		return !slices.Contains([]string{"a", "an", "one"}, first)
	case first == "sun" || first == "sat":
		return len(w) == 1 || isNumber(next)
	case first == "in" && next == "the":
		return slices.Contains(partsOfDay, w.at(2))
	}
	return next == "time" || w.at(0) == "at" && next == "night"
}

// Looks reports that a time, a length or a day stands somewhere in a text.
func Looks(text []string) bool {
	w := words(text)
	if len(w) == 1 && isNumber(w.at(0)) && len(w.at(0)) > 0 && strings.Trim(w.at(0), "0123456789.,") == "" {
		return true
	}
	for i := range w {
		word := w.at(i)
		switch {
		case timely(word) || lengths.MatchString(word) || Bare(w[i:]) > 0 || Bare([]string{strings.TrimLeft(word,
			"+~≈-")}) > 0:
			return true
		case isNumber(word) && slices.Contains(hours, w.at(i+1)), word == "for" && partOfDay(w, i+1):
			return true
		case isUntil(word) || word == "for":
			if n := Clause(w[i:]); n > 0 && (word == "for" || Ends(w[i:])) {
				return true
			}
		case word == "tomorrow" || word == "tonight" && i == len(w)-1:
			return true
		case slices.Contains(relations, word) && isNumber(w.at(i+1)) && strings.Trim(w.at(i+1), "0123456789.") == "":
			return true
		}
	}
	return false
}

// partOfDay reports "the evening", "this morning".
func partOfDay(w words, i int) bool {
	return (w.at(i) == "the" || w.at(i) == "this") && slices.Contains(partsOfDay, w.at(i+1))
}

func timely(word string) bool { return someTime.MatchString(word) || someDate.MatchString(word) }

// Ends reports words that are read as an end.
func Ends(text []string) bool {
	w := words(text)
	if n := Clause(w); n > 0 {
		_, ok := read(strings.Join(w[:n], " "))
		return ok
	}
	return false
}

func isNumber(word string) bool { return decimal.MatchString(word) || numbers[word] > 0 }

// Scheduled reports that a text ends in the moment at which something is to be done, or to end: "main at 19:55",
// "main
// in 10 min", "main for 2h".
func Scheduled(text string) bool {
	w := words(strings.Fields(text))
	for i := 1; i < len(w); i++ {
		word, rest := w.at(i), w[i+1:]
		switch {
		case Clause(w[i:]) == len(w)-i && Ends(w[i:]):
			return true
		case len(rest) > 0 && slices.Contains(relations, word):
			if _, n := rest.moment(); n == len(rest) {
				return true
			}
			if _, n := rest.span(); n == len(rest) {
				return true
			}
		case strings.HasPrefix(word, "@") && len(word) > 1:
			if _, n := append(words{word[1:]}, rest...).moment(); n == len(rest)+1 {
				return true
			}
		case dayName(word) != "" || exact.MatchString(word):
			if _, n := w[i:].moment(); n == len(w)-i || dayName(word) != "" && len(rest) == 0 {
				return true
			}
		}
	}
	return false
}
