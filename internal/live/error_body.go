package live

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// errorBody are the words of an answer that decide what became of a call. Without a request id it is not the service's.
type errorBody struct {
	request, code, message string
	failed                 bool // it has a code of an error, or says that it is no success
}

// tell fills e with what the service said.
func (v errorBody) tell(e *Error, k keys) {
	e.Code, e.RequestID, e.Message = v.code, v.request, k.redact(v.message)
}

// parse reads the verdict out of a body. It is strict where encoding/json is lenient: a body in which a deciding word
// stands twice, in another case or with another type is not of this API, and its verdict has no request id. A number
// may stand as Code only if it is that of HTTP's success.
func parse(body []byte) errorBody {
	words, ok := members(body, "RequestId", "Code", "Success")
	if !ok {
		return errorBody{}
	}
	var v errorBody
	for name, to := range map[string]*string{"RequestId": &v.request, "Code": &v.code} {
		if raw := words[name]; raw != nil && string(raw) != "200" && json.Unmarshal(raw, to) != nil {
			return errorBody{}
		}
	}
	if raw := words["Success"]; raw != nil {
		v.failed = !slices.Contains([]string{"true", "null"}, strings.Trim(strings.ToLower(string(raw)), `"`))
	}
	if noError[strings.ToLower(v.code)] {
		v.code = ""
	} else {
		v.code, v.failed = word(v.code), true
	}
	var free struct{ Message string }
	_ = json.Unmarshal(body, &free) // decides nothing: whatever else it may be
	v.request, v.message = word(v.request), free.Message
	return v
}

// members are those of a JSON object that are asked for by name; ok if it is an object, and none of them stands in it
// twice or in another case.
func members(body []byte, names ...string) (found map[string]json.RawMessage, ok bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	if open, _ := d.Token(); !json.Valid(body) || open != json.Delim('{') {
		return nil, false
	}
	found = map[string]json.RawMessage{}
	for d.More() {
		key, _ := d.Token()
		said, _ := key.(string)
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil, false
		}
		i := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, said) })
		if i < 0 {
			continue
		}
		if names[i] != said || found[said] != nil {
			return nil, false
		}
		found[said] = value
	}
	return found, true
}
