package app

import (
	"context"

	"casterbot/internal/config"
	"casterbot/internal/doctor"
	"casterbot/internal/sandbox"
)

// examine looks at what the environment says.
func (b Build) examine(ctx context.Context) doctor.Report {
	files := config.SecretFiles()
	settings, wrong := config.Examine()
	return b.lookAt(ctx, settings, wrong, files)
}

// lookAt looks at a bot with these settings, their mistakes, and the files that secrets were read out of.
func (b Build) lookAt(ctx context.Context, settings config.Config, wrong []config.Problem,
	files []config.SecretFile) doctor.Report {
	manifest, _ := sandbox.ReadManifest(b.Manifest) // it is built in, and a test reads it
	return doctor.Run(ctx, doctor.Config{Settings: settings, Wrong: wrong, Files: files, Verbs: shape().Verbs(),
		Scopes: manifest.Scopes})
}
