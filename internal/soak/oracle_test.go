package main

import (
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
)

// sent is when everything of a sample record was sent.
var sent = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)

// sample is the record of a restart that a second person approved and that was answered.
func sample() record {
	o := op.Operation{
		ID: "0123456789abcdefghjkmnpqrs", State: op.Succeeded, Verb: "caster.restart", Asker: "U0ANA", By: "U0BO", Token: "token-of-the-first-operation",
		Plan: op.Plan{Args: op.Args{"caster": studio}}, Sends: 1, Sent: sent, Version: 6, Shown: 6,
	}
	return record{
		operations: []op.Operation{o}, gapless: true,
		events: events(o.ID, op.EventReceived, op.EventApproved, op.EventSent, op.EventAnswered+"=succeeded"),
		calls:  []fakelive.Call{{Seq: 1, Time: sent.Add(time.Millisecond), Action: "RestartCaster", Params: map[string]string{"CasterId": studio}, Received: true, Applied: true, Answered: true}},
		cards:  map[string]card{o.Ref(): {ref: o.Ref(), face: "✅"}},
		papers: map[string]string{"the log": "{}", "the trail": "[]"},
	}
}

func events(id string, names ...string) (list []op.Event) {
	who := map[string]string{op.EventReceived: "U0ANA", op.EventConfirmed: "U0ANA", op.EventApproved: "U0BO"}
	for i, name := range names {
		name, outcome, _ := strings.Cut(name, "=")
		list = append(list, op.Event{Seq: int64(i + 1), Operation: id, At: sent, Name: name, Actor: who[name], Detail: map[string]string{"outcome": outcome}})
	}
	return list
}

func TestTheOracleFindsNothingInAGoodRecord(t *testing.T) {
	if found := sample().broken(); len(found) > 0 {
		t.Error(found)
	}
}

// TestTheOracleFindsWhatIsWrong: each record is wrong in one way, and that promise must be the first to be named.
func TestTheOracleFindsWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		promise string
		spoil   func(r *record, o *op.Operation)
	}{
		"an effect without an operation": {"I1", func(r *record, _ *op.Operation) { r.calls[0].Params = map[string]string{"CasterId": "another"} }},
		"an effect without a sent mark":  {"I1", func(r *record, o *op.Operation) { r.events = events(o.ID, op.EventReceived, op.EventApproved) }},
		"an effect before its mark":      {"I1", func(r *record, _ *op.Operation) { r.calls[0].Time = sent.Add(-time.Second) }},
		"a call after a halt":            {"I1", func(r *record, _ *op.Operation) { r.calls[0].Time = sent.Add(6 * time.Second) }},
		"a second effect":                {"I1", func(r *record, _ *op.Operation) { r.calls = append(r.calls, r.calls[0]) }},
		"a second effect, counted":       {"I2", func(r *record, o *op.Operation) { r.calls, o.Sends = append(r.calls, r.calls[0]), 2 }},
		"a success without an effect":    {"I4", func(r *record, _ *op.Operation) { r.calls = nil }},
		"a failure with an effect":       {"I4", func(r *record, o *op.Operation) { o.State = op.Failed; r.face("❌") }},
		"an expiry with an effect":       {"I4", func(r *record, o *op.Operation) { o.State = op.Expired; r.face("⚪") }},
		"somebody without the right":     {"I5", func(r *record, o *op.Operation) { o.By, r.events[1].Actor = intruder, intruder }},
		"consent to one's own restart":   {"I5", func(r *record, o *op.Operation) { o.By, r.events[1].Actor = "U0ANA", "U0ANA" }},
		"consent that the trail lacks":   {"I5", func(r *record, _ *op.Operation) { r.events[1].Actor = "U0KEN" }},
		"a confirmation for an approval": {"I5", func(r *record, _ *op.Operation) { r.events[1].Name = op.EventConfirmed }},
		"a click that was never worked":  {"I6", func(r *record, _ *op.Operation) { r.unsettled = 1 }},
		"a card of another state":        {"I6", func(r *record, _ *op.Operation) { r.face("⚠️") }},
		"no card":                        {"I6", func(r *record, _ *op.Operation) { r.cards = nil }},
		"a card that still offers": {"I6", func(r *record, o *op.Operation) {
			r.cards[o.Ref()] = card{face: "✅", buttons: []button{{"op:approve", o.ID}}}
		}},
		"a card that is behind":       {"I6", func(_ *record, o *op.Operation) { o.Shown-- }},
		"running after the stop":      {"I6", func(r *record, o *op.Operation) { o.State = op.Running; r.face("⏳") }},
		"an event that was taken out": {"I7", func(r *record, _ *op.Operation) { r.events[3].Seq = 5 }},
		"a trail of another end":      {"I7", func(r *record, o *op.Operation) { r.events[3].Detail["outcome"] = "unknown" }},
		"a trail against the chart": {"I7", func(r *record, o *op.Operation) {
			r.events = events(o.ID, op.EventReceived, op.EventApproved, op.EventSent, op.EventAnswered+"=failed", op.EventReconciled+"=succeeded")
		}},
		"a token in the log":              {"I8", func(r *record, _ *op.Operation) { r.papers["the log"] = `{"token":"` + canaryBot + `"}` }},
		"a key in the trail":              {"I8", func(r *record, _ *op.Operation) { r.papers["the trail"] = "http://x/y.flv?auth_key=1-0-0-abc" }},
		"a secret in the database's file": {"I8", func(r *record, _ *op.Operation) { r.papers["the file casterbot.db"] = "\x00" + canarySecret }},
		"a race in the log":               {"no panic", func(r *record, _ *op.Operation) { r.papers["the log"] = "WARNING: DATA RACE\n" }},
	} {
		t.Run(name, func(t *testing.T) {
			r := sample()
			c.spoil(&r, &r.operations[0])
			if found := r.broken(); len(found) == 0 || !strings.HasPrefix(found[0], c.promise) {
				t.Errorf("found %q, want %s first", found, c.promise)
			}
		})
	}
}

