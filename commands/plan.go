package commands

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"casterbot/internal/op"
)

// fingerprint is equal exactly when all parts are.
func fingerprint(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil {
		return "cannot be compared: " + err.Error()
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

// subject is what a plan is about: its title without the first words, which say what is done.
func subject(p op.Plan) op.Line {
	if len(p.Title) < 2 {
		return p.Title
	}
	return p.Title[1:]
}

// after reports whether the cloud's time t, which has whole seconds, is not before the send.
func after(t, sent time.Time) bool {
	return !t.IsZero() && !t.Before(sent.Truncate(time.Second))
}
