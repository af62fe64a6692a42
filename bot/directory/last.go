package directory

import (
	"cmp"
	"time"

	"casterbot/internal/authz"
	"casterbot/internal/op"

	"github.com/slack-go/slack"
)

// Last gives what Slack told last of a person and a channel, without asking it.
func (d *Directory) Last(person, team, channel string) (r authz.Remembered, ok bool) {
	found, known := d.people.Last(person)
	c, seen := d.shown.Last(channel)
	if !known || !seen {
		return r, false
	}
	r.Person, r.Channel, r.Asked = found.Value.Person, c.Value, oldest(found.Asked, c.Asked)
	if groups := d.groups(); len(groups) > 0 {
		all, ok := d.members.Last(everyGroup)
		if !ok {
			return r, false
		}
		r.Person, r.Asked = within(r.Person, groups, all.Value), oldest(r.Asked, all.Asked)
	}
	r.Person = d.of(r.Person, team)
	rooms, _ := d.rooms.Last(person)
	r.Rooms, r.RoomsAsked = rooms.Value, rooms.Asked
	return r, true
}

func oldest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Learn takes in what Slack tells unasked of somebody who has changed. It serves where Slack does not answer; whoever
// asks next asks Slack. What such news do not tell stays as it was, and so does everything by news that come late,
// after newer ones: Slack sends them again, and keeps no order. Of most people of a workspace there are such news, so
// those who have never been asked for are not kept: they would take the place of those who have.
func (d *Directory) Learn(u slack.User) {
	if _, known := d.people.Last(u.ID); !known {
		d.people.Forget(u.ID) // what is being asked is of before
		return
	}
	d.people.Learn(u.ID, func(old somebody) (somebody, bool) {
		now := personOf(u)
		now.Locale = cmp.Or(now.Locale, old.Locale)
		return now, now.updated >= old.updated
	})
}

// Moved drops which channels somebody is in, because they joined one. Who they are is as it was.
func (d *Directory) Moved(person string) { d.rooms.Forget(person) }

// Left drops what a channel is, because the bot is not in it any more. What it was when it was is still known.
func (d *Directory) Left(channel string) { d.channels.Forget(channel) }

// somebody is a person, and of when that is by Slack's clock.
type somebody struct {
	op.Person
	updated slack.JSONTime
}

func personOf(u slack.User) somebody {
	return somebody{updated: u.Updated, Person: op.Person{
		ID: u.ID, Team: u.TeamID, Guest: u.IsRestricted || u.IsUltraRestricted, External: u.IsStranger,
		Zone: u.TZ, Locale: u.Locale, Bot: u.IsBot || u.IsWorkflowBot || u.IsConnectorBot || u.ID == "USLACKBOT",
		Deleted: u.Deleted, Teams: teamsOf(u.Enterprise),
	}}
}
