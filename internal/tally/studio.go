// Package tally says how studios and recordings stand: what a look at the cloud showed, together with what the bot did
// itself. The API tells neither whether a standby picture is shown nor whether a recording runs, so boards, lists,
// cards and the bot's own page all ask here, and all say the same.
//
// It keeps true that what was seen since and contradicts what the bot did wins, and is said. It looks at nothing
// itself.
package tally

import (
	"slices"
	"strings"
	"time"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// What a plan keeps of what it saw just before its call.
const (
	PictureSeen = "shown"      // the picture of PROGRAM
	TakenSeen   = "taken"      // the picture that it is to get
	StartSeen   = "onAirSince" // a Moment: since when the studio was on air
)

const (
	// settled is how long after the send of a call a studio may still be seen as it was before.
	settled = time.Minute
	// SaidFor is how long it is said of something that has ended, or of a file that is there.
	SaidFor = time.Hour
	// clocks is how far apart the bot's clock and the cloud's may be.
	clocks = 2 * time.Minute
)

// Shown are the conditions of a studio against which a look can show something.
var Shown = []op.Condition{op.IsOnAir, op.StandbyShown, op.PictureTaken}

// Moment is a moment of the cloud as a plan keeps it; empty when the cloud tells none.
func Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// Program is the scene that viewers see, zero when the studio has none.
func Program(all []live.Scene) live.Scene {
	i := slices.IndexFunc(all, func(scene live.Scene) bool { return scene.Program })
	if i < 0 {
		return live.Scene{}
	}
	return all[i]
}

// ProgramUntold says why none of the scenes of a studio on air is known to be what viewers see; nothing where one is.
func ProgramUntold(all []live.Scene) op.Line {
	switch {
	case Program(all).ID != "":
		return nil
	case len(all) == 0:
		return op.L("ApsaraVideo Live lists none of its scenes")
	case slices.ContainsFunc(all, func(scene live.Scene) bool { return scene.Untold }):
		return op.L("ApsaraVideo Live does not say which of its scenes is PROGRAM")
	}
	return op.L("ApsaraVideo Live lists no PROGRAM scene of it")
}

// Picture is equal for scenes that show the same, empty for one that shows nothing. It is told by layout and
// components; that a take makes both equal is concluded from the API's words "copies the configuration".
func Picture(scene live.Scene) string {
	if scene.Layout == "" && len(scene.Components) == 0 {
		return ""
	}
	return op.Fingerprint(scene.Layout, slices.Sorted(slices.Values(scene.Components)))
}

// Against is what a look at a studio shows against what the bot did to it last, by condition; nothing where it shows
// nothing. The scenes may be nil when nobody looked at them. The moments of the cloud are held against each other where
// there are two: its clock is not the bot's.
func Against(c live.Caster, all []live.Scene, own op.Standing, x op.Condition, at time.Time) (op.Seen, bool) {
	seen, age := op.Seen{Op: own.Op, At: at}, at.Sub(own.Since)
	switch {
	case own.Since.IsZero() || own.Later.Ends() || age <= 0:
	case !own.Holds:
		if x == op.IsOnAir && c.OnAir && age >= settled {
			seen.Cause, seen.When = op.SeenOnAir, onAgain(c, own)
		}
	case !c.OnAir && !c.Untold && age >= settled:
		seen.Cause = op.SeenIdle
	case !c.OnAir:
	case x != op.PictureTaken && startedAnew(c, own, x):
		seen.Cause, seen.When = op.SeenStarted, c.Started
	case x == op.StandbyShown && age >= AtOnce && repainted(all, own), x == op.PictureTaken && age >= settled &&
		replaced(all, own):
		seen.Cause = op.SeenChanged
	}
	return seen, seen.Cause != ""
}

// Late reports a studio that is listed as idle although the bot has, or may have, put it on air a moment ago.
func Late(c live.Caster, on op.Standing, at time.Time) bool {
	return !c.OnAir && !c.Untold && JustStarted(on, at)
}

// JustStarted reports that the bot has, or may have, put a studio on air so lately that lists may not have it yet.
func JustStarted(on op.Standing, at time.Time) bool {
	last := on.Perhaps
	if on.Began() && on.Since.After(last) {
		last = on.Since
	}
	return !last.IsZero() && at.Sub(last) < settled
}

// onAgain is since when a studio is on air that the bot had stopped; zero when that is not told, or was before.
func onAgain(c live.Caster, own op.Standing) time.Time {
	if c.Started.Before(own.Since.Add(-clocks)) {
		return time.Time{}
	}
	return c.Started
}

// startedAnew reports a studio that is on air since a later moment than the one that was seen before the standby; than
// the start or restart itself, as far as clocks may differ.
func startedAnew(c live.Caster, own op.Standing, x op.Condition) bool {
	if x == op.IsOnAir {
		return c.Started.After(own.Since.Add(clocks))
	}
	before, err := time.Parse(time.RFC3339Nano, own.Seen[StartSeen])
	if err != nil {
		before = own.Since
	}
	return c.Started.After(before)
}

// repainted reports that PROGRAM has another picture than before the standby. One that a take before the standby may
// have brought was perhaps listed late, or came late.
func repainted(all []live.Scene, own op.Standing) bool {
	before, now := own.Seen[PictureSeen], Picture(Program(all))
	return before != "" && now != "" && now != before &&
		!slices.ContainsFunc(own.Before, func(seen map[string]string) bool { return now == seen[TakenSeen] })
}

// replaced reports that PROGRAM has another picture than the one that was taken to it.
func replaced(all []live.Scene, own op.Standing) bool {
	taken, now := own.Seen[TakenSeen], Picture(Program(all))
	return taken != "" && now != "" && now != taken
}

// Standby says that viewers of a studio that is on air, or may be, have its standby picture, by what the bot did and
// what was seen since; for an hour, that this has ended, and by what. The scenes may be nil when nobody looked at them.
func Standby(c live.Caster, all []live.Scene, own op.Standing, at time.Time) (says op.Line, up bool) {
	end, over := Against(c, all, own, op.StandbyShown, at)
	if own.Later.Ends() {
		end, over = own.Later, own.Holds
	}
	switch {
	case !c.OnAir && !c.Untold || over && at.Sub(end.At) >= SaidFor || !over && !own.Began():
		return nil, false
	case over:
		return op.L("standby of ", op.At(own.Since), " by ", op.Who(own.By), " has ended: ", cause(end, own)), false
	}
	line := op.L("⚠️ ", op.Strong("STANDBY"), " up since ", op.At(own.Since), " by ", op.Who(own.By))
	if own.Doubt != "" {
		return op.L(line, ", unless op ", op.V(own.Doubt), " has ended it: what became of that is not known"), true
	}
	return op.L(line, ", unless changed elsewhere"), true
}

// Known is what the bot did to a studio that says how it stands now: that viewers have its standby picture, and, where
// it is not told whether it is on air, that it was put there.
func Known(c live.Caster, all []live.Scene, own func(op.Condition) op.Standing, at time.Time) (says []op.Line,
	up bool) {
	line, up := Standby(c, all, own(op.StandbyShown), at)
	if len(line) > 0 {
		says = append(says, line)
	}
	if on := own(op.IsOnAir); c.Untold && !c.OnAir && on.Began() {
		says = append(says, op.L("put on air ", op.At(on.Since), " by ", op.Who(on.By)))
	}
	return says, up
}

// Over says on the card of an operation by what it was seen to be over.
func Over(end op.Seen, own op.Standing) op.Line {
	return op.L("Ended: ", cause(end, own), ".")
}

func cause(end op.Seen, own op.Standing) op.Line {
	switch {
	case end.Cause == op.SeenEnded:
		return op.L("ApsaraVideo Live lists nothing recorded after ", op.At(end.When))
	case end.Cause == op.SeenIdle:
		return op.L("the studio was off air at ", op.At(end.At))
	case end.Cause == op.SeenOnAir && end.When.IsZero():
		return op.L("the studio was on air at ", op.At(end.At))
	case end.Cause == op.SeenOnAir:
		return op.L("the studio has been on air again since ", op.At(end.When))
	case end.Cause == op.SeenStarted:
		return op.L("the studio was started anew at ", op.At(end.When))
	case own.Word: // perhaps it never had the one that was taken
		return op.L("at ", op.At(end.At), " PROGRAM had another picture")
	case own.Doubt != "":
		return op.L("at ", op.At(end.At), " PROGRAM had another picture, perhaps by op ", op.V(own.Doubt))
	}
	return op.L("at ", op.At(end.At), " PROGRAM had another picture, not through casterbot")
}

// Unsettled says that nobody knows whether an operation happened; nothing of none.
func Unsettled(o op.Operation) op.Line {
	if o.ID == "" {
		return nil
	}
	return op.L("⚠️ not known whether ", op.V(strings.ReplaceAll(o.Verb, ".", " ")), " happened, sent ", op.At(o.Sent),
		" by ", op.Who(o.Requester))
}
