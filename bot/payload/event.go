package payload

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// callback is what we read of an Events API payload (docs.slack.dev/apis/events-api).
type callback struct {
	TeamID  string     `json:"team_id"`
	EventID string     `json:"event_id"`
	Event   slackEvent `json:"event"`
}

type slackEvent struct {
	Type       string          `json:"type"`
	Subtype    string          `json:"subtype"`
	User       json.RawMessage `json:"user"` // an id, or an object in user_change
	BotID      string          `json:"bot_id"`
	Text       string          `json:"text"`
	TS         string          `json:"ts"`
	ThreadTS   string          `json:"thread_ts"`
	Channel    json.RawMessage `json:"channel"` // an id, or an object in channel_rename
	Tab        string          `json:"tab"`
	Team       string          `json:"team"`
	UserTeam   string          `json:"user_team"`
	SourceTeam string          `json:"source_team"`
	Edited     json.RawMessage `json:"edited"`
	OldChannel string          `json:"old_channel_id"`
	NewChannel string          `json:"new_channel_id"`
	Subteam    json.RawMessage `json:"subteam_id"`
}

// changes are the events after which what we know of a channel, a group or a person is old.
var changes = map[string]bool{
	"channel_id_changed": true, "channel_shared": true, "channel_unshared": true, "channel_archive": true,
	"channel_unarchive": true, "channel_rename": true, "group_archive": true, "group_unarchive": true,
	"group_rename": true, "member_joined_channel": true, "subteam_members_changed": true,
}

func (id Identity) event(in callback, envelope string, now time.Time) (Event, error) {
	e := in.Event
	key := "event-" + cmp.Or(in.EventID, envelope)
	switch {
	case e.Type == "app_mention":
		return id.mention(in, key, now)
	case e.Type == "app_home_opened" && e.Tab != "messages":
		to := op.Address{Person: idOf(e.User), At: now}
		r := op.Request{Key: key, Origin: op.Origin{Team: id.Team, PersonTeam: cmp.Or(e.UserTeam, in.TeamID), Address: to}}
		return Event{Key: key, Home: &r}, nil
	case e.Type == "user_change":
		u := slack.User{}
		if json.Unmarshal(e.User, &u) != nil || u.ID == "" || u.TeamID == "" { // it is not told how
			return Event{Key: key, Forget: []string{idOf(e.User)}}, nil
		}
		return Event{Key: key, Changed: &u}, nil
	case e.Type == "member_joined_channel" && idOf(e.User) != id.User: // the channel is as it was
		return Event{Key: key, Moved: idOf(e.User)}, nil
	case e.Type == "channel_left" || e.Type == "group_left":
		return Event{Key: key, Left: idOf(e.Channel)}, nil
	case changes[e.Type]:
		back := ""
		if e.Type == "member_joined_channel" || strings.HasSuffix(e.Type, "_unarchive") {
			back = idOf(e.Channel)
		}
		return Event{Key: key, Back: back,
			Forget: []string{idOf(e.Channel), e.OldChannel, e.NewChannel, idOf(e.Subteam), idOf(e.User)}}, nil
	}
	return Event{Ignored: "event of another kind"}, nil
}

// messageTime is the moment of a message id: seconds, a dot and a counter.
func messageTime(ts string, now time.Time) time.Time {
	seconds, _, _ := strings.Cut(ts, ".")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || unix <= 0 {
		return now
	}
	if at := time.Unix(unix, 0); at.Before(now) {
		return at
	}
	return now
}

// idOf reads an id that is a string, or the id of an object.
func idOf(raw json.RawMessage) string {
	var id string
	if json.Unmarshal(raw, &id) == nil {
		return id
	}
	var object named
	if json.Unmarshal(raw, &object) == nil {
		return object.ID
	}
	return ""
}
