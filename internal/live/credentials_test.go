package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
)

func TestCredentialSources(t *testing.T) {
	const arn = "acs:ram::1:role/casterbot"
	tests := []struct {
		name   string
		config CredentialsConfig
		kind   string
		fault  string
	}{
		{"key", CredentialsConfig{AccessKeyID: "i", AccessKeySecret: "s"}, "static_ak", ""},
		{"sts", CredentialsConfig{AccessKeyID: "i", AccessKeySecret: "s", SecurityToken: "t"}, "static_sts", ""},
		{"role", CredentialsConfig{AccessKeyID: "i", AccessKeySecret: "s", RoleARN: arn}, "ram_role_arn", ""},
		{"ecs", CredentialsConfig{ECSRole: "r"}, "ecs_ram_role", ""},
		{"role by ecs", CredentialsConfig{ECSRole: "r", RoleARN: arn}, "ram_role_arn", ""},
		{"oidc", CredentialsConfig{OIDCProviderARN: "p", OIDCTokenFile: "f", RoleARN: arn}, "oidc_role_arn", ""},
		{"profile", CredentialsConfig{Profile: "show"}, "profile", ""},
		{"nothing", CredentialsConfig{}, "", "ALIBABA_CLOUD_ACCESS_KEY_ID"},
		{"no secret", CredentialsConfig{AccessKeyID: fakeID}, "", "without ALIBABA_CLOUD_ACCESS_KEY_SECRET"},
		{"no id", CredentialsConfig{AccessKeySecret: fakeSecret}, "", "without ALIBABA_CLOUD_ACCESS_KEY_ID"},
		{"token alone", CredentialsConfig{SecurityToken: fakeToken}, "", "ALIBABA_CLOUD_SECURITY_TOKEN"},
		{"role alone", CredentialsConfig{RoleARN: arn}, "", "ALIBABA_CLOUD_ROLE_ARN"},
		{"oidc without file", CredentialsConfig{OIDCProviderARN: "p", RoleARN: arn}, "", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"},
		{"oidc without role", CredentialsConfig{OIDCProviderARN: "p", OIDCTokenFile: "f"}, "", "ALIBABA_CLOUD_ROLE_ARN"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := NewCredentials(test.config)
			if test.fault != "" {
				if err == nil || !strings.Contains(err.Error(), test.fault) || strings.Contains(err.Error(), "canary") {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err != nil || got.kind() != test.kind {
				t.Fatalf("got %v, %v", got, err)
			}
			if test.kind == "profile" {
				return
			}
			if p, err := got.build(); err != nil || p.GetProviderName() != test.kind {
				t.Errorf("built %v, %v", p, err)
			}
		})
	}
}

func TestProfiles(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_FILE", filepath.Join(home, "ini"))
	write := func(name, text string) {
		path := filepath.Join(home, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write(".aliyun/config.json",
		`{"profiles":[{"name":"cli","mode":"AK","access_key_id":"cli-id","access_key_secret":"s"}]}`)
	write("ini", "[file]\ntype = access_key\naccess_key_id = file-id\naccess_key_secret = s\n")
	for profile, want := range map[string]string{"cli": "cli-id", "file": "file-id", "none": ""} {
		c, err := NewCredentials(CredentialsConfig{Profile: profile})
		if err != nil {
			t.Fatal(err)
		}
		k, failed := c.keys(t.Context())
		if k.id != want || (failed == nil) != (want != "") {
			t.Errorf("profile %s: %q, %v", profile, k.id, failed)
		}
	}
}

func TestCredentialsDoNotPrint(t *testing.T) {
	c, _ := NewCredentials(CredentialsConfig{AccessKeyID: fakeID, AccessKeySecret: fakeSecret, SecurityToken: fakeToken})
	if _, failed := c.keys(t.Context()); failed != nil {
		t.Fatal(failed)
	}
	inJSON, _ := json.Marshal(map[string]any{"c": c, "p": &c})
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "c", c, "config", Config{Credentials: c})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "c", c, "config", &Config{Credentials: c})
	all := fmt.Sprintf("%v %+v %#v %s %q %x %d %v", c, c, c, c, c, c, c, Config{Credentials: c}) + string(inJSON) +
		log.String()
	if strings.Contains(all, "canary") || strings.Contains(all, fmt.Sprintf("%x", fakeSecret)) ||
		!strings.Contains(all, "[credentials static_sts]") {
		t.Error(all)
	}
}

// provider is a source of keys that a test scripts.
type provider func() (*credentials.Credentials, error)

func (p provider) GetCredentials() (*credentials.Credentials, error) { return p() }
func (p provider) GetProviderName() string                           { return "test" }

// scripted builds a new provider per generation; each gives the keys or the error of its generation.
func scripted(built *atomic.Int32, generations ...func() (*credentials.Credentials, error)) Credentials {
	return newSource("test", false, func() (credentials.CredentialsProvider, error) {
		n := min(int(built.Add(1)), len(generations))
		return provider(generations[n-1]), nil
	})
}

func good() (*credentials.Credentials, error) {
	return &credentials.Credentials{AccessKeyId: fakeID, AccessKeySecret: fakeSecret}, nil
}

func TestProviderIsRebuiltAfterFailure(t *testing.T) {
	faults := map[string]func() (*credentials.Credentials, error){
		"error": func() (*credentials.Credentials, error) { return nil, errors.New("https://sts/?canary " + fakeToken) },
		"panic": func() (*credentials.Credentials, error) {
			var c *credentials.Credentials
			return &credentials.Credentials{AccessKeyId: c.AccessKeyId}, nil
		},
		"empty": func() (*credentials.Credentials, error) { return &credentials.Credentials{}, nil },
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			var built atomic.Int32
			c := scripted(&built, fault, good)
			_, failed := c.keys(t.Context())
			if failed == nil || failed.Class != NotSent {
				t.Fatalf("got %v", failed)
			}
			wantSecretFree(t, failed)
			for range 3 {
				if k, failed := c.keys(t.Context()); failed != nil || k.id != fakeID {
					t.Fatalf("got %v", failed)
				}
			}
			if built.Load() != 2 {
				t.Errorf("built %d times", built.Load())
			}
		})
	}
}

