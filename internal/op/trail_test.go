package op

import (
	"regexp"
	"strings"
	"testing"
)

// STS takes 2 to 64 of these characters and nothing else.
var sessionForm = regexp.MustCompile(`^[A-Za-z0-9.@_-]{2,64}$`)

func TestSessionNames(t *testing.T) {
	for person, want := range map[string]string{
		"U0ANA":                   "U0ANA.8F2K5Z",
		"W0ÄNA x":                 "W0-NA-x.8F2K5Z",
		"":                        ".8F2K5Z",
		strings.Repeat("U", 90):   strings.Repeat("U", 57) + ".8F2K5Z",
		"U0<!channel>&RoleArn=x:": "U0--channel--RoleArn-x-.8F2K5Z",
	} {
		o := Operation{ID: "8f2k5z99", Requester: person}
		if got := o.Session(); got != want || !sessionForm.MatchString(got) {
			t.Errorf("%q: %q, want %q", person, got, want)
		}
	}
}
