package payload

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"
)

// What comes from the bot's organisation is taken, whichever of its workspaces it names; people are judged later.
func TestPayloadsOfAGrid(t *testing.T) {
	for _, c := range []struct {
		enterprise, team, of string
		taken                bool
	}{
		{"", "T0SHOW", "", true}, {"", "T0NEWS", "", false}, {"", "E0ORG", "", false}, {"", "T0NEWS", "E0ORG", false},
		{"E0ORG", "T0SHOW", "E0ORG", true}, {"E0ORG", "E0ORG", "", true}, {"E0ORG", "E0ELSE", "", false},
		{"E0ORG", "T0NEWS", "E0ELSE", false},
	} {
		id := Identity{Team: "T0SHOW", Enterprise: c.enterprise, User: "U0BOT"}
		slash, err := id.Decode("slash_commands", "e", json.RawMessage(fmt.Sprintf(
			`{"team_id":%q,"enterprise_id":%q,"user_id":"U1","channel_id":"C1","command":"/caster"}`, c.team, c.of)), time.Time{})
		if c.taken != (slash.Request != nil) || !c.taken && !errors.Is(err, errOtherTeam) {
			t.Errorf("slash %+v: %v", c, err)
		}
		mention, _ := id.Decode("events_api", "e", json.RawMessage(fmt.Sprintf(`{"team_id":%q,"event_id":"Ev1","event":`+
			`{"type":"app_mention","user":"U1","channel":"C1","ts":"1.0","text":"<@U0BOT> caster list"}}`, c.team)), time.Time{})
		if c.taken != (mention.Request != nil) {
			t.Errorf("mention %+v: %+v", c, mention)
		}
		if c.taken && (slash.Request.Team != "T0SHOW" || slash.Request.PersonTeam != c.team) {
			t.Errorf("%+v: %+v", c, slash.Request.Origin)
		}
	}
}
