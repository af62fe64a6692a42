package page

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"

	"casterbot/internal/sandbox/guard"
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
	if err := guard.Host(r, p.cfg.Addr); err != nil {
		return err
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errors.New("a change must be sent as application/json")
	}
	return guard.Page(r)
}

func answer(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(v)
}

func fail(rw http.ResponseWriter, status int, err error) {
	answer(rw, status, map[string]string{"error": err.Error()})
}
