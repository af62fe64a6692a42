// Package doctor looks at a casterbot from outside, as it would start now, and says what is wrong, where, and what to
// do. It may run beside a bot that runs.
//
// It keeps true: it only looks. No call of it changes anything in the cloud or in Slack; it takes no lock of the bot's,
// writes nothing that stays, and asks the cloud for little and slowly. Where a bot runs it opens no socket, which would
// get a part of the bot's commands. What the start of the bot says is said by the same functions. No secret of the
// settings stands in a finding.
package doctor

import (
	"context"
	"time"

	"casterbot/internal/config"
)

// Config is what is looked at. Settings may have mistakes: Wrong are those.
type Config struct {
	Settings config.Config
	Wrong    []config.Problem
	Files    []config.SecretFile // that secrets were read out of
	Verbs    []string            // of the command table, which a policy may name
	Scopes   []string            // of the bot token, by the manifest
}

// Run makes every check. It takes a minute and a half at most, and a few seconds where everything answers.
func Run(ctx context.Context, c Config) Report {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return newExam(c).examine(ctx)
}

// patience is how long everything together may take.
const patience = 90 * time.Second
