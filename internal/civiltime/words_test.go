package civiltime

import (
	"strings"
	"testing"
	"time"
)

// Every way of saying an end that people use in typed commands, in the winter of Berlin: the 22nd, a Sunday, 21:00
// CET.
func TestEndsAsPeopleSayThem(t *testing.T) {
	now := utc("2026-11-22 20:00")
	for typed, want := range map[string]string{
		"until 22:00 CET": "22 21:00", "until 22:00 GMT": "22 22:00", "until 22:00 UTC+1": "22 21:00",
		"until 22:00 +02:00": "23 20:00", "until 22:00 utc +1": "22 21:00", "until 22:00 UTC-5": "23 03:00",
		"until 22:00 UTC−5": "23 03:00", "until 23:00 +0530": "23 17:30", "until 22:00 (CET)": "22 21:00",
		"until 22:00 Europe/London": "22 22:00", "until 22:00 america/new_york": "23 03:00", "until 22:00 EET": "23 20:00",
		"until 22:00 CET time": "22 21:00", "until 5pm PT": "23 01:00", "until 5pm ET": "22 22:00",
		"until 22:00Z":           "22 22:00",
		"until 22:00 local time": "22 21:00", "until 22:00utc+1": "22 21:00", "until 22:00 MSK": "23 19:00",
		"until 22:00 MEZ": "22 21:00", "until 06:00 JST": "22 21:00", "until 22:00 BST": "", "until 22:00 CEST": "",
		"until 22:00 CST": "", "until 22:00 IST": "", "until 22:00 XYT": "", "until 22:00 UTC+15": "",
		"until 10 p.m.": "22 21:00", "until 10 P.M": "22 21:00", "until 10 p.m. CET": "22 21:00", "until 10pm": "22 21:00",
		"until 10:30 pm": "22 21:30", "until 10.30pm": "22 21:30", "until 10p.m.": "22 21:00", "until 22.30": "22 21:30",
		"until 2230": "22 21:30", "until 22": "22 21:00", "until 22:00:00": "22 21:00", "until ２２：００": "22 21:00",
		"until 22:00 hours": "22 21:00", "until 10 o'clock pm": "", "until 22 Uhr": "22 21:00",
		"until 23:00 tomorrow": "", "until 20:00 tomorrow": "23 19:00", "until tomorrow 20:00 CET": "23 19:00",
		"until 20:00 CET tomorrow": "23 19:00", "until 20:00 tomorrow CET": "23 19:00", "until 9 a.m. tomorrow": "23 08:00",
		"until 23:00 tonight": "22 22:00", "until 23:00 today": "22 22:00", "until 20:00 on Monday": "23 19:00",
		"until Mon 20:00": "23 19:00", "until 23:00 Sunday": "22 22:00", "until Friday 20:00": "",
		"until 20:00 2026-11-23": "23 19:00", "until midnight": "22 23:00", "until noon": "23 11:00",
		"until 24:00":         "22 23:00",
		"until noon tomorrow": "23 11:00", "till 22:30": "22 21:30", "til 22:30": "22 21:30", "TILL 22:30": "22 21:30",
		"’til 22:30":            "22 21:30",
		"until 22:00,":          "22 21:00",
		"for 1 hour 30 minutes": "22 21:30", "for 1h 30m": "22 21:30", "for 2 hours and 15 minutes": "22 22:15",
		"for 1h30": "22 21:30", "for 1 hr, 30 mins": "22 21:30", "for 1 h. 30 min.": "22 21:30", "for 90min": "22 21:30",
		"for 90 m": "22 21:30", "for an hour": "22 21:00", "for half an hour": "22 20:30", "for a half hour": "22 20:30",
		"for an hour and a half": "22 21:30", "for two hours": "22 22:00", "for 2 and a half hours": "22 22:30",
		"for 1.5 hrs": "22 21:30", "for the next 2 hours": "22 22:00", "for 1 day": "23 20:00", "for ½ hour": "22 20:30",
		"for 1½ hours": "22 21:30",
		"for 2 h 15":   "", "for 1:30": "", "for 2": "", "for hours": "", "for 2 weeks": "", "for 0h": "", "for 30s": "",
		"2h": "22 22:00", "23:30": "22 22:30", "90 minutes": "22 21:30", "10pm": "22 21:00", "10 p.m.": "22 21:00",
		"22:00 CET": "22 21:00", "an hour": "22 21:00", "22": "", "2 shows": "",
		"until the end": "", "until 22:00 rehearsal": "", "until": "", "for": "", "until 2h": "",
		"until 22:00 until 23:00":    "",
		"until 22:00 tomorrow today": "", "until 22:00 CET GMT": "", "until -1": "", "until 13 p.m.": "", "until 24:30": "",
	} {
		e, err := EndOf(typed, "Europe/Berlin", now)
		got := ""
		if err == nil {
			got = e.At.UTC().Format("02 15:04")
		}
		if got != want {
			t.Errorf("%q: %q (%v), want %q", typed, got, err, want)
		}
	}
}

