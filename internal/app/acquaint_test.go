package app

import (
	"context"
	"testing"
	"time"

	"casterbot/bot/directory"
	"casterbot/internal/policy"
	"casterbot/test/slackworld"
)

// Whoever the policy names for an emergency is looked up before there is one, with the channel.
func TestThoseOfAnEmergencyAreKnown(t *testing.T) {
	w := slackworld.New(t)
	keeper, err := policy.NewKeeper("../../docs/policy.example.yml", shape().Verbs(), nil)
	if err != nil {
		t.Fatal(err)
	}
	a := &App{Policy: keeper, people: directory.New(w.Config, keeper.UserGroups)}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { a.acquaintOnce(ctx); close(ended) }()
	for len(w.Calls("usergroups.list")) == 0 || len(w.Calls("conversations.info")) == 0 {
		time.Sleep(time.Millisecond)
	}
	stop()
	<-ended
}
