package neterr

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestReason(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	dial := func(address string, config *tls.Config) error {
		conn, err := (&tls.Dialer{Config: config}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err
	}
	socket := func() error {
		_, err := net.Dial("unix", t.TempDir()+"/none")
		return err
	}
	late, cancel := context.WithDeadline(t.Context(), time.Time{})
	defer cancel()
	trusting := secure.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	trusting.ServerName = "another.example"
	for want, err := range map[string]error{
		"unknown authority":    dial(secure.Listener.Addr().String(), nil),
		"for another host":     dial(secure.Listener.Addr().String(), trusting),
		"does not speak TLS":   dial(plain.Listener.Addr().String(), nil),
		"in time":              late.Err(),
		"refuses connections":  dial(gone.Listener.Addr().String(), nil),
		"nothing listens":      socket(),
		"nobody knows":         &net.DNSError{Name: "db.example", IsNotFound: true},
		"proxy":                &net.OpError{Op: "proxyconnect", Err: errors.New("x")},
		"certificate is not a": &tls.CertificateVerificationError{Err: errors.New("x")},
	} {
		if got := Reason(err); err == nil || !strings.Contains(got, want) || strings.ContainsAny(got, ":/@") {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
	if got := Reason(errors.New("something at 10.0.0.1")); got != "" {
		t.Errorf("said %q", got)
	}
}
