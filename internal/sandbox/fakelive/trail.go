package fakelive

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// trailVersion is the one of ActionTrail, which answers at the same endpoint here.
// https://www.alibabacloud.com/help/en/actiontrail/developer-reference/api-actiontrail-2020-07-06-lookupevents
const trailVersion = "2020-07-06"

const (
	trailDelay = 3 * time.Minute // the service says: within about ten
	keptEvents = 2000
	mostEvents = 50 // on a page
)

var trailOperations = map[string]operation{"LookupEvents": {handle: (*World).lookupEvents}}

// Event is what ActionTrail keeps of a change that was asked of the API, whatever came of it, or that was made at the
// console. Emulator's own choice: calls that only look, and those that the gateway refuses, leave none, and an event
// tells what the service itself made of the call, not what became of its answer.
type Event struct {
	Time      time.Time         `json:"time"` // by the world's clock
	Name      string            `json:"name"`
	RequestID string            `json:"requestId"`
	Code      string            `json:"code,omitempty"` // of the error; empty: it was done
	Key       string            `json:"key,omitempty"`
	Role      string            `json:"role,omitempty"`
	User      string            `json:"user,omitempty"` // name of the session of a role, or of a RAM user
	Address   string            `json:"address"`
	Console   bool              `json:"console,omitempty"`
	Params    map[string]string `json:"params"`
}

// consoleUser is who works at the other console, and from where.
const (
	consoleUser    = "ken"
	consoleAddress = "203.0.113.24"
)

// SetTrailDelay sets after how long an event can be looked up, by the world's clock.
func (w *World) SetTrailDelay(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delay = d
}

// Trail copies the events, oldest first, those too that cannot be looked up yet.
func (w *World) Trail() []Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.state.Trail)
}

// audit writes down a call that has reached its operation.
func (w *World) audit(in *request, t trouble, made, sent reply) {
	if _, live := operations[in.call.Action]; !live || strings.HasPrefix(in.call.Action, "Describe") {
		return
	}
	code := made.code
	if !t.effect {
		if t.end != answered || sent.code == "" || strings.HasPrefix(sent.code, "Throttling") {
			return // it has not come so far
		}
		code = sent.code
	}
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	key := in.params["AccessKeyId"]
	s := w.sessions[key]
	w.keep(Event{Time: now, Name: in.call.Action, RequestID: in.call.RequestID, Code: code, Key: key, Role: s.role,
		User: s.name, Address: in.address, Params: in.call.Params})
}

// auditConsole writes down what somebody did to a studio at another console. The caller holds mu.
func (w *World) auditConsole(now time.Time, was, is *Studio) {
	name := "SetCasterConfig"
	switch {
	case was.OnAir && !is.OnAir:
		name = "StopCaster"
	case !was.OnAir && is.OnAir:
		name = "StartCaster"
	case !was.Started.Equal(is.Started):
		name = "RestartCaster"
	case was.Name != is.Name:
		name = "ModifyCaster"
	}
	request := strings.ToUpper(w.state.newID("console"))
	w.keep(Event{Time: now, Name: name, RequestID: request, User: consoleUser, Address: consoleAddress, Console: true,
		Params: map[string]string{"CasterId": is.ID}})
}

func (w *World) keep(e Event) {
	s := &w.state
	if len(s.Trail) >= keptEvents {
		s.Trail = slices.Delete(s.Trail, 0, keptEvents/10)
	}
	s.Trail = append(s.Trail, e)
}

// lookupEvents answers with the events of a time that fit the attributes, page by page.
func (w *World) lookupEvents(in *request) (fields, *refusal) {
	from, to, bad := span(in)
	if bad != nil {
		return nil, bad
	}
	var found []fields
	for _, e := range w.state.Trail {
		shown := !e.Time.Add(w.delay).After(in.now)
		if shown && !e.Time.Before(from) && !e.Time.After(to) && matches(in, e) {
			found = append(found, e.fields())
		}
	}
	if in.params["Direction"] != "FORWARD" {
		slices.Reverse(found)
	}
	size := 20
	if text := in.params["MaxResults"]; text != "" {
		size, _ = strconv.Atoi(text)
	}
	first, _ := strconv.Atoi(in.params["NextToken"])
	if size < 0 || size > mostEvents || first < 0 || first > len(found) {
		return nil, refuse("InvalidParameterValue")
	}
	last := min(first+size, len(found))
	answer := fields{"Events": append([]fields{}, found[first:last]...), "StartTime": from.Format(stampLayout),
		"EndTime": to.Format(stampLayout)}
	if last < len(found) && size > 0 {
		answer["NextToken"] = strconv.Itoa(last)
	}
	return answer, nil
}

// span reads the time that is asked for: both ends or none, which means the last seven days.
func span(in *request) (from, to time.Time, bad *refusal) {
	texts := []string{in.params["StartTime"], in.params["EndTime"]}
	if texts[0] == "" && texts[1] == "" {
		return in.now.Add(-7 * 24 * time.Hour), in.now, nil
	}
	var ends [2]time.Time
	for i, text := range texts {
		var err error
		if ends[i], err = time.Parse(stampLayout, text); err != nil {
			return from, to, refuse("InvalidParameterValue")
		}
	}
	if ends[1].Before(ends[0]) || ends[1].Sub(ends[0]) > 30*24*time.Hour {
		return from, to, refuse("InvalidParameterValue")
	}
	return ends[0], ends[1], nil
}

// matches holds an event against the attributes that are asked for: at most two, exactly.
func matches(in *request, e Event) bool {
	for _, n := range []string{"1", "2"} {
		want := in.params["LookupAttribute."+n+".Value"]
		has, known := map[string]string{
			"EventName": e.Name, "EventRW": "Write", "ServiceName": "Live", "User": e.User, "RoleName": e.Role,
			"EventAccessKeyId": e.Key, "EventId": e.RequestID, "SourceIpAddress": e.Address, "EventType": e.kind(),
		}[in.params["LookupAttribute."+n+".Key"]]
		if known && has != want {
			return false
		}
	}
	return true
}

func (e Event) kind() string {
	if e.Console {
		return "ConsoleOperation"
	}
	return "ApiCall"
}

// fields is an event in the form of the service.
// https://www.alibabacloud.com/help/en/actiontrail/user-guide/query-actiontrail-events-by-assuming-a-ram-role
func (e Event) fields() fields {
	identity := fields{"accountId": account, "type": "ram-user", "userName": e.User, "principalId": "20" + account[2:]}
	switch {
	case e.Role != "":
		identity = fields{"accountId": account, "type": "assumed-role", "userName": e.Role + ":" + e.User,
			"principalId": roleID(e.Role) + ":" + e.User, "accessKeyId": e.Key}
	case e.User == "":
		identity = fields{"accountId": account, "type": "root-account", "userName": "root", "principalId": account,
			"accessKeyId": e.Key}
	}
	params := fields{"RequestId": e.RequestID, "AcsProduct": "live"}
	for name, value := range e.Params {
		params[name] = value
	}
	text, _ := json.Marshal(params) // texts alone: it cannot fail
	return fields{
		"apiVersion": apiVersion, "eventId": e.RequestID, "eventName": e.Name, "eventRW": "Write", "eventType": e.kind(),
		"eventSource": "live.aliyuncs.com", "serviceName": "Live", "eventVersion": "1", "eventCategory": "Management",
		"eventTime": e.Time.UTC().Format(stampLayout), "requestId": e.RequestID, "errorCode": e.Code,
		"sourceIpAddress": e.Address, "userIdentity": identity, "requestParameters": params,
		"requestParameterJson": string(text),
	}
}
