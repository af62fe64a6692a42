package guard

import (
	"net/http/httptest"
	"testing"
)

func TestWhoMayAsk(t *testing.T) {
	for _, c := range []struct {
		host, origin, site  string
		named, program, own bool
	}{
		{"127.0.0.1:8788", "", "", true, true, true},
		{"[::1]:8788", "", "", true, true, true},
		{"localhost", "", "", true, true, true},
		{"10.1.2.3:8788", "", "", true, true, true},
		{"control.test:8788", "", "", true, true, true},
		{"evil.example:8788", "", "", false, false, true},
		{"localhost.evil.example", "", "", false, false, true},
		{"", "", "", false, false, true},
		{"127.0.0.1:8788", "https://api.slack.com", "", true, true, false}, // slack-go
		{"127.0.0.1:8788", "http://127.0.0.1:8788", "", true, true, true},
		{"127.0.0.1:8788", "https://evil.example", "", true, false, false},
		{"127.0.0.1:8788", "https://api.slack.com.evil.example", "", true, false, false},
		{"127.0.0.1:8788", "null", "", true, false, false},
		{"127.0.0.1:8788", "http://127.0.0.1:8787", "", true, false, false},
		{"127.0.0.1:8788", "", "cross-site", true, false, false},
		{"127.0.0.1:8788", "", "same-site", true, false, false},
		{"127.0.0.1:8788", "", "same-origin", true, true, true},
		{"127.0.0.1:8788", "", "none", true, true, true},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Host = c.host
		r.Header.Set("Origin", c.origin)
		r.Header.Set("Sec-Fetch-Site", c.site)
		got := []bool{Host(r, "", "control.test:1") == nil, Program(r, "", "control.test:1") == nil, Page(r) == nil}
		for i, want := range []bool{c.named, c.program, c.own} {
			if got[i] != want {
				t.Errorf("%+v: %s %v", c, []string{"host", "program", "page"}[i], got[i])
			}
		}
	}
}
