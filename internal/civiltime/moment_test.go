package civiltime

import (
	"errors"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

func utc(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

func refusalOf(t *testing.T, err error) *op.Refusal {
	t.Helper()
	refusal := &op.Refusal{}
	if !errors.As(err, &refusal) {
		t.Fatal(err)
	}
	return refusal
}

func TestEndOfALock(t *testing.T) {
	for _, c := range []struct{ typed, zone, now, want, says string }{
		{"", "Europe/Berlin", "2026-11-22 20:00", "2026-11-23 00:00", "That is 01:00 CET (00:00 UTC): 4 h, since no time was given."},
		{"until 22:00", "Europe/Berlin", "2026-11-22 20:00", "2026-11-22 21:00",
			"That is 22:00 CET (21:00 UTC)."},
		// there it is the 23rd already
		{"until 22:00", "Asia/Shanghai", "2026-11-22 20:00", "2026-11-23 14:00", "That is 22:00 CST"},
		{"until 20:30", "Europe/Berlin", "2026-11-22 20:00", "2026-11-23 19:30",
			"That time is over today, so it is tomorrow, 2026-11-23."},
		{"until 9 pm", "Europe/Berlin", "2026-11-22 19:00", "2026-11-22 20:00", ""},
		{"UNTIL 12am", "Europe/Berlin", "2026-11-22 19:00", "2026-11-22 23:00", "tomorrow"},
		{"until 2200", "Europe/Berlin", "2026-11-22 20:00", "2026-11-22 21:00", ""},
		{"until tomorrow 9:30", "America/New_York", "2026-11-22 20:00", "2026-11-23 14:30", ""},
		{"until 2026-11-23 01:30", "Europe/Berlin", "2026-11-22 20:00", "2026-11-23 00:30", ""},
		{"until 2026-11-23 01:30 UTC", "Europe/Berlin", "2026-11-22 20:00", "2026-11-23 01:30",
			"That is 01:30 UTC."},
		{"until 22:00", "", "2026-11-22 20:00", "2026-11-22 22:00", "Your time zone is not known"},
		{"until 22:00", "Mars/Olympus", "2026-11-22 20:00", "2026-11-22 22:00", "Your time zone is not known"},
		{"for 2h", "", "2026-11-22 20:00", "2026-11-22 22:00", ""},
		{"for 90 minutes", "Europe/Berlin", "2026-11-22 20:00", "2026-11-22 21:30", ""},
		{"for 1h30m", "Europe/Berlin", "2026-11-22 20:00", "2026-11-22 21:30", ""},
		{"for 1,5 hours", "Europe/Berlin", "2026-11-22 20:00", "2026-11-22 21:30", ""},
		{"until 03:00", "Europe/Berlin", "2027-03-27 20:00", "2027-03-28 01:00", "03:00 CEST"}, // right after the gap
		{"until 02:15", "Australia/Lord_Howe", "2026-10-03 12:00", "", "does not exist"},
		// the first 02:30 is over, so only the second can be meant
		{"until 02:30", "Europe/Berlin", "2027-10-31 00:45", "2027-10-31 01:30", "02:30 CET"},
	} {
		e, err := EndOf(c.typed, c.zone, utc(c.now))
		said := ""
		for _, fact := range e.Facts() {
			said += fact.Plain() + "\n"
		}
		if err != nil {
			said = err.Error()
		}
		if (err == nil) != (c.want != "") || err == nil && !e.At.Equal(utc(c.want)) || !strings.Contains(said, c.says) {
			t.Errorf("%q in %s at %s: %s, %v\n%s", c.typed, c.zone, c.now, e.At.UTC(), err, said)
		}
	}
}

func TestEndsThatAreRefused(t *testing.T) {
	for typed, want := range map[string]string{
		"until lunch": "This is not a time", "until 25:00": "There is no such time",
		"until 13pm":  "There is no such time",
		"until 22:61": "There is no such time", "until 2026-02-30 10:00": "There is no such time",
		"for 2":   "This is not a time",
		"for 10s": "This is not a time", "for 25h": "That is too long", "until 2026-11-25 10:00": "That is too long",
		"for 99999999999h": "That is too long", "until today 10:00": "That time is over",
		"until 2026-11-21 10:00": "That time is over", "for -2h": "This is not a time",
	} {
		_, err := EndOf(typed, "Europe/Berlin", utc("2026-11-22 20:00"))
		refusal := &op.Refusal{}
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), want) || refusal.Field != "until" {
			t.Errorf("%q: %v, want %q", typed, err, want)
		}
	}
}

// The readings that clocks skip or show twice are refused with both moments that could be meant.
func TestReadingsOfChangedClocks(t *testing.T) {
	for _, c := range []struct{ reading, zone, says, one, two string }{
		{"2027-03-28 02:30", "Europe/Berlin", "does not exist", "2027-03-28 01:30 CET (2027-03-28 00:30 UTC)",
			"2027-03-28 03:30 CEST (2027-03-28 01:30 UTC)"},
		{"2027-03-14 02:30", "America/New_York", "does not exist", "2027-03-14 01:30 EST (2027-03-14 06:30 UTC)",
			"2027-03-14 03:30 EDT (2027-03-14 07:30 UTC)"},
		{"2027-10-31 02:30", "Europe/Berlin", "comes twice", "2027-10-31 02:30 CEST (2027-10-31 00:30 UTC)",
			"2027-10-31 02:30 CET (2027-10-31 01:30 UTC)"},
		{"2026-10-04 02:15", "Australia/Lord_Howe", "does not exist", "2026-10-04 01:45 +1030 (2026-10-03 15:15 UTC)",
			"2026-10-04 02:45 +11 (2026-10-03 15:45 UTC)"},
		{"2027-04-04 01:45", "Australia/Lord_Howe", "comes twice", "2027-04-04 01:45 +11 (2027-04-03 14:45 UTC)",
			"2027-04-04 01:45 +1030 (2027-04-03 15:15 UTC)"},
	} {
		now := utc(c.reading).Add(-14 * time.Hour)
		_, err := EndOf("until "+c.reading, c.zone, now)
		refusal := &op.Refusal{}
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), c.reading+" "+c.says+" in "+c.zone) {
			t.Errorf("%s in %s: %v", c.reading, c.zone, err)
			continue
		}
		if got, want := refusal.Answer.Lines[0].Plain(), "Which one do you mean: "+c.one+" or "+c.two+"?"; got != want {
			t.Errorf("%s in %s:\n%s\n%s", c.reading, c.zone, got, want)
		}
		for i, next := range refusal.Answer.Next {
			e, err := EndOf(next.Text, c.zone, now)
			if want := []string{c.one, c.two}[i]; err != nil ||
				!strings.Contains(want, e.At.UTC().Format("(2006-01-02 15:04 UTC)")) {
				t.Errorf("%s: the button means %s, %v, not %s", c.reading, e.At.UTC(), err, want)
			}
		}
	}
}
