package monitor

import (
	"cmp"
	"slices"
	"strings"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// What a board shows while a look fails: what the bot itself did and keeps does not depend on that.

// known are the targets of a kind to which the bot did something, or which somebody keeps, in the order of their names
// of then.
func (v boardView) known(kind string, inScope func(op.Target) bool) []op.Target {
	var all []op.Target
	add := func(t op.Target) {
		if t.Kind == kind && inScope(t) &&
			!slices.ContainsFunc(all, func(other op.Target) bool { return other.Key() == t.Key() }) {
			all = append(all, t)
		}
	}
	for _, o := range slices.Backward(v.own) { // the latest name counts
		add(o.Plan.Target)
	}
	for _, l := range v.locks {
		add(l.Target)
	}
	slices.SortFunc(all, func(a, b op.Target) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return all
}

// unseenStudios are rows for the studios of which the bot knows something that stands.
func (v boardView) unseenStudios() []row {
	var all []live.Caster
	for _, t := range v.known("caster", func(t op.Target) bool { return v.scope.Studio(t.ID, t.Name) }) {
		all = append(all, live.Caster{ID: t.ID, Name: cmp.Or(t.Name, t.ID)})
	}
	var rows []row
	for _, c := range all {
		if r := v.studio(c, all); len(r.item.Facts) > 1 {
			rows = append(rows, r)
		}
	}
	return rows
}

// unseen says what the bot did to a studio that could not be looked at.
func (v boardView) unseen(r row, c live.Caster, t op.Target) row {
	r.rank, r.item.Mark, r.item.Facts = rankUntold, op.MarkUnknown, []op.Line{op.L("could not be looked at")}
	c.Untold = true
	return v.stands(r, c, t)
}

// streams are those that a board shows, and those of which something stands by what the bot did, while their domain
// could not be looked at.
func (v boardView) streams() []named {
	all := v.snapshot.shown(v.scope)
	for _, t := range v.known("stream", func(t op.Target) bool { return v.scope.Stream(t.ID) }) {
		n := named{streamOf(t.ID), nameIn(v.scope, t)}
		_, seen := v.live(n.of)
		if seen || slices.ContainsFunc(all, func(other named) bool { return other.of == n.of }) {
			continue
		}
		if r, _ := v.stream(n); len(r.item.Facts) > 1 {
			all = append(all, n)
		}
	}
	return all
}
