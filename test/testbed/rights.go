package testbed

import (
	"fmt"
	"strings"
)

// Intruder is in every channel of the seed without the right to change anything.
const Intruder = "U0PIA"

// Rights is a policy by which a crew (ids of people and user groups, separated by commas) may do everything in these
// channels. What viewers may notice needs a second person of the crew.
func Rights(crew string, channels ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\ngroups:\n  crew: [%s]\nchannels:\n", crew)
	for _, channel := range channels {
		fmt.Fprintf(&b, "  %s:\n%s", channel, rightsOfOne)
	}
	return b.String()
}

const rightsOfOne = `    studios: ["Evening *"]
    streams: {main: live.example.com/show/main, backup: live.example.com/show/backup}
    default: {studio: "Evening News", stream: main}
    grants:
      - who: [crew]
        may: ["caster.*", "record.*"]
        confirm: {idle: self, on_air: other}
        approvers: [crew]
      - who: [` + Intruder + `]
        may: [caster.list, caster.show]
`

// Rooms adds so many channels to the workspace, with the bot and these people in them, and gives their ids. Slack takes
// about one message a second in a channel, so a load needs many.
func (w *World) Rooms(n int, people ...string) []string {
	ids := RoomIDs(n)
	for i, id := range ids {
		w.Slack.AddChannel(id, fmt.Sprintf("show-%d", i), false, append([]string{bot}, people...)...)
	}
	return ids
}

// RoomIDs are the ids that Rooms gives.
func RoomIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("C0ROOM%03d", i)
	}
	return ids
}
