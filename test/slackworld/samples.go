package slackworld

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"casterbot/internal/op"
)

// T0 is when everything was asked for.
var T0 = time.Date(2026, 11, 22, 20, 9, 30, 0, time.UTC)

// Slash is the payload of a slash command.
const Slash = `{"team_id":"T0SHOW","channel_id":"C0SHOW","channel_name":"general","user_id":"U0ANA","command":"/record","text":"stop main",
	"response_url":"https://hooks.slack.com/x","trigger_id":"1.2.abc","api_app_id":"A0CASTER"}`

// Operation is a restart of an on-air studio; change makes another one out of it.
func Operation(state op.State, change ...func(*op.Operation)) op.Operation {
	o := op.Operation{
		ID: "8f2k5zr1v7q9w3x6y0b4c8d2e5", State: state, Command: "caster restart {caster}", Verb: "caster.restart",
		Effect: op.OnAir,
		Text:   `caster restart "Evening News"`, Team: "T0SHOW", Channel: "C0SHOW", Requester: "U0ANA",
		Plan: op.Plan{
			Title: op.L("Restart studio ", op.B("Evening News")), OnAir: true, Button: "Restart on-air studio",
			Facts: []op.Line{op.L("🔴 ON AIR since ", op.At(T0.Add(-time.Hour)), " · programme ", op.B("Main"))},
		},
		Decision: op.Decision{Allowed: true, Rule: "policy.yml:14", Confirm: op.ConfirmSelf},
		Created:  T0, Expires: T0.Add(5 * time.Minute),
	}
	if state != op.Pending && state != op.Expired {
		o.DecidedBy, o.Confirmed = "U0ANA", T0.Add(4*time.Second)
	}
	if state == op.Running || state == op.Succeeded || state == op.Failed || state == op.Unknown {
		o.Sent, o.Sends = T0.Add(5*time.Second), 1
	}
	if state == op.Succeeded || state == op.Failed {
		o.Ended = T0.Add(19 * time.Second)
	}
	for _, f := range change {
		f(&o)
	}
	return o
}

// Other makes an operation one that somebody else has to approve.
func Other(o *op.Operation) {
	o.Decision.Confirm, o.Decision.Approvers = op.ConfirmOther, []string{"S0LEADS", "U0BO"}
	if o.DecidedBy != "" {
		o.DecidedBy = "U0BO"
	}
}

// Listing is an answer with so many studios.
func Listing(n int, buttons bool) op.Answer {
	a := op.Answer{Mark: op.MarkNeutral, Title: op.L("Studios here"), Note: op.L("as of ", op.At(T0))}
	for i := range n {
		item := op.Item{Mark: op.MarkProgram, Title: op.L(op.B(fmt.Sprintf("Evening %d", i))),
			Facts: []op.Line{op.L("ON AIR since ", op.At(T0)), nil}}
		if buttons {
			item.Next = []op.Next{{Label: "Show", Text: fmt.Sprintf("caster show %d", i)}, {Label: "Hidden", Text: "x"}}
		}
		a.Items = append(a.Items, item)
	}
	return a
}

// CopyForm is a form with a picker and a text.
func CopyForm() op.Form {
	return op.Form{
		Command: "caster copy {caster} {name}", Title: "/caster copy", Button: "Continue", Channel: "C0SHOW", Thread: "1.0",
		Note: op.L("A new studio."),
		Fields: []op.Field{
			{Name: "caster", Label: "Studio", Value: "id2", Redraw: true, Chosen: []op.Option{{
				Label: "Evening Sports", Value: "id2", Group: op.L("Idle"), Hint: "general",
			}}},
			{Name: "name", Label: "New name", Hint: "up to 64 characters", Max: 64, Value: "Evening News 2"},
		},
	}
}

// JSON is a value as Slack would get it, to be read.
func JSON(t testing.TB, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
