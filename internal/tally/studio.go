// Package tally says how studios and recordings stand: what a look at the cloud showed, together with what the bot did
// itself. The API tells neither whether a standby picture is shown nor whether a recording runs, so boards, lists,
// cards and the bot's own page all ask here, and all say the same.
//
// It keeps true that what was seen since and contradicts what the bot did wins, and is said. It looks at nothing
// itself.
package tally

import (
	"slices"

	"casterbot/internal/live"
	"casterbot/internal/op"
)

// PictureSeen is where a plan keeps the picture of PROGRAM just before its call.
const PictureSeen = "shown"

// Program is the scene that viewers see, zero when the studio has none.
func Program(all []live.Scene) live.Scene {
	i := slices.IndexFunc(all, func(scene live.Scene) bool { return scene.Program })
	if i < 0 {
		return live.Scene{}
	}
	return all[i]
}

// Picture is equal for scenes that show the same, empty for one that shows nothing. It is told by layout and
// components; that a take makes both equal is concluded from the API's words "copies the configuration".
func Picture(scene live.Scene) string {
	if scene.Layout == "" && len(scene.Components) == 0 {
		return ""
	}
	return op.Fingerprint(scene.Layout, slices.Sorted(slices.Values(scene.Components)))
}

// Standby says that viewers of a studio have its standby picture, by what the bot did; nothing when they have not. The
// scenes may be nil when nobody looked at them.
func Standby(c live.Caster, all []live.Scene, own op.Standing) op.Line {
	if !c.OnAir || !own.Began() || c.Started.After(own.Since) {
		return nil
	}
	line := op.L("⚠️ ", op.Strong("STANDBY"), " up since ", op.At(own.Since), " by ", op.Who(own.By))
	before, now := own.Seen[PictureSeen], Picture(Program(all))
	other := before != "" && now != "" && before != now
	switch {
	case other && own.Doubt != "":
		return op.L("⚠️ on standby since ", op.At(own.Since), " by ", op.Who(own.By),
			", but PROGRAM has another picture since, perhaps by op ", op.V(own.Doubt))
	case other:
		return op.L("⚠️ on standby since ", op.At(own.Since), " by ", op.Who(own.By),
			", but PROGRAM was given another picture since, not through casterbot")
	case own.Doubt != "":
		return op.L(line, ", unless op ", op.V(own.Doubt), " has ended it: what became of that is not known")
	}
	return op.L(line, ", unless changed elsewhere")
}
