package doctor

import (
	"context"
	"net/http"
	"net/url"
	"os"
)

// checkProxy reads the proxies of the environment as the bot does. Their addresses may hold a password.
func checkProxy(_ context.Context, x *exam) []Finding {
	n := notes{check: "proxy"}
	const want = "set HTTPS_PROXY=http://HOST:PORT, or unset it; hosts to reach without it stand in NO_PROXY"
	via, err := x.proxyTo(x.Settings.SlackAPIURL)
	switch {
	case err != nil:
		n.bad(want, "HTTPS_PROXY is not the address of a proxy")
	case via != nil && via.Scheme != "http" && via.Scheme != "https":
		n.bad(want, "HTTPS_PROXY is a proxy of the kind %s, through which sockets cannot go: no command would come in", via.Scheme)
	case via != nil:
		n.ok("Slack is reached through the proxy %s of HTTPS_PROXY", via.Host)
	}
	if all := os.Getenv("ALL_PROXY") + os.Getenv("all_proxy"); all != "" && via == nil && err == nil {
		n.warn(want, "ALL_PROXY is set, which casterbot does not use")
	}
	return n.list
}

// proxyTo is the proxy to an address; nil: none.
func (x *exam) proxyTo(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, nil // the settings have told
	}
	return x.proxy(&http.Request{URL: u})
}
