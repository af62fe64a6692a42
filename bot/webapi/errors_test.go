package webapi

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func TestFatal(t *testing.T) {
	for name := range fatalCodes {
		for _, err := range []error{errors.New(name), slack.SlackErrorResponse{Err: name},
			fmt.Errorf("wrapped: %w", slack.SlackErrorResponse{Err: name})} {
			f, ok := errors.AsType[*Fatal](AppTokenError(err))
			if !ok || f.Code != name || !strings.Contains(f.Error(), "SLACK_APP_TOKEN") || strings.Contains(f.Error(), "%!") {
				t.Errorf("%s: %v", name, AppTokenError(err))
			}
		}
	}
	if err := AppTokenError(slack.StatusCodeError{Code: 404}); err == nil ||
		!strings.Contains(err.Error(), "SLACK_API_URL") {
		t.Errorf("404: %v", err)
	}
	for _, err := range []error{nil, errors.New("internal_error"), &slack.RateLimitedError{},
		slack.StatusCodeError{Code: 503}, &url.Error{Op: "Post", URL: "x", Err: io.ErrUnexpectedEOF}} {
		if f := AppTokenError(err); f != nil {
			t.Errorf("%v is fatal: %v", err, f)
		}
	}
	if err := FatalOr(&url.Error{Op: "Post", URL: "https://x?ticket=canary", Err: io.ErrUnexpectedEOF}); strings.Contains(
		err.Error(), "canary") || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}
