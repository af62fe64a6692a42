package live

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"casterbot/internal/neterr"
)

// outcome is what the exchange means. The order is that of certainty: nothing left, no whole answer, success, an answer
// that contradicts itself, redirect, a parsed refusal; the rest is Unknown. A success has status 200, the only one that
// the API documents for it, and a JSON object with a RequestId: an empty body, {} or a proxy's page is not the
// service's word. With a Code or "Success": false in it, it is no success; no refusal either, as none has this status.
func (x *exchange) outcome(a Action, k keys, panicked bool) ([]byte, *Error) {
	e := &Error{Class: Unknown, Action: a.Name, Status: x.status, RequestID: word(x.header.Get("x-acs-request-id"))}
	said := parse(x.body)
	switch {
	case x.unsent():
		e.Class, e.Message, e.cause = NotSent, "no connection to the service", contextCause(x.err)
		if why := neterr.Reason(x.err); why != "" {
			e.Message += ": " + why
		}
		if x.held != nil {
			e.final, e.stale, e.Message = !x.stale, x.stale, x.held.Error()
		}
	case x.err != nil:
		e.Message, e.cause = "no complete answer", contextCause(x.err)
	case x.status == http.StatusOK && said.request != "" && !said.failed:
		return x.body, nil
	case x.status == http.StatusOK && said.request != "":
		said.tell(e, k)
		e.Message = cmp.Or(e.Message, "the answer says both that it was done and that it was not")
	case x.status/100 == 3:
		redirected(e, a)
	case x.status >= 400 && said.request != "" && said.code != "":
		said.tell(e, k)
		e.Class, e.Message = classify(x.status, e.Code), cmp.Or(plain[e.Code], e.Message)
	default:
		e.Message = "the answer is not one of this API"
		if panicked {
			e.Message += " and broke its SDK"
		}
	}
	return nil, e
}

// redirected: who redirects has not said that nothing was done; it may even be the service's way to answer afterwards.
// So a write is Unknown, and only a look is Refused: it has failed for good, however often it is tried.
func redirected(e *Error, a Action) {
	e.Message = "the endpoint answered with a redirect, which is not followed"
	if !a.Write {
		e.Class = Refused
	}
}

// noError are the codes that name no error, in lower case; none at all does not either.
var noError = map[string]bool{"": true, "ok": true, "200": true, "success": true}

// doubtful are statuses with which somebody on the way gave up waiting (RFC 9110 §15.5.9; nginx has 499 of its own),
// or with which only a proxy answers.
var doubtful = map[int]bool{http.StatusProxyAuthRequired: true, http.StatusRequestTimeout: true, 499: true}

// unclear are parts of codes, in lower case, that tell of the service's own trouble: the same code comes with different
// statuses, so that 4xx does not make it a refusal. With SignatureNonceUsed the first copy of the request may have been
// taken.
var unclear = []string{"timeout", "internal", "unavailable", "unknown", "signaturenonceused"}

// classify: 4xx is a refusal, except where the request may have been taken all the same.
func classify(status int, code string) Class {
	says := func(part string) bool { return strings.Contains(strings.ToLower(code), part) }
	switch {
	case status/100 != 4 || doubtful[status] || slices.ContainsFunc(unclear, says):
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
	return &Error{Class: class, Action: action, Status: http.StatusOK, RequestID: parse(body).request, Message: message}
}
