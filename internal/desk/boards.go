package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// kindBoard marks the memos that are boards; the key of one is that of its channel.
const kindBoard = "board"

// BoardBook keeps which channels have an on-air board, and how far it is drawn.
type BoardBook struct {
	store *store.Store
	wake  func() // called when somebody wants a board put up or taken down; may be nil
}

// NewBoardBook gives the boards that are kept in a store.
func NewBoardBook(s *store.Store) BoardBook { return BoardBook{store: s} }

// OnBoard has f called whenever somebody wants a board put up or taken down. It is set before the first use.
func (b *BoardBook) OnBoard(f func()) { b.wake = f }

// Board gives the board of a channel; one that is not on when there is none.
func (b BoardBook) Board(ctx context.Context, channel string) (op.Board, error) {
	m, err := b.store.Memo(ctx, kindBoard+"/"+channel)
	if errors.Is(err, store.ErrNotFound) {
		return op.Board{Channel: channel}, nil
	}
	if err != nil {
		return op.Board{}, err
	}
	return boardOf(m)
}

// Boards gives every board, those that are to be taken down too.
func (b BoardBook) Boards(ctx context.Context) ([]op.Board, error) {
	return every(ctx, b.store, kindBoard, boardOf)
}

// PutBoard writes a board: a new one at version 0, else in place of the version that it names. It gives the board that stands
// there now, and whether it is this one. by is who wants it so, for the trail; empty when only the drawing goes on.
func (b BoardBook) PutBoard(ctx context.Context, board op.Board, by string) (op.Board, bool, error) {
	body, err := json.Marshal(board)
	if err != nil {
		return op.Board{}, false, fmt.Errorf("keep a board: %w", err)
	}
	m := store.Memo{Key: kindBoard + "/" + board.Channel, Kind: kindBoard, Body: string(body), Version: board.Version}
	m, err = b.store.PutMemo(ctx, m, boardEvent(board, by))
	now, mine, err := settled(m, err, boardOf, op.Board{Channel: board.Channel})
	if mine && by != "" && b.wake != nil {
		b.wake()
	}
	return now, mine, err
}

// DropBoard forgets a board at the version that it names. Another version is left as it is.
func (b BoardBook) DropBoard(ctx context.Context, board op.Board) error {
	err := b.store.DropMemo(ctx, kindBoard+"/"+board.Channel, board.Version, op.Event{})
	if errors.Is(err, store.ErrLost) {
		return nil
	}
	return err
}

func boardEvent(board op.Board, by string) op.Event {
	if by == "" {
		return op.Event{}
	}
	word := map[bool]string{false: "on", true: "off"}[board.Off]
	return op.Event{Name: op.EventBoard, Actor: by, Channel: board.Channel, Detail: map[string]string{"switch": word}}
}

func boardOf(m store.Memo) (op.Board, error) {
	var board op.Board
	if err := decode(m, &board); err != nil {
		return op.Board{}, err
	}
	board.Version = m.Version
	return board, nil
}
