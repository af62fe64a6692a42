package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"casterbot/internal/config"
	"casterbot/internal/live"
	"casterbot/internal/op"
	"casterbot/internal/sandbox"
	"casterbot/internal/sandbox/fakelive"
)

// TestCallsSpeakWithWhoOrderedThem: the client of the cloud that the bot is wired with asks before a request leaves,
// and tells of every pause in words for people.
func TestCallsSpeakWithWhoOrderedThem(t *testing.T) {
	world := fakelive.New(fakelive.Config{AccessKeyID: sandbox.AccessKeyID, AccessKeySecret: sandbox.AccessKeySecret})
	server := httptest.NewServer(world)
	t.Cleanup(func() { world.Close(); server.Close() })
	settings := config.Config{LiveEndpoint: server.URL, AccessKeyID: sandbox.AccessKeyID,
		AccessKeySecret: sandbox.AccessKeySecret}
	keys, err := openKeys(settings)
	if err != nil {
		t.Fatal(err)
	}
	cloud, err := openCloud(settings, keys, nil, 0, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cloud.Close)
	if _, err := world.Inject(fakelive.Fault{Kind: fakelive.Throttle}); err != nil {
		t.Fatal(err)
	}
	var left int
	var said []string
	permit := op.NewSendPermit(
		func() error {
			if left++; left == 2 {
				return errors.New("held back")
			}
			return nil
		},
		func(why op.Line, _ time.Duration) { said = append(said, why.Plain()) },
	)
	_, err = cloud.RestartCaster(t.Context(), permit, "c1")
	if live.ClassOf(err) != live.NotSent || left != 2 || len(world.Snapshot().Calls) != 1 {
		t.Errorf("%v after %d questions and %d calls", err, left, len(world.Snapshot().Calls))
	}
	if len(said) != 1 ||
		!strings.HasPrefix(said[0], "ApsaraVideo Live allows 10 calls a second. Yours is next in about 1 s") {
		t.Errorf("said %q", said)
	}
	if _, err := cloud.Casters(context.Background()); err != nil {
		t.Errorf("without anybody to ask: %v", err)
	}
}
