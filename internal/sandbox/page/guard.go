package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"strings"
)

var headers = map[string]string{
	"Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
	"X-Content-Type-Options":  "nosniff",
	"Referrer-Policy":         "no-referrer",
	"Cache-Control":           "no-cache",
}

func secure(h http.Header) {
	for name, value := range headers {
		h.Set(name, value)
	}
}

// trusted refuses requests that a foreign web page could have caused: those
// under a host name that is not this page's (a name that was pointed at
// loopback), and writes that are not JSON from the same origin.
func (p *Page) trusted(r *http.Request) error {
	if !p.ownHost(r.Host) {
		return fmt.Errorf("this page does not answer to the name %q", r.Host)
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errors.New("a change must be sent as application/json")
	}
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
		return errors.New("a change must come from this page")
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return errors.New("a change must come from this page")
	}
	return nil
}

// ownHost accepts addresses, localhost and the name the page was started with.
// An address cannot be pointed elsewhere by somebody's name server.
func (p *Page) ownHost(host string) bool {
	name := bare(host)
	return net.ParseIP(name) != nil || name == "localhost" || (name != "" && name == bare(p.cfg.Addr))
}

// bare is a host without its port and brackets.
func bare(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

func answer(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(v)
}

func fail(rw http.ResponseWriter, status int, err error) {
	answer(rw, status, map[string]string{"error": err.Error()})
}
