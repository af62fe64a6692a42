package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
)

// CredentialsConfig names where the keys come from. Every field is the value of the environment variable in its
// comment. What is set decides, in this order: access key (with RoleARN: a role assumed with it), OIDC, profile,
// ECS role (with RoleARN: a role assumed with it).
type CredentialsConfig struct {
	AccessKeyID     string // ALIBABA_CLOUD_ACCESS_KEY_ID
	AccessKeySecret string // ALIBABA_CLOUD_ACCESS_KEY_SECRET
	SecurityToken   string // ALIBABA_CLOUD_SECURITY_TOKEN
	RoleARN         string // ALIBABA_CLOUD_ROLE_ARN
	RoleSessionName string // ALIBABA_CLOUD_ROLE_SESSION_NAME, default casterbot
	ECSRole         string // ALIBABA_CLOUD_ECS_METADATA, the RAM role of the ECS instance
	OIDCProviderARN string // ALIBABA_CLOUD_OIDC_PROVIDER_ARN
	OIDCTokenFile   string // ALIBABA_CLOUD_OIDC_TOKEN_FILE
	STSEndpoint     string // CASTERBOT_STS_ENDPOINT, where a role is assumed
	Profile         string // ALIBABA_CLOUD_PROFILE, of the vendor's command line or of its credentials file
}

// Credentials gives the keys for one send at a time. Copies share one source. It prints as its kind, never as keys.
type Credentials struct{ *source }

// String is the kind of credentials, "[credentials static_ak]".
func (c Credentials) String() string { return "[credentials " + c.kind() + "]" }

// Format is String for every verb, so that %#v and %x cannot reach the keys.
func (c Credentials) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

func (c Credentials) kind() string {
	if c.source == nil {
		return "none"
	}
	return c.source.name
}

// keys are what one request is signed with.
type keys struct{ id, secret, token string }

// source keeps one SDK provider, which is neither safe for goroutines nor able to heal: a failed one is thrown away
// and built anew at the next need. The channel is a mutex that a context can leave.
type source struct {
	name    string
	fixed   bool // the same keys for ever: reading them again is no use
	build   build
	shared  string                                         // name of the role session of all that has none of its own
	session func(name string, lasting time.Duration) build // the role in another session; nil: the keys are no role's
	lock    chan struct{}
	current credentials.CredentialsProvider
}

func newSource(name string, fixed bool, build build) Credentials {
	return Credentials{&source{name: name, fixed: fixed, build: build, lock: make(chan struct{}, 1)}}
}

// NewCredentials checks what is set and chooses the source. Nothing is fetched yet.
func NewCredentials(c CredentialsConfig) (Credentials, error) {
	c.RoleSessionName = cmp.Or(c.RoleSessionName, "casterbot")
	switch {
	case c.AccessKeyID != "" || c.AccessKeySecret != "":
		return keyCredentials(c)
	case c.OIDCProviderARN != "" || c.OIDCTokenFile != "":
		return oidcCredentials(c)
	case c.Profile != "":
		return newSource("profile", false, c.profile), nil
	case c.ECSRole != "" && c.RoleARN != "":
		return c.roleCredentials("ram_role_arn", c.ecs)
	case c.ECSRole != "":
		return newSource("ecs_ram_role", false, c.ecs), nil
	case c.RoleARN != "":
		return Credentials{},
			errors.New("ALIBABA_CLOUD_ROLE_ARN is set without an access key, an OIDC token or an ECS role to assume it with")
	case c.SecurityToken != "":
		return Credentials{}, errors.New("ALIBABA_CLOUD_SECURITY_TOKEN is set without its access key")
	}
	return Credentials{},
		errors.New("no Alibaba Cloud credentials: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (RAM console, AccessKey), or a RAM role, ECS role, OIDC token or profile")
}

func keyCredentials(c CredentialsConfig) (Credentials, error) {
	switch {
	case c.AccessKeyID == "":
		return Credentials{}, errors.New("ALIBABA_CLOUD_ACCESS_KEY_SECRET is set without ALIBABA_CLOUD_ACCESS_KEY_ID")
	case c.AccessKeySecret == "":
		return Credentials{}, errors.New("ALIBABA_CLOUD_ACCESS_KEY_ID is set without ALIBABA_CLOUD_ACCESS_KEY_SECRET")
	case c.RoleARN != "":
		return c.roleCredentials("ram_role_arn", c.key)
	case c.SecurityToken != "":
		return newSource("static_sts", true, c.key), nil
	}
	return newSource("static_ak", true, c.key), nil
}

func oidcCredentials(c CredentialsConfig) (Credentials, error) {
	for _, need := range []struct{ name, value string }{
		{"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", c.OIDCProviderARN},
		{"ALIBABA_CLOUD_OIDC_TOKEN_FILE", c.OIDCTokenFile},
		{"ALIBABA_CLOUD_ROLE_ARN", c.RoleARN},
	} {
		if need.value == "" {
			return Credentials{}, fmt.Errorf("credentials by OIDC need %s", need.name)
		}
	}
	return c.roleCredentials("oidc_role_arn", nil)
}

