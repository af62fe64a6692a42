package live

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Client makes the calls. It is safe for any number of goroutines.
type Client struct {
	config        Config
	scheme, host  string
	reads, writes http.RoundTripper
	jitter        func(bound time.Duration) time.Duration
	shared        coalesce // looks
	sessions      sessions // of changes
	trail         api      // ActionTrail
	state         *observer
}

// New checks the configuration; it sends nothing. It refuses an environment in which the SDK would print signed
// requests (DEBUG has sdk in it).
func New(config Config) (*Client, error) {
	scheme, host, err := endpoint("CASTERBOT_LIVE_ENDPOINT", "https://live.aliyuncs.com", config.Endpoint)
	if err != nil {
		return nil, err
	}
	if strings.Contains(os.Getenv("DEBUG"), "sdk") {
		return nil, errors.New("DEBUG contains sdk: the Alibaba SDK would print keys and signatures; unset it")
	}
	if config.Credentials.source == nil {
		return nil, errors.New("no Alibaba Cloud credentials: make them with NewCredentials")
	}
	config.Region = cmp.Or(config.Region, "cn-shanghai")
	if config.Region != word(config.Region) {
		return nil, fmt.Errorf("ALIBABA_CLOUD_REGION_ID %q: want a region id like cn-shanghai", config.Region)
	}
	config.Wait = cmp.Or(config.Wait, 60*time.Second)
	trail, err := config.trailAPI()
	if err != nil {
		return nil, err
	}
	c := &Client{config: config, scheme: scheme, host: host, trail: trail, jitter: fullJitter,
		shared: coalesce{looks: map[string]*look{}}, sessions: sessions{wait: sessionWait},
		state: &observer{log: config.Log, now: time.Now, told: map[kind]*told{}}}
	c.reads, c.writes = config.Transport, config.Transport
	if config.Transport == nil {
		if err := checkProxy(scheme, host); err != nil {
			return nil, err
		}
		c.reads, c.writes = newTransport(scheme, true), newTransport(scheme, false)
	}
	return c, nil
}

// Close closes idle connections.
func (c *Client) Close() {
	for _, t := range []http.RoundTripper{c.reads, c.writes} {
		if t, ok := t.(interface{ CloseIdleConnections() }); ok {
			t.CloseIdleConnections()
		}
	}
}

// endpoint splits the address. The text of a wrong one is not quoted when it may carry a password.
func endpoint(setting, usual, text string) (scheme, host string, err error) {
	want := setting + ": want " + usual + " or another https://host[:port]"
	u, err := url.Parse(text)
	local := err == nil && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback())
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" ||
		u.Fragment != "":
		return "", "", errors.New(want)
	case u.Scheme == "https" || u.Scheme == "http" && local:
		return u.Scheme, u.Host, nil
	case u.Scheme == "http":
		return "", "", fmt.Errorf("%s; plain http is for loopback only", want)
	}
	return "", "", errors.New(want)
}
