package fakelive

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	apiVersion  = "2016-11-01"
	stampLayout = "2006-01-02T15:04:05Z"
	skew        = 15 * time.Minute
)

// sign computes the RPC signature, version 1.0: HMAC-SHA1 over the method and
// all parameters but the signature, sorted by name and percent-encoded twice.
func sign(method, secret string, params map[string]string) (signature, stringToSign string) {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if name != "Signature" {
			pairs = append(pairs, percent(name)+"="+percent(params[name]))
		}
	}
	stringToSign = method + "&%2F&" + percent(strings.Join(pairs, "&"))
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(stringToSign))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil)), stringToSign
}

// sign signs the request as its client should have, in the version that it uses.
func (in *request) sign(secret string) (signature, stringToSign string) {
	if in.head != nil {
		return in.head.sign(secret)
	}
	return sign(in.method, secret, in.params)
}

// percent encodes by RFC 3986: all but letters, digits and "-_.~".
func percent(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

// authenticate checks key, token, clock, signature and nonce, in this order. A
// nonce is used up only by a request that passes everything else.
func (w *World) authenticate(in *request, gateway time.Time) *refusal {
	checks := []func(*request, time.Time) *refusal{
		w.checkKey, w.checkProtocol, w.checkClock, w.checkSignature, w.checkNonce}
	for _, check := range checks {
		if r := check(in, gateway); r != nil {
			return r
		}
	}
	return nil
}

// checkKey knows one key, and those of role sessions. A token that does not belong to it is refused with
// MismatchWithAccessKey: emulator's own choice among the codes for tokens.
func (w *World) checkKey(in *request, gateway time.Time) *refusal {
	s, assumed := w.sessions[in.params["AccessKeyId"]]
	switch {
	case assumed && in.params["SecurityToken"] != s.token:
		return refuse("InvalidSecurityToken.MismatchWithAccessKey")
	case assumed && !gateway.Before(s.ends):
		return refuse("InvalidSecurityToken.Expired")
	case assumed:
		in.call.Session = s.name
		return nil
	case in.params["AccessKeyId"] == "":
		return missing("AccessKeyId")
	case in.params["AccessKeyId"] != w.cfg.AccessKeyID:
		return refuse("InvalidAccessKeyId.NotFound")
	case in.params["SecurityToken"] != w.cfg.SecurityToken:
		return refuse("InvalidSecurityToken.MismatchWithAccessKey")
	}
	return nil
}

func (w *World) checkProtocol(in *request, _ time.Time) *refusal {
	if in.head != nil {
		return in.head.check(in)
	}
	for _, name := range []string{"SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "Signature"} {
		if in.params[name] == "" {
			return missing(name)
		}
	}
	if in.params["SignatureMethod"] != "HMAC-SHA1" {
		return refuse("InvalidSignatureMethod")
	}
	if in.params["SignatureVersion"] != "1.0" {
		return refuse("IncompleteSignature")
	}
	return nil
}

func (w *World) checkClock(in *request, gateway time.Time) *refusal {
	stamp, err := time.Parse(stampLayout, in.params["Timestamp"])
	if err != nil {
		return refuse("InvalidTimeStamp.Format")
	}
	if gateway.Sub(stamp).Abs() > skew {
		return refuse("InvalidTimeStamp.Expired")
	}
	return nil
}

// checkSignature tells the string it has signed, as the real gateway does: a
// client that prints the message prints its own key id and token.
func (w *World) checkSignature(in *request, _ time.Time) *refusal {
	want, stringToSign := in.sign(w.secretOf(in.params["AccessKeyId"]))
	if subtle.ConstantTimeCompare([]byte(want), []byte(in.params["Signature"])) == 1 {
		return nil
	}
	return refuseWith("SignatureDoesNotMatch",
		"Specified signature is not matched with our calculation. server string to sign is:"+stringToSign)
}

// checkNonce remembers nonces for as long as their timestamp could be accepted.
func (w *World) checkNonce(in *request, gateway time.Time) *refusal {
	if gateway.Sub(w.pruned) > time.Minute {
		w.pruned = gateway
		for nonce, used := range w.nonces {
			if gateway.Sub(used) > 2*skew {
				delete(w.nonces, nonce)
			}
		}
	}
	nonce := in.params["SignatureNonce"]
	if _, used := w.nonces[nonce]; used {
		return refuse("SignatureNonceUsed")
	}
	w.nonces[nonce] = gateway
	return nil
}
