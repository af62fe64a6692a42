package engine

import "errors"

// What a Chat says when it cannot show a card or tell somebody something.
var (
	// ErrNotInChannel: the bot is not in the channel, or the channel is gone or archived.
	ErrNotInChannel = errors.New("not in the channel")
	// ErrGone: the message of the card was deleted or can no longer be edited.
	ErrGone = errors.New("the card is gone")
	// ErrUnreachable: no private message can reach the person, now or later.
	ErrUnreachable = errors.New("the person cannot be reached")
	// ErrBusy: the chat asks to come back later.
	ErrBusy = errors.New("the chat is busy")
	// ErrUnproven: the chat took it, which does not prove that the card is there for anybody to see.
	ErrUnproven = errors.New("shown, as far as is known")
	// ErrNoAnswer: what was asked may have been done, and may yet be.
	ErrNoAnswer = errors.New("the chat gave no answer")
)
