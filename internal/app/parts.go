package app

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"casterbot/commands"
	"casterbot/internal/cli"
	"casterbot/internal/config"
	"casterbot/internal/live"
	"casterbot/internal/policy"
	"casterbot/internal/records"
)

// deskAndRights is what the commands know beside the cloud.
type deskAndRights struct {
	*records.Records
	commands.Rights
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
