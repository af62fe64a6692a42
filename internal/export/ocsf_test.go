package export

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"casterbot/internal/op"
)

// shape is a class or an object of the schema.
type shape struct {
	AtLeastOne []string `json:"at_least_one"`
	Attributes map[string]struct {
		Type, Profile string
		Required      bool
		Enum          []float64
	}
}

type schema struct {
	Class   shape
	Objects map[string]shape
}

func readSchema(t *testing.T) schema {
	t.Helper()
	text, err := os.ReadFile("testdata/entity_management.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(text, &s); err != nil || len(s.Class.Attributes) == 0 {
		t.Fatal(err)
	}
	return s
}

// wrong says what of an object is not as its shape wants it.
func (s schema) wrong(at string, of shape, has map[string]any, profiles []any) (all []string) {
	for name, a := range of.Attributes {
		value, there := has[name]
		switch {
		case !there && a.Required:
			all = append(all, at+name+" is missing")
		case there:
			all = append(all, s.wrongValue(at+name, a.Type, value, profiles)...)
			if n, ok := value.(float64); ok && a.Enum != nil && !slices.Contains(a.Enum, n) {
				all = append(all, fmt.Sprintf("%s%s is %v", at, name, n))
			}
			if a.Profile != "" && !slices.Contains(profiles, any(a.Profile)) {
				all = append(all, at+name+" needs the profile "+a.Profile)
			}
		}
	}
	for name := range has {
		if _, known := of.Attributes[name]; !known {
			all = append(all, at+name+" is no attribute")
		}
	}
	some := func(name string) bool { return has[name] != nil && has[name] != "" }
	if of.AtLeastOne != nil && !slices.ContainsFunc(of.AtLeastOne, some) {
		all = append(all, fmt.Sprintf("%s has none of %v", at, of.AtLeastOne))
	}
	return all
}

func (s schema) wrongValue(at, kind string, value any, profiles []any) []string {
	fits := false
	switch kind {
	case "any":
		fits = true
	case "string":
		_, fits = value.(string)
	case "integer":
		n, ok := value.(float64)
		fits = ok && n == float64(int64(n))
	case "strings":
		_, fits = value.([]any)
	default:
		if object, ok := value.(map[string]any); ok {
			return s.wrong(at+".", s.Objects[kind], object, profiles)
		}
	}
	if !fits {
		return []string{fmt.Sprintf("%s is %T, no %s", at, value, kind)}
	}
	return nil
}

// validate says what is wrong with an event.
func (s schema) validate(line string) []string {
	var event map[string]any
	if err := json.Unmarshal([]byte(line), &event); err != nil {
		return []string{err.Error()}
	}
	metadata, _ := event["metadata"].(map[string]any)
	profiles, _ := metadata["profiles"].([]any)
	all := s.wrong("", s.Class, event, profiles)
	class, _ := event["class_uid"].(float64)
	activity, _ := event["activity_id"].(float64)
	if event["type_uid"] != class*100+activity {
		all = append(all, fmt.Sprintf("type_uid is %v", event["type_uid"]))
	}
	return all
}

// sample are entries of every kind.
func sample() []Record {
	names := []string{op.EventReceived, op.EventDenied, op.EventDeniedMore, op.EventConfirmed, op.EventApproved,
		op.EventVetoed, op.EventSent, op.EventWaiting, op.EventAnswered, op.EventReconciled, op.EventClosed, op.EventExpired,
		op.EventRestored, op.EventLocked, op.EventUnlocked, op.EventBroken, op.EventBegun, op.EventGathered, op.EventBoard,
		op.EventCare, op.EventFollowed, op.EventApprovers, op.EventPolicy, op.EventErased, op.EventExported,
		op.EventForged, op.EventArchived,
		op.EventUntold}
	var all []Record
	for i, name := range names {
		for _, verb := range []string{"", "caster.copy", "caster.restart", "record.stop", "caster.unheard"} {
			for _, state := range []string{"", "succeeded", "failed", "unknown"} {
				e := Record{N: int64(len(all)), At: "2026-11-28T20:14:06.123Z", Event: name, Detail: map[string]string{}}
				if verb != "" {
					e.Detail = map[string]string{op.DetailVerb: verb, op.DetailTarget: "caster/4f0c", op.DetailState: state,
						"why": "=cmd", "version": "v1", op.DetailPolicy: "5e1f"}
					e.Operation, e.Channel, e.Person, e.Team = "8f2k5z", "C0SHOW", "U0ANA", "T0SHOW"
				}
				if i%2 == 0 {
					e.Team = ""
				}
				all = append(all, e)
			}
		}
	}
	all[0].Detail = nil
	return append(all, Record{At: "2026-11-28T20:14:06Z", Event: op.EventDenied, Erased: true,
		Detail: map[string]string{op.DetailVerb: "caster.stop"}})
}

// Every event is one of the class: what it demands is there, and nothing that it does not know.
func TestOCSFIsOfTheClass(t *testing.T) {
	s := readSchema(t)
	for _, e := range sample() {
		line := written(t, "ocsf", e)
		for _, wrong := range s.validate(line) {
			t.Errorf("%s: %s\n%s", e.Event, wrong, line)
		}
	}
	for broken, want := range map[string]string{`"entity":`: "entity is missing", `"activity_id":3`: "type_uid",
		`"vendor_name":`: "vendor_name is missing", `"profiles":["host"],`: "needs the profile"} {
		line := written(t, "ocsf", Record{At: "2026-11-28T20:14:06Z", Event: op.EventPolicy, Person: "U0ANA",
			Detail: map[string]string{op.DetailPolicy: "5e1f"}})
		line = strings.Replace(line, broken, map[string]string{`"entity":`: `"comment":"",  "x":`,
			`"activity_id":3`: `"activity_id":4`, `"vendor_name":`: `"name":"casterbot","uid":`}[broken], 1)
		if got := fmt.Sprint(s.validate(line)); !strings.Contains(got, want) {
			t.Errorf("without %s: %s", broken, got)
		}
	}
}

// One change counts as one: the steps before it are no activity of the class.
func TestOCSFCountsAChangeOnce(t *testing.T) {
	counts := map[string]int{}
	for _, e := range sample() {
		if e.Detail[op.DetailVerb] != "caster.restart" || e.Detail[op.DetailState] != "succeeded" {
			continue
		}
		var event struct {
			ActivityName string `json:"activity_name"`
			Status       string
			Comment      string
		}
		if err := json.Unmarshal([]byte(written(t, "ocsf", e)), &event); err != nil {
			t.Fatal(err)
		}
		if event.ActivityName == "Update" && !facts[e.Event] {
			counts[e.Event+" "+event.Status]++
		}
		if event.Comment != "=cmd" {
			t.Errorf("%s: the reason is %q", e.Event, event.Comment)
		}
	}
	want := map[string]int{"answered Success": 1, "reconciled Success": 1, "closed Success": 1, "denied Failure": 1}
	if fmt.Sprint(counts) != fmt.Sprint(want) {
		t.Errorf("counted %v, want %v", counts, want)
	}
}
