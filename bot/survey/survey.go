// Package survey says what a pair of tokens can do and what there is in its workspace, to whoever sets casterbot up.
//
// It keeps true: it only looks, it opens no socket, and no error of it holds a token. The bot that runs does not use
// it: it lists a workspace, which a bot never does.
package survey

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/sleep"

	"github.com/slack-go/slack"
)

// Most of a workspace that is listed, in pages.
const (
	perPage   = 999
	mostPages = 10
)

// Bot is who a bot token speaks for.
type Bot struct {
	webapi.Identity
	App string // the id of its app; empty when Slack does not tell
}

// Channel is one that the bot is in.
type Channel struct {
	ID, Name string
	Private  bool
	Shared   bool // with another organisation
}

// Group is a user group.
type Group struct {
	ID, Handle, Name string
	People           int
}

// Person is somebody who could use the bot.
type Person struct {
	ID, Handle, Name string
	Guest, External  bool
}

// Survey asks one workspace.
type Survey struct {
	config webapi.Config
	api    *slack.Client
}

// New makes one for two tokens, either of which may be missing. The address is that of Slack's Web API.
func New(address, appToken, botToken string) *Survey {
	c := webapi.Config{APIURL: address, AppToken: appToken, BotToken: botToken, HTTP: webapi.HTTPClient()}.Filled()
	return &Survey{config: c, api: c.Api()}
}

// Bot says who the bot token speaks for, and of which app it is, where Slack tells it.
func (s *Survey) Bot(ctx context.Context) (Bot, error) {
	me, err := s.config.Identify(ctx)
	if err != nil {
		return Bot{}, plain("the bot token", err)
	}
	b := Bot{Identity: me}
	b.App, _ = s.config.App(ctx, me.Bot) // it needs a scope, which may be missing
	return b, nil
}

// App asks whether the app token can open a socket. None is opened.
func (s *Survey) App(ctx context.Context) error {
	_, err := s.config.OpenSocket(ctx)
	return plain("the app token", err)
}

// plain is an error for people, without an address that may open something.
func plain(token string, err error) error {
	switch fatal := webapi.TokenError(err, token); {
	case err == nil:
		return nil
	case fatal != nil:
		return fatal
	case webapi.Code(err) != "":
		return fmt.Errorf("the workspace refuses it: %s", webapi.Code(err))
	}
	return fmt.Errorf("no answer from Slack: %w", webapi.Bare(err))
}

// Channels are those that the bot is in, without archived ones, by name.
func (s *Survey) Channels(ctx context.Context) ([]Channel, error) {
	var all []Channel
	params := slack.GetConversationsForUserParameters{
		Types: []string{"public_channel", "private_channel"}, Limit: perPage, ExcludeArchived: true}
	err := pages(ctx, func() (more bool, err error) {
		var found []slack.Channel
		found, params.Cursor, err = s.api.GetConversationsForUserContext(ctx, &params)
		for _, c := range found {
			all = append(all, Channel{ID: c.ID, Name: c.Name, Private: c.IsPrivate, Shared: c.IsExtShared})
		}
		return params.Cursor != "", err
	})
	slices.SortFunc(all, func(a, b Channel) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

// Groups are the workspace's user groups, by handle; none in a plan of Slack that has none.
func (s *Survey) Groups(ctx context.Context) ([]Group, error) {
	var all []Group
	err := pages(ctx, func() (bool, error) {
		found, err := s.api.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeCount(true))
		if webapi.Code(err) == "paid_teams_only" {
			return false, nil
		}
		for _, g := range found {
			all = append(all, Group{ID: g.ID, Handle: g.Handle, Name: g.Name, People: g.UserCount})
		}
		return false, err
	})
	slices.SortFunc(all, func(a, b Group) int { return strings.Compare(a.Handle, b.Handle) })
	return all, err
}

// People are those of the workspace who can act, without bots and deactivated accounts, by name. Of a workspace of more
// than ten thousand some are left out.
func (s *Survey) People(ctx context.Context) ([]Person, error) {
	var all []Person
	page := s.api.GetUsersPaginated(slack.GetUsersOptionLimit(perPage))
	err := pages(ctx, func() (bool, error) {
		next, err := page.Next(ctx)
		if page.Done(err) {
			return false, nil
		}
		if err != nil {
			return true, err
		}
		page = next
		for _, u := range page.Users {
			if !u.Deleted && !u.IsBot && !u.IsWorkflowBot && u.ID != "USLACKBOT" {
				all = append(all, person(u))
			}
		}
		return true, nil
	})
	slices.SortFunc(all, func(a, b Person) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

func person(u slack.User) Person {
	p := Person{ID: u.ID, Handle: u.Name, Name: u.RealName, Guest: u.IsRestricted || u.IsUltraRestricted,
		External: u.IsStranger}
	if u.Profile.DisplayName != "" {
		p.Handle = u.Profile.DisplayName
	}
	return p
}

// pages asks for one page after the other, waiting where Slack wants to be left alone.
func pages(ctx context.Context, ask func() (more bool, err error)) error {
	for range mostPages {
		more, err := ask()
		if wait, ok := webapi.Limited(err); ok {
			if err := sleep.For(ctx, wait); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return plain("the bot token", err)
		}
		if !more {
			return nil
		}
	}
	return nil
}

// Within is how long one question may take.
const Within = 20 * time.Second