// A provider that fails once does not cost a write: nothing was sent, so the write is tried again.
func TestWriteSurvivesAProviderFailure(t *testing.T) {
	var built atomic.Int32
	f := newCloud(t, ok())
	c := f.client(t, func(c *Config) {
		c.Credentials = scripted(&built, func() (*credentials.Credentials, error) { return nil, errors.New("down") }, good)
	})
	if _, err := c.RestartCaster(t.Context(), permitted, "c1"); err != nil {
		t.Fatal(err)
	}
	wantSends(t, f, 1)
}

func TestStaleKeysAreReadAgainOnce(t *testing.T) {
	expired, wrong := refuse(400, "InvalidSecurityToken.Expired"), refuse(404, "InvalidAccessKeyId.NotFound")
	tests := []struct {
		name         string
		answers      []http.HandlerFunc
		want         Class
		sends, built int
	}{
		{"expired, then renewed", []http.HandlerFunc{expired, ok()}, "", 2, 2},
		{"wrong for ever", []http.HandlerFunc{wrong}, Refused, 2, 2},
		{"not allowed", []http.HandlerFunc{refuse(403, "NoPermission"), ok()}, Refused, 1, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var built atomic.Int32
			f := newCloud(t, test.answers...)
			c := f.client(t, func(c *Config) { c.Credentials = scripted(&built, good) })
			_, err := c.RestartCaster(t.Context(), permitted, "c1")
			wantClass(t, err, test.want)
			wantSends(t, f, test.sends)
			if int(built.Load()) != test.built {
				t.Errorf("built %d times", built.Load())
			}
		})
	}
	t.Run("fixed keys are not read again", func(t *testing.T) {
		f := newCloud(t, expired)
		_, err := f.client(t).RestartCaster(t.Context(), permitted, "c1")
		if e := wantClass(t, err, Refused); e.Code != "InvalidSecurityToken.Expired" {
			t.Errorf("code %q", e.Code)
		}
		wantSends(t, f, 1)
	})
}

// The security service's definite no is passed on with its code; nothing goes to Live.
func TestRefusedBySecurityService(t *testing.T) {
	var built atomic.Int32
	f := newCloud(t, ok())
	c := f.client(t, func(c *Config) {
		c.Credentials = scripted(&built, func() (*credentials.Credentials, error) {
			return nil, sdkerrors.NewServerError(404,
				`{"Code":"EntityNotExist.Role","RequestId":"S-1","Message":"canary"}`, "canary")
		})
	})
	_, err := c.RestartCaster(t.Context(), permitted, "c1")
	e := wantClass(t, err, Refused)
	if e.Code != "EntityNotExist.Role" || e.RequestID != "S-1" || e.Action != "RestartCaster" {
		t.Errorf("got %+v", e)
	}
	wantSecretFree(t, err)
	wantSends(t, f, 0)
}

// Providers know no context; a caller that gives up must not wait for one, and the next must still find it working.
func TestSlowProviderDoesNotHoldTheCaller(t *testing.T) {
	var built atomic.Int32
	release := make(chan struct{})
	c := scripted(&built, func() (*credentials.Credentials, error) { <-release; return good() })
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, failed := c.keys(ctx); failed == nil || failed.Class != NotSent || !errors.Is(failed, context.Canceled) {
				t.Errorf("got %v", failed)
			}
		})
	}
	cancel()
	all.Wait()
	close(release)
	if _, failed := c.keys(t.Context()); failed != nil {
		t.Fatal(failed)
	}
}
