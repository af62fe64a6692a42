// Package commands is the table of everything that casterbot can be asked to do: one entry a command, one resolver a kind of
// argument. Whoever adds an operation copies an entry here; help, pickers, permission names and the docs follow from it.
//
// It keeps true that names become ids by exact knowledge and never by a guess, that nothing outside the channel's scope is
// named to anybody, that a plan looks at the cloud before it promises anything, and that an outcome says succeeded only after
// an answer and failed only after a definite refusal. Every error code that the API documents has a sentence of its own.
// It returns values (lines, plans, outcomes) and knows neither Slack, nor the policy's text, nor where operations are stored.
package commands

import (
	"context"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// Cloud is what the commands need of ApsaraVideo Live; *live.Client is the real one. Errors are *live.Error.
type Cloud interface {
	Casters(ctx context.Context) ([]live.Caster, error)
	Caster(ctx context.Context, id string) (live.Caster, error)
	Scenes(ctx context.Context, caster string) ([]live.Scene, error)
	CasterConfig(ctx context.Context, id string) (live.CasterConfig, error)
	OnlineStreams(ctx context.Context, domain, app, name string) ([]live.Online, error)
	RecordConfigs(ctx context.Context, s live.Stream) ([]live.RecordConfig, error)
	RecordContent(ctx context.Context, s live.Stream, from, to time.Time) ([]live.Content, error)
	RecordFiles(ctx context.Context, s live.Stream, from, to time.Time) ([]live.File, error)

	CopyCaster(ctx context.Context, source, name, token string) (live.Receipt, error)
	RestartCaster(ctx context.Context, id string) (live.Receipt, error)
	StartScene(ctx context.Context, caster, scene string) (live.Receipt, error)
	StopScene(ctx context.Context, caster, scene string) (live.Receipt, error)
	Record(ctx context.Context, s live.Stream, command string) (live.Receipt, error)
}

// set is the table's two constructor arguments; every entry is a method of it.
type set struct {
	cloud Cloud
	now   func() time.Time
}

// Table gives every command and every kind of argument over one cloud and one clock.
func Table(cloud Cloud, now func() time.Time) op.Table {
	s := set{cloud: cloud, now: now}
	commands := []op.Command{
		s.casterList(),
		s.casterShow(),
		s.casterCopy(),
		s.casterRestart(),
		s.sceneStart(),
		s.sceneStop(),
		s.recordStatus(),
	}
	for _, r := range recordings {
		commands = append(commands, s.record(r))
	}
	return op.Table{Commands: commands, Kinds: s.kinds()}
}

func (s set) kinds() []op.Kind {
	return []op.Kind{
		{Name: "caster", Label: "Studio", Hint: "A studio of this channel, by name or id.", Options: s.casterOptions},
		{Name: "scene", Label: "Scene", Hint: "A PREVIEW scene of the studio.", Needs: "caster", Options: s.sceneOptions},
		{Name: "stream", Label: "Stream", Hint: "A stream of this channel.", Options: s.streamOptions},
		{Name: "name", Label: "New name", Hint: "What the new studio will be called.", Max: maxName},
		{Name: "text", Label: "Text", Hint: "Part of a name.", Max: 80},
	}
}
