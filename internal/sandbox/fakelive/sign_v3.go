package fakelive

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// algorithmV3 is the one algorithm of version 3 that is known here; the service has others (SM3, RSA).
const algorithmV3 = "ACS3-HMAC-SHA256"

// signedHead is what version 3 of the signature covers: method, query and headers, and the hash of the body. It says
// in headers what version 1 says in parameters.
// https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
type signedHead struct {
	algorithm string
	names     []string // of the signed headers, in the order of the client
	method    string
	path      string
	query     url.Values
	host      string
	header    http.Header
	bodyHash  string
}

// readHead reads the Authorization header of version 3 and puts what it and the x-acs headers say among the
// parameters, under the names of version 1, so that one check serves both. A request without one is left to version 1,
// whose clients send x-acs headers too.
func readHead(r *http.Request, body []byte, params map[string]string) *signedHead {
	algorithm, rest, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if !strings.HasPrefix(algorithm, "ACS3-") {
		return nil
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	hash := sha256.Sum256(body)
	h := &signedHead{algorithm: algorithm, names: strings.Split(parts["SignedHeaders"], ";"), method: r.Method,
		path: r.URL.EscapedPath(), query: r.URL.Query(), host: r.Host, header: r.Header,
		bodyHash: hex.EncodeToString(hash[:])}
	params["AccessKeyId"], params["Signature"] = parts["Credential"], parts["Signature"]
	for name, header := range map[string]string{"Action": "x-acs-action", "Version": "x-acs-version",
		"Timestamp": "x-acs-date", "SignatureNonce": "x-acs-signature-nonce", "SecurityToken": "x-acs-security-token"} {
		params[name] = h.value(header)
	}
	if params["Format"] == "" && strings.Contains(r.Header.Get("Accept"), "xml") {
		params["Format"] = "XML"
	}
	return h
}

func (h *signedHead) value(name string) string {
	if name == "host" {
		return h.host
	}
	return strings.TrimSpace(h.header.Get(name))
}

// check is checkProtocol for version 3. Emulator's own choice: the codes; the pages name none. The host and every
// x-acs header have to be signed, a Content-Type need not be.
func (h *signedHead) check(in *request) *refusal {
	switch {
	case h.algorithm != algorithmV3:
		return refuse("InvalidSignatureMethod")
	case in.params["Signature"] == "":
		return missing("Signature")
	case in.params["SignatureNonce"] == "":
		return missing("SignatureNonce")
	case in.params["Timestamp"] == "":
		return missing("Timestamp")
	case h.value("x-acs-content-sha256") == "":
		return missing("ContentSha256")
	case !slices.Contains(h.names, "host") || !slices.IsSorted(h.names) || h.unsigned():
		return refuse("IncompleteSignature")
	}
	return nil
}

// unsigned reports an x-acs header that the signature leaves out.
func (h *signedHead) unsigned() bool {
	for name := range h.header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-acs-") && !slices.Contains(h.names, name) {
			return true
		}
	}
	return false
}

// canonical is the request in the form in which it is hashed.
func (h *signedHead) canonical() string {
	lines := []string{h.method, h.path, canonicalQuery(h.query)}
	for _, name := range h.names {
		lines = append(lines, name+":"+h.value(name))
	}
	return strings.Join(append(lines, "", strings.Join(h.names, ";"), h.bodyHash), "\n")
}

func canonicalQuery(query url.Values) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range slices.Sorted(slices.Values(query[name])) {
			pairs = append(pairs, percent(name)+"="+percent(value))
		}
	}
	return strings.Join(pairs, "&")
}

// sign computes the signature of version 3: HMAC-SHA256, with the secret as it is, over the hash of the request.
func (h *signedHead) sign(secret string) (signature, stringToSign string) {
	hash := sha256.Sum256([]byte(h.canonical()))
	stringToSign = algorithmV3 + "\n" + hex.EncodeToString(hash[:])
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stringToSign))
	return hex.EncodeToString(mac.Sum(nil)), stringToSign
}
