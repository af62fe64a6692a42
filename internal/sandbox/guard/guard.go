// Package guard tells requests of programs and of the sandbox's own page from
// those that a web page somewhere else has caused in a person's browser.
//
// The sandbox listens on loopback, and a browser reaches loopback for any page
// that asks it to. What gives such a page away is the name under which it has to
// ask, and the headers that a browser adds and a page cannot take off.
package guard

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Host refuses a request under a name that is not one of these: a name that
// somebody's name server has pointed at loopback. Addresses and localhost are
// always accepted; an address cannot be pointed elsewhere.
func Host(r *http.Request, names ...string) error {
	name := bare(r.Host)
	own := func(n string) bool { return n != "" && bare(n) == name }
	if net.ParseIP(name) == nil && name != "localhost" && !slices.ContainsFunc(names, own) {
		return fmt.Errorf("this does not answer to the name %q", r.Host)
	}
	return nil
}

// Program refuses what does not come from a program. Slack's clients in Go say
// in the header Origin that they are Slack.
func Program(r *http.Request, names ...string) error {
	if err := Host(r, names...); err != nil {
		return err
	}
	origin := r.Header.Get("Origin")
	from, err := url.Parse(origin)
	if err != nil || origin != "" && from.Host != r.Host && from.Host != "api.slack.com" || foreign(r) {
		return errors.New("this answers to programs, not to web pages")
	}
	return nil
}

// Page refuses what does not come from a page of the server itself.
func Page(r *http.Request) error {
	origin := r.Header.Get("Origin")
	if origin != "" && origin != "http://"+r.Host || foreign(r) {
		return errors.New("a change must come from this page")
	}
	return nil
}

// foreign reports that a browser says so itself.
func foreign(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site != "" && site != "same-origin" && site != "none"
}

// bare is a host without its port and brackets.
func bare(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}