func (r *record) face(sign string) {
	for ref, c := range r.cards {
		c.face = sign
		r.cards[ref] = c
	}
}

func TestTheOracleKnowsCopies(t *testing.T) {
	good := func() (record, *op.Operation) {
		r := sample()
		o := &r.operations[0]
		o.Verb, o.By, o.Plan.Args, o.Sends = "caster.copy", "U0ANA", op.Args{"caster": studio, "name": "New"}, 2
		r.events = events(o.ID, op.EventReceived, op.EventConfirmed, op.EventSent, op.EventSent, op.EventAnswered+"=succeeded")
		call := fakelive.Call{Time: sent.Add(time.Millisecond), Action: "CopyCaster", Params: map[string]string{"SrcCasterId": studio, "CasterName": "New", "ClientToken": o.Token}, Received: true}
		first := call
		first.Applied = true
		r.calls, r.studios = []fakelive.Call{first, call}, []fakelive.Studio{{Token: o.Token}, {}}
		return r, o
	}
	if r, _ := good(); len(r.broken()) > 0 {
		t.Error(r.broken())
	}
	for name, c := range map[string]struct {
		promise string
		spoil   func(r *record, o *op.Operation)
	}{
		"two studios": {"I3", func(r *record, o *op.Operation) { r.studios = append(r.studios, fakelive.Studio{Token: o.Token}) }},
		"a token of another": {"I3", func(r *record, o *op.Operation) {
			second := *o
			second.ID, second.Sends, second.State = "z", 0, op.Expired
			r.operations = append(r.operations, second)
		}},
		"other words the second": {"I1", func(r *record, _ *op.Operation) { r.calls[1].Params = map[string]string{"ClientToken": "another"} }},
	} {
		r, o := good()
		c.spoil(&r, o)
		if found := r.broken(); len(found) == 0 || !strings.HasPrefix(found[0], c.promise) {
			t.Errorf("%s: found %q, want %s first", name, found, c.promise)
		}
	}
}

// A person's word about an unknown outcome is theirs; what the cloud did does not make it the bot's lie.
func TestAPersonMaySettle(t *testing.T) {
	r := sample()
	o := &r.operations[0]
	o.State, o.Closer = op.Failed, "U0KEN"
	r.events = events(o.ID, op.EventReceived, op.EventApproved, op.EventSent, op.EventAnswered+"=unknown", op.EventClosed+"=failed")
	r.face("❌")
	if found := r.broken(); len(found) > 0 {
		t.Error(found)
	}
	if o.Closer = intruder; len(r.authorised()) == 0 {
		t.Error("an intruder settled it, and the oracle did not see it")
	}
}
