package webapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/slack-go/slack"
)

// Fatal is an error that trying again cannot mend; its text says which variable to look at and what to do.
type Fatal struct {
	Code string // Slack's error code
	text string
}

func (f *Fatal) Error() string { return f.text }

// fatalCodes are Slack's answers after which somebody has to change the configuration
// (docs.slack.dev/reference/methods/apps.connections.open#errors).
var fatalCodes = map[string]string{
	"invalid_auth":            "%s is not a valid token of an installed app: copy it again from api.slack.com/apps",
	"not_authed":              "%s is empty or was not sent: copy it from api.slack.com/apps",
	"account_inactive":        "%s belongs to an app or a person that was removed: install the app again and copy the new token",
	"token_revoked":           "%s was revoked: make a new token at api.slack.com/apps",
	"token_expired":           "%s has expired: make a new token at api.slack.com/apps, with token rotation switched off",
	"not_allowed_token_type":  "%s is a token of the wrong kind: SLACK_APP_TOKEN begins with xapp-, SLACK_BOT_TOKEN with xoxb-",
	"missing_scope":           "%s lacks a scope: the app token needs connections:write, the bot token those of manifest.yml",
	"team_access_not_granted": "%s has no access to this workspace: ask an admin of the organisation to add the app to it",
	"no_permission":           "%s may not do this: check the scopes of the app at api.slack.com/apps",
	"access_denied":           "%s may not do this: check the scopes of the app at api.slack.com/apps",
	"socket_mode_not_enabled": "Socket Mode is switched off for the app of %s: switch it on at api.slack.com/apps, Socket Mode",
}

var ErrSocketModeOff = &Fatal{
	Code: "link_disabled",
	text: "Slack closes every socket at once: switch Socket Mode on for the app of SLACK_APP_TOKEN at api.slack.com/apps, Socket Mode",
}

// AppTokenError gives the error as one for people when no new try can mend it, else nil. It is for errors of the app
// token.
func AppTokenError(err error) error { return TokenError(err, "SLACK_APP_TOKEN") }

// TokenError is that of a token that the variable holds.
func TokenError(err error, variable string) error {
	if err == nil {
		return nil
	}
	if own, ok := errors.AsType[*Fatal](err); ok {
		return own
	}
	said := err.Error()
	if c := Code(err); c != "" {
		said = c
	}
	if text, ok := fatalCodes[said]; ok {
		return &Fatal{Code: said, text: fmt.Sprintf(text, variable) + " (" + said + ")"}
	}
	if Status(err) == http.StatusNotFound {
		return &Fatal{Code: "404",
			text: "SLACK_API_URL has no Slack API behind it (404): it is https://slack.com/api/ for Slack itself"}
	}
	return nil
}

// OrgWide is that of an app that was installed for a whole organisation. A policy is that of one workspace.
func OrgWide(team string) error {
	return &Fatal{Code: "org_wide", text: "SLACK_BOT_TOKEN belongs to an installation for the whole organisation " + team +
		": install the app in the one workspace of the crew, and use the token of that"}
}

// FatalOr makes an error for people out of any.
func FatalOr(err error) error {
	if f := AppTokenError(err); f != nil {
		return f
	}
	return fmt.Errorf("the connection to Slack ended: %w", Bare(err))
}

// Bare drops the address from an error of the network: it may hold what opens a socket or answers a person.
func Bare(err error) error {
	if named, ok := errors.AsType[*url.Error](err); ok {
		return named.Err
	}
	return err
}

// Code is Slack's error code, or empty.
func Code(err error) string {
	if said, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return said.Err
	}
	return ""
}

// Limited is how long Slack asks to be left alone.
func Limited(err error) (time.Duration, bool) {
	limited, ok := errors.AsType[*slack.RateLimitedError](err)
	if !ok {
		return 0, false
	}
	return limited.RetryAfter, true
}

// Status is that of an HTTP answer that is none of Slack's API; 0 for any other error.
func Status(err error) int {
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return status.Code
	}
	return 0
}
