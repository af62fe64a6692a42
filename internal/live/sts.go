package live

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
)

const (
	stsWithin = 15 * time.Second
	shortest  = 15 * time.Minute // a session that STS gives
	spare     = time.Minute      // before the end of its session a key is not used any more
)

// role is a provider of the SDK's kind that gives the keys of a RAM role, in a session of a name. It asks STS itself:
// the SDK's own providers let a call wait while they renew keys that are still good, and know https addresses only.
type role struct {
	config   CredentialsConfig
	session  string
	lasting  time.Duration
	from     credentials.CredentialsProvider // whose keys assume it; nil: an OIDC token
	sts      api
	now      func() time.Time
	mu       sync.Mutex // of what follows; never held while STS is asked
	keys     keys
	ends     time.Time
	renewing bool
}

// GetProviderName implements credentials.CredentialsProvider.
func (r *role) GetProviderName() string {
	if r.from == nil {
		return "oidc_role_arn"
	}
	return "ram_role_arn"
}

// GetCredentials implements credentials.CredentialsProvider. Keys are renewed behind the caller's back from the half of
// their time on, so that no call waits for STS while there are good ones.
func (r *role) GetCredentials() (*credentials.Credentials, error) {
	r.mu.Lock()
	k, left := r.keys, r.ends.Sub(r.now())
	renew := left < r.lasting/2 && !r.renewing
	r.renewing = r.renewing || renew
	r.mu.Unlock()
	switch {
	case left > spare && renew:
		go func() { _, _ = r.assume() }()
	case left <= spare:
		var failed *Error
		if k, failed = r.assume(); failed != nil {
			return nil, failed
		}
	}
	return &credentials.Credentials{AccessKeyId: k.id, AccessKeySecret: k.secret, SecurityToken: k.token,
		ProviderName: r.GetProviderName()}, nil
}

// assume asks STS and keeps what it gives.
func (r *role) assume() (k keys, failed *Error) {
	defer func() {
		if recover() != nil { // the SDK's providers do
			failed = &Error{Class: NotSent, Message: "the provider panicked"}
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.renewing = false
	}()
	ctx, cancel := context.WithTimeout(context.Background(), stsWithin)
	defer cancel()
	x := &exchange{ctx: ctx, base: newTransport(r.sts.scheme, false)}
	body, failed := r.ask(x)
	if failed != nil {
		return keys{}, failed
	}
	var said struct {
		Credentials struct {
			AccessKeyId, AccessKeySecret, SecurityToken string
			Expiration                                  time.Time
		}
	}
	if json.Unmarshal(body, &said) != nil || said.Credentials.AccessKeyId == "" || said.Credentials.SecurityToken == "" {
		return keys{}, &Error{Class: NotSent, Message: "the answer holds no keys"}
	}
	got := said.Credentials
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = keys{got.AccessKeyId, got.AccessKeySecret, got.SecurityToken}
	r.ends = got.Expiration
	return r.keys, nil
}

// ask makes the call: signed with other keys, or with an OIDC token in it.
func (r *role) ask(x *exchange) ([]byte, *Error) {
	p := params{{"RoleArn", r.config.RoleARN}, {"RoleSessionName", r.session},
		{"DurationSeconds", strconv.Itoa(int(r.lasting.Seconds()))}}
	if r.from == nil {
		return r.askByToken(x, p)
	}
	cc, err := r.from.GetCredentials()
	if err != nil {
		return nil, providerError(err)
	}
	k := keys{cc.AccessKeyId, cc.AccessKeySecret, cc.SecurityToken}
	panicked := r.sts.drive(x, k, "", "AssumeRole", p, stsWithin)
	return x.outcome(Action{Name: "AssumeRole"}, k, panicked)
}

func (r *role) askByToken(x *exchange, p params) ([]byte, *Error) {
	token, err := os.ReadFile(r.config.OIDCTokenFile)
	if err != nil {
		return nil, &Error{Class: NotSent, Message: strings.TrimPrefix(plainReason(err), ": ")}
	}
	const action = "AssumeRoleWithOIDC"
	query := url.Values{"Version": {r.sts.version}, "Action": {action}, "Format": {"JSON"},
		"Timestamp": {time.Now().UTC().Format("2006-01-02T15:04:05Z")}}
	form := url.Values{"OIDCProviderArn": {r.config.OIDCProviderARN}, "OIDCToken": {string(token)}}
	for _, param := range p {
		form.Set(param.name, param.value)
	}
	request, err := http.NewRequestWithContext(x.ctx, http.MethodPost,
		(&url.URL{Scheme: r.sts.scheme, Host: r.sts.host, Path: "/", RawQuery: query.Encode()}).String(),
		strings.NewReader(form.Encode()))
	if err != nil {
		return nil, &Error{Class: NotSent, Message: "the request cannot be made"}
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, _ = x.RoundTrip(request)
	return x.outcome(Action{Name: action}, keys{token: strings.TrimSpace(string(token))}, false)
}

// providerError is one of a provider of the SDK as one of ours, safe to show.
func providerError(err error) *Error {
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	return (&source{name: "keys for the role"}).failed(err)
}

// stsEndpoint is where STS is asked: where the setting says, or where the SDK's own variables do.
func (c CredentialsConfig) stsEndpoint() (api, error) {
	address := c.STSEndpoint
	if address == "" {
		host := "sts"
		if strings.EqualFold(os.Getenv("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"), "true") {
			host = "sts-vpc"
		}
		if region := os.Getenv("ALIBABA_CLOUD_STS_REGION"); region != "" {
			host += "." + region
		}
		address = "https://" + host + ".aliyuncs.com"
	}
	scheme, host, err := endpoint("CASTERBOT_STS_ENDPOINT", "https://sts.aliyuncs.com", address)
	return api{"Sts", "2015-04-01", scheme, host}, err
}

// inSession builds the provider of the role's keys in a session of a name: assumed with other keys, or, without any, by
// OIDC.
func (c CredentialsConfig) inSession(other build) func(name string, lasting time.Duration) build {
	return func(name string, lasting time.Duration) build {
		return func() (credentials.CredentialsProvider, error) {
			sts, err := c.stsEndpoint()
			if err != nil {
				return nil, plainError(err.Error())
			}
			r := &role{config: c, session: cmp.Or(name, c.RoleSessionName), lasting: lasting, sts: sts, now: time.Now}
			if other != nil {
				if r.from, err = other(); err != nil {
					return nil, err
				}
			}
			return r, nil
		}
	}
}
