package oracle

import (
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"casterbot/internal/op"
	"casterbot/internal/sandbox/fakelive"
	"casterbot/test/testbed"
)

const studio = "4f0c7a1e-0000-4000-8000-000000000001"

// sent is when everything of a sample Record was sent.
var sent = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)

// sample is the Record of a restart that a second person approved and that was answered.
func sample() Record {
	o := op.Operation{
		ID: "0123456789abcdefghjkmnpqrs", State: op.Succeeded, Verb: "caster.restart", Requester: "U0ANA", DecidedBy: "U0BO",
		Token: "token-of-the-first-operation",
		Plan:  op.Plan{Args: op.Args{"caster": studio}, OnAir: true}, Sends: 1, Sent: sent, Version: 6, Shown: 6,
	}
	return Record{
		Operations: []op.Operation{o}, Gapless: true, Crew: []string{"U0ANA", "U0BO", "U0KEN"},
		Events: events(o.ID, op.EventReceived, op.EventApproved, op.EventSent, op.EventAnswered+"=succeeded"),
		Calls: []fakelive.Call{{Seq: 1, Time: sent.Add(time.Millisecond), Action: "RestartCaster",
			Params: map[string]string{"CasterId": studio}, Received: true, Applied: true, Answered: true}},
		Cards:  map[string]testbed.Card{o.Ref(): {Ref: o.Ref(), Face: "✅"}},
		Papers: map[string]string{"the log": "{}", "the trail": "[]"},
	}
}

func events(id string, names ...string) (list []op.Event) {
	who := map[string]string{op.EventReceived: "U0ANA", op.EventConfirmed: "U0ANA", op.EventApproved: "U0BO"}
	for i, name := range names {
		name, outcome, _ := strings.Cut(name, "=")
		list = append(list, op.Event{Seq: int64(i + 1), Operation: id, At: sent, Name: name, Actor: who[name],
			Detail: map[string]string{"outcome": outcome}})
	}
	return list
}

func TestTheOracleFindsNothingInAGoodRecord(t *testing.T) {
	if found := sample().Broken(); len(found) > 0 {
		t.Error(found)
	}
}

