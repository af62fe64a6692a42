package export

import (
	"io"
	"maps"
	"strings"
	"time"

	"casterbot/internal/op"
)

// What is written is the class Entity Management of OCSF 1.3.0
// (https://schema.ocsf.io/1.3.0/classes/entity_management).
// API Activity, which would fit as well, wants the address of the client, which Slack tells nobody.
const (
	ocsfVersion = "1.3.0"
	category    = 3
	class       = 3004
)

// activity is what was done to the entity, as the class names it.
type activity struct {
	id   int
	name string
}

// other is an activity that the class does not name: a step on the way, which changed nothing.
const other = 99

var (
	created, read, updated = activity{1, "Create"}, activity{2, "Read"}, activity{3, "Update"}
	activated, deactivated = activity{10, "Activate"}, activity{11, "Deactivate"}
	suspended              = activity{12, "Suspend"}
)

// activities by verb; any other changes something about the entity.
var activities = map[string]activity{
	"caster.copy": created, "caster.start": activated, "caster.scene.start": activated, "record.start": activated,
	"caster.stop": deactivated, "caster.scene.stop": deactivated, "record.finish": deactivated, "record.stop": suspended,
}

// ocsfEvent is one event of the class, as far as casterbot has something to say.
type ocsfEvent struct {
	ActivityID   int               `json:"activity_id"`
	ActivityName string            `json:"activity_name"`
	CategoryUID  int               `json:"category_uid"`
	CategoryName string            `json:"category_name"`
	ClassUID     int               `json:"class_uid"`
	ClassName    string            `json:"class_name"`
	TypeUID      int               `json:"type_uid"`
	Time         int64             `json:"time"`
	SeverityID   int               `json:"severity_id"`
	Message      string            `json:"message"`
	Actor        ocsfActor         `json:"actor"`
	Entity       ocsfEntity        `json:"entity"`
	Comment      string            `json:"comment,omitempty"`
	Metadata     ocsfMetadata      `json:"metadata"`
	Unmapped     map[string]string `json:"unmapped,omitempty"`
}

// ocsfStatus is what came of it.
type ocsfStatus struct {
	ID     int    `json:"status_id"`
	Status string `json:"status"`
	Code   string `json:"status_code,omitempty"`
	Detail string `json:"status_detail,omitempty"`
}

type ocsfActor struct {
	User *ocsfUser `json:"user,omitempty"`
	App  string    `json:"app_name,omitempty"`
}

type ocsfUser struct {
	UID    string      `json:"uid"`
	TypeID int         `json:"type_id"`
	Org    *ocsfObject `json:"org,omitempty"`
}

type ocsfObject struct {
	UID string `json:"uid"`
}

type ocsfEntity struct {
	UID  string `json:"uid,omitempty"`
	Name string `json:"name,omitempty"`
	Type string `json:"type"`
}

type ocsfMetadata struct {
	Version     string      `json:"version"`
	Product     ocsfProduct `json:"product"`
	Profiles    []string    `json:"profiles"` // that of the actor
	LogName     string      `json:"log_name"`
	EventCode   string      `json:"event_code"`
	Sequence    int64       `json:"sequence"`
	Correlation string      `json:"correlation_uid,omitempty"`
}

type ocsfProduct struct {
	Name    string `json:"name"`
	Vendor  string `json:"vendor_name"`
	Version string `json:"version,omitempty"`
}

// ocsf writes one event a line.
type ocsf struct{ lines }

func newOCSF(w io.Writer) Writer { return ocsf{newLines(w).(lines)} }

// Write implements Writer.
func (o ocsf) Write(e Record) error { return o.Encode(ocsfOf(e)) }

func ocsfOf(e Record) any {
	did := activityOf(e)
	at, _ := time.Parse(time.RFC3339, e.At)
	event := ocsfEvent{
		ActivityID: did.id, ActivityName: did.name, CategoryUID: category, CategoryName: "Identity & Access Management",
		ClassUID: class, ClassName: "Entity Management", TypeUID: class*100 + did.id, Time: at.UnixMilli(),
		SeverityID: severity(e), Message: message(e), Actor: actorOf(e), Entity: entityOf(e), Comment: e.Detail["why"],
		Metadata: ocsfMetadata{Version: ocsfVersion, Profiles: []string{"host"}, LogName: "audit", EventCode: e.Event,
			Product:  ocsfProduct{Name: "casterbot", Vendor: "casterbot", Version: e.Detail["version"]},
			Sequence: e.N, Correlation: e.Operation},
		Unmapped: unmapped(e),
	}
	return struct {
		ocsfEvent
		ocsfStatus
	}{event, statusOf(e)}
}

