package directory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"
)

// Slack gives rooms in pages; whoever is in more than these is shown the first ones.
const (
	roomsPerPage = 999
	roomPages    = 10
)

var errOldRooms = errors.New("only known from before")

// Rooms gives the ids of the channels that somebody is in: the public ones, and those private ones that the bot is in
// too, looked up after since, as in Person. What was known before does not serve when Slack does not answer: it decides
// who sees what.
func (d *Directory) Rooms(ctx context.Context, id string, since time.Time) ([]string, error) {
	rooms, err := d.rooms.Get(ctx, id, since, d.askRooms)
	if err == nil && rooms.Stale {
		err = errOldRooms
	}
	if err != nil {
		return nil, fmt.Errorf("look up the channels of %s: %w", id, err)
	}
	return rooms.Value, nil
}

// askRooms is docs.slack.dev/reference/methods/users.conversations.
func (d *Directory) askRooms(ctx context.Context, id string) ([]string, error) {
	var rooms []string
	params := slack.GetConversationsForUserParameters{
		UserID: id, Types: []string{"public_channel", "private_channel"}, Limit: roomsPerPage, ExcludeArchived: true,
	}
	for range roomPages {
		var channels []slack.Channel
		err := d.holds.call(ctx, "users.conversations", func() (err error) {
			channels, params.Cursor, err = d.api.GetConversationsForUserContext(ctx, &params)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, c := range channels {
			rooms = append(rooms, c.ID)
		}
		if params.Cursor == "" {
			break
		}
	}
	return rooms, nil
}
