// Package commands is the table of everything that casterbot can be asked to do: one entry a command, one resolver a
// kind of argument. Whoever adds an operation copies an entry here; help, pickers, permission names and the docs follow
// from it.
//
// It keeps true that names become ids by exact knowledge and never by a guess, that nothing outside the channel's scope
// is named to anybody, that a plan looks at the cloud before it promises anything, and that an outcome says succeeded
// only after an answer and failed only after a definite refusal. Every error code that the API documents has a sentence
// of its own. It returns values (lines, plans, outcomes) and knows neither Slack, nor the policy's text, nor where
// operations are stored.
package commands

import (
	"context"
	"time"

	"casterbot/commands/failure"
	"casterbot/commands/naming"
	"casterbot/commands/recording"
	"casterbot/internal/live"
	"casterbot/internal/op"
)

// Cloud is what the commands need of ApsaraVideo Live; *live.Client is the real one. Errors are *live.Error.
type Cloud interface {
	recording.Cloud
	Casters(ctx context.Context) ([]live.Caster, error)
	Caster(ctx context.Context, id string) (live.Caster, error)
	Scenes(ctx context.Context, caster string) ([]live.Scene, error)
	CasterConfig(ctx context.Context, id string) (live.CasterConfig, error)

	CopyCaster(ctx context.Context, permit op.SendPermit, source, name, token string) (live.Receipt, error)
	RestartCaster(ctx context.Context, permit op.SendPermit, id string) (live.Receipt, error)
	StartCaster(ctx context.Context, permit op.SendPermit, id string) (live.Receipt, error)
	StopCaster(ctx context.Context, permit op.SendPermit, id string) (live.Receipt, error)
	TakeScene(ctx context.Context, permit op.SendPermit, caster, preview, program string) (live.Receipt, error)
	Standby(ctx context.Context, permit op.SendPermit, caster, program string) (live.Receipt, error)
	StartScene(ctx context.Context, permit op.SendPermit, caster, scene string) (live.Receipt, error)
	StopScene(ctx context.Context, permit op.SendPermit, caster, scene string) (live.Receipt, error)
	Record(ctx context.Context, permit op.SendPermit, s live.Stream, command string) (live.Receipt, error)
}

// table is the table's constructor arguments; every entry is a method of it.
type table struct {
	cloud   Cloud
	seen    *Memory // of the cloud
	records Records
	now     func() time.Time
}

// Table gives every command and every kind of argument over one cloud, the records and one clock.
func Table(cloud Cloud, records Records, now func() time.Time) op.Table {
	seen := Remember(cloud, now)
	s, known := table{cloud: seen, seen: seen, records: records, now: now}, &op.Table{}
	commands := []op.Command{
		s.casterList(),
		s.casterShow(),
		s.casterCopy(),
		s.casterStart(),
		s.casterStop(),
		s.casterRestart(),
		s.sceneStart(),
		s.sceneStop(),
		s.casterTake(),
		s.casterStandby(),
		s.recordStatus(),
		s.recordFiles(),
	}
	for _, r := range recordCommands {
		commands = append(commands, s.record(r))
	}
	commands = append(commands, s.ownCommands(known)...)
	for i := range commands {
		commands[i] = forSeveral(failure.Repeated(commands[i]))
	}
	*known = op.Table{Commands: commands, Kinds: s.kinds(), PastLock: pastLock, Called: seen.called}
	return *known
}

func (s table) kinds() []op.Kind {
	return []op.Kind{
		s.andUnsettled(op.Kind{Name: "caster", Label: "Studio", Hint: "A studio of this channel, by name or id.",
			Options: s.casterOptions, Expand: s.expandStudios, Known: s.knownStudios, Folds: naming.Folds}),
		{Name: "scene", Label: "Scene", Hint: "A PREVIEW scene of the studio.", Needs: "caster", Options: s.sceneOptions,
			Folds: naming.Folds},
		s.andUnsettled(op.Kind{Name: "stream", Label: "Stream", Hint: "A stream of this channel.",
			Options: s.streamOptions, Expand: s.expandStreams, Known: s.knownStreams, Folds: naming.Folds}),
		{Name: "name", Label: "New name", Hint: "What the new studio will be called.", Max: naming.MaxName,
			Wrong: s.wrongName},
		{Name: "page", Label: "Page", Hint: "2 and more for what comes after.", Max: 3},
		{Name: "when", Label: "When", Hint: "today, yesterday, 2026-11-28, since 18:00", Max: 60},
		{Name: "which", Label: "Which", Hint: "by @ana, failed, unknown, open, yesterday, since 18:00, page 2", Max: 100},
		{Name: "until", Label: "Until", Hint: "until 22:00, for 2h; 4 hours when nothing is said.", Max: 40,
			Wrong: s.wrongEnd},
		{Name: "why", Label: "Reason", Hint: "Everybody sees it.", Max: maxWhy},
		{Name: "verb", Label: "Command", Hint: "restart, scene start, record stop", Max: 60},
		{Name: "target", Label: "Studio or stream", Hint: "By name or id.", Max: 200},
		{Name: "alert", Label: "Alert", Hint: "The reference of an alert.", Max: 20},
		{Name: "switch", Label: "Board", Hint: "On or off.", Options: switches},
		{Name: "person", Label: "Person", Hint: "for @somebody", Max: 40},
		{Name: "text", Label: "Text", Hint: "Part of a name.", Max: 80},
	}
}