// A short name of a zone is that of the person's own clocks when these show it, and asked about when clocks show
// another
// one at that time of the year.
func TestShortNamesOfZones(t *testing.T) {
	for _, c := range []struct{ typed, zone, now, want string }{
		{"until 22:00 CST", "Asia/Shanghai", "2026-11-22 10:00", "22 14:00"},
		{"until 22:00 CST", "America/Chicago", "2026-11-22 10:00", "23 04:00"},
		{"until 22:00 IST", "Asia/Kolkata", "2026-11-22 10:00", "22 16:30"},
		{"until 22:00 EST", "America/New_York", "2026-11-22 10:00", "23 03:00"},
		{"until 22:00 EST", "Europe/Berlin", "2026-11-22 10:00", "23 03:00"},
		{"until 22:00 EST", "America/New_York", "2026-07-22 10:00", "?23 02:00 23 03:00"},
		{"until 22:00 EDT", "America/New_York", "2026-07-22 10:00", "23 02:00"},
		{"until 22:00 CET", "Europe/Berlin", "2026-07-22 10:00", "?22 20:00 22 21:00"},
		{"until 22:00 MEZ", "Europe/Berlin", "2026-07-22 10:00", "?22 20:00 22 21:00"},
		{"until 22:00 ET", "Europe/Berlin", "2026-07-22 10:00", "23 02:00"},
		{"until 22:00 CET", "Africa/Algiers", "2026-07-22 10:00", "22 21:00"}, // no other clocks there
		{"until 22:00 BST", "Europe/London", "2026-07-22 10:00", "22 21:00"},
		{"until 22:00 PST", "Asia/Manila", "2026-07-22 10:00", "22 14:00"},
		{"until 22:00 CET", "", "2026-11-22 10:00", "22 21:00"},
	} {
		e, err := EndOf(c.typed, c.zone, utc(c.now))
		got := ""
		if err == nil {
			got = e.At.UTC().Format("02 15:04")
		} else if next := refusalOf(t, err).Answer.Next; len(next) == 2 {
			got = "?"
			for _, n := range next {
				at, _ := time.Parse(WholeMoment, n.Text)
				got += at.Format("02 15:04 ")
			}
		}
		if strings.TrimSpace(got) != c.want {
			t.Errorf("%s in %s on %s: %q, %v, want %q", c.typed, c.zone, c.now, got, err, c.want)
		}
	}
}

