package op

import "slices"

// Condition is something about a target that lasts until something ends it. The guardian stores some of these names.
type Condition string

// The conditions.
const (
	Exists       Condition = "exists"    // there is such a studio; what ends it ends all else about the studio
	IsOnAir      Condition = "studio"    // viewers have the programme of a studio
	PreviewOpen  Condition = "preview"   // one PREVIEW scene, or all of the studio where a call names none
	IsRecorded   Condition = "recording" // a stream, until its recording is paused or ends
	IsPaused     Condition = "paused"    // its recording waits for more material, or for its file
	IsLocked     Condition = "locked"    // somebody keeps a studio for themselves, by the bot's own record
	StandbyShown Condition = "standby"   // viewers have the standby picture in place of the programme
	PictureTaken Condition = "picture"   // PROGRAM has the picture that was taken to it, under a standby picture too
)

// After says how a call leaves a condition of its target; known is false when it leaves it as it was.
func (c Command) After(x Condition) (holds, known bool) { return c.tells(x, c.Starts, c.Ends) }

// Before says how a condition is where the call makes sense; known is false when it does not matter. What is ended is
// there before, also when it is started again; a studio that ceases to exist is idle before.
func (c Command) Before(x Condition) (holds, known bool) { return c.tells(x, c.Ends, c.Starts) }

func (c Command) tells(x Condition, there, gone []Condition) (holds, known bool) {
	holds = slices.Contains(there, x)
	return holds, holds || slices.Contains(gone, x) || slices.Contains(c.Ends, Exists)
}

// Touches reports whether the call ends a condition or starts it anew. A recording that goes on is not paused any more.
func (c Command) Touches(x Condition) bool {
	_, known := c.After(x)
	return known || x == IsPaused && slices.Contains(c.Starts, IsRecorded)
}

// Changes reports whether the call changes its target in the cloud. One that makes another studio leaves its own as it
// was.
func (c Command) Changes() bool { return c.Sends != "" && !slices.Contains(c.Starts, Exists) }
