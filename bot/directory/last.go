package directory

import (
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
	r.Person, r.Channel, r.Asked = found.Value, c.Value, oldest(found.Asked, c.Asked)
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
// asks next asks Slack. What such news do not tell stays as it was.
func (d *Directory) Learn(u slack.User) {
	p := personOf(u)
	if old, ok := d.people.Last(p.ID); ok && p.Locale == "" {
		p.Locale = old.Value.Locale
	}
	d.people.Learn(p.ID, p)
}

// Moved drops which channels somebody is in, because they joined one. Who they are is as it was.
func (d *Directory) Moved(person string) { d.rooms.Forget(person) }

// Left drops what a channel is, because the bot is not in it any more. What it was when it was is still known.
func (d *Directory) Left(channel string) { d.channels.Forget(channel) }

func personOf(u slack.User) op.Person {
	return op.Person{
		ID: u.ID, Team: u.TeamID, Guest: u.IsRestricted || u.IsUltraRestricted, External: u.IsStranger,
		Zone: u.TZ, Locale: u.Locale, Bot: u.IsBot || u.IsWorkflowBot || u.IsConnectorBot || u.ID == "USLACKBOT",
		Deleted: u.Deleted, Teams: teamsOf(u.Enterprise),
	}
}