// TestTheOracleFindsWhatIsWrong: each Record is wrong in one way, and that promise must be the first to be named.
func TestTheOracleFindsWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		promise string
		spoil   func(r *Record, o *op.Operation)
	}{
		"an effect without an operation": {"I1", func(r *Record, _ *op.Operation) {
			r.Calls[0].Params = map[string]string{"CasterId": "another"}
		}},
		"an effect without a sent mark": {"I1", func(r *Record, o *op.Operation) {
			r.Events = events(o.ID, op.EventReceived, op.EventApproved)
		}},
		"an effect before its mark": {"I1", func(r *Record, _ *op.Operation) {
			r.Calls[0].Time = sent.Add(-time.Second)
		}},
		"a call after a halt": {"I1", func(r *Record, _ *op.Operation) {
			r.Calls[0].Time = sent.Add(6 * time.Second)
		}},
		"a second effect": {"I1", func(r *Record, _ *op.Operation) { r.Calls = append(r.Calls, r.Calls[0]) }},
		"a second effect, counted": {"I2", func(r *Record, o *op.Operation) {
			r.Calls, o.Sends = append(r.Calls, r.Calls[0]), 2
		}},
		"a success without an effect": {"I4", func(r *Record, _ *op.Operation) { r.Calls = nil }},
		"a failure with an effect":    {"I4", func(r *Record, o *op.Operation) { o.State = op.Failed; r.face("❌") }},
		"an expiry with an effect":    {"I4", func(r *Record, o *op.Operation) { o.State = op.Expired; r.face("⚪") }},
		"somebody without the right": {"I5", func(r *Record, o *op.Operation) {
			o.DecidedBy, r.Events[1].Actor = testbed.Intruder, testbed.Intruder
		}},
		"consent to one's own restart": {"I5", func(r *Record, o *op.Operation) {
			o.DecidedBy, r.Events[1].Actor = "U0ANA", "U0ANA"
		}},
		"consent that the trail lacks":   {"I5", func(r *Record, _ *op.Operation) { r.Events[1].Actor = "U0KEN" }},
		"a confirmation for an approval": {"I5", func(r *Record, _ *op.Operation) { r.Events[1].Name = op.EventConfirmed }},
		"a click that was never worked":  {"I6", func(r *Record, _ *op.Operation) { r.Unsettled = 1 }},
		"a card of another state":        {"I6", func(r *Record, _ *op.Operation) { r.face("⚠️") }},
		"no card":                        {"I6", func(r *Record, _ *op.Operation) { r.Cards = nil }},
		"a card that still offers": {"I6", func(r *Record, o *op.Operation) {
			r.Cards[o.Ref()] = testbed.Card{Face: "✅", Buttons: []testbed.Button{{Action: "op:approve", Value: o.ID}}}
		}},
		"a card that is behind":       {"I6", func(_ *Record, o *op.Operation) { o.Shown-- }},
		"running after the stop":      {"I6", func(r *Record, o *op.Operation) { o.State = op.Running; r.face("⏳") }},
		"a log that was changed":      {"I7", func(r *Record, _ *op.Operation) { r.Wrong = []string{"entry 1: edited"} }},
		"an event passed over":        {"I7", func(r *Record, _ *op.Operation) { r.PassedOver = 1 }},
		"an event without an entry":   {"I7", func(r *Record, _ *op.Operation) { r.Unlogged = 1 }},
		"an event that was taken out": {"I7", func(r *Record, _ *op.Operation) { r.Events[3].Seq = 5 }},
		"a trail of another end":      {"I7", func(r *Record, o *op.Operation) { r.Events[3].Detail["outcome"] = "unknown" }},
		"a trail against the chart": {"I7", func(r *Record, o *op.Operation) {
			r.Events = events(o.ID, op.EventReceived, op.EventApproved, op.EventSent, op.EventAnswered+"=failed",
				op.EventReconciled+"=succeeded")
		}},
		"a token in the log": {"I8", func(r *Record, _ *op.Operation) {
			r.Papers["the log"] = `{"token":"` + testbed.CanaryBot + `"}`
		}},
		"a key in the trail": {"I8", func(r *Record, _ *op.Operation) {
			r.Papers["the trail"] = "http://x/y.flv?auth_key=1-0-0-abc"
		}},
		"a secret in the database's file": {"I8", func(r *Record, _ *op.Operation) {
			r.Papers["the file casterbot.db"] = "\x00" + testbed.CanarySecret
		}},
		"a race in the log": {"no panic", func(r *Record, _ *op.Operation) {
			r.Papers["the log"] = "WARNING: DATA RACE\n"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := sample()
			c.spoil(&r, &r.Operations[0])
			if found := r.Broken(); len(found) == 0 || !strings.HasPrefix(found[0], c.promise) {
				t.Errorf("found %q, want %s first", found, c.promise)
			}
		})
	}
}

func TestTheOracleKnowsTheOrderOnATarget(t *testing.T) {
	r := sample()
	target := op.Target{Kind: "caster", ID: studio}
	second := r.Operations[0]
	second.ID, second.Token = "1123456789abcdefghjkmnpqrs", "token-of-the-second-operation"
	r.Operations = append(r.Operations, second)
	trail := func(names ...string) (broken []string) {
		r.Events = nil
		for i, name := range names {
			which, event, _ := strings.Cut(name, " ")
			n, _ := strconv.Atoi(which)
			r.Events = append(r.Events, op.Event{Seq: int64(i + 1), Operation: r.Operations[n-1].ID, Name: event})
		}
		return r.index().inTurn()
	}
	mixed := []string{"1 received", "2 received", "1 confirmed", "2 approved", "2 sent", "1 sent"}
	if found := trail(mixed...); len(found) > 0 {
		t.Errorf("without a target: %q", found)
	}
	r.Operations[0].Plan.Target, r.Operations[1].Plan.Target = target, target
	if found := trail(mixed...); len(found) != 1 {
		t.Errorf("the later one first: %q", found)
	}
	if found := trail("1 received", "2 received", "2 confirmed", "1 confirmed", "2 sent", "1 sent",
		"2 sent"); len(found) > 0 {
		t.Errorf("one after the other: %q", found)
	}
}