// sharedFor is how long the session lasts that looks share: as long as every role allows.
const sharedFor = time.Hour

// roleCredentials are those of a role, assumed with other keys or, without any, by OIDC.
func (c CredentialsConfig) roleCredentials(name string, other build) (Credentials, error) {
	if _, err := c.stsEndpoint(); err != nil {
		return Credentials{}, err
	}
	inSession := c.inSession(other)
	all := newSource(name, false, inSession(c.RoleSessionName, sharedFor))
	all.shared, all.session = c.RoleSessionName, inSession
	return all, nil
}

func (c CredentialsConfig) key() (credentials.CredentialsProvider, error) {
	return keys{c.AccessKeyID, c.AccessKeySecret, c.SecurityToken}.provider(), nil
}

type build = func() (credentials.CredentialsProvider, error)

func (c CredentialsConfig) ecs() (credentials.CredentialsProvider, error) {
	return credentials.NewECSRAMRoleCredentialsProviderBuilder().WithRoleName(c.ECSRole).Build()
}

// profile is the profile of the vendor's command line, or, where that has none of this name, of the credentials file.
func (c CredentialsConfig) profile() (credentials.CredentialsProvider, error) {
	cli := credentials.NewCLIProfileCredentialsProviderBuilder().WithProfileName(c.Profile).Build()
	if _, err := cli.GetCredentials(); err == nil {
		return cli, nil
	}
	file := credentials.NewProfileCredentialsProviderBuilder().WithProfileName(c.Profile).Build()
	if _, err := file.GetCredentials(); err != nil { // its text may quote the file
		return nil, plainError(fmt.Sprintf(
			"neither ~/.aliyun/config.json nor ~/.alibabacloud/credentials has a profile %q that works", c.Profile))
	}
	return file, nil
}

// plainError is one that may be shown.
type plainError string

func (e plainError) Error() string { return string(e) }

// plainReason is what may be shown of a provider's error, after a colon.
func plainReason(err error) string {
	var plain plainError
	var file *fs.PathError
	switch {
	case errors.As(err, &plain):
		return ": " + plain.Error()
	case errors.As(err, &file):
		return ": " + file.Error()
	}
	return ""
}

// keys fetches what the next request is signed with. The providers know no context and may take 15 s, so they run
// aside; a caller that gives up leaves the fetch to end by itself, still holding the lock.
func (s *source) keys(ctx context.Context) (keys, *Error) {
	select {
	case s.lock <- struct{}{}:
	case <-ctx.Done():
		return keys{}, s.failed(ctx.Err())
	}
	type answer struct {
		keys keys
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		k, err := s.fetch()
		<-s.lock
		got <- answer{k, err}
	}()
	select {
	case a := <-got:
		return a.keys, s.failed(a.err)
	case <-ctx.Done():
		return keys{}, s.failed(ctx.Err())
	}
}

// fetch runs under the lock. The SDK's providers panic on some answers, as its client does.
func (s *source) fetch() (k keys, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the provider panicked")
		}
		if err != nil {
			s.current = nil
		}
	}()
	if s.current == nil {
		if s.current, err = s.build(); err != nil {
			return keys{}, err
		}
	}
	cc, err := s.current.GetCredentials()
	if err != nil {
		return keys{}, err
	}
	if cc.AccessKeyId == "" || cc.AccessKeySecret == "" {
		return keys{}, errors.New("the provider gave no keys")
	}
	return keys{id: cc.AccessKeyId, secret: cc.AccessKeySecret, token: cc.SecurityToken}, nil
}

// forget makes the next keys be fetched anew. It reports whether that can change anything.
func (s *source) forget(ctx context.Context) bool {
	if s.fixed {
		return false
	}
	select {
	case s.lock <- struct{}{}:
		s.current = nil
		<-s.lock
		return true
	case <-ctx.Done():
		return false
	}
}

// failed turns a provider's error, which may quote keys and addresses, into one that is safe to show.
func (s *source) failed(err error) *Error {
	if err == nil {
		return nil
	}
	e := &Error{Class: NotSent, Keys: true, Code: noKeys, cause: contextCause(err),
		Message: "could not get credentials (" + s.name + ")" + plainReason(err)}
	if own, ok := errors.AsType[*Error](err); ok { // of STS
		e.cause = own.cause
		if e.Message += ": " + own.Message; own.Class == Refused {
			e.Class, e.Code, e.Status, e.RequestID = Refused, own.Code, own.Status, own.RequestID
		}
		return e
	}
	var server *sdkerrors.ServerError
	if errors.As(err, &server) && server.HttpStatus() < 500 && server.ErrorCode() != "" {
		e.Class, e.Code, e.Status = Refused, word(server.ErrorCode()), server.HttpStatus()
		e.RequestID = word(server.RequestId())
		e.Message = "the security service gave no credentials (" + s.name + ")"
	}
	return e
}
