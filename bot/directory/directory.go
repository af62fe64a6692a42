package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/authz"
	"casterbot/internal/cache"
	"casterbot/internal/op"
	"casterbot/internal/sleep"

	"github.com/slack-go/slack"
)

// Directory looks people, user groups and channels up, one at a time: a workspace of ten thousand channels is never
// listed. Facts are kept for a minute; where somebody's right is decided for the last time the caller says since when
// they must have been looked up. Each is asked for once, whoever wants it: the members of all user groups come in one
// answer, because Slack answers some twenty questions about groups a minute and no more, and serve for everybody. When
// Slack does not answer, or asks to be left alone, facts of up to an hour come back marked as stale.
type Directory struct {
	api      *slack.Client
	holds    methodLimits
	now      func() time.Time
	queries  groupRate // of questions about groups
	groups   func() []string
	home     atomic.Value // string: the team that the bot belongs to, once known
	people   *cache.Cache[string, somebody]
	members  *cache.Cache[string, members] // one answer, by the id everyGroup
	channels *cache.Cache[string, op.Channel]
	shown    *cache.Cache[string, op.Channel] // as Slack showed them last, also those that it does not show any more
	rooms    *cache.Cache[string, []string]
}

// How long facts are good, and how long they serve when nobody answers.
const (
	goodFor   = time.Minute
	renewAt   = 45 * time.Second // what is still in use by then is asked for again
	staleFor  = time.Hour
	askWithin = 5 * time.Second
	maxFacts  = 10000
)

// members are the ids of the people in each user group.
type members map[string][]string

const everyGroup = "usergroups"

var _ authz.Directory = (*Directory)(nil)

// New makes a directory. groups gives the ids of the user groups that matter: those of the policy in force.
func New(c webapi.Config, groups func() []string) *Directory {
	c = c.Filled()
	d := &Directory{api: c.Api(), now: c.Now, groups: groups,
		holds: methodLimits{now: time.Now, pause: sleep.For, until: map[string]time.Time{}}}
	ages := cache.Config{Now: c.Now, Good: goodFor, Renew: renewAt, Stale: staleFor, Within: askWithin, Most: maxFacts,
		Gone: isGone}
	d.people, d.members = cache.New[string, somebody](ages), cache.New[string, members](ages)
	d.shown = cache.New[string, op.Channel](ages)
	d.channels, d.rooms = cache.New[string, op.Channel](ages), cache.New[string, []string](ages)
	return d
}

// gone are the answers that mean: no such thing.
var gone = map[string]bool{"user_not_found": true, "user_not_visible": true, "users_not_found": true}

func isGone(err error) bool { return errors.Is(err, errAbsent) || gone[webapi.Code(err)] }

// SetTeam tells the team that the bot belongs to.
func (d *Directory) SetTeam(id string) { d.home.Store(id) }

// Person looks somebody up, with those groups of the policy that they are in. Both questions are asked side by side.
func (d *Directory) Person(ctx context.Context, id, team string, since time.Time) (op.Person, error) {
	groups := d.groups()
	var known cache.Answer[members]
	var groupsErr error
	var asked sync.WaitGroup
	if len(groups) > 0 {
		enough := d.queries.since(since, d.now())
		asked.Go(func() { known, groupsErr = d.members.Get(ctx, everyGroup, enough, d.askGroups) })
	}
	found, err := d.people.Get(ctx, id, since, d.askPerson)
	asked.Wait()
	if err != nil {
		return op.Person{}, fmt.Errorf("look up person %s: %w", id, err)
	}
	if groupsErr != nil {
		return op.Person{}, fmt.Errorf("look up user groups: %w", groupsErr)
	}
	p := within(found.Value.Person, groups, known.Value)
	p.Stale = found.Stale || known.Stale
	return d.of(p, team), nil
}

// of marks somebody as a stranger when the payload or Slack says that they belong elsewhere.
func (d *Directory) of(p op.Person, team string) op.Person {
	home, known := d.home.Load().(string)
	if !known {
		home = cmp.Or(team, p.Team)
	}
	p.External = p.External || !sameTeam(p, cmp.Or(team, home), home) || !sameTeam(p, cmp.Or(p.Team, home), home)
	return p
}

// UserGroups looks up who is in each user group of the workspace; one that was deleted or switched off is not in it.
func (d *Directory) UserGroups(ctx context.Context) (map[string][]string, error) {
	known, err := d.members.Get(ctx, everyGroup, time.Time{}, d.askGroups)
	if err != nil {
		return nil, fmt.Errorf("look up user groups: %w", err)
	}
	return known.Value, nil
}

// IsUnknown reports the error of Person for somebody whom Slack does not show.
func IsUnknown(err error) bool { return isGone(err) }

// Channel looks a channel up.
func (d *Directory) Channel(ctx context.Context, id string, since time.Time) (op.Channel, error) {
	found, err := d.channels.Get(ctx, id, since, d.askChannel)
	if err != nil && !errors.Is(err, errAbsent) {
		return op.Channel{}, fmt.Errorf("look up channel %s: %w", id, err)
	}
	c := found.Value
	c.Stale = found.Stale
	return c, nil
}

