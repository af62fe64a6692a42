package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"casterbot/internal/engine"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Directory looks people, user groups and channels up, one at a time: a workspace of ten thousand channels is never listed.
// Facts are kept for a minute; where somebody's right is decided for the last time the caller says since when they must have
// been looked up. Each is asked for once, whoever wants it: the members of a user group serve for everybody. When Slack does
// not answer, or asks to be left alone, facts of up to an hour come back marked as stale.
type Directory struct {
	api      *slack.Client
	holds    *holds
	groups   func() []string
	home     atomic.Value // string: the team that the bot belongs to, once known
	people   *cache[op.Person]
	members  *cache[[]string]
	channels *cache[op.Channel]
}

var _ engine.Directory = (*Directory)(nil)

// NewDirectory makes a directory. groups gives the ids of the user groups that matter: those of the policy in force.
func NewDirectory(c Config, groups func() []string) *Directory {
	c = c.filled()
	d := &Directory{api: c.api(), holds: newHolds(), groups: groups}
	d.people = newCache(c.Now, d.askPerson)
	d.members = newCache(c.Now, d.askGroup)
	d.channels = newCache(c.Now, d.askChannel)
	return d
}

// Person looks somebody up, with those groups of the policy that they are in.
func (d *Directory) Person(ctx context.Context, id, team string, since time.Time) (op.Person, error) {
	p, stale, err := d.people.get(ctx, id, since)
	if err != nil {
		return op.Person{}, fmt.Errorf("look up person %s: %w", id, err)
	}
	p.Stale = stale
	for _, group := range d.groups() {
		members, stale, err := d.members.get(ctx, group, since)
		if err != nil {
			return op.Person{}, fmt.Errorf("look up user group %s: %w", group, err)
		}
		p = within(p, group, members)
		p.Stale = p.Stale || stale
	}
	return d.of(p, team), nil
}

// of marks somebody as a stranger when the payload or Slack says that they belong elsewhere.
func (d *Directory) of(p op.Person, team string) op.Person {
	home, known := d.home.Load().(string)
	if !known {
		home = first(team, p.Team)
	}
	p.Stranger = p.Stranger || first(team, home) != home || first(p.Team, home) != home
	return p
}

// Channel looks a channel up.
func (d *Directory) Channel(ctx context.Context, id string, since time.Time) (op.Channel, error) {
	c, stale, err := d.channels.get(ctx, id, since)
	if err != nil {
		return op.Channel{}, fmt.Errorf("look up channel %s: %w", id, err)
	}
	c.Stale = stale
	return c, nil
}

// Glance gives what is at hand and not older than a minute, without asking Slack.
func (d *Directory) Glance(person, team, channel string) (op.Person, op.Channel, bool) {
	p, ok := d.people.glance(person)
	if !ok {
		return op.Person{}, op.Channel{}, false
	}
	c, ok := d.channels.glance(channel)
	if !ok {
		return op.Person{}, op.Channel{}, false
	}
	for _, group := range d.groups() {
		members, ok := d.members.glance(group)
		if !ok {
			return op.Person{}, op.Channel{}, false
		}
		p = within(p, group, members)
	}
	return d.of(p, team), c, true
}

// Forget drops what is known of a person, a group or a channel, because Slack says that it changed.
func (d *Directory) Forget(ids ...string) {
	for _, id := range ids {
		d.people.forget(id)
		d.members.forget(id)
		d.channels.forget(id)
	}
}

func within(p op.Person, group string, members []string) op.Person {
	if slices.Contains(members, p.ID) {
		p.Groups = append(p.Groups[:len(p.Groups):len(p.Groups)], group)
	}
	return p
}

// askPerson is docs.slack.dev/reference/methods/users.info.
func (d *Directory) askPerson(ctx context.Context, id string) (op.Person, error) {
	var u *slack.User
	err := d.holds.call("users.info", func() (err error) {
		u, err = d.api.GetUserInfoContext(ctx, id)
		return err
	})
	if err != nil {
		return op.Person{}, err
	}
	return op.Person{
		ID: u.ID, Team: u.TeamID, Guest: u.IsRestricted || u.IsUltraRestricted, Stranger: u.IsStranger,
		Bot: u.IsBot || u.IsWorkflowBot || u.IsConnectorBot || u.ID == "USLACKBOT", Deleted: u.Deleted,
	}, nil
}

// askGroup is docs.slack.dev/reference/methods/usergroups.users.list. Nobody is in a group that was deleted.
func (d *Directory) askGroup(ctx context.Context, id string) ([]string, error) {
	var members []string
	err := d.holds.call("usergroups.users.list", func() (err error) {
		members, err = d.api.GetUserGroupMembersContext(ctx, id)
		return err
	})
	if c := code(err); c == "no_such_subteam" || c == "subteam_not_found" {
		return nil, nil
	}
	return members, err
}

// errAbsent: Slack does not show the channel to the bot. That is an answer, but not one to keep.
var errAbsent = errors.New("not visible to the bot")

// unseen are Slack's answers for a private channel without the bot, and for direct messages, which the app may not read.
var unseen = map[string]bool{"channel_not_found": true, "missing_scope": true}

// askChannel is docs.slack.dev/reference/methods/conversations.info. Of a channel that the bot does not see it is not known
// whether strangers are in it, so it counts as shared.
func (d *Directory) askChannel(ctx context.Context, id string) (op.Channel, error) {
	var c *slack.Channel
	err := d.holds.call("conversations.info", func() (err error) {
		c, err = d.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		return err
	})
	if unseen[code(err)] {
		return op.Channel{ID: id, External: true}, errAbsent
	}
	if err != nil {
		return op.Channel{}, err
	}
	return op.Channel{
		ID: id, Name: c.Name, External: c.IsExtShared || c.IsPendingExtShared, Archived: c.IsArchived,
		Member: c.IsMember || c.IsIM || c.IsMpIM, // Slack shows direct messages to their members only, and does not say is_member
	}, nil
}
