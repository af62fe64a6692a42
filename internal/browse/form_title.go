package browse

import (
	"cmp"

	"casterbot/internal/op"
)

// formTitles are what forms do, by verb, in at most 24 characters.
var formTitles = map[string]op.Text{
	"caster.list":        "List studios",
	"caster.show":        "Show a studio",
	"caster.copy":        "Copy a studio",
	"caster.start":       "Start a studio",
	"caster.stop":        "Stop a studio",
	"caster.restart":     "Restart a studio",
	"caster.scene.start": "Open a PREVIEW",
	"caster.scene.stop":  "Close a PREVIEW",
	"caster.take":        "Take to PROGRAM",
	"caster.standby":     "Standby slate",
	"caster.lock":        "Lock a studio",
	"caster.unlock":      "Unlock a studio",
	"caster.break":       "Break a lock",
	"caster.ask":         "Ask for a studio",
	"caster.why":         "Is it allowed?",
	"caster.who":         "Who may?",
	"caster.history":     "History",
	"caster.board":       "On-air board",
	"record.status":      "Recording status",
	"record.files":       "Recorded files",
	"record.start":       "Start recording",
	"record.stop":        "Pause recording",
	"record.restart":     "Restart recording",
	"record.finish":      "Write the file",
}

func titleOf(verb string) string { return string(cmp.Or(formTitles[verb], "casterbot")) }
