package fakelive

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sort"
	"strings"
	"testing"
	"time"
)

const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// The vector is the worked example of the page that describes version 3.
func TestSignV3Vector(t *testing.T) {
	r, _ := http.NewRequest("POST", "https://ecs.cn-shanghai.aliyuncs.com/?RegionId=cn-shanghai&"+
		"ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", nil)
	for name, value := range map[string]string{
		"Authorization": "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;" +
			"x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=x",
		"x-acs-action": "RunInstances", "x-acs-version": "2014-05-26", "x-acs-date": "2023-10-26T10:22:32Z",
		"x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d", "x-acs-content-sha256": emptyHash,
	} {
		r.Header.Set(name, value)
	}
	const want = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
	if got, over := readHead(r, nil, map[string]string{}).sign("YourAccessKeySecret"); got != want ||
		over != "ACS3-HMAC-SHA256\n7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259" {
		t.Errorf("sign = %s over %q, want %s", got, over, want)
	}
	if got := signV3(r, "", "YourAccessKeyId", "YourAccessKeySecret"); !strings.HasSuffix(got, "Signature="+want) {
		t.Errorf("the test's own signer: %s", got)
	}
}

// What the vendor's present client (darabonba-openapi 2.1.13 for Go) put on the wire for an operation with a form.
const ofTheVendor = `POST / HTTP/1.1
Host: 127.0.0.1:8977
User-Agent: AlibabaCloud (linux; amd64) Golang/1.26.8 Core/0.01 TeaDSL/2
Content-Length: 45
Authorization: ACS3-HMAC-SHA256 Credential=LTAIfakefakesandbox,SignedHeaders=content-type;host;x-acs-action;` +
	`x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version,` +
	`Signature=8ca25e41ec2971d25aa66b58cdebe4ffa6b3904bed58c6a88ea5a8d46fb6e1d9
accept: application/json
content-type: application/x-www-form-urlencoded
x-acs-action: DescribeCasterScenes
x-acs-content-sha256: c82e55b5658171de8554e76458fdfc053ef0df3c01043d2e6486625e0b91acdb
x-acs-credentials-provider: static_ak
x-acs-date: 2026-11-30T09:39:06Z
x-acs-signature-nonce: 036a33fbfe96299a69ee370cb171a3a1
x-acs-version: 2016-11-01

CasterId=4f0c7a1e-0000-4000-8000-000000000001`

func TestTheVendorsPresentClient(t *testing.T) {
	at := time.Date(2026, 11, 30, 9, 39, 6, 0, time.UTC)
	w := New(Config{AccessKeyID: "LTAIfakefakesandbox", AccessKeySecret: "fake-secret-of-the-sandbox",
		Now: func() time.Time { return at }, Gateway: func() time.Time { return at }})
	head, body, _ := strings.Cut(ofTheVendor, "\n\n")
	lines := strings.Split(head, "\n")
	send := func(body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		for _, line := range lines[1:] {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Set(name, value)
		}
		r.Host = r.Header.Get("Host")
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		return rec
	}
	if rec := send(body + "&X=1"); rec.Code != 400 || !strings.Contains(rec.Body.String(), "SignatureDoesNotMatch") {
		t.Errorf("another body: %d %s", rec.Code, rec.Body)
	}
	if rec := send(body); rec.Code != 200 || !strings.Contains(rec.Body.String(), "SceneList") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// newV3 makes a request of version 3 with its headers, not signed yet.
func (b *bench) newV3(method, query, body, action string) *http.Request {
	r, err := http.NewRequest(method, b.url+"/?"+query, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	hash := sha256.Sum256([]byte(body))
	r.Header.Set("x-acs-action", action)
	r.Header.Set("x-acs-version", "2016-11-01")
	r.Header.Set("x-acs-date", b.gate.Now().Format("2006-01-02T15:04:05Z"))
	r.Header.Set("x-acs-signature-nonce", fmt.Sprintf("v3-%d", b.nonce.Add(1)))
	r.Header.Set("x-acs-content-sha256", hex.EncodeToString(hash[:]))
	if body != "" {
		r.Header.Set("content-type", "application/x-www-form-urlencoded")
	}
	return r
}

// signV3 gives the Authorization header. It is written from the description and shares nothing with the code under
// test.
func signV3(r *http.Request, body, key, secret string) string {
	query := strings.Split(r.URL.RawQuery, "&")
	sort.Strings(query)
	lines := []string{"host:" + r.URL.Host}
	names := []string{"host"}
	for name := range r.Header {
		if name := strings.ToLower(name); strings.HasPrefix(name, "x-acs-") || name == "content-type" {
			lines, names = append(lines, name+":"+strings.TrimSpace(r.Header.Get(name))), append(names, name)
		}
	}
	sort.Strings(lines)
	sort.Strings(names)
	hash := sha256.Sum256([]byte(body))
	request := r.Method + "\n/\n" + strings.Join(query, "&") + "\n" + strings.Join(lines, "\n") + "\n\n" +
		strings.Join(names, ";") + "\n" + hex.EncodeToString(hash[:])
	hash = sha256.Sum256([]byte(request))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(hash[:])))
	return "ACS3-HMAC-SHA256 Credential=" + key + ",SignedHeaders=" + strings.Join(names, ";") +
		",Signature=" + hex.EncodeToString(mac.Sum(nil))
}

