package fakelive

import (
	"encoding/xml"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// The vector is the sample of the RPC signature's public description.
func TestSignVector(t *testing.T) {
	params := map[string]string{"AccessKeyId": "testid", "Action": "DescribeRegions", "Format": "XML",
		"SignatureMethod": "HMAC-SHA1", "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
		"SignatureVersion": "1.0", "Timestamp": "2016-02-23T12:46:24Z", "Version": "2014-05-26"}
	const want = "OLeaidS1JvxuMvnyHOwuJ+uX5qY="
	if got, _ := sign("GET", "testsecret", params); got != want {
		t.Errorf("sign = %s, want %s", got, want)
	}
	if got := signed("GET", params, "testsecret")["Signature"]; got != want {
		t.Errorf("the test's own signer = %s, want %s", got, want)
	}
}

func TestSignAgreesOnAwkwardText(t *testing.T) {
	for _, text := range []string{"", " ", "a b+c", "*~%&=?/", "日本語 🎥", "%20", "a\nb", "é", "-_.!'()",
		"Name.1"} {
		params := map[string]string{"Name": text, text: "x", "SignatureType": ""}
		got, _ := sign("POST", "s", params)
		if want := signed("POST", params, "s")["Signature"]; got != want {
			t.Errorf("%q: sign = %s, want %s", text, got, want)
		}
	}
}

// Every way in which clients spread parameters over query and form must verify.
func TestQueryAndFormMerge(t *testing.T) {
	b := newBench(t)
	for name, split := range map[string]func(p map[string]string) (method string, query, form map[string]string){
		"GET query":    func(p map[string]string) (string, map[string]string, map[string]string) { return "GET", p, nil },
		"POST query":   func(p map[string]string) (string, map[string]string, map[string]string) { return "POST", p, nil },
		"POST form":    func(p map[string]string) (string, map[string]string, map[string]string) { return "POST", nil, p },
		"POST between": splitInTwo,
	} {
		p := b.common("DescribeCasterScenes")
		p["CasterId"] = studioN(1)
		p["SignatureType"] = ""
		method := "POST"
		if strings.HasPrefix(name, "GET") {
			method = "GET"
		}
		m, query, form := split(signed(method, p, testSecret))
		a := b.send(m, query, form)
		if a.status != 200 || len(a.list("SceneList", "Scene")) != 3 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

func splitInTwo(p map[string]string) (string, map[string]string, map[string]string) {
	query, form := map[string]string{}, map[string]string{}
	for name, value := range p {
		if len(name)%2 == 0 {
			query[name] = value
		} else {
			form[name] = value
		}
	}
	return "POST", query, form
}

func TestFormWinsOverQuery(t *testing.T) {
	b := newBench(t)
	p := b.common("DescribeCasterScenes")
	p["CasterId"] = studioN(1)
	a := b.send("POST", map[string]string{"CasterId": studioN(2)}, signed("POST", p, testSecret))
	if len(a.list("SceneList", "Scene")) != 3 {
		t.Fatalf("%d %s", a.status, a.body)
	}
}

func TestGatewayRefusals(t *testing.T) {
	hour := testStart.Add(time.Hour).Format(stampLayout)
	for name, c := range map[string]struct {
		params []string
		status int
		code   string
	}{
		"unknown action":    {[]string{"Action", "DeleteUniverse"}, 404, "InvalidApi.NotFound"},
		"no action":         {[]string{"Action", ""}, 400, "MissingAction"},
		"no version":        {[]string{"Version", ""}, 400, "MissingVersion"},
		"wrong version":     {[]string{"Version", "2014-05-26"}, 400, "InvalidVersion"},
		"no key":            {[]string{"AccessKeyId", ""}, 400, "MissingAccessKeyId"},
		"unknown key":       {[]string{"AccessKeyId", "LTAIother"}, 404, "InvalidAccessKeyId.NotFound"},
		"token not ours":    {[]string{"SecurityToken", "CAISfake"}, 400, "InvalidSecurityToken.MismatchWithAccessKey"},
		"no nonce":          {[]string{"SignatureNonce", ""}, 400, "MissingSignatureNonce"},
		"no timestamp":      {[]string{"Timestamp", ""}, 400, "MissingTimestamp"},
		"bad timestamp":     {[]string{"Timestamp", "yesterday"}, 400, "InvalidTimeStamp.Format"},
		"clock ahead":       {[]string{"Timestamp", hour}, 400, "InvalidTimeStamp.Expired"},
		"other algorithm":   {[]string{"SignatureMethod", "HMAC-MD5"}, 400, "InvalidSignatureMethod"},
		"signature version": {[]string{"SignatureVersion", "2.0"}, 400, "IncompleteSignature"},
		"missing parameter": {[]string{"Action", "RestartCaster"}, 400, "MissingCasterId"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			a := b.call("DescribeCasters", c.params...)
			b.want(a, c.status, c.code)
			if a.header.Get("x-acs-request-id") != a.text("RequestId") || a.text("RequestId") == "" {
				t.Errorf("request id: header %q, body %q", a.header.Get("x-acs-request-id"), a.text("RequestId"))
			}
			if a.text("HostId") == "" || a.text("Message") == "" || a.text("Recommend") == "" {
				t.Errorf("incomplete error: %s", a.body)
			}
		})
	}
}

func TestSignatureChecked(t *testing.T) {
	b := newBench(t)
	p := signed("POST", b.common("DescribeCasters"), "another-secret")
	a := b.send("POST", nil, p)
	b.want(a, 400, "SignatureDoesNotMatch")
	if !strings.Contains(a.text("Message"), "server string to sign is:POST&%2F&") {
		t.Errorf("message %q", a.text("Message"))
	}
	p = signed("POST", b.common("RestartCaster"), testSecret)
	p["CasterId"] = studioN(1)
	b.want(b.send("POST", nil, p), 400, "SignatureDoesNotMatch")
	delete(p, "Signature")
	b.want(b.send("POST", nil, p), 400, "MissingSignature")
	b.want(b.send("POST", nil, signed("GET", b.common("DescribeCasters"), testSecret)), 400, "SignatureDoesNotMatch")
	b.wantEffects(0)
}

func TestNonceIsSingleUse(t *testing.T) {
	b := newBench(t)
	p := b.common("RestartCaster")
	p["CasterId"] = studioN(1)
	p = signed("POST", p, testSecret)
	spoiled := map[string]string{}
	for name, value := range p {
		spoiled[name] = value
	}
	spoiled["Signature"] = "x"
	b.want(b.send("POST", nil, spoiled), 400, "SignatureDoesNotMatch")
	b.ok(b.send("POST", nil, p))
	b.want(b.send("POST", nil, p), 400, "SignatureNonceUsed")
	b.wantEffects(1)
}

func TestNonceForgottenAfterItsWindow(t *testing.T) {
	b := newBench(t)
	b.ok(b.call("DescribeCasters", "SignatureNonce", "same"))
	b.gate.advance(29 * time.Minute)
	b.want(b.call("DescribeCasters", "SignatureNonce", "same"), 400, "SignatureNonceUsed")
	b.gate.advance(2 * time.Minute)
	b.ok(b.call("DescribeCasters", "SignatureNonce", "same"))
}

func TestClockSkew(t *testing.T) {
	for offset, code := range map[time.Duration]string{
		15 * time.Minute: "", -15 * time.Minute: "",
		15*time.Minute + time.Second: "InvalidTimeStamp.Expired", -15*time.Minute - time.Second: "InvalidTimeStamp.Expired",
	} {
		b := newBench(t)
		a := b.call("DescribeCasters", "Timestamp", testStart.Add(offset).Format(stampLayout))
		if a.code() != code {
			t.Errorf("offset %v: %q, want %q", offset, a.code(), code)
		}
	}
}

func TestSecurityToken(t *testing.T) {
	b := newBench(t, func(c *Config) { c.SecurityToken = "CAISfake" })
	b.want(b.call("DescribeCasters"), 400, "InvalidSecurityToken.MismatchWithAccessKey")
	b.ok(b.call("DescribeCasters", "SecurityToken", "CAISfake"))
}

func TestMethodsPathsAndBrokenBodies(t *testing.T) {
	b := newBench(t)
	p := signed("PUT", b.common("DescribeCasters"), testSecret)
	b.want(b.send("PUT", p, nil), 400, "UnsupportedHTTPMethod")
	r, _ := http.NewRequest("GET",
		b.url+"/v1/x?"+values(signed("GET", b.common("DescribeCasters"), testSecret)).Encode(), nil)
	b.want(roundTrip(r), 404, "InvalidApi.NotFound")
	r, _ = http.NewRequest("POST", b.url+"/", strings.NewReader("Action=%ZZ"))
	b.want(roundTrip(r), 400, "InvalidParameter.Format")
	r, _ = http.NewRequest("POST", b.url+"/", strings.NewReader(strings.Repeat("x", maxBody+1)))
	b.want(roundTrip(r), 400, "InvalidParameter.Format")
}

func TestXML(t *testing.T) {
	b := newBench(t)
	if err := b.world.SetStudio(studioN(1), func(s *Studio) { s.Name = "A <b> & c" }); err != nil {
		t.Fatal(err)
	}
	a := b.call("DescribeCasters", "Format", "XML")
	var list struct {
		XMLName   xml.Name `xml:"DescribeCastersResponse"`
		RequestID string   `xml:"RequestId"`
		Total     int
		Names     []string `xml:"CasterList>Caster>CasterName"`
	}
	if err := xml.Unmarshal([]byte(a.body), &list); err != nil || list.Total != 8 || len(list.Names) != 8 ||
		list.Names[0] != "A <b> & c" || list.RequestID != a.header.Get("x-acs-request-id") {
		t.Fatalf("%v %+v %s", err, list, a.body)
	}
	a = b.call("RestartCaster", "Format", "XML", "CasterId", studioN(2))
	var failed struct {
		XMLName       xml.Name `xml:"Error"`
		Code, Message string
		HostID        string `xml:"HostId"`
	}
	if err := xml.Unmarshal([]byte(a.body), &failed); err != nil || failed.Code != "IncorrectCasterStatus.Idle" ||
		failed.HostID == "" || a.status != 400 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/xml") {
		t.Fatalf("%v %+v %s", err, failed, a.body)
	}
}

func TestForeignPagesGiveNoOrders(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Host = "cloud.test" })
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"another origin": {func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, 403},
		"another name":   {func(r *http.Request) { r.Host = "evil.example" }, 403},
		"its own name":   {func(r *http.Request) { r.Host = "cloud.test:8789" }, 200},
	} {
		p := b.common("RestartCaster")
		p["CasterId"] = studioN(1)
		r, _ := http.NewRequest("POST", b.url+"/?"+values(signed("POST", p, testSecret)).Encode(), nil)
		c.change(r)
		if a := roundTrip(r); a.status != c.status {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	b.wantEffects(1)
}

// TestThePageNamesEveryOperation: docs/embedded-world.md lists what can be called.
func TestThePageNamesEveryOperation(t *testing.T) {
	page, err := os.ReadFile("../../../docs/embedded-world.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Operations() {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("%s is not on the page", name)
		}
	}
}
