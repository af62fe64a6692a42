package app

import (
	"casterbot/commands"
	"casterbot/internal/browse"
	"casterbot/internal/cli"
	"casterbot/internal/config"
	"casterbot/internal/desk"
	"casterbot/internal/engine"
	"casterbot/internal/live"
	"casterbot/internal/policy"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
)

// deskAndRights is what the commands know beside the cloud.
type deskAndRights struct {
	*desk.Desk
	commands.Rights
}

// operator is what the bot needs: what changes operations, and what tells people of them.
type operator struct {
	*engine.Engine
	*browse.Browser
}

func openPolicy(path string, log *slog.Logger) (*policy.Keeper, error) {
	keeper, err := policy.NewKeeper(path, verbs(), log)
	if errors.Is(err, fs.ErrNotExist) {
		err = cli.Usage(fmt.Errorf("CASTERBOT_POLICY names no file (%w): it says who may do what; docs/policy.md explains it, docs/policy.example.yml is one to start from", err))
	}
	return keeper, err
}

func openKeys(c config.Config) (live.Credentials, error) {
	return live.NewCredentials(live.CredentialsConfig{
		AccessKeyID: c.AccessKeyID.Reveal(), AccessKeySecret: c.AccessKeySecret.Reveal(), SecurityToken: c.SecurityToken.Reveal(),
		RoleARN: c.RoleARN, RoleSessionName: c.RoleSessionName, ECSRole: c.ECSRole,
		OIDCProviderARN: c.OIDCProviderARN, OIDCTokenFile: c.OIDCTokenFile, Profile: c.Profile,
	})
}
