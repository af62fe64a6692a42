package civiltime

import (
	"strings"
	"testing"
	"time"
)

// A day begins and ends where the person is; what is said without a day is the last one of its kind.
func TestStretch(t *testing.T) {
	const form = "2006-01-02 15:04"
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC) // a Saturday, 13:00 in Berlin
	for text, want := range map[string]string{
		"today":                        "2026-11-27 23:00 – 2026-11-28 23:00",
		"on Yesterday":                 "2026-11-26 23:00 – 2026-11-27 23:00",
		"2026-11-20":                   "2026-11-19 23:00 – 2026-11-20 23:00",
		"2026-10-25":                   "2026-10-24 22:00 – 2026-10-25 23:00", // clocks were set back
		"friday":                       "2026-11-26 23:00 – 2026-11-27 23:00",
		"saturday":                     "2026-11-27 23:00 – 2026-11-28 23:00",
		"since 12:30":                  "2026-11-28 11:30 – ",
		"since 18:00":                  "2026-11-27 17:00 – ", // still ahead today
		"since 6 pm":                   "2026-11-27 17:00 – ",
		"since yesterday":              "2026-11-26 23:00 – ",
		"since yesterday 18:00":        "2026-11-27 17:00 – ",
		"since yesterday at 18:00":     "2026-11-27 17:00 – ",
		"since 18:00 yesterday":        "2026-11-27 17:00 – ",
		"since Friday 9 pm":            "2026-11-27 20:00 – ",
		"since 2026-11-20":             "2026-11-19 23:00 – ",
		"from 2026-11-20 18:00 UTC":    "2026-11-20 18:00 – ",
		"since 2026-10-25 02:30":       "2026-10-25 00:30 – ", // comes twice: the first
		"since 2026-03-29 02:30":       "2026-03-29 00:30 – ", // never comes
		"since noon UTC":               "2026-11-28 12:00 – ",
		"since 14:00 CET":              "2026-11-27 13:00 – ",
		"since midnight":               "2026-11-27 23:00 – ",
		"tomorrow":                     "no",
		"2026-11-31":                   "no",
		"since 25:00":                  "no",
		"since tea":                    "no",
		"since":                        "no",
		"today or so":                  "no",
		"":                             "no",
		"2026-11-29":                   "not come",
		"since 2026-11-28 13:30":       "not come",
		"since friday yesterday 18:00": "no",
	} {
		s, err := StretchOf(strings.Fields(text), "Europe/Berlin", now)
		got := s.From.UTC().Format(form) + " – "
		if !s.To.IsZero() {
			got += s.To.UTC().Format(form)
		}
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.HasPrefix(want, "no") || !strings.Contains(got, want)) {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
	if s, err := StretchOf([]string{"today"}, "", now); err != nil || !s.Assumed || s.From.Hour() != 0 {
		t.Errorf("%+v %v", s, err)
	}
}

// The words of it are counted where others follow; what begins like one and is none counts, to be refused.
func TestStretchesCounts(t *testing.T) {
	for text, want := range map[string]int{"yesterday page 2": 1, "on friday by U0ANA": 2, "since 18:00 by U0ANA": 2,
		"since yesterday 18:00 CET failed": 4, "since tea and cake": 2, "failed": 0, "2026-11-28": 1, "on air": 0} {
		if got := Stretches(strings.Fields(text)); got != want {
			t.Errorf("%q: %d words, want %d", text, got, want)
		}
	}
}
