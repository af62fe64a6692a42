package e2e

import (
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/records"
	"casterbot/internal/sandbox"
)

// pass lets the world's time go by in steps of 15 seconds and counts what the cloud is asked meanwhile, by action.
func (s *fixture) pass(d time.Duration) map[string]int {
	s.t.Helper()
	calls := map[string]int{}
	last := s.world.Live.Snapshot().Calls
	seen := int64(0)
	if len(last) > 0 {
		seen = last[len(last)-1].Seq
	}
	for range d / (15 * time.Second) {
		s.world.Clock.Advance(15 * time.Second)
		for deadline := time.Now().Add(time.Minute); s.Underway() > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				s.t.Fatal("the bot does not come to rest")
			}
		}
		for _, c := range s.world.Live.Snapshot().Calls {
			if c.Seq > seen {
				calls[c.Action]++
				seen = c.Seq
			}
		}
	}
	return calls
}

// TestCallsOfAnIdleBot counts on the wire what docs/operations.md says: none without a board, and those of one board.
func TestCallsOfAnIdleBot(t *testing.T) {
	t.Parallel()
	s := openFixture(t, sandbox.Config{Patient: true, Now: func() time.Time { return start }})
	if calls := s.pass(5 * time.Minute); len(calls) > 0 {
		t.Errorf("nothing is watched, and the cloud was asked %v", calls)
	}
	boards := records.NewBoardBook(s.bot.Store)
	if _, done, err := boards.PutBoard(t.Context(), op.Board{Channel: "C0SHOW", By: "U0ANA"},
		"U0ANA"); err != nil || !done {
		t.Fatal(done, err)
	}
	s.pass(time.Minute)
	calls := s.pass(3 * time.Minute)
	for action, n := range map[string]int{
		"DescribeCasters": 6, "DescribeCasterScenes": 18, "DescribeLiveStreamsOnlineList": 6,
		"DescribeLiveStreamRecordContent": 18,
	} {
		if calls[action] != n {
			t.Errorf("%s: asked %d times in 3 minutes, want %d", action, calls[action], n)
		}
		delete(calls, action)
	}
	if len(calls) > 0 {
		t.Errorf("the board needs no %v", calls)
	}
}
