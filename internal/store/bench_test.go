package store

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"casterbot/internal/op"
)

// onEach measures on every database.
func onEach(b *testing.B, bench func(*testing.B, *Store)) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) { bench(b, open(b, e.address(b), newClock())) })
	}
}

func BenchmarkReceive(b *testing.B) { onEach(b, benchmarkReceive) }

func benchmarkReceive(b *testing.B, s *Store) {
	for i := 0; b.Loop(); i++ {
		receive(b, s, fmt.Sprint(i))
	}
}

func BenchmarkReceiveTogether(b *testing.B) { onEach(b, benchmarkReceiveTogether) }

func benchmarkReceiveTogether(b *testing.B, s *Store) {
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
func BenchmarkMove(b *testing.B) { onEach(b, benchmarkMove) }

func benchmarkMove(b *testing.B, s *Store) {
	for i := 0; b.Loop(); i++ {
		bring(b, s, sample(i), op.Succeeded)
	}
}

func BenchmarkGet(b *testing.B) { onEach(b, benchmarkGet) }

func benchmarkGet(b *testing.B, s *Store) {
	o := create(b, s, sample(1))
	for b.Loop() {
		if _, err := s.Get(b.Context(), o.ID); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkQuestions asks what is asked for every command, or each second, beside 100,000 operations and documents that
// are over.
func BenchmarkQuestions(b *testing.B) { onEach(b, benchmarkQuestions) }

func benchmarkQuestions(b *testing.B, s *Store) {
	const n = 100_000
	for _, ask := range questions(s, aged(b, s, n), n) {
		b.Run(strings.ReplaceAll(ask.name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				seen := func(scanner) (bool, error) { return true, nil }
				if _, err := all(b.Context(), s.reader, seen, ask.text, ask.args...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
