package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"
)

// For each moment the record has the policy that was in force, and one that somebody has changed counts for nothing.
func TestPolicies(t *testing.T) { everywhere(t, testPolicies) }

func testPolicies(t *testing.T, address string) {
	w := newWorld(t, address)
	hashOf := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:])
	}
	text := "version: 1\n"
	w.log = New(Config{Store: w.db, Key: w.key, Policy: func() (string, string) { return hashOf(text), text }})
	began := w.clock.Now()
	w.step()
	w.step()
	w.clock.pass(time.Hour)
	text = "version: 1\n# of the evening\n"
	w.step()
	w.clock.pass(time.Hour)
	for _, c := range []struct {
		at   time.Time
		want string
	}{{began.Add(-time.Second), ""}, {began, "version: 1\n"}, {began.Add(59 * time.Minute), "version: 1\n"},
		{w.clock.Now(), text}} {
		got, hash, _, err := PolicyAt(t.Context(), w.db.Reader(), "", c.at)
		if got != c.want || (err == nil) != (c.want != "") || c.want != "" && hash != hashOf(c.want) {
			t.Errorf("at %s: %q, %s, %v", c.at, got, hash, err)
		}
	}
	if n := len(w.all()); n != 2 {
		t.Errorf("%d entries of two policies", n)
	}
	w.tamper(`UPDATE audit_policies SET body = $1 WHERE hash = $2`, "version: 2\n", hashOf(text))
	if _, _, _, err := PolicyAt(t.Context(), w.db.Reader(), "", w.clock.Now()); err == nil {
		t.Error("a policy that was changed counts")
	}
}