// Peek gives what is at hand and was asked for after since, without asking Slack; a zero since means the last minute.
func (d *Directory) Peek(person, team, channel string, since time.Time) (op.Person, op.Channel, bool) {
	found, ok := d.people.Peek(person, since, d.askPerson)
	if !ok {
		return op.Person{}, op.Channel{}, false
	}
	c, ok := d.channels.Peek(channel, since, d.askChannel)
	if !ok {
		return op.Person{}, op.Channel{}, false
	}
	p := found.Value.Person
	if groups := d.groups(); len(groups) > 0 {
		known, ok := d.members.Peek(everyGroup, since, d.askGroups)
		if !ok {
			return op.Person{}, op.Channel{}, false
		}
		p = within(p, groups, known.Value)
	}
	return d.of(p, team), c.Value, true
}

// Locale gives somebody's language and country as they have set them in Slack ("zh-CN"), and whether they have been
// looked up. It asks nobody, and does not mind that it may be old.
func (d *Directory) Locale(person string) (string, bool) {
	p, ok := d.people.Last(person)
	return p.Value.Locale, ok
}

// Meet looks somebody up who has never been. What Slack does not tell stays unknown.
func (d *Directory) Meet(ctx context.Context, person string) {
	if _, ok := d.people.Last(person); !ok {
		_, _ = d.people.Get(ctx, person, time.Time{}, d.askPerson)
	}
}

// Forget drops what is known of a person, a group or a channel, because Slack says that it changed.
func (d *Directory) Forget(ids ...string) {
	for _, id := range ids {
		d.people.Forget(id)
		d.channels.Forget(id)
		d.shown.Forget(id)
		d.rooms.Forget(id)
		if slices.Contains(d.groups(), id) {
			d.members.Forget(everyGroup)
		}
	}
}

// within says which of the groups somebody is in.
func within(p op.Person, groups []string, members members) op.Person {
	p.Groups = nil
	for _, group := range groups {
		if slices.Contains(members[group], p.ID) {
			p.Groups = append(p.Groups, group)
		}
	}
	return p
}

// askPerson is docs.slack.dev/reference/methods/users.info.
func (d *Directory) askPerson(ctx context.Context, id string) (somebody, error) {
	var u *slack.User
	err := d.holds.call(ctx, "users.info", func() (err error) {
		u, err = d.api.GetUserInfoContext(ctx, id)
		return err
	})
	if err != nil {
		return somebody{}, err
	}
	return personOf(*u), nil
}

// teamsOf are the workspaces of an Enterprise Grid in which somebody is, and the organisation itself: payloads name any
// of them.
func teamsOf(u slack.EnterpriseUser) []string {
	if u.EnterpriseID == "" {
		return nil
	}
	return append(slices.Clone(u.Teams), u.EnterpriseID)
}

// sameTeam reports a team that is the bot's own, or another one of somebody who is in the bot's own too.
func sameTeam(p op.Person, team, home string) bool {
	return team == home || slices.Contains(p.Teams, home) && slices.Contains(p.Teams, team)
}

// askGroups is docs.slack.dev/reference/methods/usergroups.list. A group that was deleted or switched off is not in the
// answer: nobody is in it.
func (d *Directory) askGroups(ctx context.Context, _ string) (members, error) {
	d.queries.add(d.now())
	var groups []slack.UserGroup
	err := d.holds.call(ctx, "usergroups.list", func() (err error) {
		groups, err = d.api.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true))
		return err
	})
	if err != nil {
		return nil, err
	}
	known := make(members, len(groups))
	for _, g := range groups {
		if g.DateDelete == 0 {
			known[g.ID] = g.Users
		}
	}
	return known, nil
}

// errAbsent: Slack does not show the channel to the bot. That is an answer, but not one to keep.
var errAbsent = errors.New("not visible to the bot")

// unseen are Slack's answers for a private channel without the bot, and for direct messages, which the app may not
// read.
var unseen = map[string]bool{"channel_not_found": true, "missing_scope": true}

// askChannel is docs.slack.dev/reference/methods/conversations.info. Of a channel that the bot does not see it is not
// known whether strangers are in it, so it counts as shared.
func (d *Directory) askChannel(ctx context.Context, id string) (op.Channel, error) {
	var c *slack.Channel
	show := d.shown.Expect(id)
	err := d.holds.call(ctx, "conversations.info", func() (err error) {
		c, err = d.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		return err
	})
	if unseen[webapi.Code(err)] {
		return op.Channel{ID: id, External: true, Hidden: true}, errAbsent
	}
	if err != nil {
		return op.Channel{}, err
	}
	known := op.Channel{
		ID: id, Name: c.Name, External: c.IsExtShared || c.IsPendingExtShared, Archived: c.IsArchived,
		// Slack shows direct messages to their members only, and does not say is_member
		Member: c.IsMember || c.IsIM || c.IsMpIM, Direct: c.IsIM || c.IsMpIM,
	}
	show(known)
	return known, nil
}