func (r *Record) face(sign string) {
	for ref, c := range r.Cards {
		c.Face = sign
		r.Cards[ref] = c
	}
}

func TestTheOracleKnowsCopies(t *testing.T) {
	good := func() (Record, *op.Operation) {
		r := sample()
		o := &r.Operations[0]
		o.Verb, o.DecidedBy, o.Sends = "caster.copy", "U0ANA", 2
		o.Plan = op.Plan{Args: op.Args{"caster": studio, "name": "New"}}
		r.Events = events(o.ID, op.EventReceived, op.EventConfirmed, op.EventSent, op.EventSent,
			op.EventAnswered+"=succeeded")
		call := fakelive.Call{Time: sent.Add(time.Millisecond), Action: "CopyCaster",
			Params: map[string]string{"SrcCasterId": studio, "CasterName": "New", "ClientToken": o.Token}, Received: true}
		first := call
		first.Applied = true
		r.Calls, r.Studios = []fakelive.Call{first, call}, []fakelive.Studio{{Token: o.Token}, {}}
		return r, o
	}
	if r, _ := good(); len(r.Broken()) > 0 {
		t.Error(r.Broken())
	}
	for name, c := range map[string]struct {
		promise string
		spoil   func(r *Record, o *op.Operation)
	}{
		"two studios": {"I3", func(r *Record, o *op.Operation) {
			r.Studios = append(r.Studios, fakelive.Studio{Token: o.Token})
		}},
		"a token of another": {"I3", func(r *Record, o *op.Operation) {
			second := *o
			second.ID, second.Sends, second.State = "z", 0, op.Expired
			r.Operations = append(r.Operations, second)
		}},
		"other words the second": {"I1", func(r *Record, _ *op.Operation) {
			r.Calls[1].Params = map[string]string{"ClientToken": "another"}
		}},
	} {
		r, o := good()
		c.spoil(&r, o)
		if found := r.Broken(); len(found) == 0 || !strings.HasPrefix(found[0], c.promise) {
			t.Errorf("%s: found %q, want %s first", name, found, c.promise)
		}
	}
}

// Two marks may be stamped in another order than their calls; whose call it was, its answer says.
func TestAnAnswerTellsWhoseCallItWas(t *testing.T) {
	r := sample()
	first := r.Operations[0]
	second := first
	second.ID, second.Token, second.Sent = "z123456789abcdefghjkmnpqrs", "token-of-the-second-operation",
		sent.Add(-time.Second)
	first.Outcome, second.Outcome = &op.Outcome{RequestID: "A"}, &op.Outcome{RequestID: "B"}
	r.Operations = []op.Operation{first, second}
	r.Calls = append(r.Calls, r.Calls[0])
	r.Calls[0].RequestID, r.Calls[1].RequestID, r.Calls[1].Time = "A", "B", sent.Add(time.Second)
	if against := r.index().once(); len(against) > 0 {
		t.Error(against)
	}
	second.Outcome = nil
	r.Operations[1] = second
	if against := r.index().once(); len(against) == 0 {
		t.Error("a second call without an answer is not held against the operation that was marked last")
	}
}

