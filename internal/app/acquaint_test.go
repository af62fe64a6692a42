package app

import (
	"context"
	"testing"
	"time"

	"casterbot/bot/directory"
	"casterbot/commands"
	"casterbot/internal/live"
	"casterbot/internal/policy"
	"casterbot/test/slackworld"
)

// Whoever the policy names for an emergency is looked up before there is one, with the channel; so are the studios on
// air that such a channel may touch.
func TestThoseOfAnEmergencyAreKnown(t *testing.T) {
	w := slackworld.New(t)
	keeper, err := policy.NewKeeper("../../docs/policy.example.yml", shape().Verbs(), nil)
	if err != nil {
		t.Fatal(err)
	}
	looked := make(chan string, 100)
	a := &App{Policy: keeper, people: directory.New(w.Config, keeper.UserGroups),
		studios: commands.Remember(studios{looked: looked}, time.Now)}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { a.acquaintOnce(ctx); close(ended) }()
	for len(w.Calls("usergroups.list")) == 0 || len(w.Calls("conversations.info")) == 0 {
		time.Sleep(time.Millisecond)
	}
	for range 2 {
		if id := <-looked; id != "Evening News" && id != "Morning Show" {
			t.Errorf("looked at %s", id)
		}
	}
	stop()
	<-ended
}

// studios are four on air; it says at which it was looked.
type studios struct {
	commands.Cloud
	looked chan<- string
}

func (studios) Casters(context.Context) (all []live.Caster, _ error) {
	for _, name := range []string{"Archive", "Evening News", "Morning Show", "Sports"} {
		all = append(all, live.Caster{ID: name, Name: name, OnAir: true})
	}
	return all, nil
}

func (s studios) Scenes(_ context.Context, id string) ([]live.Scene, error) {
	s.looked <- id
	return nil, nil
}
