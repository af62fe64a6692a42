package live

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// outcome is what the exchange means. The order is that of certainty: nothing left, no whole answer, success,
// redirect, a parsed refusal; the rest is Unknown.
func (x *exchange) outcome(a Action, k keys, panicked bool) ([]byte, *Error) {
	e := &Error{Class: Unknown, Action: a.Name, Status: x.status, RequestID: word(x.header.Get("x-acs-request-id"))}
	switch {
	case x.unsent():
		e.Class, e.Message, e.cause = NotSent, "no connection to the service", contextCause(x.err)
		if x.held != nil {
			e.final, e.Message = true, x.held.Error()
		}
	case x.err != nil:
		e.Message, e.cause = "no complete answer", contextCause(x.err)
	case x.status/100 == 2:
		return x.success(e)
	case x.status/100 == 3:
		e.Class, e.Message = Refused, "the endpoint answered with a redirect, which is not followed"
	case !x.refusal(e, k):
		e.Message = "the answer is not one of this API"
		if panicked {
			e.Message += " and broke its SDK"
		}
	}
	return nil, e
}

// success wants a JSON object with a RequestId: an empty body, {} or a proxy's page is not the service's word.
func (x *exchange) success(e *Error) ([]byte, *Error) {
	var said struct{ RequestId string }
	if json.Unmarshal(x.body, &said) != nil || said.RequestId == "" {
		e.Message = "the answer is not one of this API"
		return nil, e
	}
	return x.body, nil
}

// refusal fills e from an error body and reports whether there was one. Whether it is a definite refusal depends on
// status and code.
func (x *exchange) refusal(e *Error, k keys) bool {
	var said struct{ Code, RequestId, Message string }
	if json.Unmarshal(x.body, &said) != nil || said.Code == "" || said.RequestId == "" {
		return false
	}
	e.Code, e.RequestID = word(said.Code), word(said.RequestId)
	e.Message = k.scrub(said.Message)
	if own, ok := plain[e.Code]; ok {
		e.Message = own
	}
	e.Class = classify(x.status, e.Code)
	return true
}

// classify: 4xx is a refusal, except where the first copy of the request may have been taken.
func classify(status int, code string) Class {
	switch {
	case status/100 != 4 || status == http.StatusRequestTimeout || code == "SignatureNonceUsed":
		return Unknown
	case strings.HasPrefix(code, "Throttling") || strings.HasSuffix(code, ".Throttling"):
		return Throttled
	}
	return Refused
}

// plain replaces messages that quote the request back, or that do not say what to do.
var plain = map[string]string{
	"SignatureDoesNotMatch":    "the access key secret does not belong to the access key id",
	"IncompleteSignature":      "the service did not accept the signature",
	"InvalidTimeStamp.Expired": "this machine's clock is more than 15 minutes wrong",
	"SignatureNonceUsed":       "the service has seen this request before",
}

// fault is a failure found after a good answer, in what it says.
func fault(class Class, action, message string, body []byte) *Error {
	var said struct{ RequestId string }
	_ = json.Unmarshal(body, &said)
	return &Error{Class: class, Action: action, Status: http.StatusOK, RequestID: word(said.RequestId), Message: message}
}

// modeNames is in the API's numbers.
var modeNames = map[Mode]string{
	ModeGeneral: "general", ModeLightweight: "lightweight", ModeVirtual: "virtual", ModePlaylist: "playlist",
}

func modeName(m Mode) string {
	if name, ok := modeNames[m]; ok {
		return name
	}
	return "mode " + strconv.Itoa(int(m))
}
