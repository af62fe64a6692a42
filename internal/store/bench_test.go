package store

import (
	"fmt"
	"sync/atomic"
	"testing"

	"casterbot/internal/op"
)

func BenchmarkReceive(b *testing.B) {
	s := open(b, file(b), newClock())
	for i := 0; b.Loop(); i++ {
		receive(b, s, fmt.Sprint(i))
	}
}

func BenchmarkReceiveTogether(b *testing.B) {
	s := open(b, file(b), newClock())
	var n atomic.Int64
	b.SetParallelism(100)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Receive(b.Context(), fmt.Sprint(n.Add(1)), "command", []byte("{}")); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkMove counts a creation and three moves as one.
func BenchmarkMove(b *testing.B) {
	s := open(b, file(b), newClock())
	for i := 0; b.Loop(); i++ {
		bring(b, s, sample(i), op.Succeeded)
	}
}

func BenchmarkGet(b *testing.B) {
	s := open(b, file(b), newClock())
	o := create(b, s, sample(1))
	for b.Loop() {
		if _, err := s.Get(b.Context(), o.ID); err != nil {
			b.Fatal(err)
		}
	}
}
