package civiltime

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"casterbot/internal/op"
)

// abbreviation is a short name of a zone: how far it is from UTC, and where it is in use. Where clocks are changed it
// is right for a part of the year only.
type abbreviation struct {
	minutes int
	place   string // empty: clocks are not changed there
}

// abbreviations are those that mean one zone to everybody. CST, IST and AST are the names of several.
var abbreviations = map[string]abbreviation{
	"wet": {0, "Europe/Lisbon"}, "west": {60, "Europe/Lisbon"}, "bst": {60, "Europe/London"},
	"cet": {60, "Europe/Paris"}, "cest": {120, "Europe/Paris"}, "mez": {60, "Europe/Berlin"},
	"mesz": {120, "Europe/Berlin"}, "eet": {120, "Europe/Helsinki"}, "eest": {180, "Europe/Helsinki"},
	"msk": {180, ""}, "trt": {180, ""}, "sast": {120, ""}, "cat": {120, ""}, "eat": {180, ""}, "wat": {60, ""},
	"est": {-300, "America/New_York"}, "edt": {-240, "America/New_York"}, "cdt": {-300, "America/Chicago"},
	"mst": {-420, "America/Denver"}, "mdt": {-360, "America/Denver"}, "pst": {-480, "America/Los_Angeles"},
	"pdt": {-420, "America/Los_Angeles"}, "akst": {-540, "America/Anchorage"}, "akdt": {-480, "America/Anchorage"},
	"hst": {-600, ""}, "brt": {-180, ""}, "art": {-180, ""}, "clt": {-240, "America/Santiago"},
	"gst": {240, ""}, "pkt": {300, ""}, "wib": {420, ""}, "ict": {420, ""}, "sgt": {480, ""}, "myt": {480, ""},
	"hkt": {480, ""}, "pht": {480, ""}, "awst": {480, ""}, "jst": {540, ""}, "kst": {540, ""},
	"acst": {570, "Australia/Adelaide"}, "acdt": {630, "Australia/Adelaide"}, "aest": {600, "Australia/Sydney"},
	"aedt": {660, "Australia/Sydney"}, "nzst": {720, "Pacific/Auckland"}, "nzdt": {780, "Pacific/Auckland"},
}

// several are abbreviations that mean one zone here and another there.
var several = map[string]bool{"cst": true, "ist": true, "ast": true}

// capitals are words that are like the names of zones and mean something else.
var capitals = map[string]bool{"test": true, "shot": true, "best": true, "last": true, "next": true, "post": true,
	"fast": true, "chat": true, "cast": true, "host": true, "list": true, "rest": true, "edit": true, "exit": true,
	"unit": true, "text": true, "hot": true, "set": true, "net": true, "cut": true, "out": true, "bot": true,
	"not":  true,
	"east": true, "left": true, "must": true, "vet": true, "let": true, "get": true, "art": true, "eat": true,
	"cat": true}

// generic are names that mean the clocks of a place all year round.
var generic = map[string]string{
	"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
}

// germanNames are abbreviations that clocks show by another name.
var germanNames = map[string]string{"mez": "cet", "mesz": "cest"}

var (
	offset  = regexp.MustCompile(`^(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?$`)
	cityOf  = regexp.MustCompile(`^[A-Za-z]+(?:/[A-Za-z0-9_+-]+)+$`)
	unnamed = regexp.MustCompile(`^[A-Z]{2,3}T$`)
)

// IsZone reports a word that names a zone, whether it is understood or not.
func IsZone(word string) bool {
	folded := op.Fold(word)
	_, short := abbreviations[folded]
	switch {
	case folded == "utc" || folded == "gmt" || folded == "z" || offset.MatchString(folded):
		return true
	case capitals[folded]:
		return false
	case short || several[folded] || unnamed.MatchString(word):
		return true
	case generic[folded] != "" && word == strings.ToUpper(word):
		return true
	}
	return place(word) != nil
}

// place gives a zone by its name in the database of zones, however its letters are written; nil for what is none.
func place(word string) *time.Location {
	if !cityOf.MatchString(word) {
		return nil
	}
	titled := regexp.MustCompile(`(^|[/_-])[a-z]`).ReplaceAllStringFunc(strings.ToLower(word), strings.ToUpper)
	for _, name := range []string{word, titled} {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return nil
}

// shown gives how far from UTC a place is when its clocks show an abbreviation.
func shown(zone *time.Location, abbreviation string, now time.Time) (int, bool) {
	for month := range 12 {
		if name, seconds := now.AddDate(0, month, 0).In(zone).Zone(); op.Fold(name) == abbreviation {
			return seconds / 60, true
		}
	}
	return 0, false
}

// zoneOf gives the zone that somebody has typed, and for an abbreviation the place whose clocks show it. An
// abbreviation that the person's own clocks show is that of the own zone.
func zoneOf(typed string, own *time.Location, now time.Time) (zone, where *time.Location, err error) {
	word := op.Fold(typed)
	if word == "utc" || word == "gmt" || word == "z" {
		return time.UTC, nil, nil
	}
	if m := offset.FindStringSubmatch(word); m != nil {
		zone, err := shifted(typed, m)
		return zone, nil, err
	}
	if zone := place(typed); zone != nil {
		return zone, nil, nil
	}
	if minutes, ok := shown(own, word, now); ok {
		return fixed(typed, minutes), own, nil
	}
	short, known := abbreviations[word]
	switch {
	case generic[word] != "":
		zone, err = time.LoadLocation(generic[word])
		return zone, nil, err
	case !known:
		return nil, nil, endRefusal(op.L("The zone ", op.Code(op.Visible(typed)),
			" is not known, or there are several of that name."),
			op.L("Say how far it is from UTC, as in ", op.Code("until 22:00 UTC+1"), "."))
	case short.place != "":
		where, err = time.LoadLocation(short.place)
	}
	return fixed(typed, short.minutes), where, err
}

func fixed(name string, minutes int) *time.Location {
	return time.FixedZone(strings.ToUpper(name), minutes*60)
}

// shifted is UTC+1, GMT-3, +05:30.
func shifted(typed string, m []string) (*time.Location, error) {
	hours, _ := strconv.Atoi(m[2])
	minutes, _ := strconv.Atoi(m[3])
	if hours > 14 || minutes > 59 {
		return nil, endRefusal(op.L("There is no such zone: ", op.Code(op.Visible(typed)), "."))
	}
	shift := hours*60 + minutes
	if m[1] == "-" {
		shift = -shift
	}
	return time.FixedZone("UTC"+m[1]+strings.TrimPrefix(m[0][strings.Index(m[0], m[1]):], m[1]), shift*60), nil
}
