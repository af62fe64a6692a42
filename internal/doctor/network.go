package doctor

import (
	"cmp"
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"casterbot/bot/webapi"
	"casterbot/internal/neterr"
)

// checkProxy reads the proxies of the environment as the bot does. Their addresses may hold a password.
func checkProxy(ctx context.Context, x *exam) []Finding {
	n := notes{check: "proxy"}
	level, address := Broken, x.Settings.SlackAPIURL
	if u, err := url.Parse(address); err != nil || webapi.Loopback(u.Hostname()) {
		level, address = Warning, "https://slack.com/" // it is in nobody's way, until the bot goes to Slack itself
	}
	const want = "set HTTPS_PROXY=http://HOST:PORT, or unset it; hosts to reach without it stand in NO_PROXY"
	via, err := x.proxyTo(address)
	switch {
	case err != nil || via == nil && !readable(cmp.Or(os.Getenv("HTTPS_PROXY"), os.Getenv("https_proxy"))):
		n.add(level, want, "HTTPS_PROXY is not the address of a proxy")
	case via == nil && os.Getenv("ALL_PROXY")+os.Getenv("all_proxy") != "":
		n.warn(want, "ALL_PROXY is set, which casterbot does not use")
	case via == nil:
	case proxyPorts[via.Scheme] == "":
		n.add(level, want, "HTTPS_PROXY is a proxy of the kind %s, through which sockets cannot go: no command would come in",
			via.Scheme)
	default:
		if err := dial(ctx, via); err != nil {
			n.add(level, want, "the proxy %s of HTTPS_PROXY cannot be reached (%s)", via.Host, reason(err))
		} else {
			n.ok("the proxy %s of HTTPS_PROXY can be reached", via.Host)
		}
	}
	return n.list
}

// readable reports whether Go takes a text for the address of a proxy. It leaves one that it cannot read unused, and
// says nothing.
func readable(proxy string) bool {
	if u, err := url.Parse(proxy); err == nil && u.Scheme != "" && u.Host != "" {
		return true
	}
	_, err := url.Parse("http://" + proxy)
	return err == nil
}

// proxyPorts are the ports of the kinds of proxies that sockets can go through, where none is named.
var proxyPorts = map[string]string{"http": "80", "https": "443"}

// proxyTo is the proxy to an address; nil: none.
func (x *exam) proxyTo(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, nil // the settings have told
	}
	return x.proxy(&http.Request{URL: u})
}

// dial connects to a proxy, and hangs up.
func dial(ctx context.Context, via *url.URL) error {
	port := via.Port()
	if port == "" {
		port = proxyPorts[via.Scheme]
	}
	d := net.Dialer{Timeout: 5 * time.Second}
	c, err := d.DialContext(ctx, "tcp", net.JoinHostPort(via.Hostname(), port))
	if err != nil {
		return err
	}
	return c.Close()
}

// reason is why a connection could not be made.
func reason(err error) string {
	if known := neterr.Reason(err); known != "" {
		return known
	}
	return err.Error()
}

// checkAuthorities looks at the certificates of the authorities that this machine trusts.
func checkAuthorities(context.Context, *exam) []Finding {
	n := notes{check: "authorities"}
	const want = "install ca-certificates, or set SSL_CERT_FILE to a file of certificates in PEM"
	if path := os.Getenv("SSL_CERT_FILE"); path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			n.bad("correct SSL_CERT_FILE, or unset it", "SSL_CERT_FILE: %s", unquoted(err.Error()))
		} else if !x509.NewCertPool().AppendCertsFromPEM(text) {
			n.bad("correct SSL_CERT_FILE, or unset it", "SSL_CERT_FILE: there is no certificate in %s", path)
		}
		return n.list
	}
	if roots, err := x509.SystemCertPool(); err != nil || roots.Equal(x509.NewCertPool()) {
		n.bad(want, "this machine knows no authority of certificates: neither Slack nor the cloud can be trusted")
	}
	return n.list
}
