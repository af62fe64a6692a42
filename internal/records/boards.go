package records

import (
	"context"
	"errors"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/store"
)

// kindBoard is the kind of the documents that are boards; the key of one is that of its channel.
const kindBoard = "board"

// BoardBook keeps which channels have an on-air board, and how far it is drawn.
type BoardBook struct {
	kept store.Collection[op.Board]
	wake func() // called when somebody wants a board put up or taken down; may be nil
}

// NewBoardBook gives the boards that are kept in a store.
func NewBoardBook(s *store.Store) BoardBook {
	filled := func(b *op.Board, d store.Document) { b.Version = d.Version }
	return BoardBook{kept: store.Collection[op.Board]{Store: s, Kind: kindBoard, Filled: filled}}
}

// OnBoard has f called whenever somebody wants a board put up or taken down. It is set before the first use.
func (b *BoardBook) OnBoard(f func()) { b.wake = f }

// Board gives the board of a channel; one that is not on when there is none.
func (b BoardBook) Board(ctx context.Context, channel string) (op.Board, error) {
	board, err := b.kept.Get(ctx, boardKey(channel))
	if errors.Is(err, store.ErrNotFound) {
		return op.Board{Channel: channel}, nil
	}
	return board, err
}

// Boards gives every board, those that are to be taken down too.
func (b BoardBook) Boards(ctx context.Context) ([]op.Board, error) { return b.kept.List(ctx) }

// PutBoard writes a board: a new one at version 0, else in place of the version that it names. It gives the board that
// stands there now, and whether it is this one. by is who wants it so, for the trail; empty when only the drawing goes
// on.
func (b BoardBook) PutBoard(ctx context.Context, board op.Board, by string) (op.Board, bool, error) {
	now, mine, err := b.kept.Put(ctx, boardKey(board.Channel), board, board.Version, time.Time{}, boardEvent(board, by))
	now.Channel = board.Channel
	if mine && by != "" && b.wake != nil {
		b.wake()
	}
	return now, mine, err
}

// DropBoard forgets a board at the version that it names. Another version is left as it is.
func (b BoardBook) DropBoard(ctx context.Context, board op.Board) error {
	_, err := b.kept.Drop(ctx, boardKey(board.Channel), board.Version, op.Event{})
	return err
}

func boardKey(channel string) string { return kindBoard + "/" + channel }

func boardEvent(board op.Board, by string) op.Event {
	if by == "" {
		return op.Event{}
	}
	word := map[bool]string{false: "on", true: "off"}[board.Off]
	return op.Event{Name: op.EventBoard, Actor: by, Channel: board.Channel, Detail: map[string]string{"switch": word}}
}
