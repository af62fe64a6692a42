// Package neterr says why a connection could not be made, in words that hold no address: where one is wrong, a password
// may stand anywhere in it. It must not know who wanted to connect, nor to what.
package neterr

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"syscall"
)

// Reason is why; empty when that is not known.
func Reason(err error) string {
	var name *net.DNSError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var certificate *tls.CertificateVerificationError
	var clear tls.RecordHeaderError
	var network *net.OpError
	var timeout net.Error
	switch {
	case errors.As(err, &network) && network.Op == "proxyconnect":
		return "the proxy cannot be reached"
	case errors.As(err, &name) && name.IsNotFound:
		return "nobody knows its name"
	case errors.As(err, &authority):
		return "its certificate is of an unknown authority"
	case errors.As(err, &host):
		return "its certificate is for another host"
	case errors.As(err, &certificate):
		return "its certificate is not accepted"
	case errors.As(err, &clear):
		return "it does not speak TLS there"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "it refuses connections"
	case errors.Is(err, os.ErrNotExist):
		return "nothing listens there"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to it"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "it does not answer in time"
	}
	return ""
}
