package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"casterbot/internal/store"
)

// every reads all memos of a kind.
func every[T any](ctx context.Context, s *store.Store, kind string, of func(store.Memo) (T, error)) ([]T, error) {
	memos, err := s.Memos(ctx, kind)
	if err != nil {
		return nil, err
	}
	all := make([]T, 0, len(memos))
	for _, m := range memos {
		one, err := of(m)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// settled reads the answer of the store to a change: what stands now, and whether it is the new one. What ended between the
// question and now is none.
func settled[T any](m store.Memo, err error, of func(store.Memo) (T, error), none T) (T, bool, error) {
	lost := errors.Is(err, store.ErrLost)
	switch {
	case err != nil && !lost:
		return none, false, err
	case m.Key == "":
		return none, false, nil
	}
	now, err := of(m)
	return now, !lost && err == nil, err
}

// decode reads the body of a memo.
func decode(m store.Memo, into any) error {
	if err := json.Unmarshal([]byte(m.Body), into); err != nil {
		return fmt.Errorf("read the memo %s: %w", m.Key, err)
	}
	return nil
}