// ends are the events that say what came of an operation.
var ends = map[string]bool{op.EventAnswered: true, op.EventReconciled: true, op.EventClosed: true}

// facts are the events that say themselves that something is so now.
var facts = map[string]bool{op.EventPolicy: true, op.EventLocked: true, op.EventUnlocked: true, op.EventBroken: true,
	op.EventErased: true, op.EventArchived: true, op.EventBoard: true, op.EventExported: true}

// activityOf is what was done. What only leads there, as a confirmation, is none of the class's own, so that nobody
// counts one change several times.
func activityOf(e Record) activity {
	verb := e.Detail[op.DetailVerb]
	switch {
	case e.Event == op.EventExported:
		return read
	case facts[e.Event]:
		return updated
	case e.Event != op.EventDenied && (!ends[e.Event] || result(e) == ""):
		return activity{other, e.Event}
	case activities[verb] != activity{}:
		return activities[verb]
	}
	return updated
}

// result is what came of an operation by the event: succeeded or failed; empty when that is not known.
func result(e Record) string {
	for _, state := range []string{e.Detail[op.DetailOutcome], e.Detail[op.DetailState]} {
		if state == string(op.Succeeded) || state == string(op.Failed) {
			return state
		}
	}
	return ""
}

func statusOf(e Record) ocsfStatus {
	s := ocsfStatus{ID: other, Status: e.Event, Code: e.Detail[op.DetailCode], Detail: e.Detail[op.DetailState]}
	switch state := result(e); {
	case facts[e.Event]:
		s.ID, s.Status = 1, "Success"
	case ends[e.Event] && state == string(op.Succeeded):
		s.ID, s.Status = 1, "Success"
	case ends[e.Event] && state == string(op.Failed):
		s.ID, s.Status = 2, "Failure"
	case e.Event == op.EventDenied || e.Event == op.EventDeniedMore || e.Event == op.EventForged:
		s.ID, s.Status, s.Detail = 2, "Failure", e.Event
	}
	return s
}

// severity is informational, but for what somebody should look at.
func severity(e Record) int {
	switch e.Event {
	case op.EventForged:
		return 4
	case op.EventDenied, op.EventDeniedMore, op.EventBroken:
		return 2
	}
	return 1
}

func message(e Record) string {
	words := []string{e.Event}
	for _, name := range []string{op.DetailVerb, op.DetailTarget} {
		if e.Detail[name] != "" {
			words = append(words, e.Detail[name])
		}
	}
	text := strings.Join(words, " ")
	if state := result(e); state != "" && ends[e.Event] {
		text += ": " + state
	}
	return text
}

func actorOf(e Record) ocsfActor {
	if e.Person == "" {
		return ocsfActor{App: "casterbot"}
	}
	user := &ocsfUser{UID: e.Person, TypeID: 1}
	if e.Team != "" {
		user.Org = &ocsfObject{UID: e.Team}
	}
	return ocsfActor{User: user}
}

func entityOf(e Record) ocsfEntity {
	if kind, id, ok := strings.Cut(e.Detail[op.DetailTarget], "/"); ok {
		return ocsfEntity{Type: kind, UID: id}
	}
	if e.Event == op.EventPolicy {
		return ocsfEntity{Type: "policy", Name: "policy", UID: e.Detail[op.DetailPolicy]}
	}
	return ocsfEntity{Type: "casterbot", Name: "casterbot"}
}

// unmapped is what the class has no place for.
func unmapped(e Record) map[string]string {
	more := maps.Clone(e.Detail)
	for _, name := range []string{"why", "version", op.DetailCode} {
		delete(more, name)
	}
	if e.Channel != "" {
		more["channel"] = e.Channel
	}
	if e.Erased {
		more["erased"] = "true"
	}
	return more
}
