package app

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"casterbot/bot/messages"
	"casterbot/internal/audit"
	"casterbot/internal/cli"
	"casterbot/internal/config"
	"casterbot/internal/op"
	"casterbot/internal/policy"
	"casterbot/internal/store"
)

// signers are those who sign checkpoints: this log, and a witness; each may be missing.
type signers struct {
	own    *audit.Key
	theirs audit.Verifier
}

func openSigners(c config.Config) (s signers, err error) {
	if c.AuditKey != "" {
		if s.own, err = audit.ParseKey(c.AuditKey.Reveal()); err != nil {
			return s, cli.Usage(fmt.Errorf("CASTERBOT_AUDIT_KEY: %w", err))
		}
	}
	if c.AuditWitness != "" {
		if s.theirs, err = audit.ParseWitnessKey(c.AuditWitnessKey); err != nil {
			return s, cli.Usage(fmt.Errorf("CASTERBOT_AUDIT_WITNESS_KEY: %w", err))
		}
	}
	return s, nil
}

// openAudit makes the log, with the places to which its checkpoints go.
func openAudit(o Options, by signers, db *store.Store, keeper *policy.Keeper, chat func() *messages.Chat) *audit.Log {
	c := audit.Config{Store: db, Key: by.own, Log: o.Log, Policy: func() (hash, text string) {
		p := keeper.Current()
		return p.Hash(), p.Text()
	}}
	if by.own == nil {
		return audit.New(c)
	}
	c.Archive = audit.Archive{Dir: o.Settings.AuditArchive, Keep: time.Duration(o.Settings.Keep) * 24 * time.Hour}
	if path := o.Settings.AuditFile; path != "" {
		c.Places = append(c.Places, audit.File{Path: path, Key: by.own.Verifier()})
	}
	c.Places = append(c.Places, audit.Channel{
		ID: func() string { return keeper.Current().AuditChannel() },
		Post: func(ctx context.Context, channel string, a op.Answer) error {
			_, err := chat().Put(ctx, channel, "", a)
			return err
		},
	})
	if by.theirs != nil {
		c.Places = append(c.Places,
			audit.Witness{URL: o.Settings.AuditWitness, Key: by.theirs, Client: witnessClient()})
	}
	return audit.New(c)
}

// witnessClient follows no redirects: what a witness signs is decided by its key, and nobody else is sent anything.
func witnessClient() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// probeAudit is what /readyz shows of the log. Commands work whatever it is, so it makes nobody unready.
func (a *App) probeAudit(ctx context.Context) (map[string]any, bool) {
	s, err := a.audit.Status(ctx)
	if err != nil {
		return map[string]any{"ok": false}, true
	}
	state := map[string]any{"entries": s.Entries, "waiting": s.Waiting, "signed": s.Signed, "archived": s.Moved}
	outside := map[string]any{}
	for _, o := range s.Outside {
		outside[o.Place] = map[string]any{"entries": o.Size, "ageSeconds": int(a.Store.Now().Sub(o.At).Seconds())}
	}
	state["outside"] = outside
	return state, true
}
