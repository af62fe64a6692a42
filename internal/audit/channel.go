package audit

import (
	"context"
	"strings"

	"casterbot/internal/op"
)

// Channel is a channel of the chat. It is a weak witness, as the bot could change its own messages: it counts for who
// reads it there or gets it by mail.
type Channel struct {
	ID   func() string // by the policy in force; empty: there is none
	Post func(ctx context.Context, channel string, a op.Answer) error
}

// Name implements Place.
func (c Channel) Name() string { return "channel" }

// Bring implements Place.
func (c Channel) Bring(ctx context.Context, o Outgoing) (string, error) {
	id := c.ID()
	if id == "" {
		return "", ErrNowhere
	}
	answer := op.Answer{Mark: op.MarkNeutral,
		Title: op.L("Checkpoint of the audit log: ", op.HowMany(int(o.Size), " entry", " entries")),
		Note:  op.L("Nobody can change these entries unseen any more. Keep it; casterbot audit verify --checkpoint FILE compares it.")}
	for line := range strings.Lines(o.Note) {
		if line = strings.TrimSpace(line); line != "" {
			answer.Lines = append(answer.Lines, op.L(op.Code(line)))
		}
	}
	return "", c.Post(ctx, id, answer)
}