// v3 sends a request of version 3; change may spoil it after it was signed.
func (b *bench) v3(r *http.Request, body string, change ...func(*http.Request)) answer {
	r.Header.Set("Authorization", signV3(r, body, testKey, testSecret))
	for _, c := range change {
		c(r)
	}
	return roundTrip(r)
}

func TestVersion3ReachesEveryPlaceOfParameters(t *testing.T) {
	b := newBench(t)
	one := "CasterId=" + studioN(1)
	name := "CasterName=" + rfc3986("Späte *Schau* ~1 +/&=") + "&ClientToken=tok&Src" + one
	for _, c := range []struct{ method, query, body, action string }{
		{"GET", one, "", "DescribeCasterScenes"},
		{"POST", one, "", "DescribeCasterScenes"},
		{"POST", "", one, "DescribeCasterScenes"},
		{"POST", "RegionId=cn-shanghai", one, "DescribeCasterScenes"},
		{"POST", name, "", "CopyCaster"},
	} {
		b.ok(b.v3(b.newV3(c.method, c.query, c.body, c.action), c.body))
	}
	b.wantEffects(1)
	if got := b.world.Effects()[0].Params["CasterName"]; got != "Späte *Schau* ~1 +/&=" {
		t.Errorf("name %q", got)
	}
	for name := range b.lastCall().Params {
		if strings.HasPrefix(strings.ToLower(name), "x-acs") || name == "Authorization" {
			t.Errorf("%s is in the log", name)
		}
	}
}

func TestVersion3Refusals(t *testing.T) {
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	head := func(value string) func(*http.Request) { return set("Authorization", value) }
	token := set("x-acs-security-token", "CAISfake")
	late := testStart.Add(-time.Hour).Format(stampLayout)
	for name, c := range map[string]struct {
		before, after func(*http.Request)
		status        int
		code          string
	}{
		"no action":      {set("x-acs-action", ""), nil, 400, "MissingAction"},
		"other version":  {set("x-acs-version", "2014-05-26"), nil, 400, "InvalidVersion"},
		"no date":        {set("x-acs-date", ""), nil, 400, "MissingTimestamp"},
		"odd date":       {set("x-acs-date", "yesterday"), nil, 400, "InvalidTimeStamp.Format"},
		"old date":       {set("x-acs-date", late), nil, 400, "InvalidTimeStamp.Expired"},
		"no nonce":       {set("x-acs-signature-nonce", ""), nil, 400, "MissingSignatureNonce"},
		"no hash":        {set("x-acs-content-sha256", ""), nil, 400, "MissingContentSha256"},
		"token not ours": {token, nil, 400, "InvalidSecurityToken.MismatchWithAccessKey"},
		"other key": {nil, head("ACS3-HMAC-SHA256 Credential=LTAIx,SignedHeaders=host,Signature=x"), 404,
			"InvalidAccessKeyId.NotFound"},
		"no key": {nil, head("ACS3-HMAC-SHA256 x"), 400, "MissingAccessKeyId"},
		"other algorithm": {nil, head("ACS3-HMAC-SM3 Credential=" + testKey + ",SignedHeaders=host,Signature=x"), 400,
			"InvalidSignatureMethod"},
		"no signature": {nil, head("ACS3-HMAC-SHA256 Credential=" + testKey + ",SignedHeaders=host"), 400,
			"MissingSignature"},
		"names in disorder": {nil, func(r *http.Request) {
			signed := r.Header.Get("Authorization")
			r.Header.Set("Authorization", strings.Replace(signed, "=host;x-acs-action;", "=x-acs-action;host;", 1))
		}, 400, "IncompleteSignature"},
		"header unsigned": {nil, set("x-acs-extra", "1"), 400, "IncompleteSignature"},
		"header changed":  {nil, set("x-acs-action", "StopCaster"), 400, "SignatureDoesNotMatch"},
		"query changed": {nil, func(r *http.Request) { r.URL.RawQuery = "CasterId=" + studioN(2) }, 400,
			"SignatureDoesNotMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			r := b.newV3("POST", "CasterId="+studioN(1), "", "RestartCaster")
			if c.before != nil {
				c.before(r)
			}
			if c.after == nil {
				c.after = func(*http.Request) {}
			}
			b.want(b.v3(r, "", c.after), c.status, c.code)
			b.wantEffects(0)
		})
	}
}

func TestVersion3NonceTokenAndXML(t *testing.T) {
	b := newBench(t, func(c *Config) { c.SecurityToken = "CAIS/fake" })
	r := b.newV3("POST", "", "", "DescribeCasters")
	b.want(b.v3(r, ""), 400, "InvalidSecurityToken.MismatchWithAccessKey")
	r.Header.Set("x-acs-security-token", "CAIS/fake")
	b.ok(b.v3(r, ""))
	again := b.newV3("POST", "", "", "DescribeCasters")
	again.Header = r.Header
	b.want(b.v3(again, ""), 400, "SignatureNonceUsed")
	r = b.newV3("POST", "", "", "DescribeCasters")
	r.Header.Set("x-acs-security-token", "CAIS/fake")
	r.Header.Set("Accept", "text/xml")
	if a := b.v3(r, ""); !strings.Contains(a.body, "<DescribeCastersResponse>") {
		t.Errorf("%s", a.body)
	}
}
