package quota_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"casterbot/internal/quota"
	"casterbot/internal/store"
	"casterbot/test/pgtest"
)

var server = &pgtest.Shared{}

func TestMain(m *testing.M) {
	code := m.Run()
	_ = server.Close()
	os.Exit(code)
}

// Three replicas on one PostgreSQL, one of which ends in the middle: no window of a second holds more than the share,
// and each has some of it.
func TestReplicasOnPostgreSQL(t *testing.T) {
	address := server.Address(t)
	var mu sync.Mutex
	var all []time.Time
	made := map[int]int{}
	ctx, end := context.WithTimeout(t.Context(), 6*time.Second)
	defer end()
	var work sync.WaitGroup
	for n := range 3 {
		name := fmt.Sprint("replica", n)
		db, err := store.Open(t.Context(), address, store.Options{Replica: name})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		q := quota.New(quota.Config{Book: db, Replica: name, Peers: func() int { return 2 }})
		defer q.Close()
		if n == 2 {
			time.AfterFunc(2500*time.Millisecond, q.Close)
		}
		for range 15 {
			work.Go(func() {
				for ctx.Err() == nil {
					p, err := q.Reserve(ctx, "RestartCaster", 0)
					if err != nil {
						return
					}
					at := time.Now() // after the turn has come and before the call leaves, however slow this machine is
					if p.Left() != nil {
						p.Return()
						continue
					}
					mu.Lock()
					all = append(all, at)
					made[n]++
					mu.Unlock()
					p.Answered(false)
				}
			})
		}
	}
	work.Wait()
	slices.SortFunc(all, time.Time.Compare)
	for i := 9; i < len(all); i++ {
		if gap := all[i].Sub(all[i-9]); gap < time.Second {
			t.Errorf("ten calls within %v", gap)
		}
	}
	for n := range 3 {
		if made[n] == 0 {
			t.Errorf("calls by replica: %v", made)
		}
	}
	t.Logf("calls in 6 s by replica: %v", made)
}
