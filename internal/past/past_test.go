package past

import (
	"errors"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// Words in any order mean the same, and what is written is read as the same.
func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "failed": "failed", "U0ANA": "by U0ANA", "by U0ANA": "by U0ANA",
		"by U0ANA failed yesterday page 2": "failed by U0ANA yesterday page 2",
		"Yesterday FAILED page 2 by U0ANA": "failed by U0ANA Yesterday page 2", "succeeded": "done", "declined": "cancelled",
		"pending": "open", "since 18:00": "since 18:00",
		"since yesterday 18:00 CET unknown": "unknown since yesterday 18:00 CET",
		"3":                                 "page 3", "failed 3": "failed page 3", "page 1": "",
	} {
		w, err := Read(text, "Europe/Berlin", now)
		if err != nil || w.String() != want {
			t.Errorf("%q is %q, %v", text, w.String(), err)
			continue
		}
		again, err := Read(w.String(), "Europe/Berlin", now)
		if err != nil || again.String() != want || again.From != w.From || again.To != w.To || again.Page != w.Page {
			t.Errorf("%q was read again as %+v, %v", want, again, err)
		}
	}
}

// What is not understood is refused with what can be said.
func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"failed failed": "failed", "by ana": "ana", "page x": "x", "page 0": "0", "100 failed": "100", "page 100": "100",
		"tomorrow": "tomorrow", "failed or so": "or so", "since tea": "since tea", "2026-13-40": "2026-13-40",
	} {
		_, err := Read(text, "UTC", now)
		refusal := &op.Refusal{}
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), want) || refusal.Field != "which" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A report without words is one of today.
func TestDays(t *testing.T) {
	w, err := Days("", "Europe/Berlin", now)
	if err != nil || !w.From.Equal(time.Date(2026, 11, 27, 23, 0, 0, 0, time.UTC)) || w.To.Sub(w.From) != 24*time.Hour {
		t.Errorf("%+v %v", w, err)
	}
	if _, err := Days("failed", "UTC", now); err == nil {
		t.Error("failed is taken for a day")
	}
}

func TestBegins(t *testing.T) {
	for text, want := range map[string]bool{"": false, "by": false, "by ana": true, "Evening": false, "failed": true,
		"today": true, "page": false, "since": true, "3": false} {
		if got := Begins(strings.Fields(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
