package directory

import (
	"context"
	"slices"
	"testing"
	"time"

	"casterbot/internal/sandbox/fakeslack"
	"casterbot/test/slackworld"
)

// TestRooms: the channels that somebody is in, asked for once a minute; what was known before does not serve.
func TestRooms(t *testing.T) {
	w := slackworld.New(t)
	clock := &slackworld.Clock{}
	w.Config.Now = clock.Now
	dir := New(w.Config, func() []string { return nil })
	rooms := func(id string) ([]string, error) { return dir.Rooms(context.Background(), id, time.Time{}) }
	got, err := rooms("U0GUS")
	if err != nil || !slices.Contains(got, "C0SHOW") || slices.Contains(got, "C0MORN") {
		t.Fatalf("%v, %v", got, err)
	}
	w.Fail("users.conversations", fakeslack.Fault{Status: 500})
	if _, err := rooms("U0GUS"); err != nil || len(w.Calls("users.conversations")) != 1 {
		t.Errorf("asked again within a minute: %v", err)
	}
	clock.Advance(goodFor)
	if got, err := rooms("U0GUS"); err == nil {
		t.Errorf("old rooms serve: %v", got)
	}
	if _, err := rooms("U0XXX"); err == nil {
		t.Error("nobody's rooms")
	}
}

// TestLocale: it is known from the first look-up on, and being old does not matter.
func TestLocale(t *testing.T) {
	w := slackworld.New(t)
	w.SetUser("U0LIN", func(u *fakeslack.User) { u.Locale = "zh-CN" })
	clock := &slackworld.Clock{}
	w.Config.Now = clock.Now
	d := New(w.Config, func() []string { return nil })
	if locale, known := d.Locale("U0LIN"); known || locale != "" {
		t.Error("somebody is known who was never looked up")
	}
	d.Meet(context.Background(), "U0LIN")
	clock.Advance(24 * goodFor)
	d.Meet(context.Background(), "U0LIN")
	if locale, known := d.Locale("U0LIN"); locale != "zh-CN" || !known || len(w.Calls("users.info")) != 1 {
		t.Errorf("%q, known %v after %d questions", locale, known, len(w.Calls("users.info")))
	}
	d.Meet(context.Background(), "U0NOBODY")
	if _, known := d.Locale("U0NOBODY"); known {
		t.Error("nobody is known")
	}
}
