package live

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/quota"
)

// lookupEvents is the one operation of ActionTrail that is called. It changes nothing in the account, and its RAM
// action is of another service than those of the table.
var lookupEvents = Action{Name: "LookupEvents"}

const (
	trailPage   = 50
	trailPages  = 4
	trailWithin = 15 * time.Second
	trailLayout = "2006-01-02T15:04:05Z"
	// from the first send of an operation to its last: one is repeated with its token for ten minutes
	calledWithin = 15 * time.Minute
)

// trailAPI is ActionTrail and its address in a region, unless another one is given.
func (c Config) trailAPI() (api, error) {
	address := c.TrailEndpoint
	if address == "" {
		address = "https://actiontrail." + c.Region + ".aliyuncs.com"
	}
	scheme, host, err := endpoint("CASTERBOT_ACTIONTRAIL_ENDPOINT", "https://actiontrail.cn-shanghai.aliyuncs.com",
		address)
	return api{"Actiontrail", "2020-07-06", scheme, host}, err
}

// TrailEvent is an entry of ActionTrail: that a change was asked of the service, by whom, and what became of it.
type TrailEvent struct {
	Name, RequestID, Code string
	At                    time.Time
	Type                  string // of who: ram-user, assumed-role, root-account
	User, Session         string // name of a user or of a role, and of the role's session
	Address               string // where it came from: an IP address, or the name of a service
	Params                map[string]string
}

// Called asks what became of a call. It is looked for by its id or by the session in which it was made.
// API: https://www.alibabacloud.com/help/en/actiontrail/developer-reference/api-actiontrail-2020-07-06-lookupevents
func (c *Client) Called(ctx context.Context, t op.Trace) (op.Recorded, error) {
	all, err := c.events(ctx, "EventName", t.Action, t.Since.Add(-time.Minute), t.Since.Add(calledWithin))
	best := op.Recorded{}
	for _, e := range all { // the latest first
		own := t.RequestID != "" && e.RequestID == t.RequestID || t.Session != "" && e.Session == t.Session
		if e.Name != t.Action || !own {
			continue
		}
		found := op.Recorded{Found: true, Done: e.Code == "", Code: e.Code, RequestID: e.RequestID, Session: e.Session,
			At: e.At, Refused: e.Code != "" && classify(400, e.Code) == Refused && !staleKeys(e.Code)}
		if found.Done {
			return found, nil
		}
		if !best.Found || found.Refused && !best.Refused {
			best = found
		}
	}
	return best, err
}

// Touched gives what was done to a caster in a time, by anybody, the latest first.
func (c *Client) Touched(ctx context.Context, caster string, from, to time.Time) ([]TrailEvent, error) {
	all, err := c.events(ctx, "EventRW", "Write", from, to)
	return slices.DeleteFunc(all, func(e TrailEvent) bool { return e.Params["CasterId"] != caster }), err
}

// events asks for those with an attribute, the latest first, page by page.
func (c *Client) events(ctx context.Context, key, value string, from, to time.Time) ([]TrailEvent, error) {
	if now := c.state.now(); now.After(from) && now.Before(to) {
		to = now
	}
	ctx, cancel := context.WithTimeout(ctx, trailWithin)
	defer cancel()
	ctx = quota.With(ctx, quota.Caller{Class: quota.Background})
	var all []TrailEvent
	p := params{{"LookupAttribute.1.Key", key}, {"LookupAttribute.1.Value", value}, {"Direction", "BACKWARD"},
		{"StartTime", from.UTC().Format(trailLayout)}, {"EndTime", to.Add(time.Second).UTC().Format(trailLayout)},
		{"MaxResults", "50"}}
	next := ""
	for range trailPages {
		asked := p
		if next != "" {
			asked = append(p[:len(p):len(p)], param{"NextToken", next})
		}
		body, failed := c.call(ctx, op.SendPermit{}, lookupEvents, asked, func() {})
		if failed != nil {
			return all, failed
		}
		var said struct {
			NextToken string
			Events    []json.RawMessage
		}
		if json.Unmarshal(body, &said) != nil {
			return all, fault(Unknown, lookupEvents.Name, "the answer does not have the form of this API", body)
		}
		for _, raw := range said.Events {
			all = append(all, trailEvent(raw))
		}
		if next = said.NextToken; next == "" || len(said.Events) < trailPage {
			break
		}
	}
	return all, nil
}

// trailEvent reads one event. What it says in another form than the documented one counts as not said.
func trailEvent(raw json.RawMessage) TrailEvent {
	var said struct {
		EventName, EventTime, RequestID, ErrorCode, SourceIPAddress text
		UserIdentity                                                struct{ Type, UserName, PrincipalID text }
		RequestParameters, RequestParameterJSON                     json.RawMessage
	}
	_ = json.Unmarshal(raw, &said)
	e := TrailEvent{Name: word(string(said.EventName)), RequestID: word(string(said.RequestID)),
		Code: word(string(said.ErrorCode)), Type: word(string(said.UserIdentity.Type)),
		User:    string(said.UserIdentity.UserName),
		Address: keys{}.redact(string(said.SourceIPAddress)), Params: map[string]string{}}
	e.At, _ = time.Parse(time.RFC3339, string(said.EventTime))
	if noError[strings.ToLower(e.Code)] {
		e.Code = ""
	}
	if e.Type == "assumed-role" {
		e.User, e.Session, _ = strings.Cut(e.User, ":")
		if _, session, ok := strings.Cut(string(said.UserIdentity.PrincipalID), ":"); ok && e.Session == "" {
			e.Session = session
		}
	}
	e.User, e.Session = keys{}.redact(e.User), keys{}.redact(e.Session)
	for _, form := range []json.RawMessage{said.RequestParameterJSON, said.RequestParameters} {
		var quoted string
		if json.Unmarshal(form, &quoted) == nil {
			form = json.RawMessage(quoted)
		}
		var all map[string]text
		if json.Unmarshal(form, &all) == nil {
			for name, value := range all {
				e.Params[name] = string(value)
			}
		}
	}
	return e
}

// text is a JSON text, or a number in its place; empty where there is something else.
type text string

func (t *text) UnmarshalJSON(raw []byte) error {
	var s string
	var n json.Number
	switch {
	case json.Unmarshal(raw, &s) == nil:
		*t = text(s)
	case json.Unmarshal(raw, &n) == nil:
		*t = text(n)
	}
	return nil
}