func TestWordsOfAnEnd(t *testing.T) {
	for text, want := range map[string]int{
		"until 22:00 election night": 2, "until 22:00 CET election": 3, "until 10 p.m. show": 3, "for 1h 30m show": 3,
		"for 2 hours and 15 minutes show": 6, "until tomorrow 9:30 x": 3, "until 23:00 tomorrow x": 3, "until UTC +1": 2,
		"until 22:00 UTC +1 x": 4, "until lunch break": 2, "until": 1, "for election night": 0, "for 2 shows": 2,
		"for an hour or so": 3, "for a while": 0, "for @ana": 0, "till 22:30": 2, "for 10s": 2, "for 2h and then": 2,
		"rehearsal": 0, "": 0, "until 22:00 Friday show": 3,
	} {
		if got := Clause(strings.Fields(text)); got != want {
			t.Errorf("%q: %d words, want %d", text, got, want)
		}
	}
	for text, want := range map[string]int{
		"2h": 1, "2h rehearsal": 1, "23:30": 1, "23:30 CET show": 2, "10 p.m. show": 2, "10pm": 1, "90 minutes please": 2,
		"1 hour 30 minutes": 4, "2 shows": 0, "22": 0, "2200": 0, "a show": 0, "an hour": 2, "election": 0, "half time": 0,
		"24h Newsroom": 1, "4k": 0, "1080p test": 0, "5.1 sound": 0, "3D": 0, "10 am": 2, "16:9 test": 0,
	} {
		if got := Bare(strings.Fields(text)); got != want {
			t.Errorf("%q: %d words, want %d", text, got, want)
		}
	}
}

func TestWhatStillLooksLikeATime(t *testing.T) {
	for text, want := range map[string]bool{
		"CET": true, "tomorrow": true, "UTC1": true, "22点": true, "TEST": false, "TEST show": false, "XYT": true,
		"and 15 minutes": true, "30": true, "for 2h": true, "hours": true,
		"in the morning": true, "Berlin time": true, "Friday": true, "23 Nov": true, "Nov 23": true, "23.11.2026": true,
		"until 23:00": true, "2 hours": true, "+1": true, "Nov 10:00": true, "Eastern": true, "London": true,
		"London time": true, "CET/CEST": true, "London calling": false,
		"and a bit": true, "GMT+1 show": true, "at night": true, "": false,
		"election night": false, "2 shows": false, "and then some": false, "a rehearsal": false, "march for peace": false,
		"for election": false, "in the studio": false, "sun worship": false, "met office": false, "art show": false,
		"cat videos": false, "4k test": false,
	} {
		if got := Goes(strings.Fields(text)); got != want {
			t.Errorf("behind an end, %q: %v", text, got)
		}
	}
	for text, want := range map[string]bool{
		"22": true, "at 22": true, "election at 22:00": true, "election until 22:00": true, "show for 2h": true,
		"tomorrow": true, "unitl 22:30": true, "from 20:00 to 22:00": true, "in 2 hours": true, "9pm show": true,
		"until22:00": true, "for a couple of hours": true, "for the evening": true, "forever": true, "bis 22 Uhr": true,
		"PT2H": true, "+2h": true, "~2h": true, "rush hour": false, "evening show": false, "the day after": false,
		"22h30": true, "election night": false, "2 shows": false, "for 4 cameras": true,
		"Studio 5": false,
		"covid-19": false, "camera 3 is broken": false, "until I am back": false, "for Ana": false, "4k": false,
	} {
		if got := Looks(strings.Fields(text)); got != want {
			t.Errorf("a reason, %q: %v", text, got)
		}
	}
	for text, want := range map[string]bool{
		"main at 19:55": true, "main in 10 minutes": true, "main at 7pm": true, "main tomorrow": true, "main @19:55": true,
		"main 19:55": true, "main tomorrow 19:55": true, "main at 19:55 CET": true, "Evening News at 8 p.m. tomorrow": true,
		"main": false, "News at Ten": false, "Studio 5": false, "main backup": false, "19:55": false,
		"main at backup": false,
		"main for 2h":    true, "main until 22:00": true, "News for 2 Kids": false, "main until": false,
		"main in half an hour": true, "main after 20:00": true, "main on Friday": true, "main Friday": true, "cam 2": false,
	} {
		if got := Scheduled(text); got != want {
			t.Errorf("a schedule, %q: %v", text, got)
		}
	}
}