// What the cloud put off it certainly did not do: the same operation may ask again, within its bounds.
func TestACallThatWasPutOffMayBeRepeated(t *testing.T) {
	putOff := func(times int, then time.Duration) []string {
		r := sample()
		good := r.Calls[0]
		r.Calls = nil
		for n := range times {
			r.Calls = append(r.Calls,
				fakelive.Call{Seq: int64(n), Time: sent.Add(time.Millisecond), Action: good.Action, Params: good.Params,
					Received: true, Answered: true, Status: 400, Code: "Throttling.User"})
		}
		good.Seq, good.Time = int64(times), sent.Add(then)
		r.Calls = append(r.Calls, good)
		return r.Broken()
	}
	if found := putOff(3, 13*time.Second); len(found) > 0 {
		t.Errorf("three times put off, then done: %q", found)
	}
	if found := putOff(3, 14*time.Second); len(found) == 0 || !strings.HasPrefix(found[0], "I1") {
		t.Errorf("done much later than it may wait: %q", found)
	}
	if found := putOff(6, time.Second); len(found) == 0 || !strings.HasPrefix(found[0], "I2") {
		t.Errorf("asked more often than it may: %q", found)
	}
	r := sample()
	refused := r.Calls[0]
	refused.Applied, refused.Status, refused.Code = false, 400, "Throttling.User"
	refused.Answered = false
	r.Calls = append(r.Calls, refused)
	if found := r.Broken(); len(found) == 0 || !strings.HasPrefix(found[0], "I1") {
		t.Errorf("the bot cannot know that it was put off, and asked again: %q", found)
	}
}

// A person's word about an unknown outcome is theirs; what the cloud did does not make it the bot's lie.
func TestAPersonMaySettle(t *testing.T) {
	r := sample()
	o := &r.Operations[0]
	o.State, o.SettledBy = op.Failed, "U0KEN"
	r.Events = events(o.ID, op.EventReceived, op.EventApproved, op.EventSent, op.EventAnswered+"=unknown",
		op.EventClosed+"=failed")
	r.face("❌")
	if found := r.Broken(); len(found) > 0 {
		t.Error(found)
	}
	if o.SettledBy = testbed.Intruder; len(r.index().authorised()) == 0 {
		t.Error("an stand.Intruder settled it, and the oracle did not see it")
	}
}

// Every call that the table knows says what its operation was, and nothing else.
func TestTheOracleKnowsWhatACallSays(t *testing.T) {
	args := op.Args{"caster": "c", "scene": "s", "stream": "d/a/n", "name": "New"}
	for _, known := range calls {
		o := op.Operation{Verb: known.Verb, Token: "t",
			Plan: op.Plan{Args: op.Args{}, Seen: map[string]string{"program": "p"}}}
		var want map[string]string
		for name, value := range map[string]string{"stream": "record.", "scene": "scene", "caster": "caster."} {
			if strings.Contains(known.Verb, value) {
				o.Plan.Args[name] = args[name]
			}
		}
		switch {
		case known.Fixed != nil:
			want = map[string]string{"Command": known.Fixed["Command"], "DomainName": "d", "AppName": "a", "StreamName": "n"}
		case known.Verb == "caster.copy":
			o.Plan.Args["name"] = "New"
			want = map[string]string{"SrcCasterId": "c", "CasterName": "New", "ClientToken": "t"}
		case known.Verb == "caster.take":
			o.Plan.Args["scene"] = "s"
			want = map[string]string{"CasterId": "c", "FromSceneId": "s", "ToSceneId": "p"}
		case known.Verb == "caster.standby":
			want = map[string]string{"CasterId": "c", "SceneId": "p"}
		case o.Plan.Args["scene"] != "":
			want = map[string]string{"CasterId": "c", "SceneId": "s"}
		default:
			want = map[string]string{"CasterId": "c"}
		}
		if got := meant(o); !maps.Equal(got, want) {
			t.Errorf("%s says %v, want %v", known.Verb, got, want)
		}
		if got := verbOf(known.Sends, want); got != known.Verb {
			t.Errorf("a call of %s is taken for one of %q", known.Verb, got)
		}
	}
}

// What a card claimed may have ended since: then it is grey, and no other may be.
func TestAClaimMayHaveEnded(t *testing.T) {
	r := sample()
	r.face("⚪")
	if found := r.Broken(); len(found) == 0 || !strings.HasPrefix(found[0], "I6") {
		t.Errorf("a success that stands is grey: %q", found)
	}
	r.Operations[0].Outcome = &op.Outcome{State: op.Succeeded, Since: op.Since{Over: op.L("Ended.")}}
	if found := r.Broken(); len(found) > 0 {
		t.Error(found)
	}
}
