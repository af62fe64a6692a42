package main

import (
	"cmp"
	"fmt"
	"slices"

	"casterbot/commands"
	"casterbot/internal/grammar"
	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
)

// order is a changing command as people type it. Its world follows from its row in the command table.
type order struct {
	text    string
	command op.Command
}

// typed are the arguments of the orders by placeholder: one thing, and the second of several.
var typed = map[string][2]string{
	"caster": {"Evening News", "Evening Sports"}, "scene": {"Preview 1"}, "name": {"Evening Copy"},
	"stream": {"main", "backup"},
}

// The studios of the orders, and a PREVIEW of the first.
const (
	studio  = "4f0c7a1e-0000-4000-8000-000000000001" // Evening News
	second  = "4f0c7a1e-0000-4000-8000-000000000002" // Evening Sports
	preview = "5ce00001-0000-4000-8000-000000000002" // Preview 1 of Evening News
)

// orders are all commands that call the cloud, and two targets with one press for each kind of target and each effect.
var orders = ordersOf(commands.Table(nil, nil, nil))

func ordersOf(table op.Table) (all []order) {
	pressed := map[string]bool{}
	for _, c := range table.Commands {
		if c.Sends == "" {
			continue
		}
		args := op.Args{}
		for _, place := range grammar.Placeholders(c.Usage) {
			args[place.Name] = cmp.Or(typed[place.Name][0], "?")
		}
		all = append(all, order{"/" + grammar.Format(c.Usage, args), c})
		if kind := fmt.Sprint(c.Many != nil, c.Effect); c.Many != nil && !pressed[kind+c.Many.Of] {
			pressed[kind+c.Many.Of] = true
			targets := typed[c.Many.Of]
			all = append(all, order{"/" + grammar.FormatSeveral(c.Usage, targets[:]), c})
		}
	}
	return all
}

// approved reports whether a second person has to approve the order: see stand.Rights.
func (o order) approved() bool { return o.command.Effect == op.OnAir }

// needs says how a condition is before the order; what does not matter is as usual.
func (o order) needs(x op.Condition, usual bool) bool {
	if holds, known := o.command.Before(x); known {
		return holds
	}
	return usual
}

// prepare puts the cloud into the state in which the order makes sense: usually the studio is on air with an open
// PREVIEW, and nothing is recorded.
func (o order) prepare(w *world) error {
	for _, id := range []string{studio, second} {
		err := w.Live.SetStudio(id, func(st *fakelive.Studio) {
			st.OnAir = o.needs(op.IsOnAir, id == studio)
			i := slices.IndexFunc(st.Scenes, func(s fakelive.Scene) bool { return s.ID == preview })
			if i >= 0 {
				st.Scenes[i].Open = st.OnAir && o.needs(op.PreviewOpen, true)
			}
		})
		if err != nil {
			return err
		}
	}
	if o.needs(op.IsRecorded, false) {
		return w.record(o.needs(op.IsPaused, false))
	}
	return nil
}
