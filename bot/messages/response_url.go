package messages

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"casterbot/bot/render"
	"casterbot/bot/webapi"

	"github.com/slack-go/slack"
)

// slackHooks is where Slack's own response addresses live.
const slackHooks = "hooks.slack.com"

// responseURL answers at response addresses (docs.slack.dev/interactivity/handling-user-interaction#message_responses).
// An address comes from outside, so it is used only when it is Slack's or that of the configured API; redirects are not
// followed. The address is a capability: no error holds it.
type responseURL struct {
	client *http.Client
	api    string
}

var errForeignAddress = errors.New("the response address is not Slack's")

// allowed says whether an answer may be posted there.
func (h responseURL) allowed(address string) bool {
	to, err := url.Parse(address)
	if err != nil || to.User != nil || to.Opaque != "" {
		return false
	}
	api, err := url.Parse(h.api)
	if err != nil {
		return false
	}
	if to.Scheme == "https" && to.Host == slackHooks {
		return true
	}
	return to.Scheme == api.Scheme && to.Host == api.Host &&
		(to.Scheme == "https" || to.Scheme == "http" && webapi.Loopback(to.Hostname()))
}

// errRefused: Slack did not do it, and will not.
var errRefused = errors.New("the response address does not work")

// postWithin is how long an answer at a response address may take: there are other ways to the person.
const postWithin = 3 * time.Second

// post sends a message that only the person sees and that replaces nothing.
func (h responseURL) post(ctx context.Context, address string, m render.Message) error {
	ctx, cancel := context.WithTimeout(ctx, postWithin)
	defer cancel()
	keep := false
	body := m.Reply()
	body.Replace = &keep
	return h.send(ctx, address, body)
}

// replace edits the message that was clicked. Blocks and attachments are always given, as for chat.update.
func (h responseURL) replace(ctx context.Context, address string, m render.Message) error {
	return h.send(ctx, address, struct {
		Replace     bool               `json:"replace_original"`
		Text        string             `json:"text"`
		Blocks      []slack.Block      `json:"blocks"`
		Attachments []slack.Attachment `json:"attachments"`
	}{true, m.Text, m.Blocks, m.Attachments()})
}

func (h responseURL) send(ctx context.Context, address string, body any) error {
	if !h.allowed(address) {
		return errForeignAddress
	}
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("draw an answer: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(data))
	if err != nil {
		return errForeignAddress
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := h.client.Do(req)
	if err != nil {
		if hidden, ok := errors.AsType[*url.Error](err); ok {
			err = hidden.Err
		}
		return fmt.Errorf("answer: %w", err)
	}
	defer resp.Body.Close()
	return taken(resp)
}

// taken reads whether Slack took the answer: it says so in the body, as "ok" or as JSON, and uses status 200 for both.
func taken(resp *http.Response) error {
	data, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if resp.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("answer: status %d", resp.StatusCode)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: status %d", errRefused, resp.StatusCode)
	}
	var said struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	if json.Unmarshal(data, &said) == nil && said.OK != nil && !*said.OK {
		return fmt.Errorf("%w: %w", errRefused, slack.SlackErrorResponse{Err: render.Clean(said.Error, render.MaxName)})
	}
	return nil
}
