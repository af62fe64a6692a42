package commands

import (
	"context"

	"casterbot/commands/naming"
	"casterbot/internal/op"
)

// casterBoard puts a board above the channel that shows what is on air, or takes it down. The board itself is drawn by
// the bot's own looks.
func (s table) casterBoard() op.Command {
	return op.Command{
		Usage:    "caster board {switch}",
		Short:    "A message above the channel that always shows what is on air: on or off.",
		Examples: []string{"caster board on", "caster board off"},
		Verb:     "caster.board", Effect: op.Change,
		Plan: s.planBoard, Apply: s.applyBoard, Verify: s.verifyBoard, Follow: s.followBoard,
	}
}

// switches are what {switch} can be.
func switches(context.Context, op.Call) ([]op.Option, error) {
	return []op.Option{{Label: "on", Value: "on"}, {Label: "off", Value: "off"}}, nil
}

func (s table) planBoard(ctx context.Context, call op.Call) (op.Plan, error) {
	word := naming.Fold(call.Args["switch"])
	if word != "on" && word != "off" {
		return op.Plan{}, op.Refuse(op.L("Say ", op.Code("/caster board on"), " or ", op.Code("/caster board off"),
			".")).About("switch")
	}
	channel := call.Scope.Channel
	board, err := s.records.Board(ctx, channel)
	if err != nil {
		return op.Plan{}, err
	}
	p := op.Plan{
		Args:        op.Args{"switch": word, "channel": channel, "by": call.Person.ID},
		Viewers:     op.Unnoticed(),
		Fingerprint: op.Fingerprint(word, channel, board.On()),
	}
	switch {
	case word == "on" && board.On():
		return p, op.Already(op.L("This channel has an on-air board already; it was put up by ", op.Who(board.By), "."))
	case word == "off" && !board.On():
		return p, op.Already(op.L("This channel has no on-air board."))
	case word == "on":
		p.Title, p.Button = op.L("Put up the on-air board of this channel"), "Put up the board"
		p.Facts = []op.Line{
			op.L("Everybody in this channel sees which of its studios are on air, who has locked them, and what is being recorded.")}
	default:
		p.Title, p.Button = op.L("Take down the on-air board of this channel"), "Take down the board"
	}
	return p, nil
}

// applyBoard writes down what is wanted. Whoever draws the board writes to it too, so losing once is no reason to give
// up.
func (s table) applyBoard(ctx context.Context, p op.Plan, _ string, _ op.SendPermit) op.Outcome {
	on := p.Args["switch"] == "on"
	for range 3 {
		board, err := s.records.Board(ctx, p.Args["channel"])
		if err != nil {
			return unwritten()
		}
		board.Off, board.By, board.Since = !on, p.Args["by"], s.now()
		_, done, err := s.records.PutBoard(ctx, board, p.Args["by"])
		switch {
		case err != nil:
			return unwritten()
		case done && on:
			return op.Outcome{State: op.Succeeded,
				Text: op.L("The on-air board of this channel is on, as a message of its own.")}
		case done:
			return op.Outcome{State: op.Succeeded, Text: op.L("The on-air board of this channel is off.")}
		}
	}
	return op.Outcome{State: op.Failed,
		Text: op.L("The board was being changed all the time. Nothing was changed by this.")}
}

// followBoard says when the board is not as its card says any more: by a command, or because the channel may have none.
func (s table) followBoard(ctx context.Context, a op.Attempt) (op.Followup, error) {
	board, err := s.records.Board(ctx, a.Plan.Args["channel"])
	now := s.now()
	switch on := a.Plan.Args["switch"] == "on"; {
	case err != nil || now.Sub(a.Sent) >= followFor:
		return op.Followup{}, err
	case on == board.On():
		return op.Followup{Again: now.Add(followEvery)}, nil
	case on:
		return op.Followup{Over: op.L("Ended: the board was taken down.")}, nil
	}
	return op.Followup{Over: op.L("Ended: the board was put up again.")}, nil
}

func (s table) verifyBoard(ctx context.Context, a op.Attempt) (op.Evidence, error) {
	board, err := s.records.Board(ctx, a.Plan.Args["channel"])
	if err != nil {
		return op.Evidence{}, err
	}
	seen := op.L("The board is off.")
	if board.On() {
		seen = op.L("The board is on.")
	}
	return op.Evidence{Happened: board.On() == (a.Plan.Args["switch"] == "on"), Seen: seen}, nil
}

// casterCare is behind the button of an alert.
func (s table) casterCare() op.Command {
	return op.Command{
		Usage:    "caster care {alert}",
		Short:    "Say that you take care of an alert; its button does the same.",
		Examples: []string{"caster care 5f0c7a1e42"},
		Verb:     "caster.care", Effect: op.Read,
		Read: s.readCare,
	}
}

func (s table) readCare(ctx context.Context, call op.Call) (op.Answer, error) {
	c, err := s.records.TakeCare(ctx, call.Scope.Channel, call.Args["alert"], call.Person.ID, s.now())
	switch {
	case err != nil:
		return op.Answer{}, err
	case c.By == "":
		return op.Answer{Mark: op.MarkNeutral, Title: op.L("There is no such alert in this channel, or it is over.")}, nil
	case c.By == call.Person.ID:
		return op.Answer{Mark: op.MarkOK, Title: op.L("You take care of it. The alert says so in a moment.")}, nil
	}
	return op.Answer{Mark: op.MarkNeutral,
		Title: op.L(op.Who(c.By), " has been taking care of it since ", op.At(c.Since), ".")}, nil
}
